//! Libraries of Go, Java, Python and .NET: how each tells that a token endpoint refused.

use super::{
    super::{
        super::{
            super::model::Step,
            answer::{Seen, reason},
        },
        Entry, Target,
    },
    body, error, line, url, with_stack,
};

/// What did not work, in plain words.
fn failed(step: Step) -> &'static str {
    match step {
        Step::Refresh => "token refresh failed",
        Step::Machine => "could not obtain token",
        Step::UserInfo => "could not load user info",
        _ => "code exchange failed",
    }
}

pub fn oauth2_proxy(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let answer = format!(
        "oauth2: cannot fetch token: {}\nResponse: {}",
        line(seen.status),
        body(seen)
    );
    error(match target.attempt.step {
        Step::Refresh => format!(
            "Unable to refresh session: unable to redeem refresh token: failed to get token: {answer}"
        ),
        _ => {
            format!("Error redeeming code during OAuth2 callback: token exchange failed: {answer}")
        }
    })
}

pub fn x_oauth2(seen: &Seen<'_>, _: &Target<'_>) -> Entry {
    let text = match (&seen.code, &seen.description) {
        (Some(code), Some(text)) => format!("oauth2: \"{code}\" \"{text}\""),
        (Some(code), None) => format!("oauth2: \"{code}\""),
        _ => format!(
            "oauth2: cannot fetch token: {}\nResponse: {}",
            seen.status,
            body(seen)
        ),
    };
    Entry {
        fields: vec![("error", text)],
        ..error("failed to get token".to_owned())
    }
}

pub fn spring(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let (code, said) = match &seen.code {
        Some(code) if target.luck < 0.5 => (
            code.to_string(),
            seen.description.as_deref().unwrap_or_default().to_owned(),
        ),
        _ => {
            let body = match body(seen) {
                empty if empty.is_empty() => "[no body]".to_owned(),
                body => format!("\"{body}\""),
            };
            let said = format!(
                "An error occurred while attempting to retrieve the OAuth 2.0 Access Token Response: {}: {body}",
                line(seen.status)
            );
            ("invalid_token_response".to_owned(), said)
        }
    };
    let text = format!("[{code}] {said}");
    let (client, caller) = match target.attempt.step {
        Step::Machine => (
            "DefaultClientCredentialsTokenResponseClient",
            "ClientCredentialsOAuth2AuthorizedClientProvider.authorize(ClientCredentialsOAuth2AuthorizedClientProvider.java:84)",
        ),
        Step::Refresh => (
            "DefaultRefreshTokenTokenResponseClient",
            "RefreshTokenOAuth2AuthorizedClientProvider.authorize(RefreshTokenOAuth2AuthorizedClientProvider.java:91)",
        ),
        _ => (
            "DefaultAuthorizationCodeTokenResponseClient",
            "authentication.OAuth2LoginAuthenticationProvider.authenticate(OAuth2LoginAuthenticationProvider.java:115)",
        ),
    };
    let stack = format!(
        "org.springframework.security.oauth2.core.OAuth2AuthorizationException: {text}\n\tat org.springframework.security.oauth2.client.endpoint.{client}.getResponse({client}.java:93)\n\tat org.springframework.security.oauth2.client.{caller}\n\tat java.base/java.lang.Thread.run(Thread.java:1583)"
    );
    with_stack(text, stack)
}

pub fn authlib(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let text = match &seen.code {
        Some(code) => format!(
            "authlib.integrations.base_client.errors.OAuthError: {code}: {}",
            seen.description.as_deref().unwrap_or_default()
        ),
        None => format!(
            "requests.exceptions.HTTPError: {} Client Error: {} {}",
            seen.status,
            reason(seen.status),
            body(seen)
        ),
    };
    let from = match target.attempt.step {
        Step::Refresh => {
            "/app/auth/session.py\", line 63, in refresh\n    token = oauth.cognito.refresh_token(TOKEN_URL)"
        }
        Step::Machine => {
            "/app/auth/tokens.py\", line 22, in fetch\n    token = session.fetch_token(TOKEN_URL)"
        }
        _ => {
            "/app/auth/views.py\", line 41, in callback\n    token = oauth.cognito.authorize_access_token(request)"
        }
    };
    let stack = format!(
        "Traceback (most recent call last):\n  File \"{from}\n  File \"/usr/local/lib/python3.12/site-packages/authlib/oauth2/client.py\", line 235, in fetch_token\n    return self._fetch_token(\n{text}"
    );
    with_stack(text, stack)
}

pub fn requests(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let text = format!(
        "{} Client Error: {} for url: {}",
        seen.status,
        reason(seen.status),
        url(target)
    );
    let stack = format!(
        "Traceback (most recent call last):\n  File \"/srv/app/tokens.py\", line 58, in fetch\n    response.raise_for_status()\nrequests.exceptions.HTTPError: {text}"
    );
    let answer = match body(seen) {
        empty if empty.is_empty() => String::new(),
        body => format!(" body={body}"),
    };
    with_stack(
        format!("{}: {text}{answer}", failed(target.attempt.step)),
        stack,
    )
}

pub fn plain_go(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    error(format!(
        "{}: POST {}: status={} body={}",
        failed(target.attempt.step),
        url(target),
        seen.status,
        body(seen)
    ))
}

pub fn dot_net(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let said = seen
        .description
        .as_deref()
        .unwrap_or("error_description is null");
    let text = match &seen.code {
        Some(code) => format!(
            "Message contains error: '{code}', error_description: '{said}', error_uri: 'error_uri is null'."
        ),
        None => format!(
            "Response status code does not indicate success: {} ({}).",
            seen.status,
            reason(seen.status)
        ),
    };
    let kind = match &seen.code {
        Some(_) => "Microsoft.IdentityModel.Protocols.OpenIdConnect.OpenIdConnectProtocolException",
        None => "System.Net.Http.HttpRequestException",
    };
    if target.attempt.step == Step::Refresh {
        let stack = format!(
            "{kind}: {text}\n   at App.Auth.CookieTokenRefresher.ValidateOrRefreshCookieAsync(CookieValidatePrincipalContext context)"
        );
        return with_stack(format!("Refreshing the session failed. {text}"), stack);
    }
    let stack = format!(
        "{kind}: {text}\n   at Microsoft.AspNetCore.Authentication.OpenIdConnect.OpenIdConnectHandler.RedeemAuthorizationCodeAsync(OpenIdConnectMessage tokenEndpointRequest)\n   at Microsoft.AspNetCore.Authentication.OpenIdConnect.OpenIdConnectHandler.HandleRemoteAuthenticateAsync()"
    );
    with_stack(
        format!("Exception occurred while processing message. {text}"),
        stack,
    )
}

pub fn duende(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let said = match (&seen.code, &seen.description) {
        (Some(code), Some(said)) => format!("{code}. Error Description: {said}"),
        (Some(code), None) => code.to_string(),
        (None, _) => reason(seen.status).to_owned(),
    };
    Entry {
        fields: vec![
            ("StatusCode", seen.status.to_string()),
            ("TokenEndpoint", url(target)),
        ],
        ..error(format!(
            "Failed to request access token for client m2m. Error: {said}"
        ))
    }
}

pub fn httpx(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let kind = if seen.status < 500 {
        "Client"
    } else {
        "Server"
    };
    let text = format!(
        "{kind} error '{}' for url '{}'",
        line(seen.status),
        url(target)
    );
    let stack = format!(
        "Traceback (most recent call last):\n  File \"/app/worker/token.py\", line 33, in post\n    r.raise_for_status()\n  File \"/app/.venv/lib/python3.12/site-packages/httpx/_models.py\", line 829, in raise_for_status\n    raise HTTPStatusError(message, request=request, response=self)\nhttpx.HTTPStatusError: {text}"
    );
    Entry {
        fields: vec![("response_text", body(seen))],
        ..with_stack(format!("{}: {text}", failed(target.attempt.step)), stack)
    }
}

pub fn oauthlib(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let said = seen.description.as_deref().unwrap_or_default();
    let text = match seen.code.as_deref() {
        Some("invalid_client") => {
            format!("oauthlib.oauth2.rfc6749.errors.InvalidClientError: (invalid_client) {said}")
        }
        Some("invalid_grant") => {
            format!("oauthlib.oauth2.rfc6749.errors.InvalidGrantError: (invalid_grant) {said}")
        }
        Some("invalid_scope") => {
            format!("oauthlib.oauth2.rfc6749.errors.InvalidScopeError: (invalid_scope) {said}")
        }
        Some("unauthorized_client") => format!(
            "oauthlib.oauth2.rfc6749.errors.UnauthorizedClientError: (unauthorized_client) {said}"
        ),
        Some(code) => format!("oauthlib.oauth2.rfc6749.errors.CustomOAuth2Error: ({code}) {said}"),
        None => format!(
            "oauthlib.oauth2.rfc6749.errors.MissingTokenError: (missing_token) Missing access token parameter. status={} {said}",
            seen.status
        ),
    };
    let from = match target.attempt.step {
        Step::Refresh => "line 96, in refresh\n    token = session.refresh_token(TOKEN_URL)",
        Step::Machine => "line 31, in token\n    token = session.fetch_token(TOKEN_URL, auth=auth)",
        _ => {
            "line 72, in login\n    token = session.fetch_token(TOKEN_URL, code=code, include_client_id=True)"
        }
    };
    let stack = format!(
        "Traceback (most recent call last):\n  File \"/opt/app/session.py\", {from}\n  File \"/opt/app/.venv/lib/python3.11/site-packages/oauthlib/oauth2/rfc6749/parameters.py\", line 454, in validate_token_parameters\n    raise_from_error(params.get('error'), params)\n{text}"
    );
    with_stack(text, stack)
}
