//! From the inputs to frames and history.

use std::{
    collections::BTreeSet,
    num::NonZero,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use anyhow::{Context, anyhow};
use chrono::{DateTime, TimeDelta, Utc};
use trailblame::{
    archive::{Archive, Section},
    cognito::history::{History, Snapshot},
    detect::{self, EndState, Ground, Incident},
    error::Error,
    frame::{
        Bounds, Fold, Frames, Mapping,
        intake::{self, Job},
    },
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
    ask::{self, Answer, Held, Questions, read_page},
    aws::Asked,
    bounds::{self, Moment},
    errand::{self, Purpose, Spans},
    live, output, pull,
};

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
    pub(super) paths: Vec<String>,
    /// What is kept of what is read.
    pub(super) bounds: Bounds,
    /// The window as it was typed.
    pub(super) typed: Typed,
    /// Whether what lies beyond the bounds is not read though there may be more.
    pub(super) is_cut: bool,
    /// Whether all that the archive holds is read.
    pub(super) is_whole: bool,
    pub(super) settings: Vec<PathBuf>,
    pub(super) mappings: Vec<Mapping>,
    pub(super) asked: Option<(Asked, Spans)>,
    pub(super) pages: Vec<Arc<Page>>,
    /// Settings as they are now.
    pub(super) live: Vec<Snapshot>,
}

/// The window as it was typed.
#[derive(Debug)]
pub struct Typed {
    /// From when on.
    pub since: Option<Moment>,
    /// Until when.
    pub until: Option<Moment>,
    /// How long it is where it was not said from when on.
    pub longest: Option<TimeDelta>,
    /// The time of asking, where that is the end of what can be known.
    pub now: Option<DateTime<Utc>>,
}

impl Typed {
    /// From when on, as far as that can be told before anything is read.
    pub fn dated_since(&self) -> Option<DateTime<Utc>> {
        if let Some(since) = &self.since {
            return since.dated();
        }
        let until = match &self.until {
            Some(until) => until.dated(),
            None => self.now,
        };
        until?.checked_sub_signed(self.longest?)
    }

    /// Refuses a time of day where its day must be known before anything is read.
    ///
    /// # Errors
    ///
    /// One was typed.
    pub fn refuse_undated(&self) -> Result<(), Usage> {
        let typed = [&self.since, &self.until].into_iter().flatten();
        let refused = typed.filter_map(Moment::refused_without_day).next();
        refused.map_or(Ok(()), Err)
    }

    /// What was asked for of what lies in `held`: all of it, where nobody said.
    fn window(&self, held: Window) -> Result<Window, Usage> {
        let on = |moment: &Option<Moment>| moment.as_ref().map(|time| time.on(held)).transpose();
        let until = on(&self.until)?.or(self.now);
        let longest = || until?.checked_sub_signed(self.longest?);
        let since = on(&self.since)?.or_else(longest);
        if let (Some(since), Some(until)) = (since, until) {
            bounds::window("--since … --until", since, until)?;
        }
        Ok(Window {
            start: since.unwrap_or(held.start),
            end: until.unwrap_or(held.end),
        })
    }
}

/// Nothing in the inputs was of use.
#[derive(Debug, thiserror::Error)]
#[error("found nothing of use: {found}")]
pub struct NothingOfUse {
    found: String,
    /// What was looked for, or what to ask instead.
    pub hint: &'static str,
}

/// AWS answered none of the questions.
#[derive(Debug, thiserror::Error)]
#[error("{said}")]
pub struct AwsRefused {
    said: String,
    /// How to go on.
    pub hint: Option<String>,
}

/// A change of another service is looked up from so long before an incident begins …
const BEFORE_ONSET: TimeDelta = TimeDelta::hours(2);
/// … until so long after.
const AFTER_ONSET: TimeDelta = TimeDelta::minutes(15);
/// AWS is asked for so much after the window where an outage goes on at its end.
const AFTER_WINDOW: TimeDelta = TimeDelta::hours(24);

const LOOKED_FOR: &str = "looked for CloudTrail records, CloudWatch Logs exports with CloudTrail \
                          records or OAuth errors, and ALB access logs";
const OTHER_BOUNDS: &str = "without `--since` and `--until` the window is what the logs hold";

impl Inputs {
    /// Reads everything into frames.
    pub fn frames(&mut self, keep: Keep) -> anyhow::Result<Frames> {
        let Found { inputs, rejected } = files::find(&self.paths);
        let mut fold = Fold::new(self.bounds);
        fold.rejected(rejected);
        let jobs = inputs.into_iter().map(Job::Input);
        intake::read(jobs, self.bounds, readers(), &mut fold);
        if let Some((asked, spans)) = self.asked.take() {
            return self.answers(&asked, spans, keep, fold);
        }
        let frames = fold.finish(&self.mappings);
        let summary = &frames.summary;
        if summary.records == 0 && summary.requests == 0 && summary.changes == 0 {
            let found = match (summary.files, summary.rejected.first()) {
                (0, None) => "no file at all".to_owned(),
                (0, Some(rejected)) => format!("`{}`: {}", rejected.path, rejected.reason),
                (files, None) => format!("{}, none of them a log", counted(files)),
                (files, Some(rejected)) => format!(
                    "{}, none of them a log; `{}`: {}",
                    counted(files),
                    rejected.path,
                    rejected.reason
                ),
            };
            return Err(anyhow!(NothingOfUse {
                found,
                hint: LOOKED_FOR
            }));
        }
        Ok(frames)
    }

    /// Asks AWS, and on where an outage goes on at the end of the window; nothing is an answer too.
    fn answers(
        &mut self,
        asked: &Asked,
        spans: Spans,
        keep: Keep,
        mut fold: Fold,
    ) -> anyhow::Result<Frames> {
        let places = self.ask(asked, spans, keep, &mut fold)?;
        let beyond = spans.beyond(AFTER_WINDOW).filter(|_| self.is_cut);
        let mut frames = match beyond {
            None => fold.finish(&self.mappings),
            Some(beyond) => {
                let frames = fold.clone().finish(&self.mappings);
                match self.goes_on(&frames)? {
                    false => frames,
                    true => {
                        self.bounds.until = Some(beyond.files.end);
                        fold.bound(self.bounds);
                        self.ask(asked, beyond, keep, &mut fold)?;
                        fold.finish(&self.mappings)
                    }
                }
            }
        };
        let live = asked.cloudtrail && !asked.archive_only;
        if live && spans.requests.is_some() && spans.changes.is_some() {
            self.ask_near_incidents(asked, &places, spans.at, keep, &mut frames)?;
        }
        if asked.describe && spans.changes.is_some() {
            self.live = live::settings(&places, &frames, asked.max_rps)?;
        }
        Ok(frames)
    }

    /// Whether an outage of the window has not ended where it ends.
    fn goes_on(&self, frames: &Frames) -> Result<bool, Usage> {
        let open = |incident: &Incident| incident.end_state != EndState::Recovered;
        Ok(self.incidents(frames)?.iter().any(open))
    }

    /// Outages that touch the window.
    fn incidents(&self, frames: &Frames) -> Result<Vec<Incident>, Usage> {
        let cells = frames.cells.clone().with_lost(&frames.aside);
        let ground =
            Ground::new(&cells, &frames.coverage, frames.window).with_callers(&frames.callers);
        let mut incidents = detect::detect(&ground, &detect::Config::default());
        let window = self.typed.window(frames.window)?;
        incidents.retain(|incident| incident.overlaps(window, frames.window.end));
        Ok(incidents)
    }

    /// The window that was asked for, of what was read; what is known of it is read to its end.
    ///
    /// # Errors
    ///
    /// It is none, or nothing lies in it.
    pub fn window(&self, frames: &mut Frames) -> anyhow::Result<Window> {
        let held = frames.window;
        let asked = self.typed.window(held)?;
        // AWS answering with nothing is an answer.
        if self.typed.now.is_none() {
            self.check(asked)?;
        }
        frames.reach_to(asked.end);
        frames.count(asked);
        Ok(asked)
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
            self.restore(asked, spans, fold)?;
            return Ok(Vec::new());
        }
        if asked.save {
            pull::pull(asked, spans, &asked.archive)?;
        }
        for remark in asked.blind_spots(spans) {
            fold.remark(remark);
        }
        let questions = Questions::new(asked, spans)?;
        let places = questions.places().to_vec();
        let answers = self.put(questions, asked, keep, fold)?;
        let refused = answers.iter().all(Answer::is_empty_handed);
        if let Some(answer) = answers.iter().find(|_| refused && fold.is_empty()) {
            let stop = answer.reach.stop.clone();
            return Err(anyhow!(AwsRefused {
                said: ask::told(answer.purpose, &answer.reach).unwrap_or_default(),
                hint: stop.as_ref().and_then(ask::cure),
            }));
        }
        take_reach(answers, fold);
        Ok(places)
    }

    /// Takes what the archive holds of the spans, or all of it, into the fold.
    fn restore(&self, asked: &Asked, spans: Spans, fold: &mut Fold) -> anyhow::Result<()> {
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
                Purpose::NearIncidents => spans.changes.and(spans.requests),
                Purpose::LogChanges => spans.changes.and(spans.files_before()),
                Purpose::Log => spans.requests,
                Purpose::Files => Some(spans.files),
            };
            let Some(span) = span else { continue };
            let covered = asked.archive.covered(&section)?;
            let span = match purpose {
                Purpose::Requests(_) | Purpose::Log if self.is_whole => reaching(span, &covered),
                _ => span,
            };
            let got = covered.shared(&Windows::from_iter([span]));
            let taken = if self.is_whole { &covered } else { &got };
            take_back(&asked.archive, &section, purpose, taken, fold)?;
            let reach = Reach {
                question: format!("the archive's {}", section.origin),
                account: section.account,
                region: section.region,
                asked: span,
                at: got.as_slice().last().map_or(span.start, |last| last.end) + pull::DELIVERY,
                got,
                scanned: None,
                cost: None,
                holds_trail: false,
                stop: None,
            };
            match purpose {
                Purpose::Requests(kind) => fold.looked(kind, reach),
                Purpose::Log => fold.looked_at_log(&reach),
                Purpose::Changes | Purpose::NearIncidents => fold.looked_for_changes(reach),
                Purpose::LogChanges | Purpose::Files => fold.looked_for_changes_of_all(reach),
            }
        }
        Ok(())
    }

    /// Puts questions to AWS, as far as the archive does not answer them.
    fn put(
        &mut self,
        questions: Questions,
        asked: &Asked,
        keep: Keep,
        fold: &mut Fold,
    ) -> anyhow::Result<Vec<Answer>> {
        for Held { errand, archived } in questions.held() {
            let section = errand.section();
            take_back(&asked.archive, &section, errand.purpose, archived, fold)?;
        }
        let kept = &mut self.pages;
        questions.ask(|pages| {
            let jobs = pages.map(|page| {
                let page = Arc::new(page);
                if keep == Keep::Pages {
                    kept.push(Arc::clone(&page));
                }
                Job::Page(page)
            });
            intake::read(jobs, self.bounds, readers(), fold);
        })
    }

    /// Looks up, around each incident, what each Region logs beyond user pools.
    fn ask_near_incidents(
        &mut self,
        asked: &Asked,
        places: &[Place],
        at: DateTime<Utc>,
        keep: Keep,
        frames: &mut Frames,
    ) -> anyhow::Result<()> {
        let spans: Windows = self.incidents(frames)?.iter().map(around).collect();
        let spans = asked_at_once(spans);
        if spans.is_empty() {
            return Ok(());
        }
        let questions = Questions::near_incidents(asked, places, &spans, at)?;
        let mut fold = Fold::new(self.bounds);
        let answers = self.put(questions, asked, keep, &mut fold)?;
        take_reach(answers, &mut fold);
        let later = fold.finish(&[]);
        let (spans, pages) = (spans.as_slice().len(), later.summary.pages);
        let begin = match spans {
            1 => "one span".to_owned(),
            spans => format!("{spans} spans"),
        };
        output::tell(format_args!(
            "looked up changes of other services in {begin} around incidents: {pages} pages"
        ));
        frames.add_changes(later);
        Ok(())
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
            let _ = read_page(page, &mut each);
        }
    }

    /// Bounds that leave nothing to look at are told, not answered with "no outage".
    fn check(&self, window: Window) -> anyhow::Result<()> {
        let [start, end] = [window.start, window.end].map(words::rfc3339);
        let found = match self.typed.since {
            _ if window.start < window.end => return Ok(()),
            Some(_) => format!("no request at or after {start}, the last is before {end}"),
            None => format!("no request before {end}, the first is at {start}"),
        };
        Err(anyhow!(NothingOfUse {
            found,
            hint: OTHER_BOUNDS
        }))
    }

    /// The bounds of the changes that are shown.
    ///
    /// # Errors
    ///
    /// A time of day, where the logs hold several days.
    pub fn shown(&self, held: Window) -> Result<Shown, Usage> {
        let on = |moment: &Option<Moment>| moment.as_ref().map(|time| time.on(held)).transpose();
        Ok(Shown {
            since: on(&self.typed.since)?,
            until: on(&self.typed.until)?,
        })
    }

    /// App clients and pools that no request and no change names: mistyped, or of other logs.
    ///
    /// # Errors
    ///
    /// One of those that were asked for.
    pub fn check_named(
        &self,
        frames: &Frames,
        clients: &[String],
        pools: &[String],
    ) -> anyhow::Result<()> {
        if clients.is_empty() && pools.is_empty() {
            return Ok(());
        }
        let cells = &frames.cells;
        let requests = cells.keys.iter();
        let mut known: BTreeSet<&str> = requests
            .flat_map(|key| [cells.text(key.client), cells.text(key.user_pool)])
            .flatten()
            .collect();
        known.extend(
            frames
                .changes
                .iter()
                .flat_map(|change| [change.client.as_deref(), change.user_pool.as_deref()])
                .flatten(),
        );
        let asked = clients.iter().chain(pools);
        match asked.into_iter().find(|id| !known.contains(id.as_str())) {
            None => Ok(()),
            Some(id) => Err(anyhow!(NothingOfUse {
                found: format!("no request or change of `{id}`"),
                hint: "`trailblame changes --stat` and `trailblame failures` show the ids that \
                       the logs name",
            })),
        }
    }

    /// A time that was asked for and that the logs do not reach.
    ///
    /// # Errors
    ///
    /// The logs lie elsewhere.
    pub fn check_asked(&self, asked: Window, window: Window) -> anyhow::Result<()> {
        if asked.shared(window).is_some() {
            return Ok(());
        }
        let [from, to, start, end] =
            [asked.start, asked.end, window.start, window.end].map(words::rfc3339);
        Err(anyhow!(NothingOfUse {
            found: format!("no request from {from} to {to}; the logs reach from {start} to {end}"),
            hint: OTHER_BOUNDS
        }))
    }

    /// The history of settings, closed from the right by saved descriptions.
    pub fn history(&self, frames: &Frames) -> anyhow::Result<History> {
        let mut snapshots = self.live.clone();
        for path in &self.settings {
            snapshots.extend(described(path)?);
        }
        Ok(History::new(frames.changes.clone(), snapshots))
    }

    /// Inputs that are gone once they were read: standard input, pipes.
    pub fn passing(&self) -> Vec<String> {
        let inputs = files::find(&self.paths).inputs;
        let passing = inputs.iter().filter(|input| !input.is_lasting());
        passing.map(Input::name).collect()
    }
}

/// Bounds of changes; `None` is an open end.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
}

impl Shown {
    /// Says which changes are shown, since `6h` and open ends do not.
    pub fn tell(self) {
        output::tell_window(self.since, self.until);
    }

    /// Whether a change of that time is to be shown.
    pub fn holds(self, time: DateTime<Utc>) -> bool {
        self.since.is_none_or(|since| since <= time) && self.until.is_none_or(|until| time < until)
    }
}

/// Tells how far each question got, and lets the fold know.
fn take_reach(answers: Vec<Answer>, fold: &mut Fold) {
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
            Purpose::Changes => fold.looked_for_changes(answer.reach),
            Purpose::NearIncidents => fold.looked_near_incidents(answer.reach),
            Purpose::LogChanges | Purpose::Files => fold.looked_for_changes_of_all(answer.reach),
        }
    }
}

/// The time in which what broke it may have been changed.
fn around(incident: &Incident) -> Window {
    Window {
        start: incident.onset - BEFORE_ONSET,
        end: incident.onset + AFTER_ONSET,
    }
}

/// Spans of one day are asked for as one: a name costs a question for each span.
fn asked_at_once(spans: Windows) -> Windows {
    let (Some(first), Some(last)) = (spans.as_slice().first(), spans.as_slice().last()) else {
        return spans;
    };
    let whole = Window {
        start: first.start,
        end: last.end,
    };
    match whole.end - whole.start <= TimeDelta::days(1) {
        true => Windows::from_iter([whole]),
        false => spans,
    }
}

/// A reader for each core.
pub fn readers() -> NonZero<usize> {
    thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN)
}

fn counted(files: u64) -> String {
    match files {
        1 => "1 file".to_owned(),
        files => format!("{files} files"),
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
    fold.begin_section();
    archive
        .restore(section, windows, fold)
        .context("failed to read the archive")?;
    match purpose {
        Purpose::Requests(SourceKind::Trail) => {
            fold.told(section.account.as_str(), section.region.as_str(), windows);
        }
        Purpose::Log | Purpose::Files => fold.end_section(windows),
        Purpose::Requests(_) | Purpose::Changes | Purpose::NearIncidents | Purpose::LogChanges => {}
    }
    Ok(())
}

/// A span, as much longer as what is covered reaches beyond it.
fn reaching(span: Window, covered: &Windows) -> Window {
    let all = covered.as_slice().iter();
    all.fold(span, |span, held| Window {
        start: span.start.min(held.start),
        end: span.end.max(held.end),
    })
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
