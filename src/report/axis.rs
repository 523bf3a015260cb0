//! An outage as a drawing: failures, successes, every change and the one that is named on one axis.

use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};

use super::words::{self, Clock};
use crate::{
    attribute::{Finding, phrase::thousands},
    cognito::history::ConfigChange,
    frame::Timeline,
};

const LEFT: f64 = 52.0;
const RIGHT: f64 = 950.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 190.0;
/// Something that happened is seen, however little it is beside the rest.
const LEAST: f64 = 1.5;
/// More labels than this do not fit beside each other.
const TICKS: i64 = 8;
/// Room for a label beside its line.
const LABEL: f64 = 330.0;

/// The drawing.
#[derive(Debug, Template)]
#[template(path = "timeline.svg", config = "src/report/templates/askama.toml")]
pub(super) struct Axis {
    /// What it shows, for those who do not see it.
    said: String,
    most: String,
    bars: Vec<Bar>,
    outage: Bar,
    ticks: Vec<(f64, String)>,
    marks: Vec<Mark>,
    others: Vec<(f64, String)>,
}

#[derive(Debug)]
struct Bar {
    class: &'static str,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

#[derive(Debug)]
struct Mark {
    class: &'static str,
    x: f64,
    y: f64,
    anchor: &'static str,
    label_x: f64,
    label: String,
}

struct Scale {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl Scale {
    fn x(&self, time: DateTime<Utc>) -> f64 {
        let whole = (self.end - self.start).num_milliseconds().max(1) as f64;
        let part = (time - self.start).num_milliseconds() as f64 / whole;
        LEFT + (RIGHT - LEFT) * part.clamp(0.0, 1.0)
    }

    fn holds(&self, time: DateTime<Utc>) -> bool {
        self.start <= time && time <= self.end
    }
}

impl Axis {
    /// The drawing of an outage, with its traffic and every change that is known.
    pub(super) fn new(
        finding: &Finding,
        traffic: &Timeline,
        changes: &[ConfigChange],
        clock: Clock,
    ) -> Self {
        let incident = &finding.incident;
        let scale = Scale {
            start: traffic.start,
            end: traffic.end(),
        };
        let most = (traffic.failed.iter().zip(&traffic.succeeded))
            .map(|(failed, succeeded)| failed + succeeded)
            .max()
            .unwrap_or(0);
        let end = incident.end.unwrap_or(scale.end);
        let (from, to) = (scale.x(incident.onset), scale.x(end));
        let marks = marks(finding, &scale, clock);
        Self {
            said: format!(
                "Requests from {} to {}: {} failed from {} on",
                clock.time(scale.start),
                clock.time(scale.end),
                thousands(traffic.failed.iter().sum()),
                clock.time(incident.onset)
            ),
            most: thousands(most),
            bars: bars(traffic, most, &scale),
            outage: Bar {
                class: "span",
                x: from,
                y: TOP,
                width: (to - from).max(2.0),
                height: BOTTOM - TOP,
            },
            ticks: ticks(&scale, clock),
            marks,
            others: others(finding, changes, &scale, clock),
        }
    }
}

/// Failures from below, successes on top of them.
fn bars(traffic: &Timeline, most: u64, scale: &Scale) -> Vec<Bar> {
    let height = |count: u64| match count {
        0 => 0.0,
        count => ((BOTTOM - TOP) * count as f64 / most.max(1) as f64).max(LEAST),
    };
    let mut bars = Vec::new();
    let mut start = traffic.start;
    for (failed, succeeded) in traffic.failed.iter().zip(&traffic.succeeded) {
        let x = scale.x(start);
        start += traffic.bin;
        let width = (scale.x(start) - x - 0.6).max(0.4);
        let failed = height(*failed);
        for (class, height, y) in [
            ("bad", failed, BOTTOM - failed),
            (
                "good",
                height(*succeeded),
                BOTTOM - failed - height(*succeeded),
            ),
        ] {
            if height > 0.0 {
                bars.push(Bar {
                    class,
                    x,
                    y,
                    width,
                    height,
                });
            }
        }
    }
    bars
}

/// The change that is named, and what put it back.
fn marks(finding: &Finding, scale: &Scale, clock: Clock) -> Vec<Mark> {
    let mark = |class, row: usize, time, label: String| {
        let x = scale.x(time);
        let is_left = x > RIGHT - LABEL;
        Mark {
            class,
            x,
            y: TOP - 26.0 + 16.0 * row as f64,
            anchor: if is_left { "end" } else { "start" },
            label_x: if is_left { x - 6.0 } else { x + 6.0 },
            label,
        }
    };
    let mut marks = Vec::new();
    if let Some(suspect) = finding.named() {
        let change = &suspect.change.change;
        let at = clock.time(change.time);
        let label = match scale.holds(change.time) {
            true => format!("▼ {at} {}", change.name),
            false => format!("◀ {at} {} (earlier)", change.name),
        };
        marks.push(mark("culprit", 0, change.time, label));
    }
    if let Some(ended) = &finding.ended_by {
        let label = format!("▽ {} reverted", clock.time(ended.event_time));
        marks.push(mark("cure", 1, ended.event_time, label));
    }
    marks
}

/// Every other change of the time.
fn others(
    finding: &Finding,
    changes: &[ConfigChange],
    scale: &Scale,
    clock: Clock,
) -> Vec<(f64, String)> {
    let is_marked = |change: &ConfigChange| {
        let id = &change.change.event_id;
        let ended = finding.ended_by.as_ref();
        finding.names(id) || ended.is_some_and(|ended| ended.event_id.as_str() == id)
    };
    changes
        .iter()
        .filter(|change| scale.holds(change.change.time) && !is_marked(change))
        .map(|change| {
            let said = format!(
                "{} {} of {} by {}: {}",
                clock.time(change.change.time),
                change.change.name,
                words::resource(&change.resource),
                words::by(change),
                words::standing(change)
            );
            (scale.x(change.change.time), said)
        })
        .collect()
}

/// Round times, as many as fit.
fn ticks(scale: &Scale, clock: Clock) -> Vec<(f64, String)> {
    const STEPS: [i64; 12] = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 720, 1_440];
    let span = scale.end - scale.start;
    let fits = |minutes: &i64| span.num_minutes() / minutes < TICKS;
    let days = span.num_days().div_euclid(TICKS) + 1;
    let step = STEPS.into_iter().find(fits).unwrap_or(days * 1_440) * 60;
    let first = scale.start.timestamp().div_euclid(step) * step + step;
    let times = (0..=TICKS).filter_map(|n| DateTime::from_timestamp(first + n * step, 0));
    times
        .take_while(|time| *time < scale.end)
        .map(|time| (scale.x(time), clock.tick(time, TimeDelta::seconds(step))))
        .collect()
}

/// A line of success over time: where requests failed, it falls.
#[derive(Debug, Template)]
#[template(path = "spark.svg", config = "src/report/templates/askama.toml")]
pub(super) struct Spark {
    said: String,
    bars: Vec<Bar>,
}

impl Spark {
    /// Share of success per bin; bins without a request stay empty.
    pub(super) fn new(traffic: &Timeline, said: String) -> Self {
        const HEIGHT: f64 = 24.0;
        const STEP: f64 = 4.0;
        let counts = traffic.failed.iter().zip(&traffic.succeeded).enumerate();
        let bars = counts.filter(|(_, (failed, succeeded))| *failed + *succeeded > 0);
        let bars = bars.flat_map(|(at, (failed, succeeded))| {
            let bad = HEIGHT * *failed as f64 / (failed + succeeded) as f64;
            let bad = if *failed > 0 { bad.max(LEAST) } else { 0.0 };
            let bar = move |class, y, height| Bar {
                class,
                x: at as f64 * STEP,
                y,
                width: STEP - 0.6,
                height,
            };
            [
                bar("good", 0.0, HEIGHT - bad),
                bar("bad", HEIGHT - bad, bad),
            ]
        });
        Self {
            said,
            bars: bars.filter(|bar| bar.height > 0.0).collect(),
        }
    }
}
