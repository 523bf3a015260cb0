//! Libraries that talk OAuth, and how each tells that a token endpoint refused.

mod javascript;
mod others;

use super::{
    super::{
        super::model::Step,
        answer::{Seen, reason},
        choice::of_luck,
    },
    Entry, Level, Target,
    sdk::Language,
};

pub struct Library {
    pub language: Language,
    pub component: &'static str,
    pub agent: &'static str,
    pub refused: fn(&Seen<'_>, &Target<'_>) -> Entry,
    /// What it says when it went well, in its own words.
    pub well: [&'static str; 2],
}

const fn library(
    language: Language,
    component: &'static str,
    agent: &'static str,
    refused: fn(&Seen<'_>, &Target<'_>) -> Entry,
    well: [&'static str; 2],
) -> Library {
    Library {
        language,
        component,
        agent,
        refused,
        well,
    }
}

use Language::{Go, Java, Js, Net, Python};
use javascript::{amplify, arctic, at_edge, axios, next_auth, oidc_client, passport};
use others::{
    authlib, dot_net, httpx, oauth2_proxy, oauthlib, plain_go, requests, spring, x_oauth2,
};

pub const ALL: [Library; 16] = [
    library(
        Js,
        "next-auth",
        "openid-client/5.7.0",
        next_auth,
        ["session established", "signed in"],
    ),
    library(
        Js,
        "passport",
        "node",
        passport,
        ["user authenticated", "login ok"],
    ),
    library(
        Js,
        "amplify",
        "aws-amplify/5.3.27 js",
        amplify,
        ["signIn", "tokenRefresh"],
    ),
    library(
        Js,
        "arctic",
        "arctic",
        arctic,
        ["validated authorization code", "tokens received"],
    ),
    library(
        Go,
        "oauthproxy",
        "Go-http-client/2.0",
        oauth2_proxy,
        [
            "[AuthSuccess] Authenticated via OAuth2",
            "Refreshing session",
        ],
    ),
    library(
        Go,
        "auth",
        "Go-http-client/1.1",
        x_oauth2,
        ["token acquired", "token source refreshed"],
    ),
    library(
        Java,
        "o.s.s.oauth2.client",
        "Java/21.0.5",
        spring,
        ["Authorized client", "access token response received"],
    ),
    library(
        Js,
        "http",
        "axios/1.7.7",
        axios,
        ["POST /oauth2/token 200", "token response ok"],
    ),
    library(
        Js,
        "oidc",
        "openid-client/6.1.7",
        oidc_client,
        ["user loaded", "access token renewed"],
    ),
    library(
        Python,
        "authlib",
        "Authlib/1.3.2 (+https://authlib.org/)",
        authlib,
        ["fetched token", "user signed in"],
    ),
    library(
        Python,
        "app.tokens",
        "python-requests/2.32.3",
        requests,
        ["obtained token", "token cache filled"],
    ),
    library(
        Go,
        "tokens",
        "Go-http-client/2.0",
        plain_go,
        ["token ok", "got access token"],
    ),
    library(
        Net,
        "Microsoft.AspNetCore.Authentication.OpenIdConnect.OpenIdConnectHandler",
        "Microsoft ASP.NET Core OpenIdConnect handler",
        dot_net,
        [
            "AuthenticationScheme: Cookies signed in.",
            "Token endpoint response received",
        ],
    ),
    library(
        Js,
        "edge",
        "node",
        at_edge,
        ["Set cookies after sign-in", "Tokens exchanged"],
    ),
    library(
        Python,
        "httpx",
        "python-httpx/0.27.2",
        httpx,
        [
            "HTTP Request: POST /oauth2/token \"HTTP/1.1 200 OK\"",
            "token stored",
        ],
    ),
    library(
        Python,
        "oauthlib",
        "python-requests/2.32.3",
        oauthlib,
        ["token fetched", "session created"],
    ),
];

/// What a service says of a request that went well.
pub fn success(library: &Library, target: &Target<'_>) -> Entry {
    let general = match target.attempt.step {
        Step::Refresh | Step::ApiRefresh | Step::ApiRotate => "token refreshed",
        Step::Machine => "access token issued (client_credentials)",
        Step::UserInfo => "user info loaded",
        Step::Password | Step::AdminPassword | Step::SrpReply => "sign-in succeeded",
        Step::Srp => "challenge received",
        _ => "authorization code exchanged",
    };
    let words = [general, library.well[0], library.well[1]];
    Entry {
        message: (*of_luck(&words, target.luck)).to_owned(),
        ..Entry::default()
    }
}

fn path(step: Step) -> &'static str {
    match step {
        Step::UserInfo => "/oauth2/userInfo",
        _ => "/oauth2/token",
    }
}

fn url(target: &Target<'_>) -> String {
    format!("https://{}{}", target.host, path(target.attempt.step))
}

/// The body of the answer.
fn body(seen: &Seen<'_>) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match (&seen.code, &seen.description) {
        (Some(code), Some(text)) => {
            format!(
                "{{\"error\":{},\"error_description\":{}}}",
                quoted(code),
                quoted(text)
            )
        }
        (Some(code), None) => format!("{{\"error\":{}}}", quoted(code)),
        (None, Some(text)) => text.to_string(),
        (None, None) => String::new(),
    }
}

fn line(status: u16) -> String {
    format!("{status} {}", reason(status))
}

fn error(message: String) -> Entry {
    Entry {
        level: Level::Error,
        message,
        ..Entry::default()
    }
}

fn with_stack(message: String, stack: String) -> Entry {
    Entry {
        stack: Some(stack),
        ..error(message)
    }
}
