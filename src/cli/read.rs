//! What to read, as it was typed and as it is meant.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use trailblame::frame::{Bounds, Mapping};

use super::{
    Usage,
    aws::{Asking, Bucket, Connection},
    bounds::{self, Moment},
    errand::Spans,
    inputs::{Inputs, Typed},
    verify::VerifyArgs,
};

/// Inputs that every command takes.
#[derive(Debug, Args)]
pub struct Reading {
    /// Files, folders, globs, `-` or s3://BUCKET/PREFIX: CloudTrail files, CloudWatch Logs exports,
    /// ALB access logs, exports of Splunk, Elastic, Security Lake and Athena; plain, gzip, zstd, zip or
    /// tar.
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// Start of the window of requests [default: all of the files; from AWS, 24h]. An incident that
    /// reaches into the window is shown whole.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// End of the window of requests.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// How far before `--since` to read changes
    /// [default: 90d; from a bucket, which holds everything else too, 7d].
    #[arg(long, value_name = "DURATION")]
    history: Option<String>,
    /// Saved output of `aws cognito-idp describe-user-pool-client` or `describe-user-pool`, files of
    /// AWS Config, or a folder of these.
    #[arg(long, value_name = "PATH")]
    settings: Vec<PathBuf>,
    /// Assign the lines of a log group, stream or load balancer to an app client.
    #[arg(long, value_name = "LOG_GROUP_OR_ALB=CLIENT")]
    map: Vec<String>,
    #[command(flatten)]
    verify: VerifyArgs,
    #[command(flatten)]
    asking: Asking,
}

/// What a command wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Requests and the changes before them; what the bounds cut is read beyond them.
    Everything,
    /// The same to keep: nothing beyond the bounds.
    Copy,
    /// Requests only.
    Requests,
    /// Changes only: the bounds are those of the changes shown; what came before them is read
    /// too, since it says what they altered.
    Changes,
}

/// Changes are read from so long before the window: CloudTrail keeps its events so long.
const HISTORY: TimeDelta = TimeDelta::days(90);
/// Changes in a bucket lie among everything else that happened; 90 days of that may be terabytes.
const HISTORY_OF_FILES: TimeDelta = TimeDelta::days(7);
/// Without `--since`, so much is asked of AWS.
const UNASKED: TimeDelta = TimeDelta::hours(24);
/// AWS is asked for so much before the window, which tells the normal level of failures and how an
/// outage began.
const BEFORE: TimeDelta = TimeDelta::hours(24);

impl Reading {
    /// With whose credentials to ask AWS.
    pub fn connection(&self) -> Connection {
        self.asking.connection()
    }

    /// The paths as they were typed.
    pub fn paths(&mut self) -> &mut Vec<String> {
        &mut self.paths
    }

    /// Checks what was typed.
    pub fn resolve(self, want: Want) -> Result<Inputs, Usage> {
        self.resolve_within(want, UNASKED)
    }

    /// The same, where `usual` is asked of AWS without `--since`.
    pub fn resolve_within(self, want: Want, usual: TimeDelta) -> Result<Inputs, Usage> {
        let now = Utc::now();
        let moment = |flag: &str, text: &Option<String>| {
            let text = text.as_deref();
            text.map(|text| Moment::new(flag, text)).transpose()
        };
        let since = moment("--since", &self.since)?;
        let until = moment("--until", &self.until)?;
        if let (Some(since), Some(until)) = (dated(&since), dated(&until)) {
            bounds::window("--since … --until", since, until)?;
        }
        let asked_history = self.history.as_deref();
        let asked_history = asked_history.map(|text| bounds::duration("--history", text));
        let asked_history = asked_history.transpose()?;
        let mappings = self
            .map
            .iter()
            .map(|text| mapping(text))
            .collect::<Result<_, _>>()?;
        let (buckets, paths) = buckets(self.paths)?;
        let verify = self.verify.resolve(self.asking.connection());
        let asked = self.asking.resolve(!paths.is_empty(), buckets)?;
        let is_live = asked.as_ref().is_some_and(|asked| !asked.archive_only);
        let typed = Typed {
            // Of AWS nobody wants all there is.
            longest: (asked.is_some() && want != Want::Changes).then_some(usual),
            now: asked.is_some().then_some(now),
            since,
            until,
        };
        let history = History {
            of_all: asked_history,
            of_files: asked_history.unwrap_or(HISTORY_OF_FILES),
        };
        if is_live {
            typed.refuse_undated()?;
        }
        let bounds = kept(&typed, &history, is_live, want);
        let asked = asked
            .map(|asked| {
                let spans = spans(&typed, bounds, &history, now, want)?;
                Ok::<_, Usage>((asked, spans))
            })
            .transpose()?;
        Ok(Inputs {
            paths,
            bounds,
            typed,
            is_cut: is_live && want == Want::Everything,
            is_whole: !is_live && want == Want::Everything,
            settings: self.settings,
            verify,
            mappings,
            asked,
            pages: Vec::new(),
            live: Vec::new(),
        })
    }
}

/// From how long before the window on changes are read.
struct History {
    /// As it was typed.
    of_all: Option<TimeDelta>,
    /// Of files in a bucket.
    of_files: TimeDelta,
}

fn dated(moment: &Option<Moment>) -> Option<DateTime<Utc>> {
    moment.as_ref().and_then(Moment::dated)
}

/// What to keep of what is read. Files and the archive are read as far as they reach, so that an
/// outage looks the same whatever the window.
fn kept(typed: &Typed, history: &History, is_live: bool, want: Want) -> Bounds {
    let since = typed.dated_since();
    let before = |length: TimeDelta| since.and_then(|since| since.checked_sub_signed(length));
    let until = dated(&typed.until);
    match want {
        Want::Changes => Bounds::default(),
        Want::Requests | Want::Copy => Bounds {
            since,
            until: until.or(typed.now),
            history: before(history.of_all.unwrap_or(HISTORY)),
        },
        Want::Everything if is_live => Bounds {
            since: before(BEFORE),
            until: until.or(typed.now),
            history: before(history.of_all.unwrap_or(HISTORY)),
        },
        Want::Everything => Bounds {
            history: history.of_all.and_then(before),
            ..Bounds::default()
        },
    }
}

/// What to ask AWS for, so that what was typed can be answered.
fn spans(
    typed: &Typed,
    bounds: Bounds,
    history: &History,
    now: DateTime<Utc>,
    want: Want,
) -> Result<Spans, Usage> {
    let until = bounds.until.or(dated(&typed.until)).unwrap_or(now).min(now);
    let since = match want {
        Want::Changes => dated(&typed.since),
        _ => typed.dated_since(),
    };
    let since = since.unwrap_or(until);
    let span = |name: &str, start: Option<DateTime<Utc>>| {
        bounds::window(name, start.unwrap_or(DateTime::UNIX_EPOCH), until)
    };
    let requests = span("--since … now", since.checked_sub_signed(BEFORE))?;
    let of_all = history.of_all.unwrap_or(HISTORY);
    let changes = span("--history … now", since.checked_sub_signed(of_all))?;
    let of_files = history.of_files.max(BEFORE);
    Ok(Spans {
        requests: (want != Want::Changes).then_some(requests),
        changes: (want != Want::Requests).then_some(changes),
        files: match want {
            Want::Requests => requests,
            _ => span("--history … now", since.checked_sub_signed(of_files))?,
        },
        at: now,
    })
}

/// `s3://bucket/prefix` among the paths, and the other paths.
fn buckets(paths: Vec<String>) -> Result<(Vec<Bucket>, Vec<String>), Usage> {
    let (addresses, paths): (Vec<_>, Vec<_>) = paths
        .into_iter()
        .partition(|path| path.starts_with("s3://"));
    let buckets = addresses.iter().map(|address| bucket(address));
    Ok((buckets.collect::<Result<_, _>>()?, paths))
}

/// What `s3://bucket/prefix` names.
pub fn bucket(address: &str) -> Result<Bucket, Usage> {
    let rest = address.trim_start_matches("s3://");
    let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    match name.is_empty() {
        true => Err(Usage {
            message: format!("`{address}` names no bucket"),
            hint: Some("write s3://BUCKET/PREFIX".to_owned()),
        }),
        false => Ok(Bucket {
            name: name.to_owned(),
            prefix: prefix.to_owned(),
        }),
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
