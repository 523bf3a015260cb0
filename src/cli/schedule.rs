//! Runs that are repeated: what was said before, whom to tell, and that a blind run is no quiet one.

use std::time::Duration;

use anyhow::anyhow;
use chrono::Utc;
use clap::Args;
use trailblame::{attribute::Investigation, report::words};

use super::{Usage, aws::Connection, bounds};

mod http;
mod state;
mod store;
mod target;

use state::{Notice, Pending, State};
use store::{Store, Version};
use target::{Secret, Target};

/// What a run on a schedule needs.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Schedule")]
pub struct Scheduling {
    /// Remember here what was told, so that an outage is told once: a file, or s3://BUCKET/KEY.
    #[arg(long, value_name = "FILE|S3")]
    state: Option<String>,
    /// Tell when an outage opens, when its story changes, and when it closes; repeatable:
    /// slack=env:NAME, webhook=file:PATH (the variable or file holds the address) or
    /// command='…' (JSON on standard input).
    #[arg(long, value_name = "KIND=TARGET", requires = "state")]
    notify: Vec<String>,
    /// Ask for the address in this variable or file after a run that saw everything: env:NAME or
    /// file:PATH.
    #[arg(long, value_name = "SECRET")]
    heartbeat: Option<String>,
    /// Wait so long for a webhook's answer; it is asked three times.
    #[arg(long, value_name = "DURATION", default_value = "10s")]
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

impl Schedule {
    /// Compares with what was said, and claims what is to be told; outages get the ids they were
    /// first told by. `whole` is false where only some app clients or pools were looked at.
    pub fn observe(&self, investigation: &mut Investigation, whole: bool) -> anyhow::Result<()> {
        let blind = why_blind(investigation);
        self.update(|state| state.observe(investigation, blind.clone(), whole))
    }

    /// The same of a run that ended before it saw anything.
    pub fn observe_failure(&self, error: &anyhow::Error) -> anyhow::Result<()> {
        let why = format!("{error:#}");
        self.update(|state| state.see(Some(why.clone())))
    }

    fn update(&self, mut notices: impl FnMut(&mut State) -> Vec<Notice>) -> anyhow::Result<()> {
        let names: Vec<String> = self
            .targets
            .iter()
            .map(|target| target.name.clone())
            .collect();
        self.change(|state| {
            let told = notices(state);
            state.queue(told, &names, &self.run, Utc::now());
        })
    }

    /// Reads, changes and writes the state, and again if another run wrote it meanwhile.
    fn change(&self, mut change: impl FnMut(&mut State)) -> anyhow::Result<()> {
        let Some(store) = &self.store else {
            return Ok(());
        };
        for turn in 0..TRIES {
            let (before, version): (State, Version) = store.load()?;
            let mut state = before.clone();
            change(&mut state);
            let unchanged = state == before && version.is_some();
            if unchanged || store.store(&state, &version)? {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50 * u64::from(turn + 1)));
        }
        Err(anyhow!("the state is written by others all the time"))
    }

    /// Sends what this run has claimed; what could not be sent stays for the next.
    ///
    /// # Errors
    ///
    /// Something could not be sent.
    pub fn send(&self) -> anyhow::Result<()> {
        let Some(store) = &self.store else {
            return Ok(());
        };
        let (state, _) = store.load()?;
        let mine = state
            .pending
            .iter()
            .filter(|pending| pending.claim == self.run);
        let mut unsent: Vec<Pending> = Vec::new();
        let mut failures = Vec::new();
        for pending in mine.cloned() {
            let mut left = Vec::new();
            for name in &pending.targets {
                let target = self.targets.iter().find(|target| target.name == *name);
                // A target that is not asked for any more is forgotten.
                let result =
                    target.map_or(Ok(()), |target| target.tell(&pending.notice, self.patience));
                if let Err(why) = result {
                    failures.push(format!("failed to notify {}: {why}", shown(name)));
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
        self.change(|state| state.settle(&self.run, &unsent))?;
        failures.dedup();
        match failures.is_empty() {
            true => Ok(()),
            false => Err(anyhow!("{}; the next run tries again", failures.join("; "))),
        }
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

/// A target for messages: of a command only its first word.
fn shown(name: &str) -> String {
    match name.strip_prefix("command=") {
        Some(command) => format!(
            "command={} …",
            command.split(' ').next().unwrap_or_default()
        ),
        None => name.to_owned(),
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
