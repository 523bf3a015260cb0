//! Laws on random settings: whichever way Cognito reads omission, only the guilty lines change, what
//! failed passes again, and nothing that passes is refused.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{change, create, model, update};
use crate::cognito::{
    history::{At, History},
    members::{CLIENT, Omission},
    read,
    setting::{Known, Setting, Settings, known},
    undo::{accepted::requests, merge::items, undo},
};

/// Some state of a client that Cognito would show, as a response.
fn any_state() -> impl Strategy<Value = Value> {
    let some = |items: &'static [&'static str]| {
        prop::sample::subsequence(items, 0..=items.len()).prop_map(|items| json!(items))
    };
    let one =
        |items: &'static [&'static str]| prop::sample::select(items).prop_map(|item| json!(item));
    let units = one(&["minutes", "hours", "days"]);
    let lists = (
        some(&["code", "implicit", "client_credentials"]),
        some(&["openid", "email", "api/read"]),
        some(&["https://a.example.com", "https://b.example.com"]),
        some(&[
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
            "ALLOW_CUSTOM_AUTH",
        ]),
        some(&["email", "name"]),
        some(&["COGNITO", "corp"]),
    );
    let rest = (
        any::<bool>(),
        any::<bool>(),
        1..90i64,
        0..90i64,
        (units.clone(), units),
        one(&["ENABLED", "DISABLED"]),
        one(&["LEGACY", "ENABLED"]),
        prop::option::of(one(&["https://a.example.com"])),
    );
    (lists, rest).prop_map(|(lists, rest)| {
        let (flows, scopes, urls, auth, read, providers) = lists;
        let (flag, revocation, access, refresh, units, rotation, existence, default_uri) = rest;
        json!({"ClientName": "web", "AllowedOAuthFlows": flows, "AllowedOAuthScopes": scopes,
            "CallbackURLs": urls, "ExplicitAuthFlows": auth, "ReadAttributes": read,
            "SupportedIdentityProviders": providers, "AllowedOAuthFlowsUserPoolClient": flag,
            "EnableTokenRevocation": revocation, "AccessTokenValidity": access,
            "RefreshTokenValidity": refresh, "RefreshTokenRotation": {"Feature": rotation},
            "TokenValidityUnits": {"AccessToken": units.0, "RefreshToken": units.1},
            "PreventUserExistenceErrors": existence, "DefaultRedirectURI": default_uri})
    })
}

/// `state` without some of its members, as a request that forgets them.
fn forgetful(state: Value, kept: &[bool]) -> Value {
    let members = state.as_object().cloned().unwrap_or_default();
    let kept = members.into_iter().zip(kept.iter().cycle());
    kept.filter(|(_, kept)| **kept)
        .map(|(member, _)| member)
        .collect::<Map<String, Value>>()
        .into()
}

/// The state that `document` makes of `now` where what it omits keeps its value (`keep`) or goes
/// back to its default.
fn applied(document: &Value, now: &Settings, keep: bool) -> Settings {
    let document = document.as_object().cloned().unwrap_or_default();
    let given = read::given(&document, CLIENT);
    let mut after = if keep {
        now.clone()
    } else {
        read::full(&document, CLIENT)
    };
    after.extend(given);
    after
}

/// A change of random settings, what it is blamed for, and the states around it.
#[derive(Debug)]
struct Outage {
    history: History,
    guilty: Vec<Setting>,
}

impl Outage {
    fn state(&self, at: At) -> Settings {
        let resource = &self.history.changes()[1].resource;
        self.history
            .settings(resource, at)
            .cloned()
            .unwrap_or_default()
    }
}

fn any_outage() -> impl Strategy<Value = Outage> {
    let parts = (
        any_state(),
        any_state(),
        prop::option::of(any_state()),
        prop::collection::vec(any::<bool>(), 15),
        any::<bool>(),
        prop::collection::vec(any::<bool>(), 1..7),
    );
    parts.prop_map(|(before, broken, later, kept, answered, blamed)| {
        let request = forgetful(broken, &kept);
        let answer = if answered {
            json!({"userPoolClient": request})
        } else {
            Value::Null
        };
        let mut changes = vec![
            create(&before),
            change(1, "UpdateUserPoolClient", request, answer),
        ];
        changes.extend(later.iter().map(|state| update(2, state)));
        let history = History::new(changes, Vec::new());
        let lines = history.changes()[1].diff.iter().zip(blamed.iter().cycle());
        let guilty = lines.filter(|(_, blamed)| **blamed);
        let guilty = guilty.map(|(line, _)| line.setting.clone()).collect();
        Outage { history, guilty }
    })
}

/// Names in backticks of the steps that hold `words`.
fn named(steps: &[String], words: &str) -> BTreeSet<String> {
    let steps = steps.iter().filter(|step| step.contains(words));
    let names = steps.flat_map(|step| step.split('`').skip(1).step_by(2));
    names.map(str::to_owned).collect()
}

proptest! {
    #[test]
    fn only_guilty_lines_change_however_omission_is_read(outage in any_outage()) {
        let guilty = &outage.guilty;
        if guilty.is_empty() {
            return Ok(());
        }
        let undone = undo(&outage.history, 1, guilty, None);
        model::assert_valid(&undone);
        let Some(document) = &undone.document else { return Ok(()) };
        let (before, after, now) =
            (outage.state(At::Before(1)), outage.state(At::After(1)), outage.state(At::Now));
        let told = named(&undone.steps, "goes back too");
        let dropped = named(&undone.steps, "cannot stay in");
        let by_default = named(&undone.steps, "was at its default");
        for keep in [true, false] {
            let result = applied(document, &now, keep);
            for member in CLIENT.iter().filter(|member| member.omission != Omission::Key) {
                let setting = member.setting();
                let (was, is, then) = (known(&now, &setting), known(&result, &setting), known(&before, &setting));
                // No document can say "no value" or "the default"; the step beside it does.
                if keep && (then.value() == Some(&Value::Null) || by_default.contains(member.name)) {
                    continue;
                }
                let list = |settings| items(settings, &setting);
                if let (true, Some(items), Some(then)) = (guilty.contains(&setting), list(&result), list(&before)) {
                    let after = list(&after).unwrap_or_default();
                    let now = list(&now).unwrap_or_default();
                    let took: BTreeSet<String> = then.difference(&after).cloned().collect();
                    prop_assert!(took.is_subset(&items), "{setting}: {items:?}, was {then:?}");
                    let mut gone = now.difference(&items);
                    prop_assert!(gone.all(|item| dropped.contains(item)), "{setting}: {items:?} of {now:?}");
                    prop_assert!(items.iter().all(|item| then.contains(item) || now.contains(item)));
                } else if guilty.contains(&setting) {
                    let untouched_since = known(&after, &setting).same(was);
                    prop_assert!(!untouched_since || is.same(then), "{setting}: {is:?}, was {then:?}");
                } else if !told.contains(member.name) && was.value().is_some() {
                    prop_assert!(is.same(was), "{setting}: {is:?}, not {was:?}, in {document}");
                }
            }
        }
        let assumed = |setting: &&Setting| matches!(known(&now, setting), Known::Assumed(_) | Known::Observed(_));
        prop_assert_eq!(undone.assumed.iter().filter(assumed).count(), undone.assumed.len());
    }

    #[test]
    fn what_failed_passes_again_and_nothing_that_passes_is_refused(outage in any_outage()) {
        let guilty = &outage.guilty;
        if guilty.is_empty() {
            return Ok(());
        }
        let undone = undo(&outage.history, 1, guilty, None);
        let Some(document) = &undone.document else { return Ok(()) };
        let (before, after, now) =
            (outage.state(At::Before(1)), outage.state(At::After(1)), outage.state(At::Now));
        let result = applied(document, &now, false);
        let refused_again = named(&undone.steps, "refuses again");
        let all = before.keys().chain(now.keys());
        for request in requests(all, &[&before, &after, &now]) {
            let refusal = request.refused_by(&result);
            let broke = request.refused_by(&after).filter(|setting| guilty.contains(setting));
            let stands = |setting: &Setting| known(&after, setting).same(known(&now, setting));
            if request.refused_by(&before).is_none() && broke.is_some_and(|setting| stands(&setting)) {
                let still = refusal.as_ref().filter(|setting| guilty.contains(setting) && stands(setting));
                prop_assert!(still.is_none(), "{request:?} is refused by {still:?} of {document}");
            }
            if let Some(by) = refusal.filter(|_| request.refused_by(&now).is_none()) {
                let is_told = refused_again.contains(by.as_str());
                prop_assert!(is_told, "{request:?} is refused by {by} of {document}");
            }
        }
    }

    #[test]
    fn everything_that_a_call_reset_can_be_put_back(outage in any_outage()) {
        if outage.guilty.is_empty() {
            return Ok(());
        }
        let undone = undo(&outage.history, 1, &outage.guilty, None);
        let Some(all) = &undone.resets else { return Ok(()) };
        let (before, now) = (outage.state(At::Before(1)), outage.state(At::Now));
        prop_assert!(all.settings.iter().all(|setting| !outage.guilty.contains(setting)));
        let Some(document) = &all.document else { return Ok(()) };
        let result = applied(document, &now, false);
        for setting in &all.settings {
            let (is, then) = (known(&result, setting), known(&before, setting));
            prop_assert!(is.same(then), "{setting}: {is:?}, was {then:?}, in {document}");
        }
    }
}
