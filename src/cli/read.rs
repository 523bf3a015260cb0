//! What to read, as it was typed and as it is meant.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use trailblame::frame::{Bounds, Mapping};

use super::{
    Usage,
    aws::{Asking, Bucket, Connection},
    bounds,
    errand::Spans,
    inputs::Inputs,
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
    /// Look at requests from this time on [default: all that the files hold; of AWS, 24h].
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Look at requests before this time.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Read changes from so long before `--since` on
    /// [default: 90d; of files in a bucket, which hold everything else too, 7d].
    #[arg(long, value_name = "DURATION")]
    history: Option<String>,
    /// Saved output of `aws cognito-idp describe-user-pool-client` or `describe-user-pool`, files of
    /// AWS Config, or a folder of these.
    #[arg(long, value_name = "PATH")]
    settings: Vec<PathBuf>,
    /// Lines of this log group, stream or load balancer tell of this app client.
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
    /// Requests and the changes before them.
    Everything,
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
/// The normal level of failures is read from so long before the window.
const NORMAL: TimeDelta = TimeDelta::hours(24);

impl Reading {
    /// With whose credentials to ask AWS.
    pub fn connection(&self) -> Connection {
        self.asking.connection()
    }

    /// Checks what was typed.
    pub fn resolve(self, want: Want) -> Result<Inputs, Usage> {
        let now = Utc::now();
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
        let asked_history = self.history.as_deref();
        let asked_history = asked_history.map(|text| bounds::duration("--history", text));
        let asked_history = asked_history.transpose()?;
        let history = asked_history.unwrap_or(HISTORY);
        let mappings = self
            .map
            .iter()
            .map(|text| mapping(text))
            .collect::<Result<_, _>>()?;
        let (buckets, paths) = buckets(self.paths)?;
        let asked = self.asking.resolve(!paths.is_empty(), buckets)?;
        // Of AWS nobody wants all there is.
        let since = since.or_else(|| match (&asked, want) {
            (None, _) | (_, Want::Changes) => None,
            (Some(_), _) => until.unwrap_or(now).checked_sub_signed(UNASKED),
        });
        let bounds = Bounds {
            since,
            until: until.or_else(|| asked.as_ref().map(|_| now)),
            history: since.and_then(|since| since.checked_sub_signed(history)),
        };
        let asked = asked
            .map(|asked| {
                let files = asked_history.unwrap_or(HISTORY_OF_FILES);
                Ok::<_, Usage>((asked, spans(bounds, history, files, now, want)?))
            })
            .transpose()?;
        Ok(Inputs {
            paths,
            shown: match want {
                Want::Changes => (since, until),
                _ => (None, None),
            },
            bounds: match want {
                Want::Changes => Bounds::default(),
                _ => bounds,
            },
            settings: self.settings,
            verify: self.verify,
            mappings,
            asked,
            pages: Vec::new(),
            live: Vec::new(),
        })
    }
}

/// What to ask AWS for, so that what the bounds ask can be answered.
fn spans(
    bounds: Bounds,
    history: TimeDelta,
    files: TimeDelta,
    now: DateTime<Utc>,
    want: Want,
) -> Result<Spans, Usage> {
    let until = bounds.until.unwrap_or(now).min(now);
    let since = bounds.since.unwrap_or(until);
    let span = |name: &str, start: Option<DateTime<Utc>>| {
        bounds::window(name, start.unwrap_or(DateTime::UNIX_EPOCH), until)
    };
    let requests = span("--since … now", since.checked_sub_signed(NORMAL))?;
    let changes = span("--history … now", since.checked_sub_signed(history))?;
    Ok(Spans {
        requests: (want != Want::Changes).then_some(requests),
        changes: (want != Want::Requests).then_some(changes),
        files: match want {
            Want::Requests => requests,
            Want::Everything | Want::Changes => span(
                "--history … now",
                since.checked_sub_signed(files.max(NORMAL)),
            )?,
        },
        at: now,
    })
}

/// `s3://bucket/prefix` among the paths, and the other paths.
fn buckets(paths: Vec<String>) -> Result<(Vec<Bucket>, Vec<String>), Usage> {
    let (addresses, paths): (Vec<_>, Vec<_>) = paths
        .into_iter()
        .partition(|path| path.starts_with("s3://"));
    let bucket = |address: &String| {
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
    };
    Ok((
        addresses.iter().map(bucket).collect::<Result<_, _>>()?,
        paths,
    ))
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
