//! Records of requests to user pools, in the shapes met in the wild.

use super::{
    super::{clock::iso, config::MASK, dice::Dice},
    calls::{self, JOB},
    pools::{Kind, POOLS, Pool, Stream},
    record::{Pen, fill},
    schedule::Asked,
};

const TOKEN: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"Unknown","accountId":"<account>"},"eventTime":"<time>","eventSource":"cognito-idp.amazonaws.com","eventName":"Token_POST","awsRegion":"<region>","sourceIPAddress":"<address>","userAgent":"<agent>","requestParameters":null,"responseElements":null,"additionalEventData":{"responseParameters":{"status":<status>},<client>"requestParameters":{<form>},"userPoolDomain":"<domain>","userPoolId":"<pool>"},"requestID":"<uuid>","eventID":"<uuid>","readOnly":false,"eventType":"AwsServiceEvent","managementEvent":true,"recipientAccountId":"<account>","serviceEventDetails":{"serviceAccountId":"444455556666"},"eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"<domain>"}}"#;

/// An older shape: numbers as floats, no error as an empty one, an identity of one member.
const OLD_TOKEN: &str = r#"{"eventVersion":"1.08","userIdentity":{"accountId":"<account>"},"eventTime":"<time>","eventSource":"cognito-idp.amazonaws.com","eventName":"Token_POST","awsRegion":"<region>","sourceIPAddress":"<address>","userAgent":"<agent>","errorCode":"","errorMessage":"","requestParameters":null,"responseElements":null,"additionalEventData":{"responseParameters":{"status":<status>.0},"requestParameters":{<form>},<client>"userPoolDomain":"<domain>","userPoolId":"<pool>"},"requestID":"<uuid>","eventID":"<uuid>","readOnly":false,"eventType":"AwsServiceEvent","managementEvent":true,"recipientAccountId":"<account>","serviceEventDetails":{"serviceAccountId":"444455556666"},"eventCategory":"Management"}"#;

const SIGN_IN: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"Unknown","principalId":"Anonymous"},"eventTime":"<time>","eventSource":"cognito-idp.amazonaws.com","eventName":"InitiateAuth","awsRegion":"<region>","sourceIPAddress":"<address>","userAgent":"<agent>",<error>"requestParameters":{"authFlow":"USER_PASSWORD_AUTH","authParameters":"<mask>","clientId":"<id>"},"responseElements":null,"additionalEventData":{"sub":"<uuid>"},"requestID":"<uuid>","eventID":"<uuid>","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"<account>","eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"cognito-idp.<region>.amazonaws.com"}}"#;

const ERROR: &str =
    r#""errorCode":"NotAuthorizedException","errorMessage":"Incorrect username or password.","#;
const AGENTS: [&str; 4] = [
    "python-requests/2.32.3",
    "Apache-HttpClient/5.4.2 (Java/21.0.6)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
];

/// Writes the record of a request.
pub fn write(pen: &mut Pen<'_>, stream: &Stream, asked: &Asked) {
    let template = match stream.kind {
        Kind::Read(name) => return read(pen, stream, name, asked),
        Kind::Mobile => SIGN_IN,
        _ if stream.number % 3 == 2 => OLD_TOKEN,
        _ => TOKEN,
    };
    let pool = &POOLS[stream.pool];
    let Pen { out, dice, .. } = pen;
    fill(template, out, |word, out| {
        out.push_str(&value(word, stream, pool, asked, dice))
    });
}

fn value(word: &str, stream: &Stream, pool: &Pool, asked: &Asked, dice: &mut Dice) -> String {
    match word {
        "account" => pool.account.to_owned(),
        "region" => pool.region.to_owned(),
        "pool" => pool.id(),
        "domain" => pool.domain(),
        "time" => iso(asked.time()),
        "agent" => AGENTS[stream.number as usize % AGENTS.len()].to_owned(),
        "address" => address(stream, asked),
        "id" => stream.client.clone(),
        "mask" => MASK.to_owned(),
        "uuid" => dice.uuid(),
        "status" => if asked.refused { "400" } else { "200" }.to_owned(),
        "error" => if asked.refused { ERROR } else { "" }.to_owned(),
        "client" if in_header(stream) => format!(r#""clientId":"{}","#, stream.client),
        "client" => String::new(),
        "form" => form(stream, asked),
        unknown => panic!("no placeholder is called `{unknown}`"),
    }
}

/// Whether the app client authenticates in a header: then the form does not name it.
fn in_header(stream: &Stream) -> bool {
    stream.number.is_multiple_of(2)
}

fn form(stream: &Stream, asked: &Asked) -> String {
    let (kind, name) = (stream.kind, stream.name);
    let mut form = match (kind, asked.chance >> 32 & 3) {
        (Kind::Web, 0) => format!(
            r#""grant_type":["authorization_code"],"code":["{MASK}"],"redirect_uri":["https://{name}.example.com/callback"]"#,
        ),
        (Kind::Web, _) => format!(r#""grant_type":["refresh_token"],"refresh_token":["{MASK}"]"#),
        _ => r#""grant_type":["client_credentials"]"#.to_owned(),
    };
    if !in_header(stream) {
        form += &format!(r#","client_id":["{}"]"#, stream.client);
    }
    form
}

/// A machine has two, people have many.
fn address(stream: &Stream, asked: &Asked) -> String {
    let chance = asked.chance >> 8;
    match stream.kind {
        Kind::Machine => format!("203.0.113.{}", stream.number * 2 + (chance & 1) + 1),
        _ => format!("198.51.100.{}", chance % 254 + 1),
    }
}

fn read(pen: &mut Pen<'_>, stream: &Stream, name: &str, asked: &Asked) {
    let pool = POOLS[stream.pool].id();
    let rest = match name {
        "AdminGetUser" => format!(r#","username":"{MASK}""#),
        "DescribeUserPoolClient" => format!(r#","clientId":"{}""#, stream.client),
        _ => r#","limit":60"#.to_owned(),
    };
    let request = format!(r#"{{"userPoolId":"{pool}"{rest}}}"#);
    pen.record(
        &calls::read(0, "cognito-idp", name, JOB, &request),
        asked.time(),
    );
}
