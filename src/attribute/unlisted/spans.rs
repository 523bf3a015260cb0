//! The time over which what a change set is in force: from the change until it is taken back, by
//! whatever call, and again where it is set once more.

use crate::cognito::{
    effects::is_indifferent,
    history::{At, DiffLine, History, Standing},
    setting::{Setting, known},
};

/// So many later writes to the same thing are looked at: a controller writes all day.
const MOST: usize = 400;

/// A stretch of time in microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The change, or the one that set it again.
    pub from: i64,
    /// When it was taken back; `i64::MAX` if it was not.
    pub to: i64,
    /// The change that took it back.
    pub ended_by: Option<usize>,
}

/// Lines of a change on which requests may depend; all, where none is.
pub fn bearing(diff: &[DiffLine]) -> Vec<&DiffLine> {
    let bearing = diff
        .iter()
        .filter(|line| !is_indifferent(line.setting.as_str()));
    let bearing: Vec<&DiffLine> = bearing.collect();
    match bearing.is_empty() {
        true => diff.iter().collect(),
        false => bearing,
    }
}

/// When what the change at `index` set was in force.
pub fn in_force(history: &History, index: usize) -> Vec<Span> {
    let change = &history.changes()[index];
    let time = |index: usize| history.changes()[index].change.time.timestamp_micros();
    let lines = bearing(&change.diff);
    let mut stands: Vec<bool> = vec![true; lines.len().max(1)];
    let mut since = Some(time(index));
    let mut spans = Vec::new();
    let later = history.writes(&change.resource);
    let later = later.skip_while(|later| *later <= index);
    let altering = later.filter(|later| {
        let standing = &history.changes()[*later].standing;
        matches!(standing, Standing::Effective | Standing::Opaque)
    });
    for later in altering.take(MOST) {
        let on = is_on(history, later, &lines, &mut stands);
        match (since, on) {
            (Some(from), false) => {
                spans.push(Span {
                    from,
                    to: time(later),
                    ended_by: Some(later),
                });
                since = None;
            }
            (None, true) => since = Some(time(later)),
            _ => {}
        }
    }
    spans.extend(since.map(|from| Span {
        from,
        to: i64::MAX,
        ended_by: None,
    }));
    spans
}

/// When what a change set was in force, if no log shows what it altered: until a later write altered
/// something of it, in a time in which the outage ended.
pub fn in_force_until(history: &History, index: usize, (from, to): (i64, i64)) -> Option<Span> {
    let change = &history.changes()[index];
    let lines = bearing(&change.diff);
    let untold = lines.iter().all(|line| line.before.value().is_none());
    if lines.is_empty() || !untold {
        return None;
    }
    let time = |index: usize| history.changes()[index].change.time.timestamp_micros();
    let alters = |later: &usize| {
        let other = &history.changes()[*later];
        let own = |setting: &Setting| lines.iter().any(|line| line.setting == *setting);
        let told = |line: &DiffLine| own(&line.setting) && line.before.value().is_some();
        other.standing == Standing::Effective && other.diff.iter().any(told)
    };
    let later = history.writes(&change.resource);
    let mut later = later.skip_while(|later| *later <= index || time(*later) < from);
    let undo = later.find(alters).filter(|later| time(*later) <= to)?;
    Some(Span {
        from: time(index),
        to: time(undo),
        ended_by: Some(undo),
    })
}

/// Whether something of what the lines set still stands after a later write.
fn is_on(history: &History, later: usize, lines: &[&DiffLine], stands: &mut [bool]) -> bool {
    let change = &history.changes()[later];
    if lines.is_empty() {
        // No log shows what was altered: the next write to it may take it back.
        return false;
    }
    let Some(settings) = history.settings(&change.resource, At::After(later)) else {
        return stands.contains(&true);
    };
    let mut back = true;
    for (line, stands) in lines.iter().zip(stands.iter_mut()) {
        let now = known(settings, &line.setting);
        *stands = match line.after.value() {
            Some(_) => now.same(&line.after),
            None => *stands && change.diff.iter().all(|own| own.setting != line.setting),
        };
        back &= now.same(&line.before);
    }
    !back && stands.contains(&true)
}
