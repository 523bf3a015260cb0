//! Runs that are repeated: what was said before, whom to tell, and that a blind run is no quiet one.

use std::time::Duration;

use anyhow::anyhow;
use chrono::Utc;
use clap::Args;
use trailblame::{attribute::Investigation, record::mask, report::words};

use super::{Usage, aws::Connection, bounds};

mod http;
mod state;
mod store;
mod target;

use state::{Notice, Pending, State};
use store::{Loaded, Store};
use target::{Secret, Target};

/// What a run on a schedule needs.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Schedule")]
pub struct Scheduling {
    /// State file, or s3://BUCKET/KEY: each incident is notified once.
    #[arg(long, value_name = "FILE|S3")]
    state: Option<String>,
    /// Notify when an incident opens, when its verdict changes, and when it closes; repeatable:
    /// slack=env:NAME, webhook=file:PATH (the variable or file holds the address) or
    /// command='…' (JSON on standard input).
    #[arg(long, value_name = "KIND=TARGET", requires = "state")]
    notify: Vec<String>,
    /// Request the URL in this variable or file after each run that saw everything: env:NAME or
    /// file:PATH.
    #[arg(long, value_name = "SECRET")]
    heartbeat: Option<String>,
    /// How long to wait for a webhook, which is tried three times, or for a command to end.
    #[arg(long, value_name = "DURATION", default_value = "30s")]
    notify_timeout: String,
}

/// What the arguments mean.
pub struct Schedule {
    store: Option<Store>,
    targets: Vec<Target>,
    heartbeat: Option<Secret>,
    patience: Duration,
    run: String,
}

/// How often a state that others write too is tried.
const TRIES: u32 = 20;

impl Scheduling {
    /// Checks what was typed.
    pub fn resolve(self, connection: Connection) -> anyhow::Result<Schedule> {
        let targets = self.notify.iter().map(|text| Target::new(text));
        let targets = targets.collect::<Result<_, Usage>>()?;
        let heartbeat = self.heartbeat.as_deref();
        let heartbeat = heartbeat
            .map(|text| Secret::new("--heartbeat", text))
            .transpose()?;
        let patience = bounds::duration("--notify-timeout", &self.notify_timeout)?;
        let store = self.state.as_deref();
        Ok(Schedule {
            store: store.map(|name| Store::new(name, connection)).transpose()?,
            targets,
            heartbeat,
            patience: patience.to_std().unwrap_or(Duration::MAX),
            run: format!("{:016x}", fastrand::u64(..)),
        })
    }
}

/// The state is another each time that it is written.
#[derive(Debug, thiserror::Error)]
#[error("the state is written by others all the time")]
struct Busy;

/// What a run has to tell.
#[derive(Debug, Default)]
pub struct Claim {
    mine: Vec<Pending>,
    /// Why the state does not know of it, if it does not.
    failure: Option<anyhow::Error>,
}

impl Schedule {
    /// Compares with what was said, and claims what is to be told; outages get the ids they were
    /// first told by. `whole` is false where only some app clients or pools were looked at.
    pub fn observe(&self, investigation: &mut Investigation, whole: bool) -> Claim {
        let blind = why_blind(investigation);
        self.claim(|state| state.observe(investigation, blind.clone(), whole))
    }

    /// The same of a run that ended before it saw anything.
    pub fn observe_failure(&self, error: &anyhow::Error) -> Claim {
        let why = mask::text(&format!("{error:#}")).into_owned();
        self.claim(|state| state.see(Some(why.clone())))
    }

    fn claim(&self, mut notices: impl FnMut(&mut State) -> Vec<Notice>) -> Claim {
        let names: Vec<String> = self
            .targets
            .iter()
            .map(|target| target.name.clone())
            .collect();
        let mut take = |state: &mut State| {
            let told = notices(state);
            state.queue(told, &names, &self.run, Utc::now());
            state.claimed_by(&self.run)
        };
        let mut mine = None;
        let failure = self.change(|state| mine = Some(take(state))).err();
        let is_busy = failure.as_ref().is_some_and(|error| error.is::<Busy>());
        let mine = match (mine, &failure) {
            (Some(mine), _) if !is_busy => mine,
            // What no state can take is told all the same, and perhaps once more by the next run: an
            // alert twice is better than none.
            (None, Some(_)) => take(&mut State::default()),
            _ => Vec::new(),
        };
        Claim { mine, failure }
    }

    /// Reads, changes and writes the state, and again if another run wrote it meanwhile.
    fn change(&self, mut change: impl FnMut(&mut State)) -> anyhow::Result<()> {
        let Some(store) = &self.store else {
            return Ok(());
        };
        for turn in 0..TRIES {
            let Loaded {
                state: before,
                version,
                is_sound,
            } = store.load()?;
            let mut state = before.clone();
            change(&mut state);
            let unchanged = state == before && version.is_some();
            if unchanged && is_sound || store.store(&state, &version)? {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50 * u64::from(turn + 1)));
        }
        Err(Busy.into())
    }

    /// Sends what this run has claimed; what could not be sent stays for the next. Says all that went
    /// wrong.
    pub fn send(&self, claim: Claim) -> Vec<anyhow::Error> {
        let mut unsent: Vec<Pending> = Vec::new();
        let mut failures = Vec::new();
        for pending in claim.mine {
            let mut left = Vec::new();
            for name in &pending.targets {
                let target = self.targets.iter().find(|target| target.name == *name);
                // A target that is not asked for any more is forgotten.
                let Some(target) = target else { continue };
                if let Err(why) = target.tell(&pending.notice, self.patience) {
                    failures.push(format!("failed to notify {}: {why}", target.shown));
                    left.push(name.clone());
                }
            }
            if !left.is_empty() {
                unsent.push(Pending {
                    targets: left,
                    ..pending
                });
            }
        }
        failures.dedup();
        let again = "; the next run tries again";
        let failures = failures.into_iter().map(|why| anyhow!("{why}{again}"));
        let settled = match claim.failure {
            Some(failure) => Err(failure),
            None => self.change(|state| state.settle(&self.run, &unsent)),
        };
        failures.chain(settled.err()).collect()
    }

    /// A sign of life, of a run that saw everything.
    pub fn beat(&self, investigation: &Investigation) -> anyhow::Result<()> {
        let Some(heartbeat) = &self.heartbeat else {
            return Ok(());
        };
        match why_blind(investigation) {
            Some(_) => Ok(()),
            None => heartbeat
                .visit(self.patience)
                .map_err(|why| anyhow!("failed to send the heartbeat: {why}")),
        }
    }
}

/// Why this run did not see what it should have seen, if it did not.
fn why_blind(investigation: &Investigation) -> Option<String> {
    let summary = &investigation.summary;
    if let Some(note) = summary.notes.first() {
        return Some(note.clone());
    }
    if let Some(rejected) = summary.rejected.first() {
        return Some(format!("{}: {}", rejected.path, rejected.reason));
    }
    if investigation.coverage.is_empty() {
        return Some("no log holds anything of that time".to_owned());
    }
    let dark = investigation.coverage.iter().find(|row| row.dark)?;
    let since = words::date_time(dark.to);
    Some(format!("{} tells nothing since {since} UTC", dark.source))
}
