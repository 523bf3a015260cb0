//! Libraries that talk OAuth, and how each tells that a token endpoint refused.

mod javascript;
mod others;

use super::{
    super::{
        super::model::{Nature, Step},
        answer::{Seen, reason},
    },
    Entry, Level, Target,
    sdk::Language,
};

pub struct Library {
    pub language: Language,
    pub component: &'static str,
    pub agent: &'static str,
    pub refused: fn(&Seen<'_>, &Target<'_>) -> Entry,
    /// What it says when it went well, in its own words: of a code, a refresh token, a machine.
    pub well: [&'static str; 3],
}

const fn library(
    language: Language,
    component: &'static str,
    agent: &'static str,
    refused: fn(&Seen<'_>, &Target<'_>) -> Entry,
    well: [&'static str; 3],
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
    authlib, dot_net, duende, httpx, oauth2_proxy, oauthlib, plain_go, requests, spring, x_oauth2,
};

const HTTPX: &str = "HTTP Request: POST /oauth2/token \"HTTP/1.1 200 OK\"";

pub const ALL: [Library; 16] = [
    library(
        Js,
        "next-auth",
        "openid-client/5.7.0",
        next_auth,
        ["session established", "session refreshed", ""],
    ),
    library(
        Js,
        "passport",
        "node",
        passport,
        ["user authenticated", "refresh ok", ""],
    ),
    library(
        Js,
        "amplify-server",
        "node",
        amplify,
        ["signInWithRedirect", "tokenRefresh", ""],
    ),
    library(
        Js,
        "arctic",
        "arctic",
        arctic,
        ["validated authorization code", "tokens received", ""],
    ),
    library(
        Go,
        "oauthproxy",
        "Go-http-client/2.0",
        oauth2_proxy,
        [
            "[AuthSuccess] Authenticated via OAuth2",
            "Refreshing session",
            "",
        ],
    ),
    library(
        Go,
        "auth",
        "Go-http-client/1.1",
        x_oauth2,
        ["code redeemed", "token source refreshed", "token acquired"],
    ),
    library(
        Java,
        "o.s.s.oauth2.client",
        "Java/21.0.5",
        spring,
        [
            "Authorization code granted",
            "access token response received",
            "Authorized client",
        ],
    ),
    library(
        Js,
        "http",
        "axios/1.7.7",
        axios,
        [
            "POST /oauth2/token 200",
            "POST /oauth2/token 200",
            "POST /oauth2/token 200",
        ],
    ),
    library(
        Js,
        "oidc",
        "openid-client/6.1.7",
        oidc_client,
        [
            "authorizationCodeGrant ok",
            "refreshTokenGrant ok",
            "clientCredentialsGrant ok",
        ],
    ),
    library(
        Python,
        "authlib",
        "Authlib/1.3.2 (+https://authlib.org/)",
        authlib,
        ["user signed in", "token updated", "fetched token"],
    ),
    library(
        Python,
        "app.tokens",
        "python-requests/2.32.3",
        requests,
        ["code redeemed", "obtained token", "token cache filled"],
    ),
    library(
        Go,
        "tokens",
        "Go-http-client/2.0",
        plain_go,
        ["code exchanged", "token ok", "got access token"],
    ),
    library(
        Net,
        "Microsoft.AspNetCore.Authentication.OpenIdConnect.OpenIdConnectHandler",
        "Microsoft ASP.NET Core OpenIdConnect handler",
        dot_net,
        [
            "AuthenticationScheme: Cookies signed in.",
            "Token endpoint response received",
            "",
        ],
    ),
    library(
        Js,
        "edge",
        "node",
        at_edge,
        ["Tokens exchanged", "Tokens refreshed", ""],
    ),
    library(
        Python,
        "httpx",
        "python-httpx/0.27.2",
        httpx,
        [HTTPX, HTTPX, HTTPX],
    ),
    library(
        Python,
        "oauthlib",
        "python-requests/2.32.3",
        oauthlib,
        ["session created", "token refreshed", "token fetched"],
    ),
];

/// What programs of .NET use that have no user.
const DUENDE: Library = library(
    Net,
    "Duende.AccessTokenManagement.ClientCredentialsTokenManagementService",
    "Duende.IdentityModel/7.1.0",
    duende,
    ["", "", "Caching access token"],
);

/// The library of a service: for machines one that asks with client credentials.
pub fn of(nature: Nature, place: usize) -> &'static Library {
    static KNOWN: [Library; ALL.len()] = ALL;
    static OF_MACHINES: Library = DUENDE;
    let of_name = |name: &str| KNOWN.iter().find(|library| library.component == name);
    let library = &KNOWN[place % KNOWN.len()];
    if nature != Nature::Machine {
        return library;
    }
    let other = match library.component {
        "next-auth" | "passport" | "amplify-server" | "edge" => of_name("http"),
        "arctic" => of_name("oidc"),
        "oauthproxy" => of_name("auth"),
        _ if library.language == Net => Some(&OF_MACHINES),
        _ => None,
    };
    other.unwrap_or(library)
}

/// What a service says of a request to the domain that went well.
pub fn success(library: &Library, target: &Target<'_>) -> Entry {
    let [code, renewed, issued] = library.well;
    let (general, own) = match target.attempt.step {
        Step::Refresh => ("token refreshed", renewed),
        Step::Machine => ("access token issued (client_credentials)", issued),
        Step::UserInfo => ("user info loaded", ""),
        _ => ("authorization code exchanged", code),
    };
    let message = match target.luck < 0.5 || own.is_empty() {
        true => general,
        false => own,
    };
    Entry {
        message: message.to_owned(),
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
    if seen.is_page {
        let title = line(seen.status);
        return format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
        );
    }
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
