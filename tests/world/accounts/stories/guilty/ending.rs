//! How an outage ends, if it does: undone, restored, repaired in vain, or toggled.

use super::{
    super::{
        super::model::{Cause, HOUR, Kind, MINUTE, Millis, SECOND, Tool},
        draft::{By, Deed, Draft},
        harmless,
        patch::{self, Alter},
    },
    Change, Made, WHOLE, when,
};

/// So many requests break before anybody repairs it.
pub const NOTICED: usize = 10;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Never,
    /// By who made the change.
    Undone,
    UndoneByAnother,
    /// All settings as they were at the start, by what holds them in code.
    Restored,
    RepairedInVain,
    RepairedAfterAll,
    Toggled,
    /// The repair says one member, and resets others.
    Worsened,
}

/// Endings with how often they come.
const ENDINGS: [(Ending, f64); 8] = [
    (Ending::Never, 0.33),
    (Ending::Undone, 0.2),
    (Ending::UndoneByAnother, 0.14),
    (Ending::Restored, 0.1),
    (Ending::RepairedInVain, 0.05),
    (Ending::RepairedAfterAll, 0.07),
    (Ending::Toggled, 0.06),
    (Ending::Worsened, 0.05),
];

/// Draws how it ends; all edits that make the outage, by their places.
pub fn end(draft: &mut Draft, made: &Made) -> Vec<usize> {
    let mut causes = vec![made.edit];
    let weights = ENDINGS.map(|(_, weight)| weight);
    let ending = match made.change.lasting {
        true => Ending::Never,
        false => ENDINGS[draft.chance.weighted(&weights)].0,
    };
    let Some(at) = repair_time(draft, made).filter(|_| ending != Ending::Never) else {
        return causes;
    };
    match ending {
        Ending::Never => {}
        Ending::Undone => undo(draft, made, made.by.later(at - made.by.at)),
        Ending::UndoneByAnother => another(draft, made, at),
        Ending::Restored => restore(draft, made, at),
        Ending::RepairedInVain => in_vain(draft, made, at),
        Ending::RepairedAfterAll => {
            in_vain(draft, made, at);
            let later = at
                + draft
                    .chance
                    .by_magnitude(3.0 * MINUTE as f64, 2.0 * HOUR as f64)
                    as Millis;
            another(draft, made, later);
        }
        Ending::Toggled => causes.extend(toggle(draft, made, at)),
        Ending::Worsened => worsen(draft, made, at),
    }
    causes
}

/// When somebody repairs it: after enough of it, and before the logs end.
fn repair_time(draft: &mut Draft, made: &Made) -> Option<Millis> {
    let noticed = *made.affected.get(NOTICED)?;
    let window = draft.world.window;
    let begins = made.by.at.max(window.start);
    let most = (window.end - begins) as f64;
    let takes = draft
        .chance
        .by_magnitude(6.0 * MINUTE as f64, most.max(7.0 * MINUTE as f64));
    let at = (begins + takes as Millis).max(noticed + draft.chance.whole(2, 300) * SECOND);
    (at < window.end - MINUTE).then_some(at)
}

fn undo(draft: &mut Draft, made: &Made, by: By) {
    let by = By {
        run: draft.by(by.at, WHOLE).run,
        ..by
    };
    draft.edit(by, made.change.resource, Deed::Back(made.edit));
}

fn another(draft: &mut Draft, made: &Made, at: Millis) {
    let by = draft.by(
        at,
        &[Tool::Console, Tool::Cli, Tool::Terraform, Tool::Script],
    );
    draft.edit(by, made.change.resource, Deed::Back(made.edit));
}

fn restore(draft: &mut Draft, made: &Made, at: Millis) {
    let by = draft.by(
        at,
        &[
            Tool::Terraform,
            Tool::CloudFormation,
            Tool::Cdk,
            Tool::Controller,
        ],
    );
    let first = draft.settings(made.change.resource);
    let deed = match made.change.deed {
        Deed::Delete => Deed::Back(made.edit),
        _ if first.is_empty() => Deed::Back(made.edit),
        _ => Deed::Whole(first),
    };
    draft.edit(by, made.change.resource, deed);
}

/// Somebody alters something else, or writes again what is there.
fn in_vain(draft: &mut Draft, made: &Made, at: Millis) {
    let by = draft.by(
        at,
        &[Tool::Console, Tool::Cli, Tool::Script, Tool::Terraform],
    );
    let resource = made.change.resource;
    let other = match draft.chance.happens(0.7) {
        true => harmless::change(draft, resource),
        false => None,
    };
    draft.innocent(by, resource, other.unwrap_or(Deed::Set(Vec::new())));
}

/// Undone and done again, some times.
fn toggle(draft: &mut Draft, made: &Made, at: Millis) -> Vec<usize> {
    let resource = made.change.resource;
    let mut again = Vec::new();
    let mut last = made.edit;
    let mut by = made.by.later(at - made.by.at);
    for round in 0..draft.chance.whole(1, 3) {
        draft.edit(by, resource, Deed::Back(last));
        by = by.later(draft.chance.whole(60, 500) * SECOND);
        if by.at >= draft.world.window.end || (round > 0 && draft.chance.happens(0.3)) {
            break;
        }
        last = draft.edit(by, resource, made.change.deed.clone());
        draft.edits[last].call = made.change.call;
        again.push(last);
        by = by.later(draft.chance.whole(120, 560) * SECOND);
    }
    if draft.chance.happens(0.7) {
        draft.edit(by, resource, Deed::Back(last));
    }
    again
}

/// The repair of an app client or pool by a request that says one member.
fn worsen(draft: &mut Draft, made: &Made, at: Millis) {
    let resource = made.change.resource;
    let patched = match &made.change.deed {
        Deed::Set(patched) if matches!(resource.kind, Kind::Client | Kind::Pool) => patched,
        _ => return another(draft, made, at),
    };
    let first = draft.settings(resource);
    let tops: Vec<&'static str> = patch::tops(patched).filter_map(known).collect();
    let back: patch::Patch = tops
        .iter()
        .map(|top| {
            let value = first.get(*top);
            let alter = value.map_or(Alter::Unset, |value| Alter::To(value.clone()));
            ((*top).to_owned(), alter)
        })
        .collect();
    if tops.is_empty() {
        return another(draft, made, at);
    }
    let members: Vec<&'static str> = ["ClientName"].into_iter().chain(tops).collect();
    let repair = Change::new(resource, Deed::Only(members, back));
    let times = when::affected(draft, &repair);
    let by = draft.by(at, super::BY_HAND);
    let edit = draft.edit(by, resource, repair.deed);
    if !times.iter().any(|time| *time > at) {
        return;
    }
    if draft.chance.happens(0.6) {
        let later = at
            + draft
                .chance
                .by_magnitude(4.0 * MINUTE as f64, 5.0 * HOUR as f64) as Millis;
        let by = draft.by(later, WHOLE);
        draft.edit(by, resource, Deed::Whole(first));
    }
    let causes = vec![Cause::Write(edit)];
    draft.tell(
        format!("repair of: {}", made.name),
        made.family,
        causes,
        true,
    );
}

/// Members that a request may say alone.
fn known(top: &str) -> Option<&'static str> {
    const MEMBERS: [&str; 14] = [
        "AllowedOAuthFlows",
        "AllowedOAuthFlowsUserPoolClient",
        "AllowedOAuthScopes",
        "CallbackURLs",
        "LogoutURLs",
        "SupportedIdentityProviders",
        "ExplicitAuthFlows",
        "ReadAttributes",
        "WriteAttributes",
        "RefreshTokenValidity",
        "TokenValidityUnits",
        "LambdaConfig",
        "MfaConfiguration",
        "UserPoolAddOns",
    ];
    MEMBERS.into_iter().find(|member| *member == top)
}
