//! What a client's settings name beside it: scopes of resource servers and identity providers, which
//! Cognito refuses where they are gone.

use super::{Case, merge::texts};
use crate::{
    cognito::{
        history::At,
        setting::{Resource, Setting, Settings, known, may_exist},
    },
    ids::UserPoolId,
};

/// Why Cognito would refuse `target` for what is around it, if it would.
///
/// Source: API UpdateUserPoolClient, `ScopeDoesNotExistException`; providers by analogy.
pub(super) fn refusal(case: &Case<'_>, target: &Settings, pool: &UserPoolId) -> Option<String> {
    let new = |name: &'static str| {
        let setting = Setting::named(name);
        let now = texts(known(case.now, &setting).value()).unwrap_or_default();
        let items = texts(known(target, &setting).value()).unwrap_or_default();
        items.into_iter().filter(move |item| !now.contains(item))
    };
    let lost = new("AllowedOAuthScopes").find_map(|scope| lost_scope(case, pool, &scope));
    lost.or_else(|| {
        new("SupportedIdentityProviders").find_map(|name| lost_provider(case, pool, &name))
    })
}

fn lost_scope(case: &Case<'_>, pool: &UserPoolId, scope: &str) -> Option<String> {
    let (server, name) = scope.rsplit_once('/')?;
    let resource = Resource::ResourceServer(pool.clone(), server.to_owned());
    let settings = case.history.settings(&resource, At::Now)?;
    let scopes = texts(known(settings, &Setting::named("Scopes")).value());
    let is_there = may_exist(settings) && scopes.is_none_or(|scopes| scopes.contains(name));
    (!is_there).then(|| {
        format!(
            "Cognito would refuse the command: the resource server `{server}` does not have the \
             scope `{name}` any more. Restore that first."
        )
    })
}

fn lost_provider(case: &Case<'_>, pool: &UserPoolId, name: &str) -> Option<String> {
    let resource = Resource::IdentityProvider(pool.clone(), name.to_owned());
    let settings = case.history.settings(&resource, At::Now)?;
    (!may_exist(settings)).then(|| {
        format!(
            "Cognito would refuse the command: the identity provider `{name}` does not exist any \
             more. Restore that first."
        )
    })
}
