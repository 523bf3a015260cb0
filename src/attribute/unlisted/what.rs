//! What: how wholly requests fail, and what the answers say.

use super::{Hypothesis, each, fact};
use crate::{
    attribute::{
        case::Case,
        finding::{Evidence, EvidenceKind},
        parameters as p, phrase,
    },
    cognito::{history::DiffLine, setting::Resource},
    detect::Kind,
};

/// Successes amid the failures of a mechanism that refuses all: this share may be due to delays.
const STRAY: f64 = 0.03;
/// A change has spread so long after it was made.
const SPREAD: i64 = 60_000_000;
/// What fails wholly: this share of the requests.
const WHOLLY: f64 = 0.95;
/// What fails in part only: less than this share of the requests.
const PARTLY: f64 = 0.5;
/// A handful fails: less than this share of the requests.
const HANDFUL: f64 = 0.05;
/// Requests of the kind before the onset that show it worked.
const BEFORE: f64 = 10.0;
/// The same for an exact step.
const BEFORE_STEP: f64 = 20.0;
/// Fewer failures are no step.
const FEWEST: u64 = 6;
/// Chances between these are of mechanisms that no rule lists.
const CHANCES: [f64; 2] = [0.01, 0.3];
/// A removed value that a text may name has more letters than this.
const LETTERS: usize = 8;
/// This share of the answers decides.
const MOST: f64 = 0.5;

/// Whether nearly all requests of the kind fail, which succeeded before.
pub fn is_complete(hypothesis: &Hypothesis<'_, '_>) -> bool {
    let before = hypothesis.case.alike().before(hypothesis.onset());
    fails_wholly(hypothesis) && before >= BEFORE
}

fn fails_wholly(hypothesis: &Hypothesis<'_, '_>) -> bool {
    let case = hypothesis.case;
    if case.incident.kind == Kind::Absence {
        return true;
    }
    let failed = case.failures_between(hypothesis.onset() - 1, case.end() + 1);
    let amid = case.alike().between(hypothesis.onset() + 1, case.end());
    failed >= WHOLLY * (failed + amid)
}

/// Successes amid the failures that a mechanism which refuses all would not let through.
pub fn amid(hypothesis: &Hypothesis<'_, '_>) -> Option<Evidence> {
    let case = hypothesis.case;
    if !hypothesis.mechanism.refuses_all || case.incident.kind == Kind::Absence {
        return None;
    }
    let until = hypothesis.spans.first().map_or(i64::MAX, |span| span.to);
    let from = hypothesis.onset().max(hypothesis.made().0) + SPREAD;
    let until = until.min(case.end());
    let amid = case.alike().between(from, until.max(from));
    let text = format!(
        "{} succeeded amid the failures.",
        phrase::count(amid, "such request")
    );
    let amid = amid - STRAY * case.incident.failed as f64;
    (amid > 1.0).then(|| {
        fact(
            EvidenceKind::Replay,
            each(amid, p::AMID, p::AMID_MOST),
            text,
        )
    })
}

/// Most such requests succeed meanwhile: few mechanisms refuse some callers and no others, and fewer
/// still a handful of them.
pub fn partly(case: &Case<'_>) -> Option<Evidence> {
    if case.incident.kind == Kind::Absence {
        return None;
    }
    let failed = case.failures_between(case.onset() - 1, case.end() + 1);
    let amid = case
        .alike()
        .between(case.onset() + 1, case.end().max(case.onset() + 1));
    let share = failed / (failed + amid).max(1.0);
    let text = format!("Only {:.1} % of such requests failed.", 100.0 * share);
    let few = (share / HANDFUL).ln().min(0.0);
    (share < PARTLY).then(|| fact(EvidenceKind::Replay, p::PARTLY.value + few, text))
}

/// What the answers say, where they say anything.
pub fn codes(hypothesis: &Hypothesis<'_, '_>) -> Vec<Evidence> {
    let case = hypothesis.case;
    let said = case.answers();
    let mut facts = Vec::new();
    let mut add = |weight: p::Parameter, text: &str| {
        facts.push(fact(EvidenceKind::Replay, weight.value, text.to_owned()));
    };
    let of_client = matches!(hypothesis.change.resource, Resource::Client(..));
    if said.server_errors > MOST && of_client {
        add(p::SERVER_ERRORS, "The answers are server errors.");
    }
    if said.throttled > MOST && hypothesis.mechanism.refuses_all {
        add(p::THROTTLED, "The answers are of throttling.");
    }
    if said.foreign > MOST {
        add(p::FOREIGN_CODE, "The answers name what single users did.");
    }
    if said.of_secrets > MOST && hypothesis.change.change.name == "UpdateUserPoolClient" {
        add(
            p::OF_SECRETS,
            "The answers are about the client's secret, which it cannot alter.",
        );
    }
    if hypothesis.mechanism.is_before_cognito && said.of_cognito > MOST {
        add(
            p::ANSWERED,
            "Cognito answered them, which it then would not.",
        );
    }
    let removed = hypothesis.change.diff.iter().flat_map(lost);
    let mut removed = removed.filter(|value| value.len() > LETTERS);
    if removed.any(|value| said.words.contains(&bare(&value))) {
        add(
            p::NAMES_VALUE,
            "The words of the errors name what it removed.",
        );
    }
    if hypothesis.mechanism.is_of_triggers && said.triggers > MOST {
        add(p::NAMES_VALUE, "The answers are those of a trigger.");
    }
    facts
}

/// `USER_SRP_AUTH` for `ALLOW_USER_SRP_AUTH`, in lower case.
fn bare(value: &str) -> String {
    value.replace("ALLOW_", "").to_lowercase()
}

/// Texts that a line takes from a list.
pub(super) fn lost(line: &DiffLine) -> Vec<String> {
    let items = |known: &crate::cognito::setting::Known| -> Option<Vec<String>> {
        let items = known.value()?.as_array()?.iter();
        Some(
            items
                .filter_map(|item| item.as_str().map(str::to_owned))
                .collect(),
        )
    };
    match (items(&line.before), items(&line.after)) {
        (Some(before), after) => {
            let after = after.unwrap_or_default();
            before
                .into_iter()
                .filter(|item| !after.contains(item))
                .collect()
        }
        (None, _) => Vec::new(),
    }
}

/// A step to nothing with exactly the change's reach, and no other write near it.
pub fn exact(hypothesis: &Hypothesis<'_, '_>) -> Option<Evidence> {
    let (case, onset) = (hypothesis.case, hypothesis.onset());
    let [least, most] = CHANCES;
    let chance = hypothesis.mechanism.chance.value * hypothesis.mechanism.factor;
    let (made, felt) = hypothesis.made();
    let soon = (0..=p::EXACT_WITHIN.micros()).contains(&(onset - made));
    let listed = !(least..=most).contains(&chance);
    if listed || case.incident.kind == Kind::Absence || !soon || case.incident.failed < FEWEST {
        return None;
    }
    let alike = case.alike();
    let clean = alike.between(felt, onset) < 0.5 && alike.before(onset) >= BEFORE_STEP;
    let exact = clean
        && fails_wholly(hypothesis)
        && case.answers().server_errors <= MOST
        && fits_reach(hypothesis)
        && case.changes_near_onset() <= 1;
    let text = "Exactly what it reaches fails wholly, and nothing else was written then.";
    exact.then(|| fact(EvidenceKind::Scope, p::EXACT.value, text.to_owned()))
}

/// Whether the clients that fail are those that the change reaches, and there are others.
fn fits_reach(hypothesis: &Hypothesis<'_, '_>) -> bool {
    let case = hypothesis.case;
    let failing = case.failing_together();
    let peers = case.busy_others();
    if peers.is_empty() {
        return false;
    }
    match &hypothesis.change.resource {
        Resource::Client(_, own) => failing.iter().all(|(client, _)| client == own),
        _ => peers
            .iter()
            .all(|peer| failing.iter().any(|(client, _)| client == peer)),
    }
}
