//! The truth about each incident, found in the simulated events by asking what would have happened
//! without the guilty change; nothing of it is written by hand.

use super::{
    changes::{Role, Timeline, Write},
    clock::{Second, iso},
    cognito::{Ask, Refusal, Request, decide},
    config::{AppClient, State},
    estate::pool,
    stories::{STORIES, Story},
    traffic::Attempt,
};

/// How an incident shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Requests fail.
    Failures,
    /// Requests stop coming, and none fails.
    Absence,
}

/// Whether a change of the configuration is to blame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    Change,
    NoChange,
}

/// One incident.
#[derive(Clone, Debug)]
pub struct Truth {
    pub story: &'static str,
    /// What happened, in one sentence.
    pub tale: &'static str,
    pub user_pool: &'static str,
    pub clients: Vec<&'static str>,
    pub kind: Kind,
    pub verdict: Verdict,
    /// Second of the first failure in the logs; of an absence, of the guilty change.
    pub onset: Second,
    /// Second of the last failure in the logs; of an absence, of the last request that was lost.
    pub end: Second,
    /// Last accepted request of the kind that then fails or stops.
    pub last_success: Second,
    /// First accepted request of that kind after `end`.
    pub recovery: Second,
    /// Failed requests in the trail, repeats included.
    pub failed: usize,
    /// OAuth error code or name of the exception; none for an absence.
    pub error: Option<&'static str>,
    pub culprit: Option<String>,
    /// Settings which, put back alone, would have healed it, as the API spells them.
    pub guilty_settings: Vec<String>,
    /// Event ids of the calls made to mislead.
    pub decoys: Vec<String>,
    /// Event id of the call that ended it.
    pub healed_by: Option<String>,
}

/// What happened, sorted by onset.
pub fn tell(timeline: &Timeline, attempts: &[Attempt]) -> Vec<Truth> {
    let stories = STORIES.iter();
    let mut truth: Vec<Truth> = stories
        .map(|story| of_story(story, timeline, attempts))
        .collect();
    truth.sort_by_key(|truth| truth.onset);
    truth
}

fn of_story(story: &Story, timeline: &Timeline, attempts: &[Attempt]) -> Truth {
    let playing = |role| {
        timeline
            .writes
            .iter()
            .filter(move |write| write.plays(story.name, role))
    };
    let culprit = playing(Role::Culprit).next();
    let hit: Vec<&Attempt> = attempts
        .iter()
        .filter(|attempt| attempt.request.client == story.client && attempt.refusal.is_some())
        .filter(|attempt| match (culprit, story.fault) {
            (Some(culprit), _) => is_fault_of(culprit, timeline, attempt),
            (None, Some(fault)) => fault(attempt),
            (None, None) => panic!("story `{}` has neither culprit nor fault", story.name),
        })
        .collect();
    let seen: Vec<&Attempt> = hit
        .iter()
        .copied()
        .filter(|attempt| is_seen(attempt))
        .collect();
    let (kind, onset) = match (seen.first(), culprit) {
        (Some(first), _) => (Kind::Failures, first.request.time),
        (None, Some(culprit)) => (Kind::Absence, culprit.time),
        (None, None) => panic!("story `{}` leaves no trace", story.name),
    };
    let of_kind = if kind == Kind::Absence { &hit } else { &seen };
    let first = of_kind[0];
    let end = of_kind
        .iter()
        .map(|attempt| attempt.request.time)
        .max()
        .expect("one was hit");
    let stratum = asked_at_endpoint(first.request.ask);
    let accepted: Vec<Second> = attempts
        .iter()
        .filter(|attempt| attempt.request.client == story.client && attempt.refusal.is_none())
        .filter(|attempt| attempt.request.ask == stratum)
        .map(|attempt| attempt.request.time)
        .collect();
    let truth = Truth {
        story: story.name,
        tale: story.tale,
        user_pool: pool(story.client),
        clients: vec![story.client],
        kind,
        verdict: if culprit.is_some() {
            Verdict::Change
        } else {
            Verdict::NoChange
        },
        onset,
        end,
        last_success: *accepted
            .iter()
            .rfind(|time| **time <= onset)
            .expect("it worked before"),
        recovery: *accepted
            .iter()
            .find(|time| **time > end)
            .expect("it works again"),
        failed: seen.iter().filter(|attempt| !is_authorize(attempt)).count(),
        error: seen
            .first()
            .and_then(|attempt| attempt.refusal)
            .map(|refusal| refusal.code),
        culprit: culprit.map(|culprit| culprit.event_id.clone()),
        guilty_settings: culprit.map_or(Vec::new(), |culprit| {
            guilty(culprit, timeline, &first.request)
        }),
        decoys: playing(Role::Decoy)
            .map(|write| write.event_id.clone())
            .collect(),
        healed_by: playing(Role::Heals)
            .next()
            .map(|write| write.event_id.clone()),
    };
    check(
        &truth,
        culprit,
        playing(Role::Decoy).map(|write| write.time),
        &seen,
    );
    truth
}

/// A request that failed after the change, and would not have failed in this way before it.
fn is_fault_of(culprit: &Write, timeline: &Timeline, attempt: &Attempt) -> bool {
    let before = timeline.history.at(culprit.time);
    attempt.request.time > culprit.time && decide(&attempt.request, before).err() != attempt.refusal
}

/// Whether a refusal stands in some log: a browser with a wrong callback URL is sent nowhere.
fn is_seen(attempt: &Attempt) -> bool {
    !is_authorize(attempt)
        || attempt
            .refusal
            .is_some_and(|refusal: Refusal| refusal.code != "redirect_mismatch")
}

fn is_authorize(attempt: &Attempt) -> bool {
    matches!(attempt.request.ask, Ask::Authorize { .. })
}

/// What the trail would have shown next: a browser that is let in exchanges a code.
fn asked_at_endpoint(ask: Ask) -> Ask {
    match ask {
        Ask::Authorize { redirect_uri } => Ask::Code { redirect_uri },
        other => other,
    }
}

/// Settings of which each, put back alone, lets `request` pass.
fn guilty(culprit: &Write, timeline: &Timeline, request: &Request) -> Vec<String> {
    let before = timeline.history.at(culprit.time);
    let after = timeline.history.at(culprit.time + 1);
    let heals = |edit: &dyn Fn(&mut State)| {
        let mut state = after.clone();
        edit(&mut state);
        decide(request, &state).is_ok()
    };
    let old: &AppClient = before.client(request.client);
    let mut guilty = Vec::new();
    for (member, value) in old
        .settings
        .differing(&after.client(request.client).settings)
    {
        let put_back = |state: &mut State| {
            let client = state.clients.get_mut(request.client);
            client
                .expect("the app client exists")
                .settings
                .set(&member, value.clone());
        };
        if heals(&put_back) {
            guilty.push(spelled(&member));
        }
    }
    let pool_now = after.pool_of(request.client);
    for (member, value) in before.pool_of(request.client).differing(pool_now) {
        let lost = value.as_object().into_iter().flatten();
        let lost: Vec<_> = lost
            .filter(|(inner, _)| !pool_now.has(&member, inner))
            .collect();
        let put_back = |state: &mut State| {
            let pool = state.pools.get_mut(old.pool);
            pool.expect("the pool exists").set(&member, value.clone());
        };
        if heals(&put_back) {
            let inner = lost
                .iter()
                .map(|(inner, _)| format!("{}.{}", spelled(&member), spelled(inner)));
            guilty.extend(inner);
        }
    }
    let secrets = |state: &mut State| {
        let client = state.clients.get_mut(request.client);
        client.expect("the app client exists").secrets = old.secrets.clone();
    };
    if guilty.is_empty() && heals(&secrets) {
        guilty.push("ClientSecret".to_owned());
    }
    guilty
}

fn spelled(member: &str) -> String {
    member[..1].to_uppercase() + &member[1..]
}

/// A world whose stories are too easy, or cannot be told to the second, is a mistake.
fn check(
    truth: &Truth,
    culprit: Option<&Write>,
    mut decoys: impl Iterator<Item = Second>,
    seen: &[&Attempt],
) {
    let Truth { story, onset, .. } = truth;
    let since = culprit.map_or(onset - 60, |culprit| culprit.time);
    match truth.kind {
        Kind::Failures => assert!(
            decoys.any(|decoy| since < decoy && decoy <= *onset),
            "story `{story}` has no decoy between {} and its onset {}",
            iso(since),
            iso(*onset),
        ),
        Kind::Absence => assert!(truth.last_success <= *onset && truth.recovery > truth.end),
    }
    // The clocks of applications are off by a second: the trail has to show the first failure.
    let first_at_authorize = seen.iter().find(|attempt| is_authorize(attempt));
    assert!(
        first_at_authorize.is_none_or(|attempt| attempt.request.time > onset + 2),
        "story `{story}` is first seen in an application log",
    );
}
