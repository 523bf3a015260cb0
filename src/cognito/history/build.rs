//! Builds the timelines: applies the writes one after the other, takes up saved descriptions where
//! they belong, and notes where the two do not fit.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{
    Gap, Snapshot,
    effect::{Effect, effect},
    place::{Place, confirm, is_later, is_younger, place, replaces},
    timeline::{Step, Taken, Timeline},
    write::Write,
};
use crate::{
    cognito::setting::{Known, Resource, Setting, Settings, known, may_exist},
    ids::EventId,
};

/// The timelines of everything written to or described, and the gaps found on the way.
pub(super) fn build(
    writes: &[Write<'_>],
    resources: &[Resource],
    snapshots: &[Snapshot],
) -> (BTreeMap<Resource, Timeline>, Vec<Gap>) {
    let mut made: BTreeMap<&Resource, Vec<usize>> = BTreeMap::new();
    for (index, resource) in resources.iter().enumerate() {
        made.entry(resource).or_default().push(index);
    }
    for snapshot in snapshots {
        made.entry(&snapshot.resource).or_default();
    }
    let mut gaps = Vec::new();
    let timelines = made
        .into_iter()
        .map(|(resource, changes)| {
            let mut builder = Builder::new(resource, writes, changes, snapshots);
            builder.run();
            gaps.append(&mut builder.gaps);
            (resource.clone(), builder.timeline)
        })
        .collect();
    (timelines, gaps)
}

struct Builder<'a> {
    resource: &'a Resource,
    writes: Vec<(usize, &'a Write<'a>)>,
    snapshots: Vec<(Place, &'a Snapshot)>,
    state: Settings,
    timeline: Timeline,
    gaps: Vec<Gap>,
}

impl<'a> Builder<'a> {
    fn new(
        resource: &'a Resource,
        writes: &'a [Write<'a>],
        changes: Vec<usize>,
        snapshots: &'a [Snapshot],
    ) -> Self {
        let writes: Vec<_> = changes
            .into_iter()
            .filter_map(|change| Some((change, writes.get(change)?)))
            .filter(|(_, write)| write.error().is_none())
            .collect();
        let mut own: Vec<_> = snapshots
            .iter()
            .filter(|snapshot| snapshot.resource == *resource)
            .map(|snapshot| (place(&writes, snapshot), snapshot))
            .collect();
        // Undated ones last: they are taken for the present.
        own.sort_by_key(|(_, snapshot)| (snapshot.modified.is_none(), snapshot.modified));
        Self {
            resource,
            writes,
            snapshots: own,
            state: Settings::new(),
            timeline: Timeline::default(),
            gaps: Vec::new(),
        }
    }

    fn run(&mut self) {
        if let Some((_, snapshot)) = self.snapshots.iter().rfind(|(p, _)| *p == Place::Start) {
            self.state = self.start(snapshot);
            if !self.writes.is_empty() {
                self.timeline.taken.push(Taken {
                    before: 0,
                    modified: snapshot.modified,
                    settings: self.state.clone(),
                });
            }
        }
        for step in 0..self.writes.len() {
            self.apply(step);
        }
        self.close();
    }

    /// What a description of before the first replacing change says of the beginning: for certain
    /// if nothing was changed between the state it shows and the first write of all.
    fn start(&self, snapshot: &Snapshot) -> Settings {
        let first = self.writes.first().map(|(_, write)| write.change.time);
        let is_old = snapshot
            .modified
            .zip(first)
            .is_some_and(|(modified, first)| is_younger(first, modified));
        let touched = self.touched_from(0);
        let untouched = |(setting, _): &(&Setting, &Known)| !touched.contains(*setting);
        let seen = snapshot.settings.iter().filter(untouched);
        seen.map(|(setting, known)| {
            let known = if is_old {
                known.clone()
            } else {
                known.assumed()
            };
            (setting.clone(), known)
        })
        .collect()
    }

    fn apply(&mut self, step: usize) {
        let Some(&(change, write)) = self.writes.get(step) else {
            return;
        };
        let made = effect(write, self.resource, &self.state);
        self.note_gap(&made, write.change.time);
        let mut before = std::mem::take(&mut self.state);
        if !may_exist(&made.implied) {
            // Whatever was known of it belongs to an earlier life.
            before.clear();
        }
        before.extend(made.implied);
        before.extend(made.unexplained);
        let mut after = made.after;
        let mut described = BTreeSet::new();
        for (place, snapshot) in &self.snapshots {
            let last = self.writes.iter().rposition(|(_, w)| replaces(w));
            let undated = *place == Place::Undated && last == Some(step);
            if *place == Place::Shows(step) || undated {
                let except = self.touched_from(step + 1);
                described.extend(confirm(&mut after, snapshot, &except));
            }
        }
        self.state = after.clone();
        self.timeline.steps.push(Step {
            change,
            before,
            after,
            touched: made.touched,
            described,
            opaque: made.opaque,
        });
        self.overtake(step);
    }

    /// Takes up a description of a state that no logged change left, at the end of its stretch.
    fn overtake(&mut self, step: usize) {
        if self.snapshots.is_empty() {
            return;
        }
        let ends = self.writes.get(step + 1).is_none_or(|(_, w)| replaces(w));
        let since = self.writes.get(..=step).unwrap_or_default();
        let from = since.iter().rposition(|(_, w)| replaces(w));
        let place = from.map(Place::Later);
        let described: Vec<_> = self
            .snapshots
            .iter()
            .filter(|(at, _)| ends && Some(*at) == place)
            .map(|(_, snapshot)| *snapshot)
            .collect();
        for snapshot in described {
            self.take(snapshot);
        }
    }

    /// Ends the timeline with the last description, unless the last replacing change is younger.
    fn close(&mut self) {
        let last = self.writes.iter().rposition(|(_, w)| replaces(w));
        let current = |place: Place| match (place, last) {
            (Place::Undated, _) | (Place::Start, None) => true,
            (Place::Shows(step) | Place::Later(step), Some(last)) => step == last,
            _ => false,
        };
        let described: Vec<_> = self
            .snapshots
            .iter()
            .filter(|(place, _)| current(*place))
            .map(|(_, snapshot)| *snapshot)
            .collect();
        for snapshot in &described {
            self.take(snapshot);
        }
        if self.timeline.steps.is_empty() {
            let assumed = |(setting, known): (&Setting, &Known)| (setting.clone(), known.assumed());
            let baseline: Settings = self.state.iter().map(assumed).collect();
            self.timeline.baseline = (!described.is_empty()).then_some(baseline);
        }
        let known = !described.is_empty() || !self.timeline.steps.is_empty();
        self.timeline.now = known.then(|| std::mem::take(&mut self.state));
    }

    /// Makes the state what `snapshot` shows, apart from what later steps wrote.
    fn take(&mut self, snapshot: &Snapshot) {
        if !may_exist(&self.state) {
            return;
        }
        let younger = self.touched_after(snapshot.modified);
        let mut strays = Vec::new();
        let mut taken = Settings::new();
        for (setting, seen) in &snapshot.settings {
            let state = known(&self.state, setting);
            let kept = younger.contains(setting) || seen.value().is_none();
            if kept && state.value().is_some() {
                continue;
            }
            if state.observed().is_some() && seen.observed().is_some() && state.differs(seen) {
                strays.push(setting.clone());
            }
            taken.insert(setting.clone(), seen.clone());
            self.state.insert(setting.clone(), seen.clone());
        }
        self.timeline.taken.push(Taken {
            before: self.timeline.steps.len(),
            modified: snapshot.modified,
            settings: taken,
        });
        if let Some(modified) = snapshot.modified
            && self
                .last()
                .is_some_and(|last| is_later(modified, last.change.time))
        {
            self.report(strays, modified);
        }
    }

    fn note_gap(&mut self, made: &Effect, before: DateTime<Utc>) {
        // What was only assumed may have been assumed wrongly.
        let contradicted = made.implied.iter().chain(&made.unexplained);
        let contradicted = contradicted.filter(|(setting, shown)| {
            let state = known(&self.state, setting);
            state.observed().is_some() && state.differs(shown)
        });
        let strays = contradicted.map(|(setting, _)| setting.clone()).collect();
        self.report(strays, before);
    }

    fn report(&mut self, settings: Vec<Setting>, before: DateTime<Utc>) {
        // One name may be many things, in other Regions and accounts.
        if settings.is_empty() || self.resource.pool().is_none() {
            return;
        }
        self.gaps.push(Gap {
            resource: self.resource.clone(),
            after: self
                .last()
                .map(|write| EventId::new(&write.change.event_id)),
            before,
            settings,
        });
    }

    /// What the writes from `step` on touch, up to the next replacing one.
    fn touched_from(&self, step: usize) -> BTreeSet<Setting> {
        let following = self.writes.get(step..).unwrap_or_default();
        following
            .iter()
            .take_while(|(_, write)| !replaces(write))
            .flat_map(|(_, write)| effect(write, self.resource, &Settings::new()).touched)
            .collect()
    }

    /// What steps later than `modified` touched.
    fn touched_after(&self, modified: Option<DateTime<Utc>>) -> BTreeSet<Setting> {
        let steps = self.timeline.steps.iter().zip(&self.writes);
        steps
            .filter(|(_, (_, write))| {
                modified.is_some_and(|modified| is_younger(write.change.time, modified))
            })
            .flat_map(|(step, _)| step.touched.iter().cloned())
            .collect()
    }

    /// The write applied last.
    fn last(&self) -> Option<&'a Write<'a>> {
        let step = self.timeline.steps.len().checked_sub(1)?;
        self.writes.get(step).map(|(_, write)| *write)
    }
}
