//! How often a change is stopped before it is made: each change of an incident's logs is taken for a
//! plan, the day before it is what was recorded, and `check` says what would come of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};
use trailblame::{
    check::{self, Evidence, Verdict},
    cognito::{
        history::{History, Standing},
        setting::Resource,
    },
    frame::{Bounds, Cells, Fold, Key},
    plan::{Action, Format, Intent, Kind, Plan, Subject, Target},
    record::{self, Change},
    window::Window,
};

use crate::world::incidents::{Case, Outage};

/// What was recorded before a change is looked at for so long.
const DAY: TimeDelta = TimeDelta::days(1);

/// What was said of the changes of one incident before they were made.
#[derive(Debug)]
pub struct Foretold {
    pub class: &'static str,
    pub seed: u64,
    /// Of the guilty changes the worst; `None` where nobody is guilty, or no plan could say it.
    pub guilty: Option<Verdict>,
    /// Whether requests of the kind that was refused were accepted on the day before.
    pub seen: bool,
    /// Of each change that is innocent and altered a setting.
    pub innocent: Vec<(Verdict, String)>,
}

/// Asks what would come of each change.
pub fn foretell(case: &Case) -> Foretold {
    let mut fold = Fold::new(Bounds::default());
    fold.begin("trail");
    record::read(&case.trail[..], "trail", |record| fold.take(record)).expect("a log");
    fold.end(case.trail.len() as u64, None);
    let frames = fold.finish(&[]);
    let whole = History::new(frames.changes.clone(), Vec::new());
    let culprits: BTreeSet<&str> = case.truth.culprits.iter().map(String::as_str).collect();
    let mut found = Foretold {
        class: case.class.name,
        seed: case.seed,
        guilty: None,
        seen: false,
        innocent: Vec::new(),
    };
    for made in whole.changes() {
        let change = &made.change;
        let is_guilty = culprits.contains(change.event_id.as_str());
        let altered = !matches!(
            made.standing,
            Standing::Failed(_) | Standing::NoDifference | Standing::Release | Standing::OnUsers
        );
        let plan = plan(change, &made.resource).filter(|_| altered);
        let told = plan.map(|plan| said(plan, change, &frames.changes, &frames.cells));
        match (is_guilty, told) {
            (true, told) => {
                found.guilty = found.guilty.max(told.map(|(verdict, _)| verdict));
                let outage = case.truth.outage.as_ref();
                found.seen |=
                    outage.is_some_and(|outage| seen(&frames.cells, outage, before(change.time)));
            }
            (false, Some(told)) => found.innocent.push(told),
            (false, None) => {}
        }
    }
    found
}

fn before(time: DateTime<Utc>) -> Window {
    Window {
        start: time - DAY,
        end: time,
    }
}

/// What `check` says of a change, knowing only what was there before it.
fn said(plan: Plan, change: &Change, changes: &[Change], cells: &Cells) -> (Verdict, String) {
    let earlier = changes
        .iter()
        .filter(|other| (other.time, &other.event_id) < (change.time, &change.event_id));
    let history = History::new(earlier.cloned().collect(), Vec::new());
    let evidence = Evidence {
        cells,
        history: &history,
        window: before(change.time),
        coverage: Vec::new(),
        is_incomplete: false,
        ids: &BTreeMap::new(),
    };
    let check = check::check(vec![plan], &evidence);
    let worst = check.settings().max_by_key(|(_, setting)| setting.verdict);
    let rule = worst.and_then(|(_, setting)| setting.rule);
    (
        check.verdict,
        rule.map_or_else(String::new, |rule| rule.id.to_owned()),
    )
}

/// The change as a plan; `None` of what no plan of Cognito holds: firewalls, secrets, networks.
fn plan(change: &Change, resource: &Resource) -> Option<Plan> {
    let (kind, id) = match resource {
        Resource::Client(_, client) => (Kind::Client, Some(client.to_string())),
        Resource::Pool(_) => (Kind::Pool, None),
        Resource::ResourceServer(_, id) => (Kind::ResourceServer, Some(id.clone())),
        Resource::IdentityProvider(_, name) => (Kind::IdentityProvider, Some(name.clone())),
        Resource::Domain(_, name) => (Kind::Domain, Some(name.clone())),
        Resource::Function(name) => (Kind::Function, Some(name.clone())),
        Resource::Firewall(_) | Resource::Other(..) => return None,
    };
    let service = match kind {
        Kind::Function => "lambda.amazonaws.com",
        _ if change.name.ends_with("WebACL") => "wafv2.amazonaws.com",
        _ => "cognito-idp.amazonaws.com",
    };
    let ends = [
        "DeleteUserPoolClient",
        "DeleteUserPool",
        "DeleteIdentityProvider",
        "DeleteResourceServer",
        "DeleteUserPoolDomain",
    ];
    let (action, intent) = match change.name.as_str() {
        name if name.starts_with("Create") => return None,
        name if ends.contains(&name) => (Action::Delete, Intent::Deletion),
        name => {
            let request = change
                .request
                .as_deref()
                .and_then(|text| serde_json::from_str(text).ok());
            let Value::Object(request) = request.unwrap_or(Value::Object(Map::new())) else {
                return None;
            };
            let api = name.to_owned().into();
            (
                Action::Update,
                Intent::Call {
                    service,
                    api,
                    request,
                },
            )
        }
    };
    Some(Plan {
        path: "plan".to_owned(),
        format: Format::CliInput,
        targets: vec![Target {
            name: change.name.clone(),
            line: 1,
            action,
            subject: Subject {
                kind,
                account: None,
                pool: resource.pool().cloned(),
                id,
                called: None,
            },
            intent,
        }],
        passed_over: 0,
        gaps: Vec::new(),
    })
}

/// Whether what was refused during the outage was accepted in a window.
fn seen(cells: &Cells, outage: &Outage, window: Window) -> bool {
    let asks = |key: &Key| {
        [
            key.client,
            key.endpoint,
            key.grant,
            key.redirect_uri,
            key.scopes,
            key.identity_provider,
        ]
    };
    let ours = |key: &&Key| {
        cells
            .text(key.client)
            .is_some_and(|client| outage.clients.contains(&client))
    };
    let during = |time: i64| (outage.onset..=outage.end).contains(&(time / 1_000_000));
    let rows = cells.with_keys(&cells.rows);
    let refused: BTreeSet<_> = rows
        .filter(|(row, key)| ours(key) && cells.failed(key) && during(row.first))
        .map(|(_, key)| asks(key))
        .collect();
    let (start, end) = (
        window.start.timestamp_micros(),
        window.end.timestamp_micros(),
    );
    let mut rows = cells.with_keys(&cells.rows);
    rows.any(|(row, key)| {
        let alike = refused.is_empty() || refused.contains(&asks(key));
        ours(&key) && alike && !cells.failed(key) && row.last >= start && row.first < end
    })
}
