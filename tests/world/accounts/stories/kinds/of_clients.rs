//! Changes of app clients that break something by a rule that somebody wrote down.

use super::{
    super::{
        super::model::{HOUR, SECOND, Step},
        changes::{client, scopes, secrets, tokens},
        releases::before,
    },
    Group, Kind, change, own,
};

const NAME: &[&str] = &["ClientName"];
const NAME_AND_LIVES: &[&str] = &["ClientName", "AccessTokenValidity"];
const HOSTED: &[Step] = &[Step::Authorize, Step::Machine];
const PASSWORDS: &[Step] = &[Step::Password, Step::AdminPassword];

pub const KINDS: &[Kind] = &[
    change("client-flows", "code flow swapped for implicit", |d| {
        client::flow_swapped(d, "code", "implicit")
    }),
    change("client-flows", "web client made a machine", |d| {
        client::flow_swapped(d, "code", "client_credentials")
    }),
    change("client-flows", "machine client made a web client", |d| {
        client::flow_swapped(d, "client_credentials", "code")
    }),
    change("client-flows", "OAuth switched off", |d| {
        client::oauth_off(d, false)
    }),
    change("client-flows", "OAuth switched off and cleared", |d| {
        client::oauth_off(d, true)
    }),
    change("client-flows", "update with nothing but a name", |d| {
        client::partial(d, NAME, HOSTED)
    }),
    change("client-flows", "update with nothing but lifetimes", |d| {
        client::partial(d, NAME_AND_LIVES, HOSTED)
    }),
    change("client-callbacks", "callback removed", |d| {
        client::url_removed(d, "CallbackURLs")
    }),
    change("client-callbacks", "callback host renamed", |d| {
        client::host_renamed(d, "CallbackURLs")
    }),
    change("client-callbacks", "callback with another slash", |d| {
        client::url_altered(d, "CallbackURLs", client::slash)
    }),
    change("client-callbacks", "callback with another path", |d| {
        client::url_altered(d, "CallbackURLs", client::other_path)
    }),
    change("client-callbacks", "callback in capitals", |d| {
        client::url_altered(d, "CallbackURLs", client::capital)
    }),
    change("client-callbacks", "callback with a port", |d| {
        client::url_altered(d, "CallbackURLs", client::with_port)
    }),
    change("client-callbacks", "one callback host renamed", |d| {
        client::url_altered(d, "CallbackURLs", client::rename_host)
    }),
    change("client-callbacks", "only localhost left", |d| {
        client::urls_replaced(d, "CallbackURLs", &["http://localhost:3000/callback"])
    }),
    change(
        "client-callbacks",
        "construct defaults",
        client::construct_defaults,
    ),
    change("client-callbacks", "logout URL removed", |d| {
        client::url_removed(d, "LogoutURLs")
    }),
    change("client-callbacks", "logout host renamed", |d| {
        client::host_renamed(d, "LogoutURLs")
    }),
    own(
        "client-callbacks",
        "callback of a new release removed",
        Group::Guilty,
        1.0,
        before::new_callback_removed,
    ),
    change("client-scopes", "custom scope removed", |d| {
        scopes::removed(d, |scope| scope.contains('/'))
    }),
    change("client-scopes", "standard scope removed", |d| {
        scopes::removed(d, |scope| !scope.contains('/') && scope != "openid")
    }),
    change("client-scopes", "openid removed", |d| {
        scopes::removed(d, |scope| scope == "openid")
    }),
    change(
        "client-scopes",
        "scopes of a new server",
        scopes::of_new_server,
    ),
    change("client-scopes", "custom scope swapped", scopes::swapped),
    change("client-scopes", "scopes cut to openid", |d| {
        scopes::cut(d, &["openid"])
    }),
    change("client-scopes", "scopes cut to profile", |d| {
        scopes::cut(d, &["openid", "profile"])
    }),
    change("client-providers", "provider taken off", |d| {
        client::provider_lost(d, |name| name != "COGNITO")
    }),
    change("client-providers", "own users taken off", |d| {
        client::provider_lost(d, |name| name == "COGNITO")
    }),
    change(
        "client-providers",
        "provider renewed",
        client::provider_renewed,
    ),
    change("client-providers", "only own users left", |d| {
        client::providers_are(d, &["COGNITO"])
    }),
    change("client-providers", "no provider left", |d| {
        client::providers_are(d, &[])
    }),
    change("client-auth-flows", "password flow removed", |d| {
        tokens::auth_flow_lost(d, Step::Password, "ALLOW_USER_PASSWORD_AUTH", None)
    }),
    change("client-auth-flows", "password flow swapped for SRP", |d| {
        tokens::auth_flow_lost(
            d,
            Step::Password,
            "ALLOW_USER_PASSWORD_AUTH",
            Some("ALLOW_USER_SRP_AUTH"),
        )
    }),
    change("client-auth-flows", "SRP flow removed", |d| {
        tokens::auth_flow_lost(d, Step::Srp, "ALLOW_USER_SRP_AUTH", None)
    }),
    change("client-auth-flows", "SRP flow swapped for passwords", |d| {
        tokens::auth_flow_lost(
            d,
            Step::Srp,
            "ALLOW_USER_SRP_AUTH",
            Some("ALLOW_USER_PASSWORD_AUTH"),
        )
    }),
    change("client-auth-flows", "admin flow removed", |d| {
        tokens::auth_flow_lost(
            d,
            Step::AdminPassword,
            "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            None,
        )
    }),
    change("client-auth-flows", "refresh flow removed", |d| {
        tokens::auth_flow_lost(d, Step::ApiRefresh, "ALLOW_REFRESH_TOKEN_AUTH", None)
    }),
    change("client-auth-flows", "only custom flow left", |d| {
        tokens::auth_flows_are(d, &["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    }),
    change("client-auth-flows", "update without flows", |d| {
        client::partial(d, NAME_AND_LIVES, PASSWORDS)
    }),
    change("client-secret", "old secret deleted", secrets::old_deleted),
    change(
        "client-secret",
        "secret rotated at once",
        secrets::rotated_at_once,
    ),
    change("client-secret", "client deleted", secrets::client_deleted),
    change("client-secret", "client replaced", |d| {
        secrets::client_replaced(d, -2 * SECOND)
    }),
    change("client-secret", "client moved and deleted", |d| {
        secrets::client_replaced(d, -5 * HOUR)
    }),
    own(
        "client-secret",
        "secret deleted before all callers moved",
        Group::Guilty,
        1.5,
        before::secret_deleted_too_early,
    ),
    change("lifetimes", "refresh token for an hour", |d| {
        tokens::refresh_shortened(d, 60, "minutes")
    }),
    change("lifetimes", "refresh token for two hours", |d| {
        tokens::refresh_shortened(d, 2, "hours")
    }),
    change("lifetimes", "refresh token for a day", |d| {
        tokens::refresh_shortened(d, 1, "days")
    }),
    change("lifetimes", "days become hours", |d| {
        tokens::unit_changed(d, "hours")
    }),
    change("lifetimes", "days or hours become minutes", |d| {
        tokens::unit_changed(d, "minutes")
    }),
    change("lifetimes", "rotation on", |d| {
        tokens::rotation(d, "ENABLED")
    }),
    change("lifetimes", "rotation off", |d| {
        tokens::rotation(d, "DISABLED")
    }),
    change("attributes", "only the name readable", |d| {
        tokens::attributes_are(d, "ReadAttributes", &["name"], Step::Code)
    }),
    change("attributes", "email not readable", |d| {
        tokens::attributes_lost(
            d,
            "ReadAttributes",
            &["email", "email_verified"],
            Step::Code,
        )
    }),
    change("attributes", "names not readable", |d| {
        tokens::attributes_lost(
            d,
            "ReadAttributes",
            &["name", "given_name", "family_name"],
            Step::Code,
        )
    }),
    change("attributes", "only a custom attribute readable", |d| {
        tokens::attributes_are(d, "ReadAttributes", &["custom:tenant"], Step::Code)
    }),
    change("attributes", "email not writable", |d| {
        tokens::attributes_lost(d, "WriteAttributes", &["email"], Step::IdpResponse)
    }),
    change("attributes", "nothing but a locale writable", |d| {
        tokens::attributes_are(d, "WriteAttributes", &["locale"], Step::IdpResponse)
    }),
];
