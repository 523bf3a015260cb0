//! Libraries of JavaScript: how each tells that a token endpoint refused.

use super::{
    super::{
        super::{super::model::Step, answer::Seen},
        Entry, Target,
    },
    body, error, line, url, with_stack,
};

pub fn next_auth(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let error_text = match &seen.code {
        Some(code) => format!("OPError: {code}"),
        None => format!("OPError: expected 200 OK, got: {}", line(seen.status)),
    };
    let said = seen
        .description
        .as_ref()
        .map_or(String::new(), |text| format!(" ({text})"));
    if target.attempt.step == Step::Refresh {
        return error(format!(
            "[next-auth] RefreshAccessTokenError: {error_text}{said}"
        ));
    }
    let message = format!(
        "[next-auth][error][OAUTH_CALLBACK_ERROR] https://next-auth.js.org/errors#oauth_callback_error {error_text}{said}"
    );
    let stack = format!(
        "{error_text}{said}\n    at processResponse (/app/node_modules/openid-client/lib/helpers/process_response.js:38:13)\n    at Client.grant (/app/node_modules/openid-client/lib/client.js:1363:22)\n    at async Client.callback (/app/node_modules/openid-client/lib/client.js:520:24)\n  providerId: 'cognito'"
    );
    with_stack(message, stack)
}

pub fn passport(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let what = match target.attempt.step {
        Step::Refresh => "Failed to refresh access token",
        _ => "Failed to obtain access token",
    };
    let Some(code) = &seen.code else {
        return Entry {
            fields: vec![
                ("statusCode", seen.status.to_string()),
                ("data", body(seen)),
            ],
            ..error(format!(
                "InternalOAuthError: {what} (status code: {})",
                seen.status
            ))
        };
    };
    let said = seen.description.as_deref().unwrap_or_default();
    let name = match code.as_ref() {
        "unauthorized_client" | "access_denied" => "AuthorizationError",
        _ => "TokenError",
    };
    let text = format!("{name}: {}", if said.is_empty() { code } else { said });
    let stack = format!(
        "{text}\n    at OAuth2Strategy.parseErrorResponse (/srv/node_modules/passport-oauth2/lib/strategy.js:373:12)\n    at OAuth2Strategy._createOAuthError (/srv/node_modules/passport-oauth2/lib/strategy.js:420:16)\n    at ClientRequest.<anonymous> (/srv/node_modules/oauth/lib/oauth2.js:162:7)"
    );
    Entry {
        fields: vec![("code", code.to_string())],
        ..with_stack(text, stack)
    }
}

pub fn amplify(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let what = match seen.is_page {
        true => "Unexpected token '<', \"<html>\r\n<h\"... is not valid JSON".to_owned(),
        false => {
            let what = seen.code.as_deref().or(seen.description.as_deref());
            what.map_or_else(|| line(seen.status), str::to_owned)
        }
    };
    let status = seen.status;
    error(match target.attempt.step {
        Step::Refresh => format!("[adapter-nextjs] tokenRefresh_failure: {what} (status {status})"),
        _ => format!(
            "[adapter-nextjs] signInCallback: token exchange failed: {what} (status {status})"
        ),
    })
}

pub fn arctic(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let text = match &seen.code {
        Some(code) => format!("OAuth2RequestError: {code}"),
        None if seen.is_page => format!(
            "UnexpectedResponseError: Unexpected error response (status {})",
            seen.status
        ),
        None => format!(
            "UnexpectedErrorResponseBodyError: Unexpected error response body (status {})",
            seen.status
        ),
    };
    let from = match target.attempt.step {
        Step::Refresh => "refresh (file:///app/build/server/session.js:41:18)",
        _ => "GET (file:///app/build/server/callback.js:24:20)",
    };
    let stack = format!(
        "{text}\n    at createOAuth2RequestError (file:///app/node_modules/arctic/dist/request.js:95:12)\n    at sendTokenRequest (file:///app/node_modules/arctic/dist/request.js:59:15)\n    at async {from}"
    );
    with_stack(text, stack)
}

pub fn axios(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let code = match seen.status {
        500.. => "ERR_BAD_RESPONSE",
        _ => "ERR_BAD_REQUEST",
    };
    let text = format!("Request failed with status code {}", seen.status);
    let stack = format!(
        "AxiosError: {text}\n    at settle (/usr/src/app/node_modules/axios/dist/node/axios.cjs:2019:12)\n    at IncomingMessage.handleStreamEnd (/usr/src/app/node_modules/axios/dist/node/axios.cjs:3135:11)"
    );
    Entry {
        fields: vec![
            ("code", code.to_owned()),
            ("url", url(target)),
            ("response", body(seen)),
        ],
        ..with_stack(text, stack)
    }
}

pub fn oidc_client(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let call = match target.attempt.step {
        Step::Refresh => "refreshTokenGrant",
        Step::Machine => "clientCredentialsGrant",
        _ => "authorizationCodeGrant",
    };
    let text = match (&seen.code, &seen.description) {
        (Some(code), said) => {
            let said = said
                .as_ref()
                .map_or(String::new(), |said| format!(" ({said})"));
            format!(
                "ResponseBodyError: server responded with an error in the response body: {code}{said}"
            )
        }
        (None, said) => {
            let said = said
                .as_ref()
                .map_or(String::new(), |said| format!(": {said}"));
            format!(
                "ClientError: unexpected HTTP response status code: {}{said}",
                seen.status
            )
        }
    };
    let stack = format!(
        "{text}\n    at {call} (file:///app/node_modules/openid-client/build/index.js:1198:13)\n    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)"
    );
    with_stack(format!("{call} failed: {text}"), stack)
}

pub fn at_edge(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let what = match target.attempt.step {
        Step::Refresh => "refresh tokens",
        _ => "exchange authorization code for tokens",
    };
    error(format!(
        "Failed to {what}: Error: Status is {}",
        seen.status
    ))
}
