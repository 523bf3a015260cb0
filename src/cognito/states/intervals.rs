//! The intervals of one resource: walks its writes and closes a row wherever a value ends.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    KnownFrom, State,
    said::{Said, is_version},
};
use crate::{
    cognito::{
        history::{ConfigChange, Step, Taken, Timeline},
        lifetime::{Token, lifetime},
        setting::{Known, Resource, Setting, Settings, known, may_exist},
    },
    ids::EventId,
};

/// The rows of `resource`, by member and time.
pub(super) fn of(resource: &Resource, timeline: &Timeline, changes: &[ConfigChange]) -> Vec<State> {
    let mut walk = Walk {
        resource,
        rows: Vec::new(),
        open: BTreeMap::new(),
        calls: BTreeSet::new(),
    };
    for (at, step) in timeline.steps.iter().enumerate() {
        walk.take(timeline, at);
        if let Some(found) = changes.get(step.change) {
            walk.apply(step, found);
        }
    }
    walk.take(timeline, timeline.steps.len());
    // Stable: rows of one second stay in order of their writes.
    walk.rows.sort_by(|a, b| a.member.cmp(&b.member));
    walk.rows
}

struct Walk<'a> {
    resource: &'a Resource,
    rows: Vec<State>,
    open: BTreeMap<Setting, Open>,
    /// Names of the calls met.
    calls: BTreeSet<String>,
}

/// The row of a member that has no end yet.
struct Open {
    row: usize,
    value: Option<Value>,
    since: Option<DateTime<Utc>>,
    /// When a write or description last said that it holds.
    seen: Option<DateTime<Utc>>,
}

/// What begins a row.
#[derive(Default)]
struct Start {
    from: Option<DateTime<Utc>>,
    set_by: Option<EventId>,
    known_by: Option<KnownFrom>,
}

impl Walk<'_> {
    fn take(&mut self, timeline: &Timeline, before: usize) {
        for taken in timeline.taken.iter().filter(|taken| taken.before == before) {
            self.describe(taken);
        }
    }

    /// Takes up a description: it tells neither of an instant nor of a write, only that what it
    /// shows has held since it was last modified.
    fn describe(&mut self, taken: &Taken) {
        for (setting, shown) in in_seconds(&taken.settings) {
            let (Some(value), open) = (shown.value(), self.open.get_mut(&setting)) else {
                continue;
            };
            let mut from = taken.modified;
            if let Some(open) = open {
                from = from.max(open.seen);
                if open.value.as_ref() == Some(value) {
                    open.seen = from;
                    continue;
                }
                if taken.modified.is_none() {
                    continue;
                }
                if open.value.is_some() && from > open.seen {
                    self.lose(&setting);
                }
            }
            let known_by = match shown {
                Known::Observed(_) => KnownFrom::Description,
                _ => KnownFrom::Assumed,
            };
            let start = Start {
                from,
                set_by: None,
                known_by: Some(known_by),
            };
            self.begin(&setting, Some(value), start);
        }
    }

    fn apply(&mut self, step: &Step, found: &ConfigChange) {
        let created = self.open.get(&Setting::EXISTS).and_then(|open| open.since);
        let write = Write {
            said: Said::new(&found.change, self.resource),
            is_first: self.calls.insert(found.change.name.clone()) && created.is_none(),
            step,
            time: found.change.time,
            id: EventId::new(&found.change.event_id),
        };
        let (before, mut after) = (in_seconds(&step.before), in_seconds(&step.after));
        self.meet(&before, write.time);
        if !may_exist(&step.before) || !may_exist(&step.after) {
            self.end_all_but(&after, write.time);
        }
        let open = self
            .open
            .keys()
            .filter(|setting| !is_version(setting))
            .cloned();
        let settings: BTreeSet<Setting> = open.chain(after.keys().cloned()).collect();
        for setting in settings {
            let was = known(&before, &setting);
            self.pass(&setting, was, known(&after, &setting), &write);
        }
        if may_exist(&step.after) {
            after = write.said.versions(step);
            for (setting, version) in &after {
                self.pass(setting, &Known::Unknown, version, &write);
            }
        }
    }

    /// What a write proves of the state before it: a value that no write explains ended the one
    /// before at an unknown time.
    fn meet(&mut self, before: &Settings, time: DateTime<Utc>) {
        let contradicted = self.open.iter().filter(|(setting, open)| {
            open.value.is_some()
                && !is_version(setting)
                && known(before, setting).value() != open.value.as_ref()
        });
        let contradicted: Vec<Setting> = contradicted.map(|(setting, _)| setting.clone()).collect();
        for setting in contradicted {
            self.lose(&setting);
        }
        for (setting, known) in before {
            if known.value().is_some() && !self.open.contains_key(setting) {
                let start = Start {
                    known_by: Some(KnownFrom::Implied),
                    ..Start::default()
                };
                self.begin(setting, known.value(), start);
                self.see(setting, time);
            }
        }
    }

    /// One member before and after a write.
    fn pass(&mut self, setting: &Setting, was: &Known, is: &Known, write: &Write<'_>) {
        let open = self.open.get(setting);
        let before = open.and_then(|open| open.value.as_ref());
        let version = is_version(setting);
        match is.value() {
            Some(value) if before == Some(value) => {
                if version || write.said.tells(setting, is, write.step) {
                    self.confirm(setting, write);
                }
            }
            Some(value) => {
                let known_by = write.said.source(setting, is, write.step);
                let explained = version || write.said.explains(setting, is, write.step);
                if explained && !was.same(is) {
                    let start = Start {
                        from: Some(write.time),
                        set_by: Some(write.id.clone()),
                        known_by,
                    };
                    self.begin(setting, Some(value), start);
                } else {
                    // It was there before; since when, nobody knows.
                    let since_ever = open.is_none() && write.is_first;
                    let from = (!since_ever).then_some(write.time);
                    let start = Start {
                        from,
                        set_by: None,
                        known_by,
                    };
                    self.begin(setting, Some(value), start);
                    self.confirm(setting, write);
                }
                self.see(setting, write.time);
            }
            None => {
                let hidden = version || write.said.gives(setting);
                let secret = *setting == Setting::CLIENT_SECRET && open.is_none();
                if before.is_some() || hidden || secret {
                    let start = Start {
                        from: Some(write.time),
                        set_by: Some(write.id.clone()),
                        known_by: None,
                    };
                    self.begin(setting, None, start);
                }
            }
        }
    }

    /// Ends the open row, if there is one, and begins the next.
    fn begin(&mut self, setting: &Setting, value: Option<&Value>, start: Start) {
        self.end(setting, start.from);
        let open = Open {
            row: self.rows.len(),
            value: value.cloned(),
            since: start.from,
            seen: start.from,
        };
        self.open.insert(setting.clone(), open);
        self.rows.push(State {
            resource: self.resource.clone(),
            member: setting.clone(),
            value: value.cloned(),
            from: start.from,
            to: None,
            set_by: start.set_by,
            known_by: start.known_by,
            confirmed_by: Vec::new(),
        });
    }

    fn end(&mut self, setting: &Setting, at: Option<DateTime<Utc>>) {
        if let Some(open) = self.open.remove(setting)
            && let Some(row) = self.rows.get_mut(open.row)
        {
            row.to = at;
        }
    }

    /// From where it was last seen to hold, nobody knows what holds.
    fn lose(&mut self, setting: &Setting) {
        let seen = self.open.get(setting).and_then(|open| open.seen);
        let start = Start {
            from: seen,
            ..Start::default()
        };
        self.begin(setting, None, start);
    }

    /// What begins or ends takes everything with it but what stands after it.
    fn end_all_but(&mut self, after: &Settings, time: DateTime<Utc>) {
        let gone = self.open.keys().filter(|open| !after.contains_key(*open));
        let gone: Vec<Setting> = gone.cloned().collect();
        for setting in gone {
            self.end(&setting, Some(time));
        }
    }

    fn confirm(&mut self, setting: &Setting, write: &Write<'_>) {
        let row = self.open.get(setting).map(|open| open.row);
        if let Some(row) = row.and_then(|row| self.rows.get_mut(row)) {
            row.confirmed_by.push(write.id.clone());
        }
        self.see(setting, write.time);
    }

    fn see(&mut self, setting: &Setting, time: DateTime<Utc>) {
        if let Some(open) = self.open.get_mut(setting) {
            open.seen = Some(time);
        }
    }
}

struct Write<'a> {
    said: Said<'a>,
    step: &'a Step,
    /// Whether no such call was met before, nor the creation of the resource.
    is_first: bool,
    time: DateTime<Utc>,
    id: EventId,
}

/// The settings with each lifetime in seconds, under the name of its number.
fn in_seconds(settings: &Settings) -> Settings {
    let mut settings = settings.clone();
    for token in Token::ALL {
        let (count, unit) = (
            Setting::named(token.validity()),
            Setting::named(token.unit()),
        );
        let length = lifetime(&settings, token).map(|length| json!(length.num_seconds()));
        let seen = [&count, &unit].map(|part| known(&settings, part).observed().is_some());
        settings.remove(&unit);
        if let Some(was) = settings.get_mut(&count) {
            *was = match length {
                Some(length) if seen == [true; 2] => Known::Observed(length),
                Some(length) => Known::Assumed(length),
                None => Known::Unknown,
            };
        }
    }
    settings
}
