//! Changes of the user pools: a deploy at the beginning that alters nothing, some harmless ones, the
//! one that breaks an app client, and the one that mends it.

use serde_json::{Value, json};

use super::{
    super::{
        clock::{DAY, MINUTE, Second, spelled},
        dice::Dice,
        json,
    },
    Outage,
    calls::{DEPLOY, write},
    layout::Millis,
    pools::{Kind, POOLS, Stream},
    record::Pen,
    schedule::Schedule,
};

/// A call that has its place in time.
#[derive(Clone, Debug)]
pub struct Change {
    pub time: Second,
    pub pool: usize,
    pub event_id: String,
    part: Part,
    name: &'static str,
    request: String,
    response: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Culprit,
    Heals,
    None,
}

/// How an update leaves an app client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Settings {
    AsMade,
    /// One more callback URL.
    Beta,
    /// Codes in the place of client credentials.
    CodesOnly,
}

/// All changes, by time.
pub fn plan(seed: u64, span: Millis, streams: &[Stream]) -> Vec<Change> {
    let mut dice = Dice::new(&format!("organisation {seed} changes"));
    let span = span / 1000;
    let clients = || {
        streams
            .iter()
            .filter(|stream| !matches!(stream.kind, Kind::Read(_)))
    };
    let deploy = clients().zip((DAY + 1..).step_by(2));
    let mut changes: Vec<Change> = deploy
        .map(|(stream, time)| update(stream, Settings::AsMade, time, &mut dice))
        .collect();
    for (tenth, name) in [(2, "webshop"), (3, "portal"), (5, "console"), (8, "setup")] {
        let stream = clients().find(|stream| stream.name == name);
        let time = DAY + span * tenth / 10;
        changes.extend(stream.map(|stream| update(stream, Settings::Beta, time, &mut dice)));
    }
    changes.push(group(DAY + span * 4 / 10, &mut dice));
    changes.extend(outage(span, streams, &mut dice));
    changes.sort_by_key(|change| change.time);
    changes
}

/// The deploy that breaks the first app client touches its neighbours too.
fn outage(span: Second, streams: &[Stream], dice: &mut Dice) -> Vec<Change> {
    let changed = DAY + span * 6 / 10;
    let healed = changed + (span / 6).clamp(20 * MINUTE, 90 * MINUTE);
    let part = |change, part| Change { part, ..change };
    vec![
        update(&streams[1], Settings::AsMade, changed - 1, dice),
        part(
            update(&streams[0], Settings::CodesOnly, changed, dice),
            Part::Culprit,
        ),
        update(&streams[4], Settings::AsMade, changed + 1, dice),
        part(
            update(&streams[0], Settings::AsMade, healed, dice),
            Part::Heals,
        ),
    ]
}

fn update(stream: &Stream, settings: Settings, time: Second, dice: &mut Dice) -> Change {
    let sent = settings_of(stream, settings);
    let mut left = sent.clone();
    left["creationDate"] = json!(spelled(DAY - 90 * 24 * 60 * MINUTE));
    left["lastModifiedDate"] = json!(spelled(time));
    change(
        "UpdateUserPoolClient",
        stream.pool,
        time,
        &sent,
        &json!({"userPoolClient": left}),
        dice,
    )
}

fn group(time: Second, dice: &mut Dice) -> Change {
    let request = json!({"userPoolId": POOLS[0].id(), "groupName": "testers"});
    change(
        "CreateGroup",
        0,
        time,
        &request,
        &json!({"group": request}),
        dice,
    )
}

fn change(
    name: &'static str,
    pool: usize,
    time: Second,
    request: &Value,
    response: &Value,
    dice: &mut Dice,
) -> Change {
    Change {
        time,
        pool,
        event_id: dice.uuid(),
        part: Part::None,
        name,
        request: json::line(request),
        response: json::line(response),
    }
}

fn settings_of(stream: &Stream, settings: Settings) -> Value {
    let name = stream.name;
    let flow = match (stream.kind, settings) {
        (Kind::Machine, Settings::AsMade | Settings::Beta) => "client_credentials",
        _ => "code",
    };
    let mut callbacks = vec![format!("https://{name}.example.com/callback")];
    if settings == Settings::Beta {
        callbacks.push(format!("https://beta.{name}.example.com/callback"));
    }
    json!({
        "userPoolId": POOLS[stream.pool].id(),
        "clientId": stream.client,
        "clientName": name,
        "refreshTokenValidity": 30,
        "explicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"],
        "supportedIdentityProviders": ["COGNITO"],
        "callbackURLs": callbacks,
        "allowedOAuthFlowsUserPoolClient": true,
        "allowedOAuthFlows": [flow],
        "allowedOAuthScopes": [format!("api/{name}.write")],
        "preventUserExistenceErrors": "ENABLED",
        "enableTokenRevocation": true,
        "enablePropagateAdditionalUserContextData": false,
        "authSessionValidity": 3,
    })
}

/// From when until when the first app client is broken.
pub fn broken(changes: &[Change]) -> Option<(Second, Second)> {
    Some((
        playing(changes, Part::Culprit)?.time,
        playing(changes, Part::Heals)?.time,
    ))
}

/// The outage, if any request met it.
pub fn tell(changes: &[Change], stream: &Stream, schedule: &Schedule) -> Option<Outage> {
    let (culprit, heals) = (
        playing(changes, Part::Culprit)?,
        playing(changes, Part::Heals)?,
    );
    let stretch = (culprit.time * 1000, (heals.time + 1) * 1000);
    let failed = schedule.between(stream, stretch.0, stretch.1);
    let failed: Vec<Second> = failed
        .filter(|asked| asked.refused)
        .map(|asked| asked.time())
        .collect();
    Some(Outage {
        client: stream.client.clone(),
        user_pool: POOLS[stream.pool].id(),
        culprit: culprit.event_id.clone(),
        changed: culprit.time,
        onset: *failed.iter().min()?,
        end: *failed.iter().max()?,
        failed: failed.len() as u64,
        healed_by: heals.event_id.clone(),
        healed: heals.time,
    })
}

fn playing(changes: &[Change], part: Part) -> Option<&Change> {
    changes.iter().find(|change| change.part == part)
}

impl Change {
    /// Writes its record.
    pub fn write(&self, pen: &mut Pen<'_>) {
        let call = write(0, "cognito-idp", self.name, DEPLOY, &self.request);
        pen.identified(&call.answered(&self.response), self.time, &self.event_id);
    }
}
