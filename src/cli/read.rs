//! From the inputs that were typed to frames and history.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use chrono::{DateTime, Utc};
use clap::Args;
use trailblame::{
    cognito::history::{History, Snapshot},
    error::Error,
    frame::{Bounds, Fold, Frames, Mapping, Window},
    record,
    report::words,
    source::{
        files::{self, Counter, Found},
        inflate::Limits,
    },
};

use super::{Usage, bounds, output};

/// Inputs that every command takes.
#[derive(Debug, Args)]
pub struct Reading {
    /// Files, folders, globs or `-`: CloudTrail files, CloudWatch Logs exports, ALB access logs;
    /// plain or gzip.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,
    /// Look at requests from this time on [default: all that the files hold].
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Look at requests before this time.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Read changes from so long before `--since` on.
    #[arg(long, value_name = "DURATION", default_value = "90d")]
    history: String,
    /// Saved output of `aws cognito-idp describe-user-pool-client` or `describe-user-pool`.
    #[arg(long, value_name = "FILE")]
    settings: Vec<PathBuf>,
    /// Lines of this log group, stream or load balancer tell of this app client.
    #[arg(long, value_name = "LOG_GROUP_OR_ALB=CLIENT")]
    map: Vec<String>,
}

/// What the arguments mean.
#[derive(Debug)]
pub struct Inputs {
    paths: Vec<String>,
    bounds: Bounds,
    shown: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    settings: Vec<PathBuf>,
    mappings: Vec<Mapping>,
}

/// Nothing in the inputs was of use.
#[derive(Debug, thiserror::Error)]
#[error("found nothing of use: {found}")]
pub struct NothingOfUse {
    found: String,
    /// What was looked for, or what to ask instead.
    pub hint: &'static str,
}

const LOOKED_FOR: &str = "looked for CloudTrail records, CloudWatch Logs exports with CloudTrail \
                          records or OAuth errors, and ALB access logs";
const OTHER_BOUNDS: &str = "without `--since` and `--until` the window is what the logs hold";

impl Reading {
    /// Checks what was typed.
    pub fn resolve(self) -> Result<Inputs, Usage> {
        let since = self
            .since
            .as_deref()
            .map(|text| bounds::time("--since", text))
            .transpose()?;
        let until = self
            .until
            .as_deref()
            .map(|text| bounds::time("--until", text))
            .transpose()?;
        if let (Some(since), Some(until)) = (since, until) {
            bounds::window("--since … --until", since, until)?;
        }
        let history = bounds::duration("--history", &self.history)?;
        let mappings = self
            .map
            .iter()
            .map(|text| mapping(text))
            .collect::<Result<_, _>>()?;
        Ok(Inputs {
            paths: self.paths,
            bounds: Bounds {
                since,
                until,
                history: since.and_then(|since| since.checked_sub_signed(history)),
            },
            shown: (None, None),
            settings: self.settings,
            mappings,
        })
    }
}

impl Reading {
    /// For a history of changes the bounds are those of the changes shown; what came before them
    /// is read too, since it says what they altered.
    pub fn resolve_for_changes(self) -> Result<Inputs, Usage> {
        let inputs = self.resolve()?;
        Ok(Inputs {
            shown: (inputs.bounds.since, inputs.bounds.until),
            bounds: Bounds::default(),
            ..inputs
        })
    }
}

fn mapping(text: &str) -> Result<Mapping, Usage> {
    match text.rsplit_once('=') {
        Some((log, client)) if !log.is_empty() && !client.is_empty() => Ok(Mapping {
            log: log.to_owned(),
            client: client.to_owned(),
        }),
        _ => Err(Usage {
            message: format!("`--map {text}` names no log and app client"),
            hint: Some("write --map /ecs/web=1h57kf5cpq17m0eml12example".to_owned()),
        }),
    }
}

impl Inputs {
    /// Reads everything into frames.
    pub fn frames(&self) -> anyhow::Result<Frames> {
        let Found { inputs, rejected } = files::find(&self.paths);
        let mut fold = Fold::new(self.bounds);
        fold.rejected(rejected);
        for input in &inputs {
            let name = input.name();
            let counter = Counter::default();
            fold.begin(&name);
            let result = input
                .open(Limits::default(), &counter)
                .and_then(|bytes| record::read(bytes, &name, |record| fold.take(record)));
            fold.end(counter.bytes(), result.err().map(|error| error.to_string()));
        }
        let frames = fold.finish(&self.mappings)?;
        let summary = &frames.summary;
        if summary.records == 0 && summary.requests == 0 && summary.changes == 0 {
            let found = match (summary.files, summary.rejected.first()) {
                (0, None) => "no file at all".to_owned(),
                (0, Some(rejected)) => format!("`{}`: {}", rejected.path, rejected.reason),
                (files, None) => format!("{files} files, none of them a log"),
                (files, Some(rejected)) => format!(
                    "{files} files, none of them a log; `{}`: {}",
                    rejected.path, rejected.reason
                ),
            };
            return Err(anyhow!(NothingOfUse {
                found,
                hint: LOOKED_FOR
            }));
        }
        self.check(frames.window)?;
        Ok(frames)
    }

    /// Bounds that leave nothing to look at are told, not answered with "no outage".
    fn check(&self, window: Window) -> anyhow::Result<()> {
        let [start, end] = [window.start, window.end].map(words::rfc3339);
        let found = match self.bounds.since {
            _ if window.start < window.end => return Ok(()),
            Some(_) => format!("no request at or after {start}, the last is before {end}"),
            None => format!("no request before {end}, the first is at {start}"),
        };
        Err(anyhow!(NothingOfUse {
            found,
            hint: OTHER_BOUNDS
        }))
    }

    /// Says which changes are shown, since `6h` and open ends do not.
    pub fn tell_shown(&self) {
        let (since, until) = self.shown;
        output::tell_window(since, until);
    }

    /// The history of settings, closed from the right by saved descriptions.
    pub fn history(&self, frames: &Frames) -> anyhow::Result<History> {
        let mut snapshots = Vec::new();
        for path in &self.settings {
            snapshots.extend(described(path)?);
        }
        Ok(History::new(frames.changes.rows()?, snapshots))
    }

    /// Whether a change of that time is to be shown.
    pub fn holds(&self, time: DateTime<Utc>) -> bool {
        let (since, until) = self.shown;
        since.is_none_or(|since| since <= time) && until.is_none_or(|until| time < until)
    }

    /// The paths as typed, for a second reading.
    pub fn paths(&self) -> &[String] {
        &self.paths
    }
}

fn described(path: &Path) -> anyhow::Result<Vec<Snapshot>> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    });
    let text = text.context("failed to take the settings")?;
    Snapshot::read(&text).map_err(|reason| {
        anyhow!(Error::Settings {
            path: path.to_owned(),
            reason,
        })
    })
}
