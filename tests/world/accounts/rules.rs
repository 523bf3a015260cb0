//! How requests depend on settings: what AWS documents, what engineers report or assume, and what
//! nobody wrote down.
//!
//! Members of settings that begin with `~` belong to the simulator alone and are in no log: they
//! say what follows from the others ([`derived`]), or what a call did that no request shows.

pub mod answers;
pub mod check;
pub mod derived;
pub mod legal;
pub mod reach;
mod table;

use serde_json::{Value, json};

use self::table::{Effects, Pace, Row, When};
use super::{
    chance::{self, Chance},
    model::{
        Breaks, DAY, Delay, Effect, Estate, HOUR, Kind, MINUTE, Millis, Resource, Rule, SECOND,
        Settings, Source, Step,
    },
    rates::Rates,
    state,
};

/// The longest that a change of settings takes to be in force everywhere.
const PROPAGATION: Millis = 110 * SECOND;
const LEAST: Millis = SECOND / 5;

/// The rules that hold in an account.
pub fn of(estate: &Estate, rates: &Rates, chance: &mut Chance) -> Vec<Rule> {
    both(estate, rates, chance).0
}

/// The rules that hold in an account, and those that are written down and do not hold in it.
pub fn both(estate: &Estate, rates: &Rates, chance: &mut Chance) -> (Vec<Rule>, Vec<Rule>) {
    let (mut held, mut idle) = (Vec::new(), Vec::new());
    for row in table::rows() {
        let effectless = chance.happens(rates.of("rules.listed_without_effect"));
        let holds = !(row.may_be_idle() && effectless);
        let drawn = Drawn::of(row, rates, chance);
        let rules = resources(estate, row.kind)
            .flat_map(|resource| instances(estate, row, &drawn, resource));
        match holds {
            true => held.extend(rules),
            false => idle.extend(rules),
        }
    }
    (held, idle)
}

/// The resources of a kind that exist at the start.
pub fn resources(estate: &Estate, kind: Kind) -> impl Iterator<Item = Resource> {
    let all = estate.settings.keys().copied();
    all.filter(move |resource| resource.kind == kind)
}

/// What a row leaves open, as it is in this account.
struct Drawn {
    share: f64,
    share_of_callers: f64,
    delay: Delay,
    effect: Effect,
}

impl Drawn {
    fn of(row: &Row, rates: &Rates, chance: &mut Chance) -> Self {
        let partial = !row.certain && chance.happens(rates.of("rules.partial"));
        let share_of_callers = share_of_callers(partial, chance);
        let share = chance.real(row.share.0, row.share.1);
        let effect = match row.effects {
            Effects::Answers(replies) => answers::one(replies, chance),
            Effects::Network(networks) => Effect::Unreached(*chance.pick(networks)),
        };
        Self {
            share,
            share_of_callers,
            delay: delay(uncached_if(partial, row.pace), rates, chance),
            effect,
        }
    }
}

/// Share of the callers that a partial rule refuses, always or never each: no setting refuses a
/// caller by chance, and who read such accounts could not tell it from a fault. Nor could they tell
/// less than half from failures of any day.
const PART: (f64, f64) = (0.5, 0.95);

fn share_of_callers(partial: bool, chance: &mut Chance) -> f64 {
    match partial {
        true => chance.real(PART.0, PART.1),
        false => 1.0,
    }
}

/// Nor could a partial effect that spreads over hours.
fn uncached_if(partial: bool, pace: Pace) -> Pace {
    match pace {
        Pace::Cached if partial => Pace::Prompt,
        pace => pace,
    }
}

fn delay(pace: Pace, rates: &Rates, chance: &mut Chance) -> Delay {
    let prompt = chance.by_magnitude(SECOND as f64, PROPAGATION as f64) as Millis;
    let slow = pace == Pace::Slow && chance.happens(rates.of("rules.slow"));
    let cached = pace == Pace::Cached && chance.happens(rates.of("rules.long_cache"));
    Delay {
        least: LEAST,
        most: match slow {
            true => chance.by_magnitude(5.0 * MINUTE as f64, HOUR as f64) as Millis,
            false => prompt,
        },
        cache: match cached {
            true => chance.by_magnitude(5.0 * MINUTE as f64, DAY as f64) as Millis,
            false => 0,
        },
    }
}

/// A row for a resource: one rule for each group of app clients that it reaches in its own way.
fn instances(estate: &Estate, row: &Row, drawn: &Drawn, resource: Resource) -> Vec<Rule> {
    let settings = &estate.settings[&resource];
    members(row, settings)
        .into_iter()
        .flat_map(|member| {
            let groups = reach::groups(estate, resource, row.steps, &member);
            groups.into_iter().map(move |group| (member.clone(), group))
        })
        .filter_map(|(member, group)| {
            let breaks = breaks(estate, row, resource)?;
            if is_broken_at_start(&breaks, settings, &member) {
                return None;
            }
            Some(Rule {
                name: row.name.to_owned(),
                family: row.family,
                source: row.source,
                resource,
                member,
                breaks,
                clients: group.clients,
                steps: group.steps,
                provider: group.provider,
                share: drawn.share,
                share_of_callers: drawn.share_of_callers,
                delay: drawn.delay,
                effect: drawn.effect.clone(),
            })
        })
        .collect()
}

/// Whether what a row says would break requests on any day.
fn is_broken_at_start(breaks: &Breaks, settings: &Settings, path: &str) -> bool {
    let value = state::member(settings, path);
    match breaks {
        Breaks::Equals(bad) => value == Some(bad),
        Breaks::Empty => match value {
            None | Some(Value::Null | Value::Bool(false)) => true,
            Some(Value::Array(list)) => list.is_empty(),
            Some(_) => false,
        },
        Breaks::Lacks(_) => value.is_none(),
        Breaks::Changed => value.is_none(),
        _ => false,
    }
}

/// The members that a row is about: `*` at its end stands for each that there is.
fn members(row: &Row, settings: &Settings) -> Vec<String> {
    let Some(parent) = row.member.strip_suffix(".*") else {
        return vec![row.member.to_owned()];
    };
    let children = settings.get(parent).and_then(Value::as_object);
    let children = children.into_iter().flat_map(|children| children.keys());
    children.map(|child| format!("{parent}.{child}")).collect()
}

/// When a row breaks requests; `None` if it has to do with what is not there.
fn breaks(estate: &Estate, row: &Row, resource: Resource) -> Option<Breaks> {
    Some(match row.when {
        When::Lacks(ask) => Breaks::Lacks(ask),
        When::Lists(ask) => Breaks::Lists(ask),
        When::Text(text) => Breaks::Equals(json!(text)),
        When::Flag(flag) => Breaks::Equals(json!(flag)),
        When::Number(number) => Breaks::Equals(json!(number)),
        When::Json(text) => Breaks::Equals(serde_json::from_str(text).ok()?),
        When::StrictAcl => Breaks::Equals(json!(strict_acl(estate, resource))),
        When::ForeignFunction => Breaks::Equals(json!(foreign_function(estate, resource))),
        When::ForeignCertificate => Breaks::Equals(json!(foreign_certificate(estate, resource))),
        When::Empty => Breaks::Empty,
        When::Changed => Breaks::Changed,
        When::Gone => Breaks::Gone,
        When::Outlived => Breaks::Outlived,
    })
}

/// An ACL that lets nobody sign in, for the pool of an association.
pub fn strict_acl(estate: &Estate, association: Resource) -> String {
    let id = chance::id(0x0ac1, &[digits(estate), u64::from(association.index)]);
    format!(
        "arn:aws:wafv2:{}:{}:regional/webacl/internal-only/{id}",
        estate.region, estate.account
    )
}

/// A function that Cognito may not invoke.
pub fn foreign_function(estate: &Estate, pool: Resource) -> String {
    format!(
        "arn:aws:lambda:{}:{}:function:sign-in-hook-{}",
        estate.region, estate.account, pool.index
    )
}

/// A certificate for another name than the domain's.
pub fn foreign_certificate(estate: &Estate, domain: Resource) -> String {
    let id = chance::id(0xce47, &[digits(estate), u64::from(domain.index)]);
    format!("arn:aws:acm:us-east-1:{}:certificate/{id}", estate.account)
}

fn digits(estate: &Estate) -> u64 {
    estate.account.parse().unwrap_or(0)
}

/// What a rule that nobody wrote down is about.
#[derive(Clone)]
pub struct Unlisted<'a> {
    pub family: &'static str,
    pub resource: Resource,
    pub member: &'a str,
    pub breaks: Breaks,
    pub clients: &'a [usize],
    pub steps: &'a [Step],
}

/// Rules of this account alone: one for the endpoints and one for the API, as far as these steps
/// are of both, since each answers in its own way.
pub fn unlisted(about: &Unlisted<'_>, rates: &Rates, chance: &mut Chance) -> Vec<Rule> {
    let partial = chance.happens(rates.of("rules.partial"));
    let share_of_callers = share_of_callers(partial, chance);
    let pace = match chance.happens(0.15) {
        true => uncached_if(partial, Pace::Cached),
        false => Pace::Prompt,
    };
    let delay = delay(pace, rates, chance);
    let mut rules = Vec::new();
    for of_endpoint in [true, false] {
        let steps = about.steps.iter().copied();
        let steps: Vec<Step> = steps
            .filter(|step| step.is_endpoint() == of_endpoint)
            .collect();
        if steps.is_empty() {
            continue;
        }
        rules.push(Rule {
            name: format!("{} of this account's own", about.member),
            family: about.family,
            source: Source::Unlisted,
            resource: about.resource,
            member: about.member.to_owned(),
            breaks: about.breaks.clone(),
            clients: about.clients.to_vec(),
            steps,
            provider: None,
            share: 1.0,
            share_of_callers,
            delay,
            effect: answers::any(of_endpoint, chance),
        });
    }
    rules
}
