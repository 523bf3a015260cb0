//! Applications that begin to ask for something else, by a mistake.

pub mod before;

use std::sync::Arc;

use super::{
    super::model::{
        Alters, Answer, Cause, HOUR, Kind, MINUTE, Millis, Nature, Release, Resource, SECOND, Step,
        Tool,
    },
    draft::{Draft, client},
    guilty, harmless, pipeline,
};

const TOKEN: [Step; 3] = [Step::Code, Step::Refresh, Step::Machine];
const WITH_SECRET: [Step; 9] = [
    Step::Code,
    Step::Refresh,
    Step::Machine,
    Step::Password,
    Step::Srp,
    Step::SrpReply,
    Step::AdminPassword,
    Step::ApiRefresh,
    Step::ApiRotate,
];

/// When somebody goes through one of these steps of an app client.
pub fn times(draft: &Draft, place: usize, steps: &[Step]) -> Vec<Millis> {
    let plans = draft.world.plans.iter();
    let meets = plans.filter(|plan| {
        plan.client == place
            && plan.doomed.is_none()
            && plan.flow.steps().iter().any(|step| steps.contains(step))
    });
    meets.map(|plan| plan.at).collect()
}

/// An app client with enough requests at these steps, a moment, and the requests after it.
fn target(
    draft: &mut Draft,
    steps: &[Step],
    fits: impl Fn(&Draft, usize) -> bool,
) -> Option<(usize, Millis, Vec<Millis>)> {
    let clients = draft.clients();
    for place in clients {
        if !fits(draft, place) {
            continue;
        }
        let times = times(draft, place, steps);
        if let Some((at, after)) = guilty::moment(draft, &times)
            && draft.world.window.holds(at)
        {
            draft.busy.insert(draft.world.estate.clients[place].pool);
            return Some((place, at, after));
        }
    }
    None
}

/// What goes wrong with a release.
struct Mistake {
    place: usize,
    at: Millis,
    after: Vec<Millis>,
    steps: Vec<Step>,
    alters: Alters,
    /// From the first caller to the last.
    ramp: Millis,
    share: f64,
}

fn publish(draft: &mut Draft, mistake: Mistake, told: &str, with_settings: bool) {
    let Mistake {
        place,
        at,
        after,
        steps,
        alters,
        ramp,
        share,
    } = mistake;
    let noticed = after.get(10).copied().unwrap_or(Millis::MAX);
    let left = (draft.world.window.end - at) as f64;
    let back = at
        + ramp
        + draft
            .chance
            .by_magnitude(8.0 * MINUTE as f64, left.max(9.0 * MINUTE as f64)) as Millis;
    let until = match draft.chance.happens(0.6) {
        true => back.max(noticed.saturating_add(MINUTE)),
        false => Millis::MAX,
    };
    let release = Release {
        at,
        until,
        ramp,
        client: place,
        share,
        steps,
        alters,
    };
    deploy(draft, place, at, with_settings);
    if until < draft.world.window.end && draft.chance.happens(0.8) {
        let by = draft.by(until - 20 * SECOND, &[Tool::Pipeline]);
        let workload = draft.world.estate.clients[place].workload;
        pipeline::deploy_of(draft, by, workload);
    }
    draft.world.releases.push(release);
    let cause = Cause::Release(draft.world.releases.len() - 1);
    let name = draft.world.estate.clients[place].name.clone();
    let told = format!(
        "{told}: application of {name} at {}",
        super::super::truth::iso(at)
    );
    draft.tell(told, "release", vec![cause], true);
}

/// The calls that deploy an application, and perhaps settings of its app client in the same run.
fn deploy(draft: &mut Draft, place: usize, at: Millis, with_settings: bool) {
    let tools: &[Tool] = match with_settings {
        true => &[Tool::Pipeline, Tool::Cdk, Tool::CloudFormation],
        false => &[Tool::Pipeline],
    };
    let before = draft.chance.whole(2, 60) * SECOND;
    let by = draft.by(at - before, tools);
    let workload = draft.world.estate.clients[place].workload;
    if draft.chance.happens(0.85) || with_settings {
        pipeline::deploy_of(draft, by, workload);
    }
    if !with_settings {
        return;
    }
    for _ in 0..draft.chance.whole(1, 3) {
        let after = draft.chance.whole(-9, 9) * SECOND;
        let resource = match draft.chance.happens(0.7) {
            true => Some(client(place)),
            false => harmless::any(draft),
        };
        if let Some(resource) = resource
            && let Some(deed) = harmless::change(draft, resource)
        {
            draft.innocent(by.later(after), resource, deed);
        }
    }
}

/// How fast a release reaches all callers.
fn at_once(draft: &mut Draft) -> Millis {
    draft
        .chance
        .by_magnitude(5.0 * SECOND as f64, 4.0 * MINUTE as f64) as Millis
}

fn holds_secret(draft: &Draft, place: usize) -> bool {
    let secrets = Resource {
        kind: Kind::ClientSecrets,
        index: place as u16,
    };
    let habits = &draft.world.estate.clients[place].habits;
    !draft.texts(secrets, "secrets").is_empty()
        && habits.iter().any(|habit| habit.asks.secret.is_some())
}

pub fn wrong_secret(draft: &mut Draft, with_settings: bool) -> Option<()> {
    let (place, at, after) = target(draft, &WITH_SECRET, holds_secret)?;
    let mistake = Mistake {
        place,
        at,
        after,
        steps: WITH_SECRET.to_vec(),
        alters: Alters::Secret(Arc::from("of another stage")),
        ramp: at_once(draft),
        share: 1.0,
    };
    publish(draft, mistake, "release with a wrong secret", with_settings);
    Some(())
}

fn redirect(draft: &Draft, place: usize) -> Option<Arc<str>> {
    let habits = draft.world.estate.clients[place].habits.iter();
    let mut redirects = habits.filter_map(|habit| habit.asks.redirect.clone());
    redirects.next()
}

/// A callback that is on no list.
fn new_callback(draft: &mut Draft, old: &str) -> String {
    let tail = *draft
        .chance
        .pick(&["/v3", "/done", "/oauth/return", "?next=1"]);
    let url = format!("{}{tail}", old.trim_end_matches('/'));
    match draft.chance.happens(0.4) {
        true => super::changes::client::rename_host(&url),
        false => url,
    }
}

pub fn unknown_uri(draft: &mut Draft, with_settings: bool) -> Option<()> {
    let steps = [Step::Authorize, Step::Code];
    let (place, at, after) = target(draft, &steps, |draft, place| {
        redirect(draft, place).is_some()
    })?;
    let old = redirect(draft, place)?;
    let url = new_callback(draft, &old);
    let mistake = Mistake {
        place,
        at,
        after,
        steps: steps.to_vec(),
        alters: Alters::Redirect(Arc::from(url.as_str())),
        ramp: at_once(draft),
        share: 1.0,
    };
    publish(
        draft,
        mistake,
        &format!("release that redirects to {url}"),
        with_settings,
    );
    Some(())
}

pub fn unknown_scope(draft: &mut Draft, with_settings: bool) -> Option<()> {
    let steps = [Step::Authorize, Step::Machine];
    let (place, at, after) = target(draft, &steps, |draft, place| {
        let mut rules = draft.world.rules.iter();
        rules.any(|rule| {
            rule.resource == client(place)
                && rule.member == "AllowedOAuthScopes"
                && rule.steps.iter().any(|step| draft.uses(place, *step))
        })
    })?;
    let habits = &draft.world.estate.clients[place].habits;
    let mut scopes = habits.first()?.asks.scopes.clone();
    scopes.push(Arc::from("reports/preview"));
    let mistake = Mistake {
        place,
        at,
        after,
        steps: steps.to_vec(),
        alters: Alters::Scopes(scopes),
        ramp: at_once(draft),
        share: 1.0,
    };
    publish(
        draft,
        mistake,
        "release that asks for reports/preview",
        with_settings,
    );
    Some(())
}

/// What an application does wrong that no setting knows: a verifier, an encoding, a clock.
fn fault(draft: &mut Draft, place: usize) -> (Vec<Step>, Alters) {
    let (steps, answers): (Vec<Step>, [(&str, &str); 3]) =
        match draft.world.estate.clients[place].nature {
            Nature::Mobile | Nature::Admin => (
                WITH_SECRET[3..].to_vec(),
                [
                    (
                        "InvalidParameterException",
                        "Missing required parameter USERNAME",
                    ),
                    ("NotAuthorizedException", "Invalid session for the user."),
                    (
                        "NotAuthorizedException",
                        "Unable to verify secret hash for client",
                    ),
                ],
            ),
            _ => (
                TOKEN.to_vec(),
                [
                    ("invalid_grant", ""),
                    ("invalid_request", "code_verifier missing"),
                    ("unsupported_grant_type", ""),
                ],
            ),
        };
    let (code, message) = *draft.chance.pick(&answers);
    let answer = Answer {
        code: code.to_owned(),
        message: (!message.is_empty()).then(|| message.to_owned()),
        status: 400,
    };
    (steps, Alters::Fails(Arc::new(answer)))
}

pub fn mistake(draft: &mut Draft, with_settings: bool) -> Option<()> {
    let (place, at, after) = target(draft, &WITH_SECRET, |_, _| true)?;
    let (steps, alters) = fault(draft, place);
    let mistake = Mistake {
        place,
        at,
        after,
        steps,
        alters,
        ramp: at_once(draft),
        share: draft.chance.pick(&[1.0, 1.0, 0.7]).to_owned(),
    };
    publish(
        draft,
        mistake,
        "release with a mistake of its own",
        with_settings,
    );
    Some(())
}

/// A release that reaches its callers over hours.
pub fn staged(draft: &mut Draft) -> Option<()> {
    let (place, at, after) = target(draft, &WITH_SECRET, |draft, place| {
        draft.world.estate.clients[place].callers.len() >= 10
    })?;
    let (steps, alters) = fault(draft, place);
    let left = (draft.world.window.end - at) as f64;
    let mistake = Mistake {
        place,
        at,
        after,
        steps,
        alters,
        ramp: draft
            .chance
            .real(0.3, 0.9)
            .mul_add(left.min(8.0 * HOUR as f64), 0.0) as Millis,
        share: draft.chance.real(0.5, 1.0),
    };
    let with_settings = draft.chance.happens(0.3);
    publish(
        draft,
        mistake,
        "staged release with a mistake of its own",
        with_settings,
    );
    Some(())
}
