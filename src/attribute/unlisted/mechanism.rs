//! How likely a change of this kind breaks requests of this kind at all, by what it altered and what
//! that reaches, where no listed effect decides.

use super::what::lost;
use crate::{
    attribute::{
        case::{Case, Tally},
        parameters::{self as p, Parameter},
    },
    cognito::{
        effects::{effects, is_indifferent},
        history::{ConfigChange, DiffLine, Standing},
        lifetime,
        setting::{Resource, is_nothing},
    },
};

mod beside;
mod pool;

/// How likely a change breaks the requests of an outage, and how it would.
#[derive(Clone, Debug)]
pub struct Mechanism {
    /// The chance, by class of change.
    pub chance: Parameter,
    /// What the class is multiplied with.
    pub factor: f64,
    /// The class in a sentence.
    pub text: String,
    /// How fast it is felt.
    pub spread: Spread,
    /// Whether it refuses every request of its reach.
    pub refuses_all: bool,
    /// Whether it works through triggers.
    pub is_of_triggers: bool,
    /// Whether requests that it refuses never reach Cognito.
    pub is_before_cognito: bool,
}

/// How fast a change is felt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// Within seconds, two minutes at most.
    Fast,
    /// As caches of names, certificates, rules and secrets expire.
    Slow,
}

impl Mechanism {
    fn new(chance: Parameter, text: impl Into<String>) -> Self {
        Self {
            chance,
            factor: 1.0,
            text: text.into(),
            spread: Spread::Fast,
            refuses_all: false,
            is_of_triggers: false,
            is_before_cognito: false,
        }
    }

    fn slow(self) -> Self {
        Self {
            spread: Spread::Slow,
            ..self
        }
    }

    fn before_cognito(self) -> Self {
        Self {
            is_before_cognito: true,
            ..self
        }
    }

    fn of_triggers(self) -> Self {
        Self {
            is_of_triggers: true,
            ..self
        }
    }

    fn total(self) -> Self {
        Self {
            refuses_all: true,
            ..self
        }
    }
}

/// Lists that requests go by, which a listed effect judges in full.
const MODELLED: [&str; 8] = [
    "AllowedOAuthFlows",
    "AllowedOAuthFlowsUserPoolClient",
    "AllowedOAuthScopes",
    "CallbackURLs",
    "ExplicitAuthFlows",
    "LogoutURLs",
    "ReadAttributes",
    "SupportedIdentityProviders",
];
/// Settings of what the API of the Region does alone. Source: `UpdateUserPoolClient` reference.
const OF_API_ALONE: [&str; 3] = [
    "AuthSessionValidity",
    "EnablePropagateAdditionalUserContextData",
    "PreventUserExistenceErrors",
];
/// From this share of the requests on a judgement is of all.
const MOST: f64 = 0.8;
const HALF: f64 = 0.5;

/// What the change at `index` may do to the outage's requests; `None` where it cannot reach them.
pub fn of(case: &Case<'_>, index: usize, tally: &Tally) -> Option<Mechanism> {
    let change = &case.history.changes()[index];
    let pool = case.incident.user_pool.as_ref();
    let of_pool = change.resource.pool();
    if of_pool.is_some() && pool.is_some() && of_pool != pool {
        return None;
    }
    match &change.resource {
        Resource::Client(_, own) => {
            let ours = case.incident.clients.is_empty() || case.incident.clients.contains(own);
            ours.then(|| client(case, change, tally))
        }
        Resource::Pool(_) => Some(pool::pool(case, index, tally)),
        Resource::ResourceServer(_, identifier) => {
            Some(pool::resource_server(case, change, identifier, tally))
        }
        Resource::IdentityProvider(_, name) => Some(pool::provider(case, change, name)),
        Resource::Domain(..) => Some(pool::domain(case, change)),
        Resource::Function(name) => beside::function(case, index, name),
        Resource::Firewall(name) => beside::firewall(case, change, name),
        Resource::Other(service, _) => beside::other(case, change, service),
    }
}

/// What listed effects say of most of the requests, if they say it.
fn judged(tally: &Tally) -> Option<Mechanism> {
    if tally.ruled_out.is_some() {
        return None;
    }
    let failed = tally.failed.max(1.0);
    if tally.explained >= MOST * failed {
        let text = "The settings after it refuse such requests.";
        let certain = tally.breaks.values().any(|broken| broken.certain);
        let mechanism = Mechanism::new(p::BREAKS, text);
        return Some(Mechanism {
            refuses_all: certain,
            ..mechanism
        });
    }
    if tally.wrong_code_certain >= HALF * failed {
        let text = "The settings after it refuse such requests, though with other codes.";
        return Some(Mechanism::new(p::OTHER_ANSWER, text).total());
    }
    if tally.wrong_code >= HALF * failed {
        let text = "The settings after it may refuse such requests, though with other codes.";
        return Some(Mechanism::new(p::MAY_OTHER_ANSWER, text));
    }
    if tally.refused_before > HALF * failed {
        let text = "The settings refused such requests already when it was made.";
        return Some(Mechanism::new(p::NEVER, text));
    }
    None
}

fn client(case: &Case<'_>, change: &ConfigChange, tally: &Tally) -> Mechanism {
    if let Some(judged) = judged(tally) {
        return judged;
    }
    if change.change.name.ends_with("UserPoolClientSecret") {
        return Mechanism::new(p::SECRET, "It altered the client's secrets.");
    }
    let lines = altering(change);
    if lines.is_empty() {
        return nothing(change);
    }
    let judged = |line: &&DiffLine| {
        let name = line.setting.as_str();
        let of_lists = MODELLED.contains(&name) || only_gained(line);
        lifetime::token_of(name).is_some() || of_lists || is_untold(line)
    };
    let ruled_out = tally.ruled_out.as_ref();
    if let Some(why) = ruled_out.filter(|_| lines.iter().all(judged)) {
        return Mechanism::new(p::CANNOT, why.clone());
    }
    let untold = tally.untold >= HALF * tally.failed.max(1.0);
    if lines.iter().all(|line| is_untold(line)) {
        return match untold {
            true => Mechanism::new(p::UNSEEN_BEFORE, "No log shows the settings before it."),
            false => Mechanism::new(
                p::UNSEEN_ADMITS,
                "No log shows the settings before it; those after it admit such requests.",
            ),
        };
    }
    let told: Vec<&&DiffLine> = lines.iter().filter(|line| !is_untold(line)).collect();
    if untold && told.iter().any(|line| !lost(line).is_empty()) {
        let text = "A list lost values, and the records do not show what the requests ask for.";
        return Mechanism::new(p::UNDECIDED, text);
    }
    if told.iter().all(|line| only_gained(line)) {
        return Mechanism::new(p::COSMETIC, "Lists only gained values.");
    }
    let modelled = |line: &&&DiffLine| MODELLED.contains(&line.setting.as_str());
    if told.iter().all(|line| modelled(line) || only_gained(line)) {
        return Mechanism::new(p::ADMITS, "The settings after it admit such requests.");
    }
    if told.iter().all(|line| is_of_api_alone(case, line)) {
        let text = "It altered settings that are known to break other requests than these.";
        return Mechanism::new(p::ELSEWHERE, text);
    }
    let names: Vec<String> = told
        .iter()
        .map(|line| format!("`{}`", line.setting))
        .collect();
    let text = format!(
        "It altered {}, and no rule says what that does to such requests.",
        names.join(" and ")
    );
    Mechanism::new(p::UNLISTED, text)
}

/// Lines on which requests may depend.
fn altering(change: &ConfigChange) -> Vec<&DiffLine> {
    let lines = change.diff.iter();
    lines
        .filter(|line| !is_indifferent(line.setting.as_str()))
        .collect()
}

/// What a change without such a line is.
fn nothing(change: &ConfigChange) -> Mechanism {
    match change.standing {
        Standing::Opaque if change.diff.is_empty() => {
            Mechanism::new(p::HIDDEN, "What it altered no log shows.")
        }
        _ if change.diff.is_empty() => Mechanism::new(p::SAME, "It altered nothing."),
        _ => Mechanism::new(p::COSMETIC, "It altered nothing on which requests depend."),
    }
}

fn is_untold(line: &DiffLine) -> bool {
    line.before.value().is_none()
}

/// Whether a list gained values and lost none.
fn only_gained(line: &DiffLine) -> bool {
    let items = |known: &crate::cognito::setting::Known| {
        known
            .value()
            .is_some_and(|value| value.is_array() || is_nothing(value))
    };
    let listed = items(&line.before) && items(&line.after);
    // What stands for all of them may be an empty list.
    let restricts = line.before.value().is_some_and(is_nothing);
    listed && !restricts && lost(line).is_empty()
}

/// Whether a line is of what the API of the Region does alone, and the requests go by a host.
fn is_of_api_alone(case: &Case<'_>, line: &DiffLine) -> bool {
    OF_API_ALONE.contains(&line.setting.as_str()) && case.asks_hosts()
}

/// Whether some row of the effects table is about a line.
fn is_listed(line: &DiffLine) -> bool {
    effects().any(|effect| effect.is_about(line.setting.as_str()))
}
