//! Plans while they are drawn, in any order.

use std::{collections::HashMap, sync::Arc};

use super::{
    super::model::{Answer, Asks, Flow, Millis, Plan, Window, World},
    rhythm::demand,
};

/// Plans by the order in which they were thought of, which is their number for now.
#[derive(Default)]
pub struct Drafts(Vec<Plan>);

impl Drafts {
    /// Adds a plan; its number, for those that come after it.
    pub fn add(&mut self, plan: Plan) -> u32 {
        let id = u32::try_from(self.0.len()).expect("an account has fewer plans");
        self.0.push(Plan { id, ..plan });
        id
    }

    /// When an app client's plans of a span begin, but those that fail in any case; in the order in
    /// which they were thought of.
    pub fn times(&self, client: usize, span: Window) -> Vec<Millis> {
        let plans = self.0.iter();
        let own = plans
            .filter(|plan| plan.client == client && plan.doomed.is_none() && span.holds(plan.at));
        own.map(|plan| plan.at).collect()
    }

    /// The plans of a span by time, numbered anew; none of an app client at a time when nothing is
    /// asked of it.
    pub fn settle(self, world: &World, span: Window) -> Vec<Plan> {
        let mut plans = self.0;
        plans.retain(|plan| span.holds(plan.at) && demand(world, plan.client, plan.at) > 0.0);
        plans.sort_by_key(|plan| (plan.at, plan.id));
        let new: HashMap<u32, u32> = (0..)
            .zip(&plans)
            .map(|(new, plan)| (plan.id, new))
            .collect();
        for plan in &mut plans {
            plan.id = new[&plan.id];
            // A session that began before the span is simply there.
            plan.after = plan.after.and_then(|first| new.get(&first).copied());
        }
        plans
    }
}

/// A plan that is carried out once.
pub fn plan(client: usize, caller: usize, flow: Flow, asks: &Arc<Asks>, at: Millis) -> Plan {
    Plan {
        id: 0,
        at,
        client,
        caller,
        flow,
        asks: Arc::clone(asks),
        token_age: 0,
        after: None,
        retries: 0,
        retry_after: 0,
        doomed: None,
    }
}

pub fn answer(code: &str, message: Option<&str>, status: u16) -> Arc<Answer> {
    Arc::new(Answer {
        code: code.to_owned(),
        message: message.map(str::to_owned),
        status,
    })
}
