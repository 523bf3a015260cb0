//! Changes of settings that break requests in this account alone, against all that is written.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::{
    super::{
        model::{Breaks, Flow, Kind, Nature, Resource, Step},
        rules::{self, Unlisted, reach},
    },
    draft::{Deed, Draft},
    guilty::Change,
    patch::set,
};

/// Candidates of one kind of story.
const MOST: usize = 10;

/// One of these members of a kind of resource is the one that matters.
pub fn member(
    draft: &mut Draft,
    family: &'static str,
    kind: Kind,
    members: &[&str],
) -> Vec<Change> {
    let mut changes = Vec::new();
    for resource in draft.resources(kind).into_iter().take(MOST) {
        let path = *draft.chance.pick(members);
        let old = draft.member(resource, path);
        let Some(new) = novel(draft, resource, path, old.as_ref()) else {
            continue;
        };
        let (clients, steps) = reached(draft, resource);
        if clients.is_empty() || steps.is_empty() {
            continue;
        }
        let breaks = match draft.chance.happens(0.6) {
            true => Breaks::Changed,
            false => Breaks::Equals(new.clone()),
        };
        let about = Unlisted {
            family,
            resource,
            member: path,
            breaks,
            clients: &clients,
            steps: &steps,
        };
        let rates = draft.world.rates.clone();
        let rules = rules::unlisted(&about, &rates, &mut draft.chance);
        changes.push(Change::new(resource, Deed::Set(set(path, new))).ruled(rules));
    }
    changes
}

/// Whose requests it breaks, and at which steps: a step, the steps of a flow, or all.
fn reached(draft: &mut Draft, resource: Resource) -> (Vec<usize>, Vec<Step>) {
    let all = reach::clients(&draft.world.estate, resource);
    let estate = &draft.world.estate;
    let busy: Vec<usize> = all
        .into_iter()
        .filter(|client| !estate.clients[*client].habits.is_empty())
        .collect();
    if busy.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let one = *draft.chance.pick(&busy);
    let nature = draft.world.estate.clients[one].nature;
    let clients: Vec<usize> = match draft.chance.weighted(&[0.5, 0.25, 0.25]) {
        0 => busy,
        1 => of_nature(draft, &busy, nature),
        _ => vec![one],
    };
    let used: BTreeSet<Step> = clients
        .iter()
        .flat_map(|client| reach::used(&draft.world.estate, *client))
        .collect();
    let used: Vec<Step> = used.into_iter().collect();
    let steps = match draft.chance.weighted(&[0.5, 0.25, 0.25]) {
        0 => vec![*draft.chance.pick(&used)],
        1 => flow(draft, one).steps(),
        _ => used,
    };
    (clients, steps)
}

fn of_nature(draft: &Draft, clients: &[usize], nature: Nature) -> Vec<usize> {
    let alike = clients
        .iter()
        .filter(|client| draft.world.estate.clients[**client].nature == nature);
    alike.copied().collect()
}

fn flow(draft: &mut Draft, client: usize) -> Flow {
    let habits = &draft.world.estate.clients[client].habits;
    draft.chance.pick(habits).flow
}

/// Another value for a member, as somebody might set it.
fn novel(draft: &mut Draft, resource: Resource, path: &str, old: Option<&Value>) -> Option<Value> {
    let word = (*draft
        .chance
        .pick(&["spring", "north", "blue", "harbor-2", "next", "stable"]))
    .to_owned();
    if path == "DefaultRedirectURI" {
        return another_callback(draft, resource, old);
    }
    if let ("ClientName" | "Name", Some(Value::String(old))) = (path, old) {
        return Some(json!(format!(
            "{old}{}",
            draft.chance.pick(&["-v2", " (new)", "-app", " service"])
        )));
    }
    let choices = of_number(path)
        .or_else(|| of_choice(path))
        .or_else(|| of_object(path, &word, &draft.world.estate.account))?;
    let other: Vec<Value> = choices
        .into_iter()
        .filter(|value| Some(value) != old)
        .collect();
    (!other.is_empty()).then(|| draft.chance.pick(&other).clone())
}

/// The default has to be one of the callbacks.
fn another_callback(draft: &mut Draft, resource: Resource, old: Option<&Value>) -> Option<Value> {
    let listed = draft.texts(resource, "CallbackURLs").into_iter();
    let other: Vec<Value> = listed
        .map(Value::from)
        .filter(|url| Some(url) != old)
        .collect();
    (!other.is_empty()).then(|| draft.chance.pick(&other).clone())
}

fn of_number(path: &str) -> Option<Vec<Value>> {
    let numbers: &[i64] = match path {
        "AuthSessionValidity" => &[3, 4, 6, 8, 12],
        "AccessTokenValidity" | "IdTokenValidity" => &[5, 6, 10, 12, 20],
        "ManagedLoginVersion" => &[1, 2],
        "memorySize" => &[192, 320, 768, 1_536],
        "reserved" => &[3, 7, 9],
        "TTL" => &[30, 900, 7_200],
        _ => return None,
    };
    Some(numbers.iter().copied().map(Value::from).collect())
}

fn of_choice(path: &str) -> Option<Vec<Value>> {
    let last = path.rsplit('.').next().unwrap_or(path);
    let choices = match last {
        "PreventUserExistenceErrors" => json!(["ENABLED", "LEGACY"]),
        "DeletionProtection" => json!(["ACTIVE", "INACTIVE"]),
        "EventAction" => json!(["NO_ACTION", "MFA_REQUIRED", "MFA_IF_CONFIGURED", "BLOCK"]),
        "UserVerification" => json!(["preferred", "required"]),
        "SecurityPolicy" => json!(["TLSv1.2_2021", "TLSv1.3_2025"]),
        "RequestSigningAlgorithm" => json!(["rsa-sha256", "none"]),
        "attributes_request_method" => json!(["GET", "POST"]),
        "IDPSignout" => json!(["true", "false"]),
        "runtime" => json!(["nodejs22.x", "nodejs24.x", "python3.14", "java25"]),
        "Mode" => json!(["Active", "PassThrough"]),
        "EnableTokenRevocation"
        | "EnablePropagateAdditionalUserContextData"
        | "UseCognitoProvidedValues"
        | "DeviceOnlyRememberedOnUserPrompt"
        | "AllowAdminCreateUserOnly"
        | "Notify"
        | "Enabled" => json!([true, false]),
        "AutoVerifiedAttributes" => json!([["phone_number"], ["email", "phone_number"], ["email"]]),
        _ => return None,
    };
    choices.as_array().cloned()
}

fn of_object(path: &str, word: &str, account: &str) -> Option<Vec<Value>> {
    let value = match path {
        "ClientName" | "Name" | "Description" | "description" => json!(format!("service-{word}")),
        "DefaultRedirectURI" => json!(format!("https://{word}.example.com/start")),
        "AnalyticsConfiguration" => json!({
            "ApplicationArn": format!("arn:aws:mobiletargeting:us-east-1:{account}:apps/{word}"),
            "UserDataShared": true,
        }),
        "Policies.PasswordPolicy" => {
            json!({"MinimumLength": 14, "RequireSymbols": true, "PasswordHistorySize": 5})
        }
        "AccountRecoverySetting" => {
            json!({"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]})
        }
        "EmailConfiguration" => json!({
            "EmailSendingAccount": "DEVELOPER",
            "From": format!("accounts-{word}@example.com"),
        }),
        "VerificationMessageTemplate" => json!({"DefaultEmailOption": "CONFIRM_WITH_LINK"}),
        "UserAttributeUpdateSettings" => {
            json!({"AttributesRequireVerificationBeforeUpdate": ["phone_number"]})
        }
        "UserPoolTags.release" => json!(word),
        "Settings.categories" => json!({"global": {"colorSchemeMode": "DARK"}, "version": word}),
        "CSS" => json!(format!(".logo-{word} {{ max-width: 70% }}")),
        "Routing" => json!({"Failover": {"PrimaryRegion": word}}),
        "IdpIdentifiers" => json!([format!("{word}.example.com")]),
        "layers" => json!([format!("arn:aws:lambda:us-east-1:{account}:layer:agent:7")]),
        "WebAuthnConfiguration.RelyingPartyId" => json!(format!("{word}.example.com")),
        "VisibilityConfig" => {
            json!({"SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": word})
        }
        "CaptchaConfig" => json!({"ImmunityTimeProperty": {"ImmunityTime": 120}}),
        "EmailMfaConfiguration" => json!({"Subject": "Your code", "Message": "{####}"}),
        _ => return None,
    };
    Some(vec![value])
}
