//! A chart of failures over time in characters, with the change marked on its axis.

use chrono::{DateTime, TimeDelta, Utc};

use super::words::Clock;
use crate::{attribute::phrase::thousands, frame::Timeline};

const HEIGHT: usize = 5;
/// Room for `accepted`, or for counts up to 99,999,999.
const WIDEST_GUTTER: usize = 11;
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A moment to mark under the axis, by a sign.
pub type Mark = (DateTime<Utc>, char);

/// The sign of the change that broke it, and of the one that put it back.
pub const CHANGE: char = '▲';
/// See [`CHANGE`].
pub const CURE: char = '▽';

/// Lines of a chart no wider than `width`: failures as columns, `marks` under the axis.
pub fn lines(timeline: &Timeline, marks: &[Mark], clock: Clock, width: usize) -> Vec<String> {
    let room = width.saturating_sub(WIDEST_GUTTER + 1).max(1);
    let timeline = &folded(timeline, room);
    let failures: u64 = timeline.failed.iter().sum();
    // A silence shows in the requests that are missing.
    let shown = if failures > 0 {
        &timeline.failed
    } else {
        &timeline.succeeded
    };
    let name = if failures > 0 { "failed" } else { "accepted" };
    let most = shown.iter().copied().max().unwrap_or(0).max(1);
    let gutter = thousands(most).len().max(name.len()) + 1;
    let columns = shown.len().max(1);
    let mut lines = Vec::new();
    for level in (0..HEIGHT).rev() {
        let label = match level {
            level if level + 1 == HEIGHT => thousands(most),
            0 => name.to_owned(),
            _ => String::new(),
        };
        let bars: String = shown
            .iter()
            .take(columns)
            .map(|n| block(*n, most, level))
            .collect();
        lines.push(format!("{label:>gutter$}│{bars}").trim_end().to_owned());
    }
    lines.push(format!("{:gutter$}└{}", "", "─".repeat(columns)));
    let under = markers(timeline, marks, columns);
    if !under.trim().is_empty() {
        lines.push(format!("{:gutter$} {}", "", under.trim_end()));
    }
    lines.push(format!(
        "{:gutter$} {}",
        "",
        labels(timeline, columns, width.saturating_sub(gutter + 1), clock)
    ));
    lines
}

/// What the signs under a chart mean, and when exactly.
pub fn legend(marks: &[Mark], clock: Clock) -> Option<String> {
    let said = marks.iter().map(|(time, sign)| {
        let what = if *sign == CHANGE {
            "the change"
        } else {
            "reverted"
        };
        format!("{sign} {} {what}", clock.time(*time))
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| said.join("   "))
}

/// The same with so many bins at most: neighbours are added up.
fn folded(timeline: &Timeline, most: usize) -> Timeline {
    let by = timeline.failed.len().div_ceil(most).max(1);
    let fold = |counts: &[u64]| counts.chunks(by).map(|bins| bins.iter().sum()).collect();
    Timeline {
        start: timeline.start,
        bin: timeline.bin * i32::try_from(by).unwrap_or(i32::MAX),
        failed: fold(&timeline.failed),
        succeeded: fold(&timeline.succeeded),
    }
}

fn block(count: u64, most: u64, level: usize) -> char {
    let steps = (HEIGHT * 8) as u64;
    let filled = (count * steps).div_ceil(most) as usize;
    EIGHTHS[filled.saturating_sub(level * 8).min(8)]
}

fn markers(timeline: &Timeline, marks: &[Mark], columns: usize) -> String {
    let mut line = vec![' '; columns];
    for (time, sign) in marks {
        let bin =
            (*time - timeline.start).num_milliseconds() / timeline.bin.num_milliseconds().max(1);
        if let Some(cell) = usize::try_from(bin).ok().and_then(|bin| line.get_mut(bin)) {
            *cell = *sign;
        }
    }
    line.into_iter().collect()
}

/// Start and end of the axis, and the length of a column; less where there is less room.
fn labels(timeline: &Timeline, columns: usize, room: usize, clock: Clock) -> String {
    let end = timeline.start + timeline.bin * i32::try_from(columns).unwrap_or(i32::MAX);
    let (start, end) = (clock.time(timeline.start), clock.time(end));
    let bin = format!("{}/column", length(timeline.bin));
    let space = columns.saturating_sub(start.len() + end.len() + bin.len());
    if space > 1 {
        let left = space / 2;
        let right = space - left;
        return format!("{start}{:left$}{bin}{:right$}{end}", "", "");
    }
    let tight = [format!("{start}–{end}, {bin}"), format!("{start}, {bin}")];
    let fits = tight
        .into_iter()
        .find(|label| label.chars().count() <= room);
    fits.unwrap_or(bin)
}

/// In the largest unit that goes into it.
pub fn length(bin: TimeDelta) -> String {
    let seconds = bin.num_seconds();
    match (seconds % 60, seconds % 3_600) {
        (1.., _) => format!("{seconds} s"),
        (_, 1..) => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{attribute::utc, window::Window};

    #[test]
    fn failures_stand_as_columns_over_the_change() {
        let start = DateTime::from_timestamp(1_772_460_000, 0).unwrap();
        let bins = 40;
        let timeline = Timeline {
            start,
            bin: TimeDelta::minutes(1),
            failed: (0..bins)
                .map(|n| if (10..30).contains(&n) { n } else { 0 })
                .collect(),
            succeeded: vec![0; 40],
        };
        let window = Window {
            start,
            end: start + TimeDelta::hours(1),
        };
        let marks = [(start + TimeDelta::minutes(9), CHANGE)];
        let chart = lines(&timeline, &marks, Clock::new(window, utc), 60).join("\n");
        assert!(chart.contains('▲') && chart.contains("14:00:00"));
        assert!(chart.lines().all(|line| line.chars().count() <= 60));
        let peak = chart.lines().next().unwrap_or_default();
        assert!(peak.trim_start().starts_with("29│"), "{peak}");
    }

    #[test]
    fn a_long_timeline_is_folded_and_not_cut() {
        let mut failed = vec![0; 500];
        failed[499] = 7;
        let start = DateTime::from_timestamp(1_772_460_000, 0).unwrap();
        let timeline = Timeline {
            start,
            bin: TimeDelta::minutes(1),
            succeeded: vec![0; 500],
            failed,
        };
        let end = start + TimeDelta::minutes(500);
        let chart = lines(&timeline, &[], Clock::new(Window { start, end }, utc), 80);
        assert!(chart.iter().all(|line| line.chars().count() <= 80));
        assert!(
            chart.first().is_some_and(|line| line.ends_with('█')),
            "{chart:#?}"
        );
        assert!(
            chart
                .last()
                .is_some_and(|line| line.contains("8 min/column")),
            "{chart:#?}"
        );
    }
}
