//! What is done to any account: updates that alter nothing, harmless changes, refused calls, runs of
//! infrastructure code, deployments.

use serde_json::json;

use super::{
    super::{
        chance::luck,
        model::{Breaks, DAY, HOUR, Kind, MINUTE, Millis, Resource, Rule, SECOND, Tool},
        rules,
    },
    calls::COGNITO,
    draft::{By, Deed, Draft},
    guilty::WHOLE,
    harmless::{self, object},
    patch::{self, Alter, Patch, one, set},
    pipeline,
};

/// How much is done.
#[derive(Clone, Copy)]
pub struct Pace {
    /// Writes a day of controllers.
    pub controllers: f64,
    /// Harmless changes a day.
    pub changes: f64,
    /// Runs of infrastructure code a day.
    pub runs: f64,
    /// Deployments and calls of other services a day.
    pub deployments: f64,
    /// Refused calls a day.
    pub refused: f64,
    /// Changes, in all, that something written says would break requests, and that do not here.
    pub without_effect: f64,
}

/// New specifications a day that controllers get.
const SPECIFIED: f64 = 0.5;
/// Share of accounts with hundreds of such updates a day.
const HEAVY: f64 = 0.15;

impl Pace {
    pub fn draw(draft: &mut Draft) -> Self {
        let chance = &mut draft.chance;
        let heavy = chance.happens(HEAVY);
        Self {
            controllers: match heavy {
                true => chance.by_magnitude(100.0, 500.0),
                false => chance.by_magnitude(0.5, 30.0),
            },
            changes: chance.by_magnitude(0.5, 8.0),
            runs: chance.by_magnitude(0.2, 3.0),
            deployments: chance.by_magnitude(1.0, 20.0),
            refused: chance.by_magnitude(0.1, 2.0),
            without_effect: chance.real(0.0, 1.0),
        }
    }
}

pub fn add(draft: &mut Draft, pace: Pace) {
    controllers(draft, pace.controllers);
    for _ in 0..count(draft, pace.changes) {
        let at = draft.moment();
        harmless_change(draft, at);
    }
    for _ in 0..count(draft, pace.runs) {
        let at = draft.moment();
        run(draft, at);
    }
    for _ in 0..count(draft, pace.deployments) {
        let by_at = draft.moment();
        let by = draft.by(by_at, &[Tool::Pipeline, Tool::CloudFormation]);
        match draft.chance.happens(0.5) {
            true => pipeline::deploy(draft, by),
            false => pipeline::other(draft, by),
        }
    }
    for _ in 0..count(draft, pace.refused) {
        refused(draft);
    }
    for _ in 0..draft.chance.poisson(pace.without_effect) {
        without_effect(draft);
    }
    tags(draft);
}

/// A count within the window, at so many a day.
fn count(draft: &mut Draft, per_day: f64) -> u32 {
    let days = draft.world.window.length() as f64 / DAY as f64;
    // Something is done in short windows too.
    draft.chance.poisson(per_day * days.max(0.25))
}

/// Controllers of half of the accounts restore what they are told to keep; those of the others write
/// what is there.
fn restores(draft: &Draft) -> bool {
    luck(draft.world.seed, &[0xc0, 1]) < 0.5
}

/// A controller goes through resources again and again, and writes what its specification says.
fn controllers(draft: &mut Draft, per_day: f64) {
    let all = [
        Kind::Client,
        Kind::Pool,
        Kind::ResourceServer,
        Kind::Provider,
        Kind::Branding,
    ];
    let estate = &draft.world.estate;
    let mut kept: Vec<Resource> = all
        .into_iter()
        .flat_map(|kind| rules::resources(estate, kind))
        .collect();
    draft.chance.shuffle(&mut kept);
    kept.truncate(draft.chance.whole(1, 12) as usize);
    if kept.is_empty() {
        return;
    }
    let cycle = (DAY as f64 * kept.len() as f64 / per_day) as Millis;
    let window = draft.world.window;
    let first = draft.chance.time(0, cycle.max(1));
    specify(draft, &kept);
    let restores = restores(draft);
    let mut at = window.start + first;
    while at < window.end {
        let by = draft.by(at, &[Tool::Controller]);
        let spread = draft.chance.whole(200, 4_000);
        for (place, resource) in kept.clone().into_iter().enumerate() {
            let by = by.later(place as i64 * spread);
            if restores {
                restore(draft, by, resource);
            } else {
                draft.innocent(by, resource, Deed::Set(Patch::new()));
            }
        }
        at += (cycle as f64 * draft.chance.real(0.9, 1.1)) as Millis;
    }
}

/// Now and then a pipeline gives a resource another specification, which is applied at once and
/// kept from then on.
fn specify(draft: &mut Draft, kept: &[Resource]) {
    for _ in 0..count(draft, SPECIFIED) {
        let at = draft.moment();
        let resource = *draft.chance.pick(kept);
        let spared = draft.spared.contains_key(&resource);
        let Some(Deed::Set(patch)) = harmless::change(draft, resource).filter(|_| !spared) else {
            continue;
        };
        let by = draft.by(at, &[Tool::Pipeline, Tool::Controller]);
        draft.innocent(by, resource, Deed::Set(patch.clone()));
        draft.specified.push((resource, at, patch));
    }
}

/// What a resource is specified to be, if the controller looks at it then.
fn restore(draft: &mut Draft, by: By, resource: Resource) {
    if draft
        .spared
        .get(&resource)
        .is_some_and(|from| by.at < *from)
    {
        return;
    }
    let first = draft.settings(resource);
    let patches = draft.specified.iter();
    let patches = patches.filter(|(of, at, _)| *of == resource && *at < by.at);
    let specified = patches.fold(first, |settings, (_, _, patch)| {
        patch::apply(&settings, patch)
    });
    draft.innocent(by, resource, Deed::Whole(specified));
}

/// One harmless change by anybody.
pub fn harmless_change(draft: &mut Draft, at: Millis) {
    let Some(resource) = harmless::any(draft) else {
        return;
    };
    if let Some(deed) = harmless::change(draft, resource) {
        let by = draft.by(at, WHOLE);
        let edit = draft.innocent(by, resource, deed);
        if draft.chance.happens(0.15) {
            let later = draft.chance.by_magnitude(MINUTE as f64, 4.0 * HOUR as f64) as Millis;
            draft.innocent(by.later(later), resource, Deed::Back(edit));
        }
    }
}

/// Infrastructure code is applied: several resources within seconds, little of it new.
pub fn run(draft: &mut Draft, at: Millis) {
    let by = draft.by(
        at,
        &[
            Tool::Terraform,
            Tool::CloudFormation,
            Tool::Cdk,
            Tool::Pulumi,
        ],
    );
    let mut after = 0;
    for _ in 0..draft.chance.whole(3, 14) {
        let Some(resource) = harmless::any(draft) else {
            return;
        };
        let deed = match draft.chance.happens(0.25) {
            true => harmless::change(draft, resource),
            false => None,
        };
        draft.innocent(
            by.later(after),
            resource,
            deed.unwrap_or(Deed::Set(Patch::new())),
        );
        after += draft.chance.whole(100, 1_800);
    }
    if draft.chance.happens(0.4) {
        pipeline::deploy(draft, by.later(after));
    }
}

/// A call that is refused and would have broken something, or not.
fn refused(draft: &mut Draft) {
    let at = draft.moment();
    let by = draft.by(at, WHOLE);
    let Some(resource) = harmless::any(draft) else {
        return;
    };
    let deed = match (resource.kind, draft.chance.happens(0.5)) {
        (Kind::Client, true) => {
            let list =
                *draft
                    .chance
                    .pick(&["CallbackURLs", "AllowedOAuthFlows", "AllowedOAuthScopes"]);
            Some(Deed::Set(set(list, json!([]))))
        }
        _ => harmless::change(draft, resource),
    };
    let error = *draft.chance.pick(&[
        "AccessDenied",
        "InvalidParameterException",
        "ConcurrentModificationException",
        "TooManyRequestsException",
        "InvalidOAuthFlowException",
    ]);
    if let Some(deed) = deed {
        draft.refused(by, resource, deed, error);
    }
}

/// Tags, users, and other calls to Cognito that leave settings alone.
fn tags(draft: &mut Draft) {
    for _ in 0..count(draft, 2.0) {
        let at = draft.moment();
        let by = draft.by(at, &[Tool::Console, Tool::Script, Tool::Terraform]);
        let pools = draft.world.estate.pools.len() as i64;
        let place = draft.chance.whole(0, pools - 1) as usize;
        let id = draft.world.estate.pools[place].id.clone();
        let (call, said) = match draft.chance.whole(0, 4) {
            0 => (
                "TagResource",
                json!({"resourceArn": id, "tags": {"owner": "identity"}}),
            ),
            1 => ("AdminCreateUser", json!({"userPoolId": id})),
            2 => (
                "AdminAddUserToGroup",
                json!({"userPoolId": id, "groupName": "editors"}),
            ),
            3 => (
                "CreateGroup",
                json!({"userPoolId": id, "groupName": "auditors"}),
            ),
            _ => ("AdminUpdateUserAttributes", json!({"userPoolId": id})),
        };
        draft.mark(by, super::draft::pool(place), (COGNITO, call), object(said));
    }
}

/// A change that would break requests by a rule that does not hold in this account.
pub fn without_effect(draft: &mut Draft) {
    if draft.idle.is_empty() {
        return;
    }
    let rule = draft.chance.pick(&draft.idle).clone();
    let Some(patch) = breaking(draft, &rule) else {
        return;
    };
    let at = draft.moment();
    let by = draft.by(at, WHOLE);
    let edit = draft.innocent(by, rule.resource, Deed::Set(patch));
    if draft.chance.happens(0.3) {
        let later = draft.chance.whole(5, 200) * 60 * SECOND;
        draft.innocent(by.later(later), rule.resource, Deed::Back(edit));
    }
}

/// What makes a rule refuse requests, if it is something that a request can say.
fn breaking(draft: &mut Draft, rule: &Rule) -> Option<Patch> {
    let member = rule.member.as_str();
    match &rule.breaks {
        _ if member == "~RefreshTokenMillis" => Some(vec![
            ("RefreshTokenValidity".to_owned(), Alter::To(json!(2))),
            (
                "TokenValidityUnits.RefreshToken".to_owned(),
                Alter::To(json!("hours")),
            ),
        ]),
        _ if member == "~ReadableScopes" => Some(set("ReadAttributes", json!(["name"]))),
        _ if member == "~Writable" => Some(set("WriteAttributes", json!(["locale"]))),
        _ if member.starts_with('~') || member.is_empty() => None,
        Breaks::Equals(bad) => Some(set(member, bad.clone())),
        Breaks::Empty if member.starts_with("LambdaConfig.") => Some(one(member, Alter::Unset)),
        Breaks::Empty => Some(set(member, json!(false))),
        Breaks::Lacks(_) => {
            let listed = draft.texts(rule.resource, member);
            let last = listed.last().filter(|_| listed.len() > 1)?;
            Some(one(member, Alter::Without(vec![last.clone()])))
        }
        _ => None,
    }
}
