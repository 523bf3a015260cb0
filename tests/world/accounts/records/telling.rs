//! Whether the trail has a record of a request, and whether that tells what became of it.

use super::super::{
    chance::luck,
    model::{Answer, Attempt, By, Kind, Nature, Outcome, Step, World},
};
use super::choice::{holds, label, number};

/// What the trail tells of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Told {
    /// Its own record, if there is one.
    pub request: Option<Tells>,
    /// Whether there is a record of the error page that the browser then was shown.
    pub page: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tells {
    Success,
    /// It was refused, and its record is that of one that went well.
    Silence,
    Refusal,
}

/// What the trail tells of a request.
pub fn of(world: &World, attempt: &Attempt) -> Told {
    let (tells, page) = match &attempt.outcome {
        Outcome::Ok => (Some(Tells::Success), false),
        Outcome::Unreached { .. } => (None, false),
        Outcome::Refused { by, answer } => {
            let unlogged = is_guarded(world, *by, answer)
                && attempt.step.is_endpoint()
                && holds(world, "records.no_blocked");
            match unlogged {
                true => (None, false),
                false => refusal(world, attempt.step, answer),
            }
        }
    };
    Told {
        request: tells.filter(|_| keeps(world, attempt)),
        page: page && keeps_kind(world, attempt, "records.no_error_page", 2),
    }
}

/// Whether a request never came to the service itself: an ACL or a quota refused it.
fn is_guarded(world: &World, by: By, answer: &Answer) -> bool {
    is_of_firewall(world, by) || answer.status == 429
}

/// Whether an ACL refused a request.
pub fn is_of_firewall(world: &World, by: By) -> bool {
    let By::Rule(place) = by else {
        return false;
    };
    world.rules.get(place).is_some_and(|rule| {
        matches!(
            rule.resource.kind,
            Kind::Acl | Kind::AclAssociation | Kind::IpSet
        )
    })
}

/// How a refusal is told, and whether there is an error page.
fn refusal(world: &World, step: Step, answer: &Answer) -> (Option<Tells>, bool) {
    let by_status = answer.status == 403 || answer.status == 429 || answer.status >= 500;
    match step {
        _ if by_status => (Some(Tells::Refusal), false),
        Step::Authorize => refused_authorize(world),
        Step::LoginPost => match holds(world, "records.refused_login_told") {
            true => (Some(Tells::Refusal), false),
            false => (Some(Tells::Silence), false),
        },
        Step::IdpResponse => match holds(world, "records.refused_callback_without_error") {
            true => (Some(Tells::Silence), false),
            false => (Some(Tells::Refusal), false),
        },
        _ => (Some(Tells::Refusal), false),
    }
}

/// The browser is sent away in any case: to the application, or to an error page.
fn refused_authorize(world: &World) -> (Option<Tells>, bool) {
    if holds(world, "records.refused_authorize_as_nothing") {
        (None, false)
    } else if holds(world, "records.refused_authorize_as_error_page") {
        (Some(Tells::Silence), true)
    } else if holds(world, "records.refused_authorize_as_status") {
        (Some(Tells::Refusal), false)
    } else {
        (Some(Tells::Silence), false)
    }
}

/// Whether requests of this kind leave a record in this account.
fn keeps(world: &World, attempt: &Attempt) -> bool {
    let rate = match attempt.step {
        Step::Authorize => "records.no_authorize",
        Step::LoginPage => "records.no_login_page",
        Step::LoginPost => "records.no_login_post",
        Step::IdpResponse => "records.no_idp_response",
        Step::Logout => "records.no_logout",
        Step::Refresh | Step::ApiRefresh | Step::ApiRotate => "records.no_refresh",
        _ => return !told_by_logs_alone(world),
    };
    let of_tokens = rate == "records.no_refresh";
    keeps_kind(world, attempt, rate, 1) && !(of_tokens && told_by_logs_alone(world))
}

/// Kinds of which no record is left, or one of some only, are drawn for the account.
fn keeps_kind(world: &World, attempt: &Attempt, rate: &str, of: u64) -> bool {
    if !holds(world, rate) {
        return true;
    }
    let kind = label(rate);
    let only_some = luck(world.seed, &[kind, 1]) < world.rates.of("records.only_some");
    let share = 0.2 + 0.6 * luck(world.seed, &[kind, 2]);
    let own = [
        u64::from(attempt.plan),
        u64::from(attempt.nth),
        label("record"),
        of,
    ];
    only_some && luck(world.seed, &own) < share
}

/// Whether the trail has no token requests at all: only where services log most of them.
fn told_by_logs_alone(world: &World) -> bool {
    let rate = "records.no_token";
    number(world, rate) < world.rates.of(rate) && services_log_most(world)
}

fn services_log_most(world: &World) -> bool {
    let estate = &world.estate;
    let logged = estate.clients.iter().filter(|client| {
        let log = estate.workloads[client.workload].log;
        !matches!(client.nature, Nature::Spa | Nature::Mobile)
            && log.is_some_and(|log| log.says_success)
    });
    2 * logged.count() >= estate.clients.len()
}
