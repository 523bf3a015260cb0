//! An app client with everything that is its own.

use serde_json::{Value, json};

use super::{
    super::model::{Client, Kind, Nature, Owner},
    callers,
    founding::Founding,
    habits::{self, Sort},
    lifetimes, machines, members, noise, services, words,
};

/// The least and the largest share of attempts that fail on any day, chronic callers left aside.
const USUAL_FAILURES: (f64, f64) = (0.001, 0.08);

pub fn draw(f: &mut Founding<'_>, nature: Nature, per_day: f64, areas: &[&str]) {
    let place = f.estate.clients.len();
    let pool = pool(f, place);
    let service = service(nature, place, areas);
    let workload = services::of(f, nature, pool, &service);
    let service = named_after(f, workload, service);
    let sort = sort(f, nature, pool, &service);
    let habits = habits::draw(f, &sort);
    let name = name(f, &service);
    let machine = (nature == Nature::Machine).then(|| machines::Habit::of(f.seed, place, per_day));
    let kept = machine.and_then(|habit| habit.keeps_tokens(per_day));
    let access = lifetimes::access(nature, kept, f.chance);
    let settings = members::draw(f, &name, &sort, &habits, access);
    let id = words::client_id(f.chance);
    belongings(f, &sort, place, &id, settings);
    let hosts = f.estate.pools[pool].hosts.len() as i64;
    let by_api = matches!(nature, Nature::Mobile | Nature::Admin);
    let mut client = Client {
        id,
        name,
        pool,
        nature,
        workload,
        per_day,
        usual_failures: f.chance.by_magnitude(USUAL_FAILURES.0, USUAL_FAILURES.1),
        callers: callers::draw(f, nature, per_day, workload),
        habits,
        basic: sort.confidential && f.chance.happens(0.4),
        host: (!by_api).then(|| f.chance.whole(0, hosts - 1) as usize),
    };
    noise::chronic::add(f, place, &mut client);
    f.estate.clients.push(client);
}

fn sort(f: &mut Founding<'_>, nature: Nature, pool: usize, service: &str) -> Sort {
    Sort {
        nature,
        pool,
        confidential: f.chance.happens(match nature {
            Nature::Machine => 1.0,
            Nature::Web => 0.88,
            Nature::Admin => 0.7,
            Nature::Mobile => 0.08,
            Nature::Spa => 0.0,
        }),
        rotates: nature == Nature::Mobile && f.chance.happens(0.25),
        sites: sites(f, service),
    }
}

/// Its settings, its secret, and what its pages look like.
fn belongings(f: &mut Founding<'_>, sort: &Sort, place: usize, id: &str, settings: Value) {
    let owner = Owner::Client(place);
    f.put(Kind::Client, place, owner, id.to_owned(), settings);
    if sort.confidential {
        let secrets = json!({"secrets": ["v1"]});
        f.put(Kind::ClientSecrets, place, owner, id.to_owned(), secrets);
    }
    if matches!(sort.nature, Nature::Web | Nature::Spa) {
        looks(f, place, id);
    }
}

/// Every pool gets an app client before chance decides.
fn pool(f: &mut Founding<'_>, place: usize) -> usize {
    let pools = f.estate.pools.len();
    match place < pools {
        true => place,
        false => f.chance.whole(0, pools as i64 - 1) as usize,
    }
}

/// What the service behind an app client is called.
fn service(nature: Nature, place: usize, areas: &[&str]) -> String {
    let area = areas[(place * 7 + 3) % areas.len()];
    let (first, second) = match nature {
        Nature::Web => ("web", "portal"),
        Nature::Spa => ("spa", "console"),
        Nature::Mobile => ("app", "mobile"),
        Nature::Admin => ("backoffice", "gateway"),
        Nature::Machine => ("worker", "sync"),
    };
    // Areas come round again in accounts with dozens of app clients.
    let round = place / areas.len();
    let what = if place.is_multiple_of(2) {
        first
    } else {
        second
    };
    match round {
        0 => format!("{area}-{what}"),
        round => format!("{area}-{what}-{}", round + 1),
    }
}

/// An app client of a service that has one already is named after it too.
fn named_after(f: &Founding<'_>, workload: usize, service: String) -> String {
    const MORE: [&str; 6] = ["internal", "reports", "batch", "partners", "admin", "eu"];
    let others = f
        .estate
        .clients
        .iter()
        .filter(|other| other.workload == workload);
    match others.count() {
        0 => service,
        more => format!(
            "{}-{}",
            f.estate.workloads[workload].name,
            MORE[(more - 1) % MORE.len()]
        ),
    }
}

fn name(f: &mut Founding<'_>, service: &str) -> String {
    match f.chance.whole(0, 3) {
        0 => service.replace('-', "_"),
        1 => format!("{service}-client"),
        2 => service
            .split('-')
            .map(words::title)
            .collect::<Vec<_>>()
            .concat(),
        _ => service.to_owned(),
    }
}

/// One host name, or two.
fn sites(f: &mut Founding<'_>, service: &str) -> Vec<String> {
    let mut sites = vec![format!("{service}.example.com")];
    if f.chance.happens(0.3) {
        let second = *f.chance.pick(&["www", "eu", "app", "beta"]);
        sites.push(format!("{second}.{service}.example.com"));
    }
    sites
}

fn looks(f: &mut Founding<'_>, place: usize, id: &str) {
    let owner = Owner::Client(place);
    let version = words::hex(8, f.chance);
    let settings = json!({
        "UseCognitoProvidedValues": false,
        "Settings": {"components": {"form": {"logo": {"enabled": true}}}, "version": version},
        "Assets": [{"Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG"}],
    });
    f.put(Kind::Branding, place, owner, id.to_owned(), settings);
    let settings =
        json!({"CSS": format!(".banner {{ background: #{} }}", words::hex(6, f.chance))});
    f.put(Kind::UiCustomization, place, owner, id.to_owned(), settings);
}
