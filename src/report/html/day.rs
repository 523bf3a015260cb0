//! The window at a glance: a lane for each app, its incidents as spans, changes as ticks.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    attribute::Investigation,
    cognito::{history::ConfigChange, setting::Resource},
    report::{
        overview,
        words::{self, Clock, Labels},
    },
};

/// The lanes over one axis.
#[derive(Debug)]
pub struct Day {
    /// Apps with incidents, then everything else that changed.
    pub lanes: Vec<Lane>,
    /// Labels of the axis, each with its place in percent.
    pub ticks: Vec<(String, String)>,
}

/// One app.
#[derive(Debug)]
pub struct Lane {
    /// Its name.
    pub name: String,
    /// Its incidents.
    pub spans: Vec<Span>,
    /// Changes.
    pub marks: Vec<Mark>,
}

/// An incident; places are per mille of the window.
#[derive(Debug)]
pub struct Span {
    /// Id of its card.
    pub id: String,
    /// What it is, for those who do not see it.
    pub text: String,
    /// Where it begins.
    pub x: f64,
    /// How long it is.
    pub width: f64,
}

/// A change.
#[derive(Debug)]
pub struct Mark {
    /// `guilty` or `change`.
    pub class: &'static str,
    /// Where it is.
    pub x: f64,
    /// What it is.
    pub text: String,
}

/// Nothing is drawn narrower.
const NARROWEST: f64 = 4.0;
/// Labels of the axis, at most.
const TICKS: i64 = 8;
/// More lanes than this are no glance.
const MOST_LANES: usize = 24;
/// More changes than this in one lane hide each other.
const MOST_MARKS: usize = 400;

impl Day {
    /// The lanes of an investigation; `None` without an incident.
    pub fn new(investigation: &Investigation, clock: Clock) -> Option<Self> {
        if investigation.findings.is_empty() {
            return None;
        }
        let labels = Labels::new(&investigation.names);
        let (start, end) = (investigation.window.start, investigation.window.end);
        let whole = (end - start).num_milliseconds().max(1) as f64;
        let place = |time: DateTime<Utc>| {
            let part = (time - start).num_milliseconds() as f64 / whole;
            1_000.0 * part.clamp(0.0, 1.0)
        };
        let mut lanes: Vec<Lane> = Vec::new();
        for finding in &investigation.findings {
            let incident = &finding.incident;
            let (from, to) = (place(incident.onset), place(incident.end.unwrap_or(end)));
            let span = Span {
                id: incident.id.clone(),
                text: format!(
                    "Incident {}: {} {} from {}",
                    finding.number,
                    labels.app(incident),
                    overview::lasted(incident),
                    clock.time(incident.onset),
                ),
                x: from.min(1_000.0 - NARROWEST),
                width: (to - from).max(NARROWEST),
            };
            lane(&mut lanes, labels.app(incident)).spans.push(span);
        }
        lanes.truncate(MOST_LANES);
        for change in &investigation.changes {
            let name = name(change, investigation, &labels);
            let guilty = investigation.findings.iter();
            let guilty = guilty.filter(|finding| finding.names(&change.change.event_id));
            let is_guilty = guilty.count() > 0;
            let lane = lane(&mut lanes, name);
            if lane.marks.len() < MOST_MARKS || is_guilty {
                lane.marks.push(Mark {
                    class: if is_guilty { "guilty" } else { "change" },
                    x: place(change.change.time),
                    text: format!(
                        "{} {} by {}: {}",
                        clock.time(change.change.time),
                        change.change.name,
                        words::by(change),
                        words::standing(change)
                    ),
                });
            }
        }
        Some(Self {
            lanes,
            ticks: ticks(start, end, clock)
                .map(|(time, label)| (format!("{:.1}", place(time) / 10.0), label))
                .collect(),
        })
    }
}

fn lane(lanes: &mut Vec<Lane>, name: String) -> &mut Lane {
    let at = match lanes.iter().position(|lane| lane.name == name) {
        Some(at) => at,
        None => {
            lanes.push(Lane {
                name,
                spans: Vec::new(),
                marks: Vec::new(),
            });
            lanes.len() - 1
        }
    };
    &mut lanes[at]
}

/// The lane of a change: that of its app client, where that has one.
fn name(change: &ConfigChange, investigation: &Investigation, labels: &Labels<'_>) -> String {
    let Resource::Client(_, client) = &change.resource else {
        return "other changes".to_owned();
    };
    let mut incidents = investigation
        .findings
        .iter()
        .map(|finding| &finding.incident);
    match incidents.find(|incident| incident.clients.contains(client)) {
        Some(incident) => labels.app(incident),
        None => "other changes".to_owned(),
    }
}

fn ticks(
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    clock: Clock,
) -> impl Iterator<Item = (DateTime<Utc>, String)> {
    const STEPS: [i64; 10] = [5, 10, 15, 30, 60, 120, 180, 240, 480, 720];
    let span = end - start;
    let fits = |minutes: &i64| span.num_minutes() / minutes < TICKS;
    let days = span.num_days().div_euclid(TICKS) + 1;
    let step = STEPS.into_iter().find(fits).unwrap_or(days * 1_440) * 60;
    let first = start.timestamp().div_euclid(step) * step + step;
    let times = (0..=TICKS).filter_map(move |n| DateTime::from_timestamp(first + n * step, 0));
    times
        .take_while(move |time| *time < end)
        .map(move |time| (time, clock.tick(time, TimeDelta::seconds(step))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        attribute::Verdict,
        report::fixture::{change, investigation},
    };

    #[test]
    fn an_app_has_one_lane_with_its_incident_and_the_guilty_change() {
        let mut investigation = investigation(Verdict::Change, None);
        investigation.changes.push(change(None));
        let day = Day::new(&investigation, Clock::of(&investigation)).unwrap();
        assert_eq!(day.lanes.len(), 1);
        let lane = &day.lanes[0];
        assert_eq!(lane.name, "4billing0example");
        let span = &lane.spans[0];
        // 14:06 of a day, for 74 minutes.
        assert!(
            (span.x - 587.5).abs() < 0.5 && (span.width - 51.6).abs() < 0.5,
            "{span:?}"
        );
        assert_eq!(lane.marks[0].class, "guilty");
        assert!(lane.marks[0].x < span.x);
        assert_eq!(
            day.ticks.first().map(|(_, label)| label.as_str()),
            Some("03:00")
        );
        investigation.findings.clear();
        assert!(Day::new(&investigation, Clock::of(&investigation)).is_none());
    }
}
