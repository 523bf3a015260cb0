//! The time over which what a change set is in force: from the change until it is taken back, by
//! whatever call, and again where it is set once more.

use crate::cognito::{
    effects::is_indifferent,
    history::{At, DiffLine, History, Standing},
    setting::known,
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
