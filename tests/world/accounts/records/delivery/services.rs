//! The logs of services: pages, an export, or the files that they wrote.

use std::collections::BTreeMap;

use super::{
    super::{
        super::{
            chance::Chance,
            model::{Attempt, Workload, World},
        },
        application::{self, Line},
    },
    File,
    exported::Stream,
    gzip,
    pages::{Event, Pages},
};

pub fn files(world: &World, attempts: &[Attempt], chance: &mut Chance) -> Vec<File> {
    let estate = &world.estate;
    let mut of_workload: Vec<Vec<&Attempt>> = estate.workloads.iter().map(|_| Vec::new()).collect();
    for attempt in attempts {
        if world.window.holds(attempt.at) && application::logs(world, attempt) {
            of_workload[estate.clients[attempt.client].workload].push(attempt);
        }
    }
    let mut files = Vec::new();
    for (place, workload) in estate.workloads.iter().enumerate() {
        let Some(log) = workload.log else {
            continue;
        };
        let lines = application::lines(world, place, log, &of_workload[place]);
        let way = match application::says_time(log) {
            true => chance.whole(0, 2),
            // Only the platform knows when.
            false => chance.whole(0, 1),
        };
        files.extend(match way {
            0 => pages(workload, &lines, chance),
            1 => export(workload, &lines, chance),
            _ => plain(workload, &lines, chance),
        });
    }
    files
}

/// The name of a task's log stream.
fn stream<'a>(workload: &'a Workload, line: &Line) -> &'a str {
    let task = workload.tasks.get(line.task);
    task.map_or(workload.name.as_str(), |(stream, _)| stream)
}

fn pages(workload: &Workload, lines: &[Line], chance: &mut Chance) -> Vec<File> {
    let mut pages = Pages::new();
    for line in lines {
        pages.add(&Event {
            stream: stream(workload, line),
            at: line.at,
            message: &line.text,
        });
    }
    let group = chance.pick(&["ecs-", "app-", "aws-ecs-", ""]);
    let folder = format!("cloudwatch/{group}{}", workload.name);
    let name = *chance.pick(&["page", "filter-log-events", "events"]);
    pages.files(&folder, name, chance.happens(0.5))
}

fn export(workload: &Workload, lines: &[Line], chance: &mut Chance) -> Vec<File> {
    let task = format!("exportedlogs/{}", chance.uuid());
    let mut streams: BTreeMap<String, Stream> = BTreeMap::new();
    for line in lines {
        let name = stream(workload, line).replace('/', "-");
        let stream = streams
            .entry(name)
            .or_insert_with_key(|name| Stream::new(format!("{task}/{name}")));
        stream.add(line.at, |text| text.push_str(&line.text));
    }
    streams.into_values().flat_map(Stream::files).collect()
}

fn plain(workload: &Workload, lines: &[Line], chance: &mut Chance) -> Vec<File> {
    let mut text = String::new();
    for line in lines {
        text.push_str(&line.text);
        text.push('\n');
    }
    let path = format!("logs/{}.log", workload.name);
    vec![match chance.happens(0.3) {
        true => (path + ".gz", gzip(text.as_bytes())),
        false => (path, text.into_bytes()),
    }]
}
