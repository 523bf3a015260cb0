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

pub fn passport(seen: &Seen<'_>, _: &Target<'_>) -> Entry {
    let Some(code) = &seen.code else {
        return Entry {
            fields: vec![
                ("statusCode", seen.status.to_string()),
                ("data", body(seen)),
            ],
            ..error(format!(
                "InternalOAuthError: Failed to obtain access token (status code: {})",
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
    let what = seen.code.as_deref().or(seen.description.as_deref());
    let what = what.map_or_else(|| line(seen.status), str::to_owned);
    error(match target.luck < 0.5 {
        true => format!("OAuth - Error handling auth response. Error: {what}"),
        false => format!(
            "{{\"channel\":\"auth\",\"payload\":{{\"event\":\"signIn_failure\",\"data\":\"Error: {what}\"}}}}"
        ),
    })
}

pub fn arctic(seen: &Seen<'_>, _: &Target<'_>) -> Entry {
    let text = match &seen.code {
        Some(code) => format!("OAuth2RequestError: {code}"),
        None => format!(
            "UnexpectedErrorResponseBodyError: Unexpected error response body (status {})",
            seen.status
        ),
    };
    let stack = format!(
        "{text}\n    at createOAuth2RequestError (file:///app/node_modules/arctic/dist/request.js:95:12)\n    at sendTokenRequest (file:///app/node_modules/arctic/dist/request.js:59:15)\n    at async GET (file:///app/build/server/callback.js:24:20)"
    );
    with_stack(text, stack)
}

pub fn axios(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let text = format!("Request failed with status code {}", seen.status);
    let stack = format!(
        "AxiosError: {text}\n    at settle (/usr/src/app/node_modules/axios/dist/node/axios.cjs:2019:12)\n    at IncomingMessage.handleStreamEnd (/usr/src/app/node_modules/axios/dist/node/axios.cjs:3135:11)"
    );
    Entry {
        fields: vec![
            ("code", "ERR_BAD_REQUEST".to_owned()),
            ("url", url(target)),
            ("response", body(seen)),
        ],
        ..with_stack(text, stack)
    }
}

pub fn oidc_client(seen: &Seen<'_>, target: &Target<'_>) -> Entry {
    let what = seen.code.as_deref().or(seen.description.as_deref());
    let what = what.map_or_else(|| line(seen.status), str::to_owned);
    error(match target.attempt.step {
        Step::Refresh => format!("[TokenClient] exchangeRefreshToken: ErrorResponse: {what}"),
        _ => format!("[JsonService] postForm: Error response from server ErrorResponse: {what}"),
    })
}

pub fn at_edge(seen: &Seen<'_>, _: &Target<'_>) -> Entry {
    error(format!(
        "Failed to exchange authorization code for tokens: Error: Status is {}",
        seen.status
    ))
}
