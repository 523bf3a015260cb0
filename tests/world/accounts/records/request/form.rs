//! What a request to an endpoint says, as its record repeats it: arrays of text, secrets masked.

use std::sync::Arc;

use super::{
    super::{
        super::model::{Attempt, Outcome, Step, World},
        choice::{holds_at, label},
        json::Object,
        style::{MASK, Style},
        telling::Tells,
    },
    code_or_general, is_saml,
};

/// What a request says, as in a query string or form; its app client apart.
pub fn write(
    world: &World,
    style: &Style,
    attempt: &Attempt,
    tells: Option<Tells>,
    form: &mut Object<'_>,
) {
    match attempt.step {
        Step::Authorize | Step::LoginPage | Step::LoginPost => page(style, attempt, form),
        Step::IdpResponse => callback(world, style, attempt, tells, form),
        Step::Logout => asked(style, form, "logout_uri", &attempt.asks.logout),
        Step::Code | Step::Refresh | Step::Machine => {
            grant(style, attempt, form);
            let basic = world.estate.clients[attempt.client].basic;
            if attempt.asks.secret.is_some() && !basic {
                form.one("client_secret", MASK);
            }
        }
        _ => {}
    }
}

fn page(style: &Style, attempt: &Attempt, form: &mut Object<'_>) {
    asked(style, form, "redirect_uri", &attempt.asks.redirect);
    form.one("response_type", "code");
    scopes(style, attempt, form);
    if attempt.step == Step::Authorize {
        asked(style, form, "identity_provider", &attempt.asks.provider);
    }
    if attempt.step == Step::LoginPost {
        form.one("username", MASK);
        form.one("password", MASK);
        form.one("_csrf", MASK);
    }
    form.one("state", MASK);
}

fn grant(style: &Style, attempt: &Attempt, form: &mut Object<'_>) {
    match attempt.step {
        Step::Code => {
            form.one("code", MASK);
            form.one("grant_type", "authorization_code");
            asked(style, form, "redirect_uri", &attempt.asks.redirect);
        }
        Step::Refresh => {
            form.one("refresh_token", MASK);
            form.one("grant_type", "refresh_token");
        }
        _ => {
            form.one("grant_type", "client_credentials");
            scopes(style, attempt, form);
        }
    }
}

fn scopes(style: &Style, attempt: &Attempt, form: &mut Object<'_>) {
    if !style.no_asks && !attempt.asks.scopes.is_empty() {
        form.one("scope", &attempt.asks.scopes.join(" "));
    }
}

fn asked(style: &Style, form: &mut Object<'_>, name: &str, value: &Option<Arc<str>>) {
    if let Some(value) = value.as_ref().filter(|_| !style.no_asks) {
        form.one(name, value);
    }
}

/// What an identity provider sends the browser back with.
fn callback(
    world: &World,
    style: &Style,
    attempt: &Attempt,
    tells: Option<Tells>,
    form: &mut Object<'_>,
) {
    if is_saml(world, attempt) {
        form.one("SAMLResponse", MASK);
        form.one("RelayState", MASK);
        return;
    }
    match &attempt.outcome {
        Outcome::Refused { answer, .. }
            if tells == Some(Tells::Refusal) && !style.callback_as_status =>
        {
            form.one("error", &code_or_general(answer));
            if let Some(message) = &answer.message {
                form.one("error_description", message);
            }
        }
        _ => form.one("code", MASK),
    }
    form.one("state", MASK);
    if holds_at(world, "fields.client_elsewhere", label("provider")) {
        form.one(
            "provider",
            attempt.asks.provider.as_deref().unwrap_or("unknown"),
        );
    }
}
