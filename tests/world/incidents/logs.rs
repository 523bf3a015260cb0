//! The logs of an incident: the trail as it is delivered, and the application's own lines.

use serde_json::{Value, json};

use super::{
    super::{
        changes::{Role, Timeline},
        clock::{DAY, HOUR, MINUTE, Second},
        cognito::{Ask, UNREACHABLE, at_token_endpoint},
        dice::Dice,
        json,
        traffic::Attempt,
        trail,
    },
    setup::Setup,
};

/// Records one a line, as they come: late, out of order, some of them twice.
pub fn trail(dice: &mut Dice, setup: &Setup, timeline: &Timeline, attempts: &[Attempt]) -> Vec<u8> {
    let hidden = |role| setup.hidden && role == Some(Role::Culprit);
    let writes = timeline
        .writes
        .iter()
        .filter(|write| !hidden(write.part.map(|(_, role)| role)))
        .filter(|write| setup.remembers || write.time >= DAY - 3 * 24 * HOUR)
        .map(trail::of_write);
    let told = trail::Told {
        codes: setup.tells_codes,
        form: setup.tells_form,
    };
    let requests = attempts
        .iter()
        .filter_map(|attempt| trail::of_attempt(attempt, &told));
    let mut lines: Vec<(Second, String)> = Vec::new();
    for record in writes
        .chain(requests)
        .filter(|record| !setup.is_silent(record.time))
    {
        let late = match dice.chance(0.004) {
            true => dice.between(20 * MINUTE, HOUR),
            false => dice.between(0, 8 * MINUTE),
        };
        if dice.chance(0.01) {
            lines.push((record.time + late + 5 * MINUTE, record.line.clone()));
        }
        lines.push((record.time + late, record.line));
    }
    lines.retain(|(delivered, _)| setup.read_at.is_none_or(|read_at| *delivered <= read_at));
    lines.sort();
    let mut bytes = Vec::new();
    for (_, line) in lines {
        bytes.extend(line.bytes());
        bytes.push(b'\n');
    }
    bytes
}

/// Lines of the focal client's application, if it keeps any.
pub fn application(dice: &mut Dice, setup: &Setup, attempts: &[Attempt]) -> Option<Vec<u8>> {
    if !setup.keeps_log {
        return None;
    }
    let mut events: Vec<Value> = Vec::new();
    for attempt in attempts {
        let request = &attempt.request;
        let at_endpoint = at_token_endpoint(request.ask);
        let reached = attempt.refusal != Some(UNREACHABLE);
        if request.client != setup.focal || !at_endpoint || !reached {
            continue;
        }
        let grant = match request.ask {
            Ask::Code { .. } => "authorization_code",
            Ask::Refresh | Ask::AgedRefresh { .. } => "refresh_token",
            _ => "client_credentials",
        };
        let id = &attempt.request_id;
        let client = request.client;
        let text = match attempt.refusal {
            None => {
                format!("INFO token obtained client_id={client} grant_type={grant} request_id={id}")
            }
            Some(refusal) => format!(
                "ERROR cannot get token: oauth2: \"{}\" client_id={client} grant_type={grant} \
                 request_id={id}",
                refusal.code
            ),
        };
        let millis = request.time * 1000 + setup.skew + dice.between(-300, 300);
        events.push(json!({
            "logStreamName": "app/1",
            "timestamp": millis,
            "message": text,
            "ingestionTime": millis + 1000,
            "eventId": format!("{millis}{:0>43}", events.len()),
        }));
    }
    Some(json::line(&json!({"events": events})).into_bytes())
}
