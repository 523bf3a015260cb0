//! What fails on the side of a caller: its stores, its network, its restarts.

use super::super::{
    super::{
        model::{Effect, HOUR, Millis, Network, SECOND, Step, Trouble, Window},
        rules::reach,
        truth::iso,
    },
    draft::Draft,
};
use super::{refused, span, trouble};

/// The app clients of a service, with the steps at which it sends the requests itself.
fn service(draft: &mut Draft) -> Option<(Vec<usize>, Vec<Step>)> {
    let clients = draft.clients();
    let estate = &draft.world.estate;
    let sends = |place: usize| {
        let nature = estate.clients[place].nature;
        let used = reach::used(estate, place).into_iter();
        let steps: Vec<Step> = used.filter(|step| step.is_of_backend(nature)).collect();
        (!steps.is_empty()).then_some(steps)
    };
    let (first, steps) = clients
        .iter()
        .find_map(|place| Some((*place, sends(*place)?)))?;
    let of = &estate.clients[first];
    let same = (0..estate.clients.len()).filter(|place| {
        let other = &estate.clients[*place];
        other.workload == of.workload && other.nature == of.nature
    });
    Some((same.collect(), steps))
}

/// What a service fails with from then on, or for a while.
fn of_service(draft: &mut Draft, what: &str, share: f64, effect: Effect) -> Option<()> {
    let (clients, steps) = service(draft)?;
    let steps: Vec<Step> = match &effect {
        // An answer is that of the endpoint.
        Effect::Refused(_) => steps
            .into_iter()
            .filter(|step| step.is_endpoint())
            .collect(),
        Effect::Unreached(_) => steps,
    };
    let mut span = span(draft, &clients, &steps, 6 * HOUR)?;
    if draft.chance.happens(0.35) {
        span.end = Millis::MAX;
    }
    let cause = trouble(
        draft,
        Trouble {
            span,
            clients,
            steps,
            callers: Vec::new(),
            share,
            effect,
        },
    );
    draft.tell(
        format!("{what} from {}", iso(span.start)),
        "outside",
        vec![cause],
        true,
    );
    Some(())
}

pub fn lost_secret(draft: &mut Draft) -> Option<()> {
    let effect = refused("invalid_client", "", 400);
    of_service(
        draft,
        "a service reads a wrong secret from a store of its own",
        1.0,
        effect,
    )
}

pub fn cut_network(draft: &mut Draft) -> Option<()> {
    let network = *draft.chance.pick(&[Network::Timeout, Network::Connect]);
    let share = draft.chance.real(0.7, 1.0);
    of_service(
        draft,
        "a service cannot reach Cognito",
        share,
        Effect::Unreached(network),
    )
}

pub fn ill_resolver(draft: &mut Draft) -> Option<()> {
    let share = draft.chance.real(0.4, 1.0);
    of_service(
        draft,
        "a service does not resolve names",
        share,
        Effect::Unreached(Network::Dns),
    )
}

/// A short trouble of a restart: a few callers of an app client fail for seconds.
pub fn restart(draft: &mut Draft, place: usize, at: Millis) {
    let client = &draft.world.estate.clients[place];
    let nature = client.nature;
    let callers = client.callers.clone();
    if callers.is_empty() {
        return;
    }
    let few = (0..draft.chance.whole(1, 3)).map(|_| *draft.chance.pick(&callers));
    let few: Vec<usize> = few.collect();
    let start = at + draft.chance.whole(20, 110) * SECOND;
    let span = Window {
        start,
        end: start + draft.chance.whole(4, 40) * SECOND,
    };
    let used = reach::used(&draft.world.estate, place).into_iter();
    let steps: Vec<Step> = used.filter(|step| step.is_of_backend(nature)).collect();
    let network = *draft.chance.pick(&[Network::Connect, Network::Timeout]);
    let is_oauth = steps.iter().all(|step| step.is_endpoint());
    let effect = match draft.chance.happens(0.5) && is_oauth {
        true => refused("invalid_grant", "", 400),
        false => Effect::Unreached(network),
    };
    draft.world.troubles.push(Trouble {
        span,
        clients: vec![place],
        steps,
        callers: few,
        share: 0.8,
        effect,
    });
}
