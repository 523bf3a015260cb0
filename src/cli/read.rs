//! From the inputs that were typed to frames and history.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use trailblame::{
    archive::{Archive, Section},
    cognito::history::{History, Snapshot},
    error::Error,
    frame::{Bounds, Fold, Frames, Mapping},
    record::{self, Located, Malformed, SourceKind},
    report::words,
    source::{
        aws::{Page, Place, Reach},
        files::{self, Counter, Found, Input},
        inflate::Limits,
    },
    window::{Window, Windows},
};

use super::{
    Usage,
    ask::{self, Answer, Held, Questions},
    aws::{Asked, Asking},
    bounds,
    errand::{self, Purpose, Spans},
    live, output, pull,
};

/// Inputs that every command takes.
#[derive(Debug, Args)]
pub struct Reading {
    /// Files, folders, globs or `-`: CloudTrail files, CloudWatch Logs exports, ALB access logs;
    /// plain or gzip.
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// Look at requests from this time on [default: all that the files hold; of AWS, 24h].
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

/// Whether records are needed after they were counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// What AWS answered can be read again.
    Pages,
    /// It need not be.
    Nothing,
}

/// What the arguments mean.
#[derive(Debug)]
pub struct Inputs {
    paths: Vec<String>,
    bounds: Bounds,
    shown: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    settings: Vec<PathBuf>,
    mappings: Vec<Mapping>,
    asked: Option<(Asked, Spans)>,
    pages: Vec<Page>,
    /// Settings as they are now.
    live: Vec<Snapshot>,
}

/// Nothing in the inputs was of use.
#[derive(Debug, thiserror::Error)]
#[error("found nothing of use: {found}")]
pub struct NothingOfUse {
    found: String,
    /// What was looked for, or what to ask instead.
    pub hint: &'static str,
}

/// Without `--since`, so much is asked of AWS.
const UNASKED: TimeDelta = TimeDelta::hours(24);
/// The normal level of failures is read from so long before the window.
const NORMAL: TimeDelta = TimeDelta::hours(24);

/// AWS answered none of the questions.
#[derive(Debug, thiserror::Error)]
#[error("{said}")]
pub struct AwsRefused {
    said: String,
    /// How to go on.
    pub hint: Option<String>,
}

const LOOKED_FOR: &str = "looked for CloudTrail records, CloudWatch Logs exports with CloudTrail \
                          records or OAuth errors, and ALB access logs";
const OTHER_BOUNDS: &str = "without `--since` and `--until` the window is what the logs hold";

impl Reading {
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
        let history = bounds::duration("--history", &self.history)?;
        let mappings = self
            .map
            .iter()
            .map(|text| mapping(text))
            .collect::<Result<_, _>>()?;
        let asked = self.asking.resolve(!self.paths.is_empty())?;
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
            .map(|asked| Ok::<_, Usage>((asked, spans(bounds, history, now, want)?)))
            .transpose()?;
        Ok(Inputs {
            paths: self.paths,
            shown: match want {
                Want::Changes => (since, until),
                _ => (None, None),
            },
            bounds: match want {
                Want::Changes => Bounds::default(),
                _ => bounds,
            },
            settings: self.settings,
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
    now: DateTime<Utc>,
    want: Want,
) -> Result<Spans, Usage> {
    let until = bounds.until.unwrap_or(now).min(now);
    let since = bounds.since.unwrap_or(until);
    let span = |name: &str, start: Option<DateTime<Utc>>| {
        bounds::window(name, start.unwrap_or(DateTime::UNIX_EPOCH), until)
    };
    let requests = span("--since … now", since.checked_sub_signed(NORMAL));
    let changes = span("--history … now", since.checked_sub_signed(history));
    Ok(Spans {
        requests: (want != Want::Changes).then_some(requests?),
        changes: (want != Want::Requests).then_some(changes?),
        at: now,
    })
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
    pub fn frames(&mut self, keep: Keep) -> anyhow::Result<Frames> {
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
        let asked = self.asked.take();
        let mut places = Vec::new();
        if let Some((asked, spans)) = &asked {
            places = self.ask(asked, *spans, keep, &mut fold)?;
        }
        let frames = fold.finish(&self.mappings)?;
        if let Some((asked, spans)) = &asked {
            if asked.describe && spans.changes.is_some() {
                self.live = live::settings(&places, &frames, asked.max_rps)?;
            }
            // AWS answering with nothing is an answer.
            return Ok(frames);
        }
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

    /// Asks AWS; pages go into the fold as they come. Returns whom it asked.
    fn ask(
        &mut self,
        asked: &Asked,
        spans: Spans,
        keep: Keep,
        fold: &mut Fold,
    ) -> anyhow::Result<Vec<Place>> {
        if asked.archive_only {
            restore(asked, spans, fold)?;
            return Ok(Vec::new());
        }
        let questions = Questions::new(asked, spans)?;
        let places = questions.places().to_vec();
        for Held { errand, archived } in questions.held() {
            let section = errand.section();
            take_back(&asked.archive, &section, errand.purpose, archived, fold)?;
        }
        let answers = questions.ask(|page| {
            fold.begin_page(&page.name);
            let result = record::read(&page.bytes[..], &page.name, |record| fold.take(record));
            fold.end_page(page.bytes.len() as u64, result.err());
            if keep == Keep::Pages {
                self.pages.push(page);
            }
        })?;
        let refused = answers.iter().all(Answer::is_empty_handed);
        if let Some(answer) = answers.iter().find(|_| refused && fold.is_empty()) {
            let stop = answer.reach.stop.clone();
            return Err(anyhow!(AwsRefused {
                said: ask::told(answer.purpose, &answer.reach).unwrap_or_default(),
                hint: stop.as_ref().and_then(ask::cure),
            }));
        }
        for answer in answers {
            if let Some(note) = ask::told(answer.purpose, &answer.reach) {
                output::tell(format_args!("note: {note}"));
                if let Some(cure) = answer.reach.stop.as_ref().and_then(ask::cure) {
                    output::tell(format_args!("hint: {cure}"));
                }
                fold.note(note);
            }
            if let Some(bytes) = answer.reach.scanned {
                let question = &answer.reach.question;
                output::tell(format_args!("{question}: {bytes} bytes scanned"));
            }
            match answer.purpose {
                Purpose::Requests(kind) => fold.looked(kind, answer.reach),
                Purpose::Log => fold.looked_at_log(&answer.reach),
                Purpose::Changes => {}
            }
        }
        Ok(places)
    }

    /// What to pull, and where to.
    pub fn to_pull(&self) -> anyhow::Result<(&Asked, Spans, &Archive)> {
        pull::refuse_paths(&self.paths)?;
        let (asked, spans) = self.asked.as_ref().context("nothing to ask AWS for")?;
        Ok((asked, *spans, &asked.archive))
    }

    /// Reads every record once more, those of standard input and of pipes excepted.
    pub fn again(&self, mut each: impl FnMut(Result<Located<'_>, Malformed>)) {
        // What could not be read was told by the first reading.
        for input in files::find(&self.paths).inputs {
            if !input.is_lasting() {
                continue;
            }
            let bytes = input.open(Limits::default(), &Counter::default());
            let _ = bytes.and_then(|bytes| record::read(bytes, &input.name(), &mut each));
        }
        for page in &self.pages {
            let _ = record::read(&page.bytes[..], &page.name, &mut each);
        }
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
        let mut snapshots = self.live.clone();
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

    /// Inputs that are gone once they were read: standard input, pipes.
    pub fn passing(&self) -> Vec<String> {
        let inputs = files::find(&self.paths).inputs;
        let passing = inputs.iter().filter(|input| !input.is_lasting());
        passing.map(Input::name).collect()
    }
}

/// Takes what the archive holds of one section into the fold.
fn take_back(
    archive: &Archive,
    section: &Section,
    purpose: Purpose,
    windows: &Windows,
    fold: &mut Fold,
) -> anyhow::Result<()> {
    archive
        .restore(section, windows, fold)
        .context("failed to read the archive")?;
    if let Purpose::Requests(SourceKind::Trail) = purpose {
        fold.told(section.account.as_str(), section.region.as_str(), windows);
    }
    Ok(())
}

/// Takes everything that the archive holds of the spans into the fold.
fn restore(asked: &Asked, spans: Spans, fold: &mut Fold) -> anyhow::Result<()> {
    let sections = asked.archive.sections()?;
    if sections.is_empty() {
        return Err(anyhow!(Usage {
            message: format!("no archive in `{}`", asked.archive.root().display()),
            hint: Some("`trailblame pull` brings a window of logs there".to_owned()),
        }));
    }
    for section in sections {
        let purpose = errand::purpose(&section);
        let span = match purpose {
            Purpose::Requests(_) => spans.requests,
            Purpose::Changes => spans.changes,
            Purpose::Log => spans.requests.or(spans.changes),
        };
        let Some(span) = span else { continue };
        let covered = asked.archive.covered(&section)?;
        let got = covered.shared(&Windows::from_iter([span]));
        take_back(&asked.archive, &section, purpose, &got, fold)?;
        let reach = Reach {
            question: format!("the archive's {}", section.origin),
            account: section.account,
            region: section.region,
            asked: span,
            at: got.as_slice().last().map_or(span.start, |last| last.end) + pull::DELIVERY,
            got,
            scanned: None,
            stop: None,
        };
        match purpose {
            Purpose::Requests(kind) => fold.looked(kind, reach),
            Purpose::Log => fold.looked_at_log(&reach),
            Purpose::Changes => {}
        }
    }
    Ok(())
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
