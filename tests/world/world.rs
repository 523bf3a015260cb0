//! The sample world: an invented AWS account, the changes made to it, its sign-in traffic, the logs
//! AWS would have delivered, and the truth about every incident.
//!
//! It shares no code with the library: what it knows of Cognito it states again, so that the two
//! check each other.

pub mod accounts;
pub mod clock;
pub mod incidents;
pub mod organisation;
pub mod truth;

mod applog;
mod changes;
mod cognito;
mod config;
mod delivery;
mod dice;
mod estate;
mod json;
mod noise;
mod pages;
mod people;
mod plans;
mod readme;
mod stories;
mod traffic;
mod trail;

use changes::{Timeline, Write};
use delivery::Record;
use traffic::Attempt;
use truth::Truth;

/// All of a world.
pub struct World {
    /// Every file by its path below `sample-logs/`, sorted by path.
    pub files: Vec<(String, Vec<u8>)>,
    /// What happened, one for each incident, sorted by onset.
    pub truth: Vec<Truth>,
}

/// The world of `sample-logs/`. Always the same.
pub fn sample() -> World {
    let mut planned = estate::founding();
    planned.push(estate::provider());
    planned.extend(stories::plans());
    planned.extend(noise::plan());
    let timeline = Timeline::run(planned);
    let attempts = traffic::simulate(&timeline.history);
    let truth = truth::tell(&timeline, &attempts);

    let mut records = records(&timeline.writes, &attempts);
    records.extend(pages::records(&timeline.history, &attempts));
    let mut files = delivery::deliver(records);
    files.extend(applog::exports(&attempts));
    files.push(("README.md".to_owned(), readme::render(&truth).into_bytes()));
    files.extend(plans::files());
    files.sort();
    World { files, truth }
}

fn records(writes: &[Write], attempts: &[Attempt]) -> Vec<Record> {
    let writes = writes.iter().map(trail::of_write);
    let requests = attempts.iter().filter_map(|attempt| {
        let told = trail::Told {
            codes: trail::tells_codes(attempt.request.client),
            form: true,
        };
        trail::of_attempt(attempt, &told)
    });
    writes.chain(requests).collect()
}
