//! Rows of what the console saves of the event history as CSV: who called what and when, and neither
//! what was asked for nor how a request to an endpoint ended.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Form, lines::moment, members::is_same};
use crate::{
    queries,
    record::{Change, Record, Seen, SourceKind, Unread},
};

/// What a row tells.
pub fn of(row: &Map<String, Value>) -> Option<Vec<Form>> {
    let get = |member: &str| {
        let cell = row.iter().find(|(column, _)| is_same(column, member));
        let text = cell.and_then(|(_, value)| value.as_str());
        text.map(str::trim)
            .filter(|text| !text.is_empty() && *text != "-")
    };
    let (name, service) = (get("eventName")?, get("eventSource")?);
    let time = moment(get("eventTime")?)?;
    let is_attempt = service == queries::COGNITO
        && (name.contains('_') || queries::is_sign_in_api(name))
        // A refused call has its code.
        && get("errorCode").is_none();
    if is_attempt {
        return Some(vec![Form::Unread(Unread::NoOutcome)]);
    }
    let account = get("recipientAccountId").or_else(|| get("accountId"));
    let text = || Value::Object(row.clone()).to_string();
    if !queries::is_change(service, name) || get("readOnly") == Some("true") {
        let seen = Seen {
            time: Some(time),
            account: account.map(|account| Cow::Owned(account.to_owned())),
            region: get("awsRegion").map(|region| Cow::Owned(region.to_owned())),
            source: SourceKind::Trail,
            ..Seen::default()
        };
        return Some(vec![Form::Row(Box::new(Record::Unwanted(seen)), text())]);
    }
    let owned = |member: &str| get(member).map(str::to_owned);
    let resources = [get("resourceName"), get("resources")];
    let resources = resources
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    let change = Change {
        time,
        event_id: owned("eventID").unwrap_or_default(),
        name: name.to_owned(),
        service: service.to_owned(),
        account: account.map(str::to_owned),
        region: owned("awsRegion"),
        user_pool: pool(&resources),
        actor: owned("userName"),
        actor_chain: owned("userName").into_iter().collect(),
        source_ip: owned("sourceIPAddress"),
        error: owned("errorCode"),
        ..Change::default()
    };
    let change = Record::Change(Box::new(change));
    Some(vec![Form::Row(Box::new(change), text())])
}

/// The user pool among the resources of a row: `eu-west-1_AbCdEfGhI`, alone or in an ARN.
fn pool(resources: &str) -> Option<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut words = resources.split(|c: char| !is_part(c));
    let pool = words.find(|word| {
        let parts = word.split_once('_');
        parts.is_some_and(|(region, id)| region.split('-').count() == 3 && !id.is_empty())
    });
    pool.map(str::to_owned)
}
