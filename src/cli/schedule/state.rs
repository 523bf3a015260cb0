//! What was said before, so that an outage is told once, and again only when the story changes.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use trailblame::{
    attribute::{Finding, Investigation},
    detect::EndState,
    report::{escape, notice, words},
};

use super::target;

/// The name of the form; another is not read.
pub const SCHEMA: &str = "trailblame/state/1";
/// What is over is forgotten after so long.
const KEPT: TimeDelta = TimeDelta::days(90);
/// A run that sends is given up for dead after so long, and another sends in its place.
const CLAIM: TimeDelta = TimeDelta::minutes(10);

/// All that was said.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct State {
    schema: String,
    outages: Vec<Told>,
    /// Why the last run could not see.
    blind: Option<String>,
    /// What is not sent yet.
    pub pending: Vec<Pending>,
}

/// An outage as it was told.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Told {
    id: String,
    account_id: Option<String>,
    user_pool_id: Option<String>,
    client_ids: Vec<String>,
    kind: String,
    onset: DateTime<Utc>,
    end: Option<DateTime<Utc>>,
    seen_until: DateTime<Utc>,
    verdict: String,
    event_ids: Vec<String>,
    open: bool,
}

/// A notice on its way.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Pending {
    /// Its own name.
    pub id: String,
    /// What it says.
    pub notice: Notice,
    /// Whom it was not sent to yet, as [`target::name`] names them.
    pub targets: Vec<String>,
    /// Which run sends it.
    pub claim: String,
    /// Then it is given up for dead.
    pub claimed_until: DateTime<Utc>,
}

/// Something to tell.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Notice {
    /// `opened`, `revised`, `closed`, `blind`, `seeing`.
    pub event: String,
    /// For people.
    pub text: String,
    /// For programs.
    pub document: Value,
}

impl Default for State {
    fn default() -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            outages: Vec::new(),
            blind: None,
            pending: Vec::new(),
        }
    }
}

impl State {
    /// Whether it is of the form that is read here.
    pub fn is_known(&self) -> bool {
        self.schema == SCHEMA
    }

    /// The state of an earlier version, which named commands by their text: it may hold secrets.
    pub fn with_names_of_targets(mut self) -> Self {
        for pending in &mut self.pending {
            for name in &mut pending.targets {
                *name = target::name(name);
            }
        }
        self
    }

    /// What this run has claimed, to send it.
    pub fn claimed_by(&self, run: &str) -> Vec<Pending> {
        let mine = self.pending.iter().filter(|pending| pending.claim == run);
        mine.cloned().collect()
    }

    /// Compares what was found with what was said, and gives each outage the id it was first told by.
    /// `blind` says why the sources could not be seen wholly, if they could not.
    pub fn observe(
        &mut self,
        investigation: &mut Investigation,
        blind: Option<String>,
        whole: bool,
    ) -> Vec<Notice> {
        let window = investigation.window;
        let mut notices = self.see(blind);
        let mut met = Vec::new();
        for at in 0..investigation.findings.len() {
            let finding = &investigation.findings[at];
            let known = self.known(finding, window.end, &met);
            let id = known.map(|known| self.outages[known].id.clone());
            if let Some(id) = id {
                investigation.findings[at].incident.id = id;
            }
            let finding = &investigation.findings[at];
            let now = Told::new(finding, window.end);
            match known {
                None => {
                    met.push(self.outages.len());
                    notices.push(Notice::of("opened", finding, investigation, None));
                    self.outages.push(now);
                }
                Some(known) => {
                    met.push(known);
                    let before = &self.outages[known];
                    // Who sees only its end knows less of its cause.
                    let now = match investigation.read.start <= before.onset {
                        true => now,
                        false => before.seen_later(now),
                    };
                    if before.says_another(&now) {
                        let said = before.said();
                        notices.push(Notice::of("revised", finding, investigation, Some(&said)));
                    } else if before.open && !now.open {
                        notices.push(Notice::of("closed", finding, investigation, None));
                    }
                    self.outages[known] = now;
                }
            }
        }
        if self.blind.is_none() && whole {
            notices.extend(self.gone(&met, investigation));
        }
        let oldest = window.end - KEPT;
        self.outages.retain(|told| told.seen_until >= oldest);
        notices
    }

    /// What is told when a run could not see, once, and when one sees again.
    pub fn see(&mut self, blind: Option<String>) -> Vec<Notice> {
        let was = std::mem::replace(&mut self.blind, blind);
        match (was, &self.blind) {
            (None, Some(why)) => vec![Notice::plain("blind", notice::blind(why))],
            (Some(_), None) => vec![Notice::plain("seeing", notice::seeing())],
            _ => Vec::new(),
        }
    }

    /// Open outages that this run should have seen and did not, since it looked at their account
    /// before and after their last failure: they are over.
    fn gone(&mut self, met: &[usize], investigation: &Investigation) -> Vec<Notice> {
        let (start, end) = (investigation.window.start, investigation.window.end);
        let is_looked_at = |account: &String| {
            let rows = investigation.coverage.iter();
            let mut accounts = rows.filter_map(|row| row.account.as_ref());
            accounts.any(|looked_at| looked_at.as_str() == account)
        };
        let mut notices = Vec::new();
        for (at, told) in self.outages.iter_mut().enumerate() {
            let there = told.account_id.as_ref().is_none_or(is_looked_at);
            let covered = there && start <= told.seen_until && told.seen_until < end;
            if told.open && covered && !met.contains(&at) {
                told.open = false;
                notices.push(Notice::plain(
                    "closed",
                    notice::gone(&told.id, &told.client_ids),
                ));
            }
        }
        notices
    }

    /// The outage that this one is, as it was told: of the same pool and kind, at the same time, of
    /// the same app clients where both name some.
    fn known(&self, finding: &Finding, end: DateTime<Utc>, met: &[usize]) -> Option<usize> {
        let now = Told::new(finding, end);
        let free = || {
            self.outages
                .iter()
                .enumerate()
                .filter(|(at, _)| !met.contains(at))
        };
        let same = free().find(|(_, told)| told.id == now.id);
        let alike = || free().find(|(_, told)| told.is_alike(&now));
        same.or_else(alike).map(|(at, _)| at)
    }

    /// Puts notices into the queue, claimed by the run of that name.
    pub fn queue(
        &mut self,
        notices: Vec<Notice>,
        targets: &[String],
        run: &str,
        now: DateTime<Utc>,
    ) {
        let count = self.pending.len();
        let claimed = notices.into_iter().enumerate().map(|(at, notice)| Pending {
            id: format!("{run}-{}", count + at),
            notice,
            targets: targets.to_vec(),
            claim: run.to_owned(),
            claimed_until: now + CLAIM,
        });
        self.pending
            .extend(claimed.filter(|pending| !pending.targets.is_empty()));
        for pending in &mut self.pending {
            // A clock that was wrong may have claimed it for years.
            let lost = pending.claimed_until < now || pending.claimed_until > now + CLAIM * 2;
            if lost {
                pending.claim = run.to_owned();
                pending.claimed_until = now + CLAIM;
            }
        }
    }

    /// Forgets what was sent, and gives back what was not.
    pub fn settle(&mut self, run: &str, unsent: &[Pending]) {
        for pending in self
            .pending
            .iter_mut()
            .filter(|pending| pending.claim == run)
        {
            let left = unsent.iter().find(|left| left.id == pending.id);
            pending.targets = left.map(|left| left.targets.clone()).unwrap_or_default();
            pending.claimed_until = DateTime::UNIX_EPOCH;
        }
        self.pending.retain(|pending| !pending.targets.is_empty());
    }
}

impl Told {
    fn new(finding: &Finding, window_end: DateTime<Utc>) -> Self {
        let incident = &finding.incident;
        let named = finding.named();
        let ids = named.map(|named| named.event_ids.iter().map(ToString::to_string).collect());
        Self {
            id: incident.id.clone(),
            account_id: incident.account.as_ref().map(ToString::to_string),
            user_pool_id: incident.user_pool.as_ref().map(ToString::to_string),
            client_ids: incident.clients.iter().map(ToString::to_string).collect(),
            kind: words::kind(incident.kind).to_owned(),
            onset: incident.onset,
            end: incident.end,
            seen_until: incident.end.unwrap_or(window_end),
            verdict: words::verdict(finding.verdict).to_owned(),
            event_ids: ids.unwrap_or_default(),
            // Silence after failures is no success.
            open: incident.end_state != EndState::Recovered,
        }
    }

    fn is_alike(&self, now: &Self) -> bool {
        let place = self.account_id == now.account_id
            && self.user_pool_id == now.user_pool_id
            && self.kind == now.kind;
        let clients = self.client_ids.is_empty()
            || now.client_ids.is_empty()
            || self.client_ids.iter().any(|id| now.client_ids.contains(id));
        let until = |told: &Self| told.end.unwrap_or(DateTime::<Utc>::MAX_UTC);
        let time = self.onset <= until(now) && now.onset <= until(self);
        place && clients && time
    }

    /// The same outage when only its end was seen.
    fn seen_later(&self, now: Self) -> Self {
        Self {
            end: now.end,
            seen_until: now.seen_until,
            open: now.open,
            ..self.clone()
        }
    }

    /// Whether the verdict or the named change is another than was said.
    fn says_another(&self, now: &Self) -> bool {
        let named = |told: &Self| !told.event_ids.is_empty();
        let shared = self.event_ids.iter().any(|id| now.event_ids.contains(id));
        self.verdict != now.verdict || (named(self) || named(now)) && !shared
    }

    fn said(&self) -> String {
        match self.event_ids.first() {
            Some(id) => format!("event {id} was named"),
            None if self.verdict == "no_change" => "no change was to blame".to_owned(),
            None => "the logs could not decide".to_owned(),
        }
    }
}

impl Notice {
    fn of(
        event: &str,
        finding: &Finding,
        investigation: &Investigation,
        before: Option<&str>,
    ) -> Self {
        let clock = words::Clock::of(investigation);
        let labels = words::Labels::new(&investigation.names);
        let text = match event {
            "opened" => notice::opened(finding, clock),
            "revised" => notice::revised(finding, clock, before.unwrap_or_default()),
            _ => notice::closed(finding, clock),
        };
        let text = escape::lines(&labels.introduced(&text, &mut BTreeSet::new()));
        Self {
            event: event.to_owned(),
            document: notice::document(event, &text, Some(finding), investigation),
            text,
        }
    }

    fn plain(event: &str, text: String) -> Self {
        let text = escape::lines(&text);
        Self {
            event: event.to_owned(),
            document: notice::plain(event, &text),
            text,
        }
    }
}
