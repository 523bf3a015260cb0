//! Records as CloudTrail writes them; shapes after
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/understanding-amazon-cognito-entries.html>
//! and records met in the wild.

use serde_json::{Value, json};

use super::{
    changes::{Role, Write},
    clock::{Second, iso},
    cognito::{Ask, Caller, UNREACHABLE, at_token_endpoint},
    config::MASK,
    delivery::Record,
    estate::{ACCOUNT, BILLING, INTRANET, PARTNER, PORTAL, REGION, domain, pool},
    json,
    pages::Page,
    traffic::Attempt,
};

/// The account that Cognito itself runs in.
const COGNITO: &str = "444455556666";

/// A call of a person, a pipeline or a service.
pub fn of_write(write: &Write) -> Record {
    let call = &write.call;
    let mut record = envelope(write.time, call.source, call.name, "AwsApiCall");
    record["userIdentity"] = write.by.identity(write.time);
    record["awsRegion"] = json!(call.region);
    record["sourceIPAddress"] = json!(write.by.address);
    record["userAgent"] = json!(write.by.agent);
    record["requestParameters"] = call.request.clone();
    record["responseElements"] = call.response.clone();
    record["readOnly"] = json!(call.read_only);
    record["eventID"] = json!(write.event_id);
    record["requestID"] = json!(write.request_id);
    if let Some((code, message)) = &write.refused {
        record["errorCode"] = json!(code);
        record["errorMessage"] = json!(message);
    }
    if write.by.in_console() {
        record["sessionCredentialFromConsole"] = json!("true");
    }
    Record {
        time: write.time,
        region: call.region,
        // What a story turns on is met twice.
        repeated: matches!(write.part, Some((_, Role::Culprit))),
        line: json::line(&record),
    }
}

/// What the trail tells of token requests.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// OAuth error codes.
    pub codes: bool,
    /// Redirect URIs and scopes.
    pub form: bool,
}

/// A request to the token endpoint or the API, where it leaves a record at all.
pub fn of_attempt(attempt: &Attempt, told: &Told) -> Option<Record> {
    if attempt.refusal == Some(UNREACHABLE) {
        return None;
    }
    let record = match attempt.request.ask {
        Ask::Authorize { .. } => return None,
        ask if at_token_endpoint(ask) => token(attempt, told),
        _ => sign_in(attempt),
    };
    Some(Record {
        time: attempt.request.time,
        region: REGION,
        repeated: false,
        line: json::line(&record),
    })
}

/// A page of the domain.
pub fn of_page(page: &Page<'_>) -> Record {
    let host = domain(pool(page.client));
    let mut record = caller_envelope(page.time, page.caller, page.name, host);
    record["requestID"] = json!(page.request_id);
    record["eventID"] = json!(page.event_id);
    record["userIdentity"] = json!({"accountId": ACCOUNT});
    record["serviceEventDetails"] = json!({"serviceAccountId": COGNITO});
    record["additionalEventData"] = json!({
        "responseParameters": {"status": page.status},
        "requestParameters": page.asked,
        "userPoolDomain": host,
        "userPoolId": pool(page.client),
    });
    if let Some(sub) = &page.sub {
        record["additionalEventData"]["sub"] = json!(sub);
    }
    Record {
        time: page.time,
        region: REGION,
        repeated: false,
        line: json::line(&record),
    }
}

fn token(attempt: &Attempt, told: &Told) -> Value {
    let request = &attempt.request;
    let client = request.client;
    let host = domain(pool(client));
    let mut record = request_envelope(attempt, "Token_POST", "AwsServiceEvent", host);
    record["userIdentity"] = json!({"type": "Unknown", "accountId": ACCOUNT});
    record["serviceEventDetails"] = json!({"serviceAccountId": COGNITO});
    let status = match attempt.refusal {
        None => 200,
        Some(refusal) if refusal.code == "server_error" => 500,
        Some(_) => 400,
    };
    let mut data = json!({
        "responseParameters": {"status": status},
        "requestParameters": form(attempt, told),
        "userPoolDomain": host,
        "userPoolId": pool(client),
    });
    if client == PORTAL {
        // An older shape: numbers as floats, no error as an empty one, an identity of one member.
        record["eventVersion"] = json!("1.08");
        record["userIdentity"] = json!({"accountId": ACCOUNT});
        data["responseParameters"]["status"] = json!(f64::from(status));
        record["errorCode"] = json!("");
        record["errorMessage"] = json!("");
    }
    if is_basic(client) {
        data["clientId"] = json!(client);
    }
    record["additionalEventData"] = data;
    if let Some(refusal) = attempt.refusal
        && told.codes
    {
        record["errorCode"] = json!(refusal.code);
    }
    record
}

/// Whether Cognito writes the OAuth error into the trail. Which it does is not established, so the
/// world has both: most app clients show no more than the status.
pub fn tells_codes(client: &str) -> bool {
    matches!(client, PARTNER | PORTAL)
}

/// Whether the app client authenticates in a header: then the form does not name it.
fn is_basic(client: &str) -> bool {
    matches!(client, BILLING | INTRANET | PARTNER | PORTAL)
}

fn form(attempt: &Attempt, told: &Told) -> Value {
    let request = &attempt.request;
    let mut form = match request.ask {
        Ask::Code { redirect_uri } => json!({
            "grant_type": ["authorization_code"],
            "code": [MASK],
            "redirect_uri": [redirect_uri],
        }),
        Ask::Refresh | Ask::AgedRefresh { .. } => {
            json!({"grant_type": ["refresh_token"], "refresh_token": [MASK]})
        }
        Ask::Scoped { scope } => json!({"grant_type": ["client_credentials"], "scope": [scope]}),
        _ => json!({"grant_type": ["client_credentials"]}),
    };
    if let (false, Value::Object(members)) = (told.form, &mut form) {
        members.retain(|name, _| !matches!(name.as_str(), "redirect_uri" | "scope"));
    }
    if !is_basic(request.client) {
        form["client_id"] = json!([request.client]);
        if request.secret.is_some() {
            form["client_secret"] = json!([MASK]);
        }
    }
    form
}

fn sign_in(attempt: &Attempt) -> Value {
    let request = &attempt.request;
    let (name, flow) = match request.ask {
        Ask::Password => ("InitiateAuth", "USER_PASSWORD_AUTH"),
        Ask::Custom => ("InitiateAuth", "CUSTOM_AUTH"),
        Ask::Answer => ("RespondToAuthChallenge", ""),
        _ => ("InitiateAuth", "REFRESH_TOKEN_AUTH"),
    };
    let host = "cognito-idp.eu-west-1.amazonaws.com";
    let mut record = request_envelope(attempt, name, "AwsApiCall", host);
    record["userIdentity"] = json!({"type": "Unknown", "principalId": "Anonymous"});
    record["requestParameters"] = match request.ask {
        Ask::Answer => {
            json!({
                "clientId": request.client,
                "challengeName": "CUSTOM_CHALLENGE",
                "challengeResponses": MASK,
                "session": MASK,
            })
        }
        _ => json!({"clientId": request.client, "authFlow": flow, "authParameters": MASK}),
    };
    if let Some(sub) = &request.caller.sub {
        record["additionalEventData"] = json!({"sub": sub});
    }
    if let Some(refusal) = attempt.refusal {
        record["errorCode"] = json!(refusal.code);
        record["errorMessage"] = json!(refusal.message);
    } else if request.ask == Ask::Custom {
        record["responseElements"] = json!({
            "challengeName": "CUSTOM_CHALLENGE",
            "challengeParameters": MASK,
            "session": MASK,
        });
    }
    record
}

fn request_envelope(attempt: &Attempt, name: &str, kind: &str, host: &str) -> Value {
    let request = &attempt.request;
    let mut record = caller_envelope(request.time, &request.caller, name, host);
    record["eventType"] = json!(kind);
    record["requestID"] = json!(attempt.request_id);
    record["eventID"] = json!(attempt.event_id);
    record
}

/// A request of somebody who has no credentials of AWS.
fn caller_envelope(time: Second, caller: &Caller, name: &str, host: &str) -> Value {
    let mut record = envelope(time, "cognito-idp.amazonaws.com", name, "AwsServiceEvent");
    record["sourceIPAddress"] = json!(caller.address);
    record["userAgent"] = json!(caller.agent);
    record["requestParameters"] = Value::Null;
    record["responseElements"] = Value::Null;
    record["readOnly"] = json!(false);
    record["tlsDetails"] = json!({
        "tlsVersion": "TLSv1.3",
        "cipherSuite": "TLS_AES_128_GCM_SHA256",
        "clientProvidedHostHeader": host,
    });
    record
}

fn envelope(time: Second, source: &str, name: &str, kind: &str) -> Value {
    json!({
        "eventVersion": "1.11",
        "eventTime": iso(time),
        "eventSource": source,
        "eventName": name,
        "awsRegion": REGION,
        "eventType": kind,
        "managementEvent": true,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    })
}
