//! Kinds of requests that settings accept: what an undo must let through again, and what it should
//! not refuse.

use std::collections::BTreeSet;

use super::merge::texts;
use crate::cognito::{
    effects::{self, Effect, Need, Test},
    replay::{Attempt, refused_by},
    setting::{Setting, Settings, known},
};

/// The auth flows and challenges that sign-in APIs name.
const SIGN_INS: &[&str] = &[
    "ADMIN_USER_PASSWORD_AUTH",
    "CUSTOM_AUTH",
    "CUSTOM_CHALLENGE",
    "PASSWORD_VERIFIER",
    "REFRESH_TOKEN_AUTH",
    "USER_AUTH",
    "USER_PASSWORD_AUTH",
    "USER_SRP_AUTH",
];

/// One kind of request, as far as settings tell kinds apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Request {
    /// The list that its item is one of.
    list: Option<&'static str>,
    endpoint: &'static str,
    grant: Option<&'static str>,
    need: Option<Need>,
    /// The redirect URI, scope or identity provider that it names.
    item: Option<String>,
}

impl Request {
    fn attempt(&self) -> Attempt<'_> {
        let item = |need| self.item.as_deref().filter(|_| self.need == Some(need));
        Attempt {
            endpoint: self.endpoint,
            grant: self.grant,
            redirect_uri: item(Need::RedirectUri),
            scopes: item(Need::Scopes),
            identity_provider: item(Need::IdentityProvider),
        }
    }

    /// What it is called where `setting` refuses it.
    pub fn name(&self, setting: &Setting) -> &str {
        let own = self.list == Some(setting.as_str());
        let named = self.item.as_deref().filter(|_| own).or(self.grant);
        named.unwrap_or(self.endpoint)
    }

    /// The setting by which `settings` certainly refuse it.
    pub fn refused_by(&self, settings: &Settings) -> Option<Setting> {
        refused_by(settings, &self.attempt()).map(|(_, setting)| setting)
    }
}

/// The kinds of requests that one of `settings` may refuse, with the items that `states` hold.
pub(super) fn requests<'a>(
    settings: impl IntoIterator<Item = &'a Setting>,
    states: &[&Settings],
) -> Vec<Request> {
    let settings: BTreeSet<&str> = settings.into_iter().map(Setting::as_str).collect();
    let rows = effects::effects().filter(|effect| settings.contains(effect.setting));
    let kinds: BTreeSet<Request> = rows.flat_map(|effect| of_row(effect, states)).collect();
    kinds.into_iter().collect()
}

fn of_row(effect: &'static Effect, states: &[&Settings]) -> Vec<Request> {
    let need = match effect.test {
        Test::Lists(need) => Some(need),
        _ => None,
    };
    let grants: Vec<Option<&'static str>> = match (effect.grants, need) {
        ([], Some(Need::AuthFlow)) => SIGN_INS.iter().copied().map(Some).collect(),
        ([], _) => vec![None],
        (grants, _) => grants.iter().copied().map(Some).collect(),
    };
    let items = match need {
        Some(Need::RedirectUri | Need::Scopes | Need::IdentityProvider) => {
            items(effect.setting, states)
        }
        _ => vec![None],
    };
    let endpoints = effect.endpoints.iter().copied();
    let kinds = endpoints.flat_map(|endpoint| grants.iter().map(move |grant| (endpoint, *grant)));
    let with = |(endpoint, grant)| {
        let one = move |item: &Option<String>| Request {
            list: item.is_some().then_some(effect.setting),
            endpoint,
            grant,
            need,
            item: item.clone(),
        };
        items.iter().map(one)
    };
    kinds.flat_map(with).collect()
}

fn items(name: &'static str, states: &[&Settings]) -> Vec<Option<String>> {
    let setting = Setting::named(name);
    let lists = states
        .iter()
        .filter_map(|state| texts(known(state, &setting).value()));
    let items: BTreeSet<String> = lists.flatten().collect();
    items.into_iter().map(Some).collect()
}
