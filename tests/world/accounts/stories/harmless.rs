//! Changes that break nothing, as they are made every day.

use serde_json::{Value, json};

use super::{
    super::model::{Kind, Resource, Settings},
    draft::{Deed, Draft},
    patch::{Alter, Patch, one, set},
};

/// A change of a resource that nobody notices; `None` for kinds that have none.
pub fn change(draft: &mut Draft, resource: Resource) -> Option<Deed> {
    let patch = match resource.kind {
        Kind::Client => of_client(draft, resource),
        Kind::Pool => of_pool(draft, resource),
        Kind::PoolMfa => set(
            "SoftwareTokenMfaConfiguration",
            json!({"Enabled": draft.chance.happens(0.7)}),
        ),
        Kind::RiskConfiguration => set(
            "CompromisedCredentialsRiskConfiguration.EventFilter",
            json!(["SIGN_IN", "SIGN_UP"]),
        ),
        Kind::Branding => {
            let color = draft.chance.letters("0123456789abcdef", 6);
            set(
                "Settings.components.primaryButton",
                json!({"background": color}),
            )
        }
        Kind::UiCustomization => {
            let color = draft.chance.letters("0123456789abcdef", 6);
            set("CSS", json!(format!(".submitButton {{ color: #{color} }}")))
        }
        Kind::Provider => {
            let name = draft.name(resource).to_lowercase();
            let host =
                *draft
                    .chance
                    .pick(&["example.com", "staff.example.com", "corp.example.com"]);
            set("IdpIdentifiers", json!([format!("{name}.{host}")]))
        }
        Kind::ResourceServer => of_resource_server(draft, resource),
        Kind::Function => of_function(draft),
        Kind::FunctionConcurrency => set("reserved", json!(draft.chance.whole(50, 400))),
        Kind::FunctionRole => {
            let policy = *draft.chance.pick(&[
                "AWSXRayDaemonWriteAccess",
                "CloudWatchLambdaInsightsExecutionRolePolicy",
                "AWSLambdaVPCAccessExecutionRole",
            ]);
            one("policies", Alter::With(vec![policy.to_owned()]))
        }
        Kind::FunctionPermission => one(
            "principals",
            Alter::With(vec!["events.amazonaws.com".to_owned()]),
        ),
        Kind::IpSet => blocked_stranger(draft),
        Kind::Acl => counting_rule(draft, resource),
        Kind::Certificate => set("Status", json!("ISSUED")),
        Kind::DnsRecord => set("TTL", json!(draft.chance.pick(&[60, 120, 300, 600]))),
        Kind::ClientSecrets => one("secrets", Alter::With(vec!["v7".to_owned()])),
        Kind::StoredSecret | Kind::Parameter => set("description", json!(word(draft))),
        Kind::KmsKey => set("Policy", json!(word(draft))),
        Kind::SecurityGroup => set("description", json!(word(draft))),
        Kind::LogDelivery => log_delivery(draft),
        _ => return None,
    };
    Some(Deed::Set(patch))
}

/// Kinds of resources on which such changes are made, with how often.
pub const KINDS: [(Kind, f64); 18] = [
    (Kind::Client, 6.0),
    (Kind::Pool, 2.5),
    (Kind::PoolMfa, 0.4),
    (Kind::RiskConfiguration, 0.5),
    (Kind::Branding, 0.8),
    (Kind::UiCustomization, 0.5),
    (Kind::Provider, 0.5),
    (Kind::ResourceServer, 0.8),
    (Kind::Function, 1.5),
    (Kind::FunctionConcurrency, 0.3),
    (Kind::FunctionRole, 0.4),
    (Kind::IpSet, 0.8),
    (Kind::Acl, 0.7),
    (Kind::DnsRecord, 0.3),
    (Kind::StoredSecret, 0.4),
    (Kind::Parameter, 0.4),
    (Kind::KmsKey, 0.2),
    (Kind::LogDelivery, 0.5),
];

/// Any resource, the often altered ones more often.
pub fn any(draft: &mut Draft) -> Option<Resource> {
    let weights = KINDS.map(|(_, weight)| weight);
    for _ in 0..12 {
        let (kind, _) = KINDS[draft.chance.weighted(&weights)];
        let all = super::super::rules::resources(&draft.world.estate, kind);
        let all: Vec<Resource> = all.collect();
        if !all.is_empty() {
            return Some(*draft.chance.pick(&all));
        }
    }
    None
}

/// A harmless alteration of members besides those that another patch is about.
pub fn besides(draft: &mut Draft, resource: Resource, of: &Patch) -> Option<Patch> {
    let Deed::Set(more) = change(draft, resource)? else {
        return None;
    };
    let tops: Vec<&str> = super::patch::tops(of).collect();
    let apart = super::patch::tops(&more).all(|top| !tops.contains(&top));
    apart.then_some(more)
}

fn word(draft: &mut Draft) -> String {
    let words = [
        "identity-team",
        "platform",
        "billing",
        "audit",
        "payments",
        "customer-care",
        "security",
    ];
    (*draft.chance.pick(&words)).to_owned()
}

/// The parts of an application that come later and need an address of their own.
const SITES: [&str; 6] = ["preview", "qa", "canary", "docs", "staging", "help"];

fn of_client(draft: &mut Draft, resource: Resource) -> Patch {
    let site = *draft.chance.pick(&SITES);
    let own = draft.texts(resource, "CallbackURLs");
    let own = own
        .iter()
        .find_map(|url| Some(url.strip_prefix("https://")?.split('/').next()?.to_owned()));
    let host = format!("{site}.{}", own.as_deref().unwrap_or("example.com"));
    let is_people = !draft.texts(resource, "CallbackURLs").is_empty();
    match draft
        .chance
        .weighted(&[2.5, 1.0, 0.4, 0.3, 1.2, 1.0, 1.6, 0.8, 1.6])
    {
        0 if is_people => one(
            "CallbackURLs",
            Alter::With(vec![format!("https://{host}/callback")]),
        ),
        1 if is_people => one("LogoutURLs", Alter::With(vec![format!("https://{host}/")])),
        2 if is_people => one("AllowedOAuthScopes", Alter::With(vec!["phone".to_owned()])),
        3 => match draft.member(resource, "ClientName") {
            Some(Value::String(name)) => set("ClientName", json!(format!("{name}-v2"))),
            _ => Patch::new(),
        },
        4 => set(
            "AuthSessionValidity",
            json!(draft.chance.pick(&[3, 5, 8, 15])),
        ),
        5 => set(
            "PreventUserExistenceErrors",
            json!(draft.chance.pick(&["ENABLED", "LEGACY"])),
        ),
        6 => minutes(draft, "AccessToken"),
        7 => set("EnableTokenRevocation", json!(true)),
        _ => minutes(draft, "IdToken"),
    }
}

/// Another lifetime of tokens, with its unit.
fn minutes(draft: &mut Draft, token: &str) -> Patch {
    let number = *draft.chance.pick(&[15, 20, 30, 45, 60]);
    vec![
        (format!("{token}Validity"), Alter::To(json!(number))),
        (
            format!("TokenValidityUnits.{token}"),
            Alter::To(json!("minutes")),
        ),
    ]
}

fn of_pool(draft: &mut Draft, resource: Resource) -> Patch {
    let minimum = draft.chance.whole(8, 16);
    match draft.chance.whole(0, 7) {
        0 => set("UserPoolTags.owner", json!(word(draft))),
        1 => set("Policies.PasswordPolicy.MinimumLength", json!(minimum)),
        2 => set(
            "AdminCreateUserConfig.AllowAdminCreateUserOnly",
            json!(draft.chance.happens(0.5)),
        ),
        3 => set("DeletionProtection", json!("ACTIVE")),
        4 => set("EmailVerificationSubject", json!("Your verification code")),
        5 => set("SmsAuthenticationMessage", json!("Code: {####}")),
        6 => set(
            "UserPoolTags.ticket",
            json!(format!("OPS-{minimum}{}", resource.index)),
        ),
        _ => set(
            "VerificationMessageTemplate.EmailSubject",
            json!("Welcome to the service"),
        ),
    }
}

fn of_resource_server(draft: &mut Draft, resource: Resource) -> Patch {
    let scopes = draft.member(resource, "Scopes");
    let mut scopes = scopes
        .and_then(|scopes| scopes.as_array().cloned())
        .unwrap_or_default();
    let new = *draft
        .chance
        .pick(&["audit.read", "reports.read", "search", "notify"]);
    let is_known = scopes.iter().any(|scope| scope["ScopeName"] == new);
    if draft.chance.happens(0.15) && !is_known {
        scopes.push(json!({"ScopeName": new, "ScopeDescription": format!("{new} of this API")}));
        return set("Scopes", json!(scopes));
    }
    let stem = draft.name(resource).trim_start_matches("https://");
    let stem = stem.split(['.', '-', '/']).next().unwrap_or("public");
    let stem = stem.to_owned();
    let kind = *draft.chance.pick(&["API", "service", "API v2", "backend"]);
    let name = format!("{stem} {kind}");
    set("Name", json!(name))
}

fn of_function(draft: &mut Draft) -> Patch {
    match draft.chance.whole(0, 2) {
        0 => set("memorySize", json!(draft.chance.pick(&[256, 512, 1024]))),
        1 => set("description", json!(word(draft))),
        _ => set("code", json!(draft.chance.letters("0123456789abcdef", 40))),
    }
}

/// An address that no caller has.
fn blocked_stranger(draft: &mut Draft) -> Patch {
    let known = |address: &str| {
        let mut callers = draft.world.estate.callers.iter();
        callers.any(|caller| caller.address == address)
    };
    let free = (1..255).map(|last| format!("203.0.113.{last}"));
    let free: Vec<String> = free.filter(|address| !known(address)).collect();
    let Some(address) = free.first() else {
        return Patch::new();
    };
    vec![
        (
            "Addresses".to_owned(),
            Alter::With(vec![format!("{address}/32")]),
        ),
        ("~Addresses".to_owned(), Alter::With(vec![address.clone()])),
    ]
}

/// The rules of an ACL with one more.
pub fn rules_with(draft: &Draft, acl: Resource, rule: Value) -> Value {
    let rules = draft.member(acl, "Rules");
    let mut rules = rules
        .and_then(|rules| rules.as_array().cloned())
        .unwrap_or_default();
    rules.push(rule);
    Value::Array(rules)
}

fn counting_rule(draft: &mut Draft, acl: Resource) -> Patch {
    let name = word(draft);
    let rule = json!({
        "Name": format!("count-{name}"),
        "Priority": draft.chance.whole(10, 60),
        "Action": {"Count": {}},
        "Statement": {"ByteMatchStatement": {"SearchString": name, "FieldToMatch": {"UriPath": {}}}},
    });
    set("Rules", rules_with(draft, acl, rule))
}

fn log_delivery(draft: &mut Draft) -> Patch {
    let group = format!("/aws/vendedlogs/cognito-{}", word(draft));
    set(
        "LogConfigurations",
        json!([{
            "LogLevel": "ERROR",
            "EventSource": "userNotification",
            "CloudWatchLogsConfiguration": {"LogGroupArn": group},
        }]),
    )
}

/// The members of an object.
pub fn object(value: Value) -> Settings {
    match value {
        Value::Object(members) => members,
        _ => Settings::new(),
    }
}
