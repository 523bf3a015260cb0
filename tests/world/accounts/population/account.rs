//! An account from its id to the last of its settings.

use super::{
    super::{
        chance::Chance,
        model::{Estate, Nature, Pool, Window},
        rates::Rates,
    },
    actors, bystanders,
    calendar::REGIONS,
    callers, client, domains, federation, firewall,
    founding::Founding,
    pool, services, triggers, volume, words,
};

/// Share of accounts with dozens of app clients.
const LARGE: f64 = 0.08;

pub fn draw(seed: u64, rates: &Rates, window: Window, chance: &mut Chance) -> Estate {
    let estate = Estate {
        account: words::account(chance),
        region: chance.pick(&REGIONS).name.to_owned(),
        callers: callers::nobodys(chance),
        ..Estate::default()
    };
    let mut founding = Founding {
        seed,
        rates,
        window,
        chance,
        estate,
    };
    let f = &mut founding;
    actors::draw(f);
    let natures = natures(f.chance);
    let areas = words::areas(f.chance);
    pools(f, natures.len(), &areas);
    for place in 0..f.estate.pools.len() {
        domains::draw(f, place, areas[place]);
        federation::providers(f, place);
        federation::resource_servers(f, place, &areas);
        triggers::draw(f, place);
        firewall::draw(f, place);
    }
    let per_day = volume::per_day(natures.len(), window, f.chance);
    for (nature, per_day) in natures.into_iter().zip(per_day) {
        client::draw(f, nature, per_day, &areas);
    }
    for place in 0..f.estate.pools.len() {
        pool::draw(f, place);
    }
    services::draw(f);
    bystanders::draw(f, &areas);
    founding.estate
}

/// What kinds of app clients there are.
fn natures(chance: &mut Chance) -> Vec<Nature> {
    const ALL: [Nature; 5] = [
        Nature::Web,
        Nature::Spa,
        Nature::Mobile,
        Nature::Admin,
        Nature::Machine,
    ];
    let (count, weights) = match chance.happens(LARGE) {
        // Dozens of app clients are mostly services that talk to each other.
        true => (chance.whole(20, 66), [0.2, 0.12, 0.1, 0.08, 0.5]),
        false => (chance.whole(2, 12), [0.32, 0.2, 0.17, 0.1, 0.21]),
    };
    (0..count).map(|_| ALL[chance.weighted(&weights)]).collect()
}

/// Adds user pools, no more than app clients.
fn pools(f: &mut Founding<'_>, clients: usize, areas: &[&str]) {
    let count = 1 + f.chance.weighted(&[0.5, 0.27, 0.13, 0.1]);
    let stage = words::stage(f.chance);
    for area in &areas[..count.min(clients)] {
        let who = *f
            .chance
            .pick(&["customers", "staff", "users", "partners", "members"]);
        let name = match f.chance.whole(0, 2) {
            0 => format!("{area}-{who}-{stage}"),
            1 => format!("{}{}Pool", words::title(area), words::title(who)),
            _ => format!("{stage}_{area}_{who}"),
        };
        let id = words::pool_id(&f.estate.region, f.chance);
        f.estate.pools.push(Pool {
            id,
            name,
            hosts: Vec::new(),
        });
    }
}
