//! Accounts in which nothing has to be reported, though it may look like something.

use std::sync::Arc;

use serde_json::json;

use super::{
    super::{
        chance::Chance,
        model::{
            Alters, DAY, Demand, HOUR, Kind, MINUTE, Millis, Nature, Release, Resource, SECOND,
            Step, Tool, Window,
        },
    },
    background::{self, Pace},
    changes::secrets,
    draft::{Deed, Draft, client},
    faults::outside,
    guilty::{BY_HAND, WHOLE},
    harmless,
    patch::{Alter, one, set},
    pipeline,
};

fn demand(draft: &mut Draft, start: Millis, end: Millis, clients: Vec<usize>, line: (f64, f64)) {
    if start < end {
        draft.world.demand.push(Demand {
            span: Window { start, end },
            clients,
            from: line.0,
            to: line.1,
        });
    }
}

/// Two ends of a stretch within the window, as shares of its length.
fn stretch(draft: &mut Draft, first: (f64, f64), length: (f64, f64)) -> Window {
    let window = draft.world.window;
    let whole = window.length() as f64;
    let start = window.start + (whole * draft.chance.real(first.0, first.1)) as Millis;
    let end = start + (whole * draft.chance.real(length.0, length.1)) as Millis;
    Window { start, end }
}

fn early(draft: &Draft) -> Millis {
    draft.world.window.start - 3 * DAY
}

/// Callers move from one app client to another, and the old one is deleted.
pub fn migration(draft: &mut Draft) -> Option<()> {
    let clients = draft.clients();
    let estate = &draft.world.estate;
    let of = |place: usize| &estate.clients[place];
    let pairs = clients
        .iter()
        .flat_map(|old| clients.iter().map(move |new| (*old, *new)));
    let (old, new) = pairs.into_iter().find(|(old, new)| {
        old != new && of(*old).pool == of(*new).pool && of(*old).nature == of(*new).nature
    })?;
    let ratio = (of(old).per_day / of(new).per_day).clamp(0.3, 3.0);
    let span = stretch(draft, (0.1, 0.35), (0.1, 0.3));
    let (early, end) = (early(draft), draft.world.window.end);
    demand(draft, span.start, span.end, vec![old], (1.0, 0.0));
    demand(draft, span.end, end, vec![old], (0.0, 0.0));
    demand(draft, early, span.start, vec![new], (0.0, 0.0));
    demand(draft, span.start, span.end, vec![new], (0.0, ratio));
    demand(draft, span.end, end, vec![new], (ratio, ratio));
    let by = draft.by(span.start - 2 * MINUTE, &[Tool::Pipeline]);
    let workload = draft.world.estate.clients[old].workload;
    pipeline::deploy_of(draft, by, workload);
    let left = end - span.end;
    let at = span.end + (left as f64 * draft.chance.real(0.1, 0.8)) as Millis;
    let by = draft.by(at, WHOLE);
    draft.edit(by, client(old), Deed::Delete);
    draft.retired.push((old, span.end));
    Some(())
}

/// Somebody alters something on an app client at a moment.
fn touch(draft: &mut Draft, place: usize, at: Millis) {
    if let Some(deed) = harmless::change(draft, client(place)) {
        let by = draft.by(at, WHOLE);
        draft.innocent(by, client(place), deed);
    }
}

/// The callers of some app clients rest for an hour, with a change at its beginning.
pub fn stop(draft: &mut Draft) -> Option<()> {
    let clients = draft.clients();
    let place = *clients.first()?;
    let pool = draft.world.estate.clients[place].pool;
    let estate = &draft.world.estate;
    let of_pool = clients
        .into_iter()
        .filter(|place| estate.clients[*place].pool == pool);
    let clients: Vec<usize> = of_pool.collect();
    let mut span = stretch(draft, (0.2, 0.6), (0.0, 0.0));
    span.end = span.start + draft.chance.whole(25, 75) * MINUTE;
    demand(draft, span.start, span.end, clients, (0.0, 0.0));
    let before = draft.chance.whole(0, 40) * SECOND;
    touch(draft, place, span.start - before);
    for nth in 0..draft.chance.whole(1, 3) {
        let by = draft.by(span.start + nth * 7 * MINUTE, &[Tool::Pipeline]);
        pipeline::deploy(draft, by);
    }
    Some(())
}

/// A day on which little is asked for.
pub fn holiday(draft: &mut Draft) -> Option<()> {
    let all: Vec<usize> = (0..draft.world.estate.clients.len()).collect();
    let share = draft.chance.real(0.15, 0.5);
    let start = stretch(draft, (0.2, 0.5), (0.0, 0.0)).start;
    demand(draft, start, start + DAY, all, (share, share));
    let place = *draft.clients().first()?;
    let near = draft.chance.whole(-30, 30) * MINUTE;
    touch(draft, place, start + near);
    Some(())
}

pub fn load_test(draft: &mut Draft) -> Option<()> {
    let place = *draft.clients().first()?;
    let times = draft.chance.by_magnitude(5.0, 25.0);
    let mut span = stretch(draft, (0.15, 0.7), (0.0, 0.0));
    span.end = span.start + draft.chance.whole(8, 40) * MINUTE;
    demand(draft, span.start, span.end, vec![place], (times, times));
    touch(draft, place, span.start - 5 * MINUTE);
    Some(())
}

/// A release doubles what an application asks for.
pub fn mobile_release(draft: &mut Draft) -> Option<()> {
    let clients = draft.clients();
    let estate = &draft.world.estate;
    let mobile = clients
        .iter()
        .find(|place| matches!(estate.clients[**place].nature, Nature::Mobile | Nature::Spa));
    let place = *mobile?;
    let times = draft.chance.real(1.6, 3.0);
    let span = stretch(draft, (0.1, 0.4), (0.1, 0.4));
    let end = draft.world.window.end;
    demand(draft, span.start, span.end, vec![place], (1.0, times));
    demand(draft, span.end, end, vec![place], (times, times));
    touch(draft, place, span.start);
    Some(())
}

/// Services restart after cosmetic updates, and fail for seconds.
pub fn restarts(draft: &mut Draft) -> Option<()> {
    for _ in 0..draft.chance.whole(3, 9) {
        let at = draft.moment();
        let clients = draft.clients();
        let place = *clients.first()?;
        touch(draft, place, at);
        let later = at + draft.chance.whole(1, 30) * SECOND;
        let by = draft.by(later, &[Tool::Pipeline]);
        let workload = draft.world.estate.clients[place].workload;
        pipeline::deploy_of(draft, by, workload);
        outside::restart(draft, place, by.at);
    }
    Some(())
}

pub fn controllers(draft: &mut Draft) -> Option<()> {
    let controllers = draft.chance.by_magnitude(200.0, 900.0);
    let pace = Pace::draw(draft);
    background::add(
        draft,
        Pace {
            controllers,
            ..pace
        },
    );
    Some(())
}

pub fn changes(draft: &mut Draft) -> Option<()> {
    for _ in 0..draft.chance.whole(6, 30) {
        let at = draft.moment();
        background::harmless_change(draft, at);
    }
    Some(())
}

/// Changes of the app client that is used least.
pub fn sparse(draft: &mut Draft) -> Option<()> {
    let clients = draft.clients();
    let rate = |place: &usize| draft.world.estate.clients[*place].per_day;
    let least = clients
        .iter()
        .copied()
        .min_by(|one, other| rate(one).total_cmp(&rate(other)))?;
    for _ in 0..draft.chance.whole(2, 8) {
        let at = draft.moment();
        touch(draft, least, at);
    }
    Some(())
}

/// A secret is added, all callers get it, and only then the old one is deleted.
pub fn rotation(draft: &mut Draft) -> Option<()> {
    let of = draft.resources(Kind::ClientSecrets);
    let resource = *of.first()?;
    let held = draft.texts(resource, "secrets").first()?.clone();
    let span = stretch(draft, (0.1, 0.4), (0.1, 0.4));
    let by = draft.by(span.start, BY_HAND);
    let added = Deed::Set(one("secrets", Alter::With(vec!["v2".to_owned()])));
    draft.edit(by, resource, added);
    let place = usize::from(resource.index);
    let copied = span.start + draft.chance.whole(20, 300) * SECOND;
    stored(draft, place, copied);
    let ramp = (span.length() / 2).max(MINUTE);
    draft.world.releases.push(Release {
        at: span.start + 6 * MINUTE,
        until: Millis::MAX,
        ramp,
        client: place,
        share: 1.0,
        steps: Step::ALL.to_vec(),
        alters: Alters::Secret(Arc::from("v2")),
    });
    let at = span.end.max(span.start + 6 * MINUTE + ramp) + draft.chance.whole(2, 90) * MINUTE;
    let deleted = Deed::Set(one("secrets", Alter::Without(vec![held])));
    draft.edit(by.later(at - by.at), resource, deleted);
    Some(())
}

/// The copy of a secret that a service reads is the new one.
fn stored(draft: &mut Draft, place: usize, at: Millis) {
    let workload = draft.world.estate.clients[place].workload;
    let owner = super::super::model::Owner::Workload(workload);
    let copies = super::super::rules::resources(&draft.world.estate, Kind::StoredSecret);
    let copies: Vec<Resource> = copies
        .filter(|copy| draft.world.estate.owners.get(copy) == Some(&owner))
        .collect();
    for copy in copies {
        let by = draft.by(at, BY_HAND);
        draft.innocent(by, copy, Deed::Set(set("value", json!("v2"))));
    }
}

/// An app client that nobody uses any more is deleted.
pub fn retired(draft: &mut Draft) -> Option<()> {
    let clients = draft.clients();
    if clients.len() < 3 {
        return None;
    }
    let place = clients[0];
    let (early, end) = (early(draft), draft.world.window.end);
    demand(draft, early, end, vec![place], (0.0, 0.0));
    let at = stretch(draft, (0.2, 0.8), (0.0, 0.0)).start;
    let by = draft.by(at, WHOLE);
    draft.edit(by, client(place), Deed::Delete);
    draft.retired.push((place, early));
    Some(())
}

/// A custom domain gets a new certificate of the same name.
pub fn certificate(draft: &mut Draft) -> Option<()> {
    let path = "CustomDomainConfig.CertificateArn";
    let domains = draft.resources(Kind::Domain);
    let domain = domains
        .into_iter()
        .find(|domain| draft.member(*domain, path).is_some())?;
    let owner = draft.world.estate.owners[&domain];
    let account = draft.world.estate.account.clone();
    let arn = format!(
        "arn:aws:acm:us-east-1:{account}:certificate/{}",
        draft.chance.uuid()
    );
    let host = draft.name(domain).to_owned();
    let new = draft.add(Kind::Certificate, owner, arn.clone());
    let at = stretch(draft, (0.2, 0.7), (0.0, 0.0)).start;
    let by = draft.by(at, WHOLE);
    let settings = json!({"DomainName": host, "Status": "ISSUED", "ValidationMethod": "DNS"});
    draft.edit(by, new, Deed::Create(harmless::object(settings)));
    let later = draft.chance.whole(3, 40) * MINUTE;
    draft.innocent(by.later(later), domain, Deed::Set(set(path, json!(arn))));
    Some(())
}

/// Changes that something written says would break requests, and that do not here.
pub fn without_effect(draft: &mut Draft) -> Option<()> {
    for _ in 0..draft.chance.whole(3, 8) {
        background::without_effect(draft);
    }
    Some(())
}

pub fn applied(draft: &mut Draft) -> Option<()> {
    for _ in 0..draft.chance.whole(4, 14) {
        let at = draft.moment();
        background::run(draft, at);
    }
    Some(())
}

/// App clients come, are altered, and go again; nobody uses them yet.
pub fn new_clients(draft: &mut Draft) -> Option<()> {
    for _ in 0..draft.chance.whole(2, 6) {
        let clients = draft.clients();
        let place = *clients.first()?;
        let new = secrets::twin(draft, place);
        let settings = draft.settings(client(place));
        let at = draft.moment();
        let by = draft.by(at, WHOLE);
        let edit = draft.edit(by, new, Deed::Create(settings));
        if draft.chance.happens(0.5) {
            let later = draft.chance.whole(5, 90) * MINUTE;
            draft.edit(by.later(later), new, Deed::Back(edit));
        }
    }
    Some(())
}

pub fn nothing(_draft: &mut Draft) -> Option<()> {
    Some(())
}

/// What may be in the demand of any account.
pub fn usual_demand(draft: &mut Draft, chance: &mut Chance) {
    if !chance.happens(0.12) {
        return;
    }
    let Some(place) = draft.clients().first().copied() else {
        return;
    };
    let times = chance.by_magnitude(2.0, 12.0);
    let window = draft.world.window;
    let start = chance.time(window.start, window.end - window.length() / 10);
    let end = start + chance.whole(5, 60) * MINUTE;
    demand(
        draft,
        start,
        end.min(start + 4 * HOUR),
        vec![place],
        (times, times),
    );
}
