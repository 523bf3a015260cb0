//! What is told in a channel: short, and a person's name only where a change is proven.

use serde_json::{Value, json};

use super::{
    json as contract,
    outline::{happened, provisional},
    words::{self, Clock, blamed},
};
use crate::{
    attribute::{Finding, Investigation, Verdict, phrase},
    detect::EndState,
};

/// An outage that was not told before.
pub fn opened(finding: &Finding, clock: Clock) -> String {
    let incident = &finding.incident;
    let until = match (incident.end, incident.end_state) {
        (None, _) => "still going on".to_owned(),
        (Some(end), EndState::Recovered) => format!(
            "until {} ({})",
            clock.time(end),
            phrase::duration(end - incident.onset)
        ),
        (Some(end), _) => format!("silent since {}", clock.time(end)),
    };
    let since = match incident.begun_before {
        true => "since before",
        false => "since",
    };
    let mut text = format!(
        "Incident: {} {since} {} {}, {until}: {}.\n{}.",
        words::whom(incident),
        clock.date_time(incident.onset),
        clock.zone(incident.onset),
        happened(incident),
        blamed(finding, clock)
    );
    if let Some(why) = provisional(finding) {
        text.push_str(&format!(" {why}"));
    }
    text.push_str(&format!("\n{}", incident.id));
    text
}

/// An outage of which something else was said before.
pub fn revised(finding: &Finding, clock: Clock, before: &str) -> String {
    format!("Correction, earlier {before}: {}", opened(finding, clock))
}

/// An outage that is over.
pub fn closed(finding: &Finding, clock: Clock) -> String {
    let incident = &finding.incident;
    let end = incident.end.unwrap_or(incident.onset);
    let how = match &finding.ended_by {
        Some(ended) => format!("reverted at {}", clock.time(ended.event_time)),
        None => "by no logged change".to_owned(),
    };
    format!(
        "Over: the incident of {} ended at {} {} after {}, {how}.\n{}.\n{}",
        words::whom(incident),
        clock.date_time(end),
        clock.zone(end),
        phrase::duration(end - incident.onset),
        blamed(finding, clock),
        incident.id
    )
}

/// An outage that is seen no more.
pub fn gone(id: &str, clients: &[String]) -> String {
    let whose = match clients {
        [] => "The incident".to_owned(),
        clients => format!("The incident of {}", clients.join(", ")),
    };
    format!("Over: {whose} is no longer seen.\n{id}")
}

/// Nothing can be said.
pub fn blind(why: &str) -> String {
    format!("trailblame cannot see: {why}. Until it can see again, silence means nothing.")
}

/// Something can be said again.
pub fn seeing() -> String {
    "trailblame can see again.".to_owned()
}

/// For programs: the contract's document of one outage, and the notice. Without a verdict of
/// `change` nobody is named.
pub fn document(
    event: &str,
    text: &str,
    finding: Option<&Finding>,
    investigation: &Investigation,
) -> Value {
    let alone = Investigation {
        findings: finding.cloned().into_iter().collect(),
        blips: Vec::new(),
        changes: Vec::new(),
        ..investigation.clone()
    };
    let mut document = contract::value(&alone);
    let named = finding.is_some_and(|finding| finding.verdict == Verdict::Change);
    let suspects = document
        .pointer_mut("/incidents/0/suspects")
        .and_then(Value::as_array_mut);
    for (at, suspect) in suspects.into_iter().flatten().enumerate() {
        if !named || at > 0 {
            suspect["actor"] = Value::Null;
            suspect["actors"] = json!([]);
            suspect["actor_chain"] = json!([]);
            suspect["source_ip"] = Value::Null;
        }
    }
    // Addresses of callers are their own business.
    let attributes = document.pointer_mut("/incidents/0/why_failed");
    if let Some(attributes) = attributes.and_then(Value::as_array_mut) {
        attributes.retain(|one| one["attribute"] != "source_ip");
    }
    let releases = document.pointer_mut("/incidents/0/releases");
    for release in releases.and_then(Value::as_array_mut).into_iter().flatten() {
        release["actor"] = Value::Null;
    }
    document["notice"] = json!({"event": event, "text": text});
    document
}

/// The same of something that is no outage.
pub fn plain(event: &str, text: &str) -> Value {
    json!({"schema": "trailblame/notice/1", "notice": {"event": event, "text": text}})
}
