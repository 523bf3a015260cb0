//! One outage as a document that a team keeps: what happened, why, and how not again.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Block, breakdown, full, happened, line_of, marks, one_of, reason, said, seen, what};
use crate::{
    attribute::{
        Finding, Investigation, Suspect,
        phrase::{self, thousands},
    },
    cognito::{history::Standing, prevention::prevention},
    detect::{EndState, Kind},
    frame::Health,
    report::{
        blips,
        words::{self, Clock},
    },
};

mod evidence;
mod timeline;

use evidence::evidence;
use timeline::{timeline, tried};

/// What a post-mortem is written from.
#[derive(Debug)]
pub struct Postmortem<'a> {
    /// The investigation, for what it could not see; its changes are all those of the window.
    pub investigation: &'a Investigation,
    /// The outage.
    pub finding: &'a Finding,
    /// How each app client of the user pool fared between onset and end.
    pub health: Vec<Health>,
    /// When people noticed, if they say so.
    pub detected: Option<DateTime<Utc>>,
    /// The masked records behind the verdict, by event id.
    pub records: &'a BTreeMap<String, Record>,
}

/// A masked record and its hash.
#[derive(Clone, Debug)]
pub struct Record {
    /// JSON, or a line of a log.
    pub text: String,
    /// SHA-256 in hex of the text and a line end, as `--evidence` writes it.
    pub sha256: String,
}

/// The blocks of the document.
pub fn of(postmortem: &Postmortem<'_>) -> Vec<Block> {
    let finding = postmortem.finding;
    let incident = &finding.incident;
    let clock = Clock::of(postmortem.investigation);
    let heading = |text: &str| Block::Heading(text.to_owned());
    let mut blocks = vec![
        Block::Title(format!(
            "Post-mortem: {}, {}",
            words::whom(incident),
            clock.day(incident.onset)
        )),
        Block::Text(format!(
            "Incident {}; all times are {}.",
            incident.id,
            clock.zone(incident.onset)
        )),
        heading("Summary"),
        Block::Answer(summary(finding, clock)),
        heading("Impact"),
    ];
    blocks.extend(impact(postmortem));
    blocks.push(heading("Timeline"));
    blocks.push(Block::Chart(incident.timeline.clone(), marks(finding)));
    blocks.push(Block::Table(
        vec!["time", "after onset", "what"],
        timeline(postmortem, clock),
    ));
    blocks.push(heading("Root cause"));
    blocks.extend(cause(finding, clock));
    blocks.push(heading("Evidence for the cause"));
    blocks.extend(reason(finding));
    blocks.extend(breakdown::of(finding, clock));
    blocks.extend(full::of(finding, clock));
    let facts = contributing(postmortem, clock);
    if !facts.is_empty() {
        blocks.push(heading("Contributing facts"));
        blocks.push(Block::List(facts));
    }
    blocks.push(heading("How to prevent it"));
    blocks.push(Block::List(lessons(finding)));
    blocks.push(heading("What the logs could not show"));
    blocks.push(Block::List(dark(postmortem)));
    blocks.push(heading("Evidence"));
    blocks.extend(evidence(postmortem, clock));
    said(blocks, postmortem.investigation)
}

/// Three sentences: what failed, why, how it ended.
fn summary(finding: &Finding, clock: Clock) -> String {
    let incident = &finding.incident;
    let ended = match (&finding.ended_by, incident.end, incident.end_state) {
        (Some(ended), ..) => format!(
            "It ended after {}, when the setting was reverted at {}",
            phrase::duration(ended.event_time - incident.onset),
            clock.time(ended.event_time)
        ),
        (None, Some(end), EndState::Recovered) => format!(
            "It ended after {}, at {}; no logged change explains the recovery",
            phrase::duration(end - incident.onset),
            clock.time(end)
        ),
        (None, Some(end), _) => format!("No requests came after {}", clock.time(end)),
        (None, None, _) => "It was still ongoing when the logs end".to_owned(),
    };
    let (at, began) = match (incident.begun_before, incident.kind) {
        (true, _) => ("Before", "had begun to fail"),
        (false, Kind::Failures) => ("At", "began to fail"),
        (false, Kind::Absence) => ("At", "stopped"),
    };
    format!(
        "{at} {} {} requests of {} {began}: {}. {}. {ended}.",
        clock.date_time(incident.onset),
        clock.zone(incident.onset),
        words::whom(incident),
        happened(incident),
        words::blamed(finding, clock)
    )
}

fn impact(postmortem: &Postmortem<'_>) -> Vec<Block> {
    let incident = &postmortem.finding.incident;
    let end = incident.end.unwrap_or(postmortem.investigation.read.end);
    let all: u64 = postmortem.health.iter().map(Health::all_requests).sum();
    let broken = match incident.kind {
        Kind::Failures => incident.failed as f64,
        Kind::Absence => incident.expected.unwrap_or(0.0),
    };
    let share = |of: u64| words::percent(broken / (of as f64).max(broken).max(1.0));
    let mut facts = vec![
        match incident.kind {
            Kind::Failures => format!(
                "{} failed requests of {} of the same kind ({})",
                thousands(incident.failed),
                thousands(incident.total),
                share(incident.total)
            ),
            Kind::Absence => format!(
                "about {} {}{} that were to be expected at the usual rate never came",
                thousands(broken.round() as u64),
                what(incident),
                words::shared(&incident.stratum)
            ),
        },
        match postmortem.finding.is_attack() {
            false => format!("{} long", phrase::duration(end - incident.onset)),
            true => format!(
                "{} long; an attack by itself is no downtime",
                phrase::duration(end - incident.onset)
            ),
        },
    ];
    if incident.kind == Kind::Failures && all > 0 {
        facts.push(format!(
            "{} of all {} requests to the user pool in that time",
            share(all),
            thousands(all)
        ));
    }
    facts.push(match incident.users {
        Some(users) => format!("{} seen failing", phrase::count(users as f64, "known user")),
        None => "number of users unknown: these requests name none".to_owned(),
    });
    let rows = postmortem.health.iter().map(|health| {
        vec![
            words::client(health.client.as_ref()),
            thousands(health.requests),
            thousands(health.failed),
            words::success(health),
            words::errors(&health.errors),
            words::errors(&health.authorize_errors),
        ]
    });
    vec![
        Block::List(facts),
        Block::Section("App clients of the user pool in that time".to_owned()),
        Block::Table(
            vec![
                "app client",
                "requests",
                "failed",
                "success",
                "errors",
                "authorize errors",
            ],
            rows.collect(),
        ),
    ]
}

fn cause(finding: &Finding, clock: Clock) -> Vec<Block> {
    let Some(named) = finding.named() else {
        let mut blocks = vec![Block::Text(format!("{}.", words::blamed(finding, clock)))];
        let others = finding.alternatives.iter().take(3).map(|other| {
            format!(
                "{}: {}",
                words::percent(other.probability),
                words::alternative_said(other.kind)
            )
        });
        let changes = one_of(finding).map(|one| {
            format!(
                "{}: `{}`{} at {} by {} {}",
                words::percent(one.probability),
                one.change.change.name,
                words::and_more(one),
                clock.time(one.change.change.time),
                words::by_all(one),
                words::what(one)
            )
        });
        blocks.push(Block::List(changes.chain(others).collect()));
        return blocks;
    };
    let change = &named.change.change;
    let lines = named
        .diff
        .iter()
        .map(|line| line_of(&named.change.resource, &line.line, line.guilty));
    vec![
        Block::Text(format!(
            "`{}` of {} at {} {}.",
            change.name,
            words::resource(&named.change.resource),
            clock.time(change.time),
            words::what(named)
        )),
        Block::Diff(lines.collect()),
        Block::Section("Who".to_owned()),
        Block::List(who(named)),
    ]
}

/// The chain of who: from the person or role to the call.
fn who(named: &Suspect) -> Vec<String> {
    let change = &named.change.change;
    let mut who: Vec<String> = Vec::new();
    for (at, link) in change.actor_chain.iter().enumerate() {
        who.push(match at {
            0 => format!("from {link}"),
            _ => format!("→ {link}"),
        });
    }
    if who.is_empty() {
        who.push(
            change
                .actor
                .clone()
                .unwrap_or_else(|| "unknown caller".to_owned()),
        );
    }
    who.extend(change.tool.as_ref().map(|tool| format!("with {tool}")));
    who.extend(
        change
            .source_ip
            .as_ref()
            .map(|ip| format!("from address {ip}")),
    );
    let set = named.change_set.as_ref();
    who.extend(set.map(|set| format!("part of deploy {set}")));
    if words::actors(named).count() > 1 {
        let all: Vec<&str> = words::actors(named).collect();
        who.push(format!("made by {}", all.join(" and ")));
    }
    who.push(format!("CloudTrail {}", words::events(named)));
    who
}

fn contributing(postmortem: &Postmortem<'_>, clock: Clock) -> Vec<String> {
    let finding = postmortem.finding;
    let incident = &finding.incident;
    let mut facts = Vec::new();
    if let Some(named) = finding.named() {
        let lag = incident.onset - named.change.change.time;
        if lag.num_minutes() >= 2 {
            facts.push(format!(
                "The change was in force for {} before the first request failed.",
                phrase::duration(lag)
            ));
        }
        if named.diff.iter().any(|line| !line.guilty) {
            facts.push("The same call also changed other settings, which did no harm.".to_owned());
        }
        let together = named.event_ids.len();
        if together > 1 {
            facts.push(format!(
                "The cause is {together} changes together: {}.",
                words::events(named)
            ));
        }
    }
    let blips = postmortem.investigation.blips.iter();
    let of_theirs = |id| incident.clients.contains(id);
    let blips = blips.filter(|blip| blip.clients.iter().any(of_theirs));
    facts.extend(blips::line(blips, clock));
    if let Some(detected) = postmortem.detected {
        facts.push(format!(
            "People noticed {} after the onset.",
            phrase::duration(detected - incident.onset)
        ));
        if let Some(ended) = finding
            .ended_by
            .as_ref()
            .filter(|ended| ended.event_time >= detected)
        {
            facts.push(format!(
                "It was reverted {} after it was noticed.",
                phrase::duration(ended.event_time - detected)
            ));
        }
    }
    let failed = tried(postmortem).filter(|change| matches!(change.standing, Standing::Failed(_)));
    let failed = failed.count();
    if failed > 0 {
        facts.push(format!(
            "{} to the user pool while it was broken.",
            phrase::count(failed as f64, "refused call")
        ));
    }
    let idle = tried(postmortem).filter(|change| change.standing == Standing::NoDifference);
    if let Some(idle) = idle.last() {
        facts.push(format!(
            "A call at {} by {} changed nothing: perhaps an attempt to fix it.",
            clock.time(idle.change.time),
            words::by(idle)
        ));
    }
    facts
}

fn lessons(finding: &Finding) -> Vec<String> {
    let Some(named) = finding.named() else {
        return vec![
            "No change is proven; an alarm on the failures of each app client shows the next \
             incident earlier."
                .to_owned(),
        ];
    };
    let guilty = named.diff.iter().filter(|line| line.guilty);
    let guilty: Vec<_> = guilty.map(|line| &line.line.setting).collect();
    let said = prevention(&named.change, &guilty);
    let mut said: Vec<String> = said.into_iter().map(str::to_owned).collect();
    said.push(
        "Run `trailblame report` on a schedule with `--notify`: it reports such an incident and its \
         change at the next run."
            .to_owned(),
    );
    said
}

fn dark(postmortem: &Postmortem<'_>) -> Vec<String> {
    let mut said = seen::unseen(postmortem.investigation);
    if postmortem.finding.provisional {
        said.push("Some logs may not be complete for this time yet.".to_owned());
    }
    said.push("What users saw: AWS logs only what reached AWS.".to_owned());
    said.push("Why the change was made: logs hold calls, not reasons.".to_owned());
    said.push(
        "The probabilities are calibrated on simulated incidents: no public record of a real one \
         exists."
            .to_owned(),
    );
    said
}
