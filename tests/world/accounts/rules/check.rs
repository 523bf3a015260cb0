//! Whether settings refuse what somebody asks for: looked up beforehand, without running an account.

use std::sync::Arc;

use super::super::{
    model::{Asks, Attempt, Breaks, Estate, Outcome, Plan, Rule, Settings, Step},
    run,
    state::member,
};

/// The value of a rule's member, as a run has it: outer `None` if the resource does not exist.
type Held = Option<Option<serde_json::Value>>;

/// A rule on a resource whose settings change.
pub struct Crossing<'a> {
    rule: &'a Rule,
    first: Held,
    before: Held,
    after: Held,
}

impl<'a> Crossing<'a> {
    /// `None` if the rule's member stays as it is.
    pub fn new(
        estate: &Estate,
        rule: &'a Rule,
        before: Option<&Settings>,
        after: Option<&Settings>,
    ) -> Option<Self> {
        let held = |settings: Option<&Settings>| -> Held {
            settings.map(|settings| member(settings, &rule.member).cloned())
        };
        let crossing = Self {
            rule,
            first: held(estate.settings.get(&rule.resource)),
            before: held(before),
            after: held(after),
        };
        (crossing.before != crossing.after).then_some(crossing)
    }

    /// Whether the change breaks a plan that went well before.
    pub fn breaks(&self, plan: &Plan, address: &str) -> bool {
        let rule = self.rule;
        let concerns = rule.provider.is_none() || rule.provider == plan.asks.provider;
        if !concerns || !rule.clients.contains(&plan.client) {
            return false;
        }
        let steps = plan.flow.steps();
        let met = steps.into_iter().filter(|step| rule.steps.contains(step));
        met.into_iter().any(|step| {
            let attempt = attempt(plan, step);
            let broken =
                |held: &Held| run::is_broken(rule, held, &self.first, plan, &attempt, address);
            // Lists are altered entry by entry; another value is another, whatever was before.
            let before = match rule.breaks {
                Breaks::Changed | Breaks::Equals(_) => &self.first,
                _ => &self.before,
            };
            broken(&self.after) && !broken(before)
        })
    }
}

/// Whether settings that change break something that somebody is in the habit of.
pub fn harms<'a>(
    estate: &Estate,
    rules: impl Iterator<Item = &'a Rule>,
    before: Option<&Settings>,
    after: Option<&Settings>,
) -> bool {
    let mut crossings = rules.filter_map(|rule| Crossing::new(estate, rule, before, after));
    crossings.any(|crossing| {
        let mut clients = crossing.rule.clients.iter();
        clients.any(|client| {
            habitual(estate, *client)
                .iter()
                .any(|plan| crossing.breaks(plan, &estate.callers[plan.caller].address))
        })
    })
}

/// What is asked for on any day, by the first of an app client's callers.
pub fn habitual(estate: &Estate, client: usize) -> Vec<Plan> {
    let of = &estate.clients[client];
    let Some(caller) = of.callers.first() else {
        return Vec::new();
    };
    let plans = of.habits.iter().map(|habit| Plan {
        id: 0,
        at: 0,
        client,
        caller: *caller,
        flow: habit.flow,
        asks: Arc::<Asks>::clone(&habit.asks),
        token_age: 0,
        after: None,
        retries: 0,
        retry_after: 0,
        doomed: None,
    });
    plans.collect()
}

fn attempt(plan: &Plan, step: Step) -> Attempt {
    Attempt {
        plan: plan.id,
        nth: 0,
        at: plan.at,
        client: plan.client,
        caller: plan.caller,
        flow: plan.flow,
        step,
        asks: Arc::<Asks>::clone(&plan.asks),
        outcome: Outcome::Ok,
    }
}
