//! From what was asked to an explained list of outages; what several commands begin with.

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use trailblame::{
    attribute::{self, Around, Finding, Investigation, Scene},
    cognito::{
        directory::Directory,
        history::{ConfigChange, History, Standing},
    },
    detect::{self, Activity, Ground, Incident, activity},
    frame::{Cells, Frames},
    ids::{AppClientId, UserPoolId},
    window::Window,
};

use super::{
    Ended, Usage,
    bounds::{self, Moment},
    changes::Wanted,
    config::Names,
    directory::{self, directory},
    inputs::{Inputs, Keep},
    output,
    read::{Reading, Want},
};

/// Which outages are wanted.
#[derive(Debug, Args)]
pub struct Which {
    /// Investigate around this time, or around an incident by its number or id: what was seen then,
    /// and the incidents that touch it.
    #[arg(long, value_name = "TIME_OR_INCIDENT", conflicts_with = "between")]
    at: Option<String>,
    /// Investigate between these two times, in the same way.
    #[arg(long, value_name = "START,END")]
    between: Option<String>,
    #[command(flatten)]
    whose: Whose,
}

/// Whose outages are wanted.
#[derive(Debug, Args)]
pub struct Whose {
    /// Only incidents of this app client: a name, an id, or the beginning of either.
    #[arg(long, value_name = "NAME_OR_ID")]
    client: Vec<String>,
    /// Only incidents of this user pool, in the same way.
    #[arg(long, value_name = "NAME_OR_ID")]
    user_pool: Vec<String>,
    /// Tolerated false alarms per app client and week.
    #[arg(long, value_name = "RATE", default_value_t = 0.02)]
    false_alarms: f64,
}

/// What the exit status tells beside errors.
#[derive(Debug, Args)]
pub struct Telling {
    /// Exit with status 3 if an incident was found.
    #[arg(long)]
    fail_on_outage: bool,
    /// Exit with status 4 if a file or record could not be read.
    #[arg(long)]
    fail_on_incomplete: bool,
}

impl Telling {
    /// How the run ended.
    pub fn ended(&self, investigation: &Investigation) -> Ended {
        if self.fail_on_incomplete && investigation.summary.is_incomplete() {
            return Ended::Incomplete;
        }
        match self.fail_on_outage && !investigation.findings.is_empty() {
            true => Ended::Outage,
            false => Ended::Well,
        }
    }
}

/// Around a time that was named lies what came so long before it …
const BEFORE: TimeDelta = TimeDelta::minutes(5);
/// … and what came until so long after it.
const AFTER: TimeDelta = TimeDelta::hours(1);
/// An outage that begins so soon after the first thing that was read may have begun before it.
const AT_THE_START: TimeDelta = TimeDelta::hours(1);
/// A trail is complete this long after an event (domain.md §9).
const DELIVERY: TimeDelta = TimeDelta::minutes(15);

/// What the arguments mean; by default every outage.
#[derive(Debug, Default)]
pub struct Question {
    around: Option<Named>,
    typed_clients: Vec<String>,
    typed_pools: Vec<String>,
    /// Those that were typed, once the logs say who is called so.
    clients: Vec<AppClientId>,
    pools: Vec<UserPoolId>,
    config: detect::Config,
}

/// A time, or a span, that a person names.
#[derive(Debug)]
enum Named {
    At(Moment),
    Between(Moment, Moment),
    /// An incident, by number, id or the beginning of its id.
    Incident(String),
}

/// What was found, and what it was found in.
pub struct Analysis {
    pub investigation: Investigation,
    /// All outages of what was read; those of the investigation are among them.
    pub all: Vec<Finding>,
    pub cells: Cells,
    pub inputs: Inputs,
    history: History,
    question: Question,
}

impl Which {
    /// Checks what was typed.
    pub fn question(&self) -> Result<Question, Usage> {
        let around = match (&self.at, &self.between) {
            (Some(at), _) if is_incident(at) => Some(Named::Incident(at.clone())),
            (Some(at), _) => Some(Named::At(Moment::new("--at", at)?)),
            (_, Some(between)) => {
                let Some((start, end)) = between.split_once(',') else {
                    return Err(Usage {
                        message: format!("invalid `--between {between}`: expected two times"),
                        hint: Some("write --between START,END".to_owned()),
                    });
                };
                let [start, end] = [start, end].map(|text| Moment::new("--between", text.trim()));
                let (start, end) = (start?, end?);
                if let (Some(start), Some(end)) = (start.dated(), end.dated()) {
                    bounds::window("--between", start, end)?;
                }
                Some(Named::Between(start, end))
            }
            _ => None,
        };
        Ok(Question {
            around,
            ..self.whose.question()?
        })
    }
}

/// Whether `--at` names an incident and no time.
fn is_incident(text: &str) -> bool {
    const LONGEST_NUMBER: usize = 3;
    let is_number = text.len() <= LONGEST_NUMBER && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_id = text.starts_with("inc-");
    let is_hex = text.len() > LONGEST_NUMBER && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_year = text.bytes().all(|byte| byte.is_ascii_digit());
    !text.is_empty() && (is_number || is_id || is_hex && !is_year)
}

impl Named {
    /// The time, where one is named, and what lies around it; `None` where that is to be found out.
    fn on(&self, held: Window) -> Result<Option<Span>, Usage> {
        match self {
            Self::At(at) => {
                let at = at.on(held)?;
                let span = bounds::window("--at", at - BEFORE, at + AFTER)?;
                Ok(Some((Some(at), span)))
            }
            Self::Between(start, end) => {
                let span = bounds::window("--between", start.on(held)?, end.on(held)?)?;
                Ok(Some((None, span)))
            }
            Self::Incident(_) => Ok(None),
        }
    }
}

/// A time that was named, and what lies around it.
type Span = (Option<DateTime<Utc>>, Window);

impl Whose {
    /// Every outage of theirs.
    pub fn question(&self) -> Result<Question, Usage> {
        if !(1e-6..=10.0).contains(&self.false_alarms) {
            return Err(Usage {
                message: format!(
                    "invalid `--false-alarms {}`: expected 0.000001–10",
                    self.false_alarms
                ),
                hint: Some("a rate is a number per app client and week, such as 0.02".to_owned()),
            });
        }
        Ok(Question {
            around: None,
            typed_clients: self.client.clone(),
            typed_pools: self.user_pool.clone(),
            clients: Vec::new(),
            pools: Vec::new(),
            config: detect::Config {
                false_alarms: self.false_alarms,
            },
        })
    }
}

/// Reads, finds outages and explains them; of all of them those that were asked for. What was read
/// beyond the window is analysed too, so that an outage is the same whatever was asked.
///
/// `names` are those of app clients for people.
pub fn analyse(
    reading: Reading,
    mut question: Question,
    names: &Names,
    keep: Keep,
) -> anyhow::Result<Analysis> {
    let mut inputs = reading.resolve(Want::Everything)?;
    let mut frames = inputs.frames(keep)?;
    frames.take_lost();
    let window = inputs.window(&mut frames)?;
    let named = question.named(&inputs, frames.window)?;
    let history = inputs.history(&frames)?;
    let known = directory(&history, &frames.cells, names);
    question.resolve(&known)?;
    output::tell_window(Some(window.start), Some(window.end));
    let ground =
        Ground::new(&frames.cells, &frames.coverage, frames.window).with_callers(&frames.callers);
    let incidents = detect::detect(&ground, &question.config);
    let scene = Scene {
        ground: &ground,
        history: &history,
    };
    let attribute::Explained {
        findings: mut all,
        mut blips,
    } = attribute::explain(incidents, &scene);
    if let Some(now) = inputs.typed.now.filter(|_| inputs.is_cut) {
        all.iter_mut()
            .for_each(|finding| mark_cut(finding, frames.window, now));
    }
    let named = named.map_or_else(
        || question.incident(&all, frames.window),
        |span| Ok(Some(span)),
    )?;
    let span = named.map_or(window, |(_, span)| span);
    let concerns = |incident: &Incident| {
        let overlaps = |part| incident.overlaps(part, frames.window.end);
        question.concerns(incident) && overlaps(window) && overlaps(span)
    };
    blips.retain(concerns);
    let findings = all.iter().filter(|finding| concerns(&finding.incident));
    let findings: Vec<Finding> = findings.cloned().collect();
    let around = named.map(|(at, span)| Around {
        at,
        activity: question.activity(&frames, span, &all),
        others: all.len() - findings.len(),
    });
    Ok(Analysis {
        investigation: Investigation {
            in_full: false,
            names: known.client_names(),
            zone: output::zone(),
            coverage: frames.coverage_of(window),
            window: span,
            read: frames.window,
            around,
            alone_of: None,
            summary: frames.summary,
            changes: Vec::new(),
            findings,
            blips,
            gaps: history.gaps().to_vec(),
        },
        all,
        cells: frames.cells,
        inputs,
        history,
        question,
    })
}

/// Marks an outage that reaches the edge of what was read although there is more: it is not known
/// whole.
fn mark_cut(finding: &mut Finding, read: Window, now: DateTime<Utc>) {
    let incident = &mut finding.incident;
    let first = incident.last_success.is_none() && incident.onset - read.start < AT_THE_START;
    let last = incident.end.is_none() && read.end < now - DELIVERY;
    incident.begun_before |= first;
    finding.cut = first || last;
    finding.provisional |= finding.cut;
}

impl Analysis {
    /// The changes in the window that was asked for, by time, also those that did nothing.
    pub fn changes(&self) -> Vec<ConfigChange> {
        let window = self.investigation.window;
        let wanted = Wanted::new(&self.question.clients, &self.question.pools);
        let changes = self.history.changes().iter().filter(|change| {
            window.contains(change.change.time) && wanted.has(change, &self.history)
        });
        changes.cloned().collect()
    }

    /// The changes from the first thing that an outage tells of to the last.
    pub fn changes_around(&self, finding: &Finding) -> Vec<ConfigChange> {
        let mut span = self.investigation.window;
        let incident = &finding.incident;
        let named = finding
            .suspects
            .iter()
            .map(|suspect| suspect.change.change.time);
        let first = named.chain([incident.onset]).min();
        let until = incident.recovered.or(incident.end);
        span.start = first.map_or(span.start, |first| first.min(span.start));
        span.end = until.map_or(self.investigation.read.end, |until| until.max(span.end));
        let changes = self.history.changes().iter();
        let changes = changes.filter(|change| {
            let ended = finding.ended_by.as_ref();
            let cure = ended.is_some_and(|by| by.event_id.as_str() == change.change.event_id);
            cure || span.contains(change.change.time)
        });
        changes.cloned().collect()
    }

    /// Whether everything was asked for.
    pub fn is_whole(&self) -> bool {
        self.question.clients.is_empty() && self.question.pools.is_empty()
    }

    /// Those of them that altered something, or may have.
    pub fn effective_changes(&self) -> Vec<ConfigChange> {
        let mut changes = self.changes();
        changes.retain(|change| matches!(change.standing, Standing::Effective | Standing::Opaque));
        changes
    }
}

impl Question {
    /// Finds the app clients and user pools that were typed.
    fn resolve(&mut self, known: &Directory) -> anyhow::Result<()> {
        self.clients = directory::clients(&self.typed_clients, known)?;
        self.pools = directory::pools(&self.typed_pools, known)?;
        Ok(())
    }

    /// What lies around the incident that was named instead of a time.
    fn incident(&self, all: &[Finding], read: Window) -> Result<Option<Span>, Usage> {
        let Some(Named::Incident(which)) = &self.around else {
            return Ok(None);
        };
        let incident = &chosen(all, all, which)?.incident;
        let span = incident.span(read.end);
        let span = bounds::window("--at", span.start - BEFORE, span.end)?;
        Ok(Some((Some(incident.onset), span)))
    }

    /// The time that was named, and what lies around it.
    fn named(&self, inputs: &Inputs, read: Window) -> anyhow::Result<Option<Span>> {
        let named = self.around.as_ref().map(|named| named.on(read));
        let named = named.transpose()?.flatten();
        if let Some((_, span)) = named {
            inputs.check_asked(span, read)?;
        }
        Ok(named)
    }

    /// Whether an incident is of the app clients and pools that were named.
    fn concerns(&self, incident: &Incident) -> bool {
        let client = incident.clients.iter().any(|id| self.clients.contains(id));
        let pool = incident
            .user_pool
            .as_ref()
            .is_some_and(|id| self.pools.contains(id));
        (self.clients.is_empty() || client) && (self.pools.is_empty() || pool)
    }

    /// What the app clients and pools that were named asked in a span.
    fn activity(&self, frames: &Frames, span: Window, all: &[Finding]) -> Vec<Activity> {
        let outages: Vec<&Incident> = all.iter().map(|finding| &finding.incident).collect();
        let mut activity = activity(&frames.cells, span, frames.window, &outages);
        activity.retain(|one| {
            let (client, pool) = (&one.health.client, &one.health.user_pool);
            let is_named = |client: &AppClientId| self.clients.contains(client);
            let of_pool = |pool: &UserPoolId| self.pools.contains(pool);
            (self.clients.is_empty() || client.as_ref().is_some_and(is_named))
                && (self.pools.is_empty() || pool.as_ref().is_some_and(of_pool))
        });
        activity
    }
}

/// Shorter beginnings of an id are no id.
const SHORTEST_ID: usize = 4;

/// The incident with that number in the report, that id, or the only one whose id begins so.
pub fn chosen<'a>(
    all: &'a [Finding],
    shown: &[Finding],
    which: &str,
) -> Result<&'a Finding, Usage> {
    let number = which.parse::<usize>().ok();
    let exact = |one: &&Finding| number == Some(one.number) || one.incident.id == which;
    if let Some(found) = all.iter().find(exact) {
        return Ok(found);
    }
    let beginning = which.strip_prefix("inc-").unwrap_or(which);
    let begins = |one: &&Finding| {
        let hash = one.incident.id.trim_start_matches("inc-");
        beginning.len() >= SHORTEST_ID && hash.starts_with(beginning)
    };
    let found: Vec<&Finding> = all.iter().filter(begins).collect();
    match found[..] {
        [one] => Ok(one),
        [] => Err(Usage {
            message: format!("no incident `{which}`"),
            hint: Some(match all {
                [] => "no incident was found".to_owned(),
                _ => format!(
                    "give {}, or an id",
                    numbers(if shown.is_empty() { all } else { shown })
                ),
            }),
        }),
        _ => {
            let ids: Vec<&str> = found.iter().map(|one| one.incident.id.as_str()).collect();
            Err(Usage {
                message: format!("`{which}` is ambiguous: {} incidents match", found.len()),
                hint: Some(format!("give one of these ids: {}", ids.join(", "))),
            })
        }
    }
}

/// `the number 3`, `a number from 1 to 8`, `one of the numbers 2, 5 and 7`.
pub fn numbers(findings: &[Finding]) -> String {
    let numbers: Vec<usize> = findings.iter().map(|finding| finding.number).collect();
    match numbers[..] {
        [] => "a number".to_owned(),
        [one] => format!("the number {one}"),
        [first, .., last] if last - first + 1 == numbers.len() => {
            format!("a number from {first} to {last}")
        }
        [ref before @ .., last] => {
            let before: Vec<String> = before.iter().map(usize::to_string).collect();
            format!("one of the numbers {} and {last}", before.join(", "))
        }
    }
}
