//! What records of calls to AWS's APIs have in common, and records of endpoints in part.

use super::super::truth::iso;
use super::{
    super::model::{Millis, World},
    json::{Object, object},
    style::Style,
};

pub const COGNITO: &str = "cognito-idp.amazonaws.com";

/// Code and message, as far as there are any.
pub type Error<'a> = (Option<&'a str>, Option<&'a str>);

/// A call that is recorded; texts that are JSON already say so.
pub struct Call<'a> {
    pub at: Millis,
    pub service: &'a str,
    pub name: &'a str,
    pub region: &'a str,
    pub address: &'a str,
    pub agent: &'a str,
    pub identity_json: &'a str,
    pub error: Option<Error<'a>>,
    pub request_json: &'a str,
    pub response_json: &'a str,
    pub additional_json: Option<&'a str>,
    pub request_id: &'a str,
    pub event_id: &'a str,
    pub read_only: bool,
    pub from_console: bool,
}

impl Call<'_> {
    /// Appends the record.
    pub fn write(&self, world: &World, style: &Style, text: &mut String) {
        object(text, |record| {
            self.write_head(style, record);
            record.raw("requestParameters", self.request_json);
            record.raw("responseElements", self.response_json);
            if let Some(additional) = self.additional_json {
                record.raw("additionalEventData", additional);
            }
            record.text("requestID", self.request_id);
            record.text("eventID", self.event_id);
            record.raw("readOnly", if self.read_only { "true" } else { "false" });
            record.text("eventType", self.kind());
            record.raw("managementEvent", "true");
            record.text("recipientAccountId", &world.estate.account);
            record.text("eventCategory", "Management");
            if style.tls && !self.agent.ends_with(".amazonaws.com") {
                let service = self.service.split('.').next().unwrap_or_default();
                write_tls(&format!("{service}.{}.amazonaws.com", self.region), record);
            }
            if self.from_console {
                record.text("sessionCredentialFromConsole", "true");
            }
        });
    }

    /// A service that does something by itself tells of no call.
    fn kind(&self) -> &'static str {
        match self.additional_json.is_some() && self.agent.ends_with(".amazonaws.com") {
            true => "AwsServiceEvent",
            false => "AwsApiCall",
        }
    }

    fn write_head(&self, style: &Style, record: &mut Object<'_>) {
        record.text("eventVersion", style.version);
        record.raw("userIdentity", self.identity_json);
        record.text("eventTime", &iso(self.at));
        record.text("eventSource", self.service);
        record.text("eventName", self.name);
        record.text("awsRegion", self.region);
        record.text("sourceIPAddress", self.address);
        record.text("userAgent", self.agent);
        let empty = style.empty_error_code && self.service == COGNITO;
        write_error(self.error, empty, record);
    }
}

/// Writes an error, or that there is none where `empty` says so in so many words.
pub fn write_error(error: Option<Error<'_>>, empty: bool, record: &mut Object<'_>) {
    let (code, message) = match error {
        Some(error) => error,
        None if empty => (Some(""), Some("")),
        None => (None, None),
    };
    if let Some(code) = code {
        record.text("errorCode", code);
    }
    if let Some(message) = message {
        record.text("errorMessage", message);
    }
}

pub fn write_tls(host: &str, record: &mut Object<'_>) {
    record.object("tlsDetails", |tls| {
        tls.text("tlsVersion", "TLSv1.3");
        tls.text("cipherSuite", "TLS_AES_128_GCM_SHA256");
        tls.text("clientProvidedHostHeader", host);
    });
}
