//! From what was asked to an explained list of outages; what several commands begin with.

use chrono::TimeDelta;
use clap::Args;
use trailblame::{
    attribute::{self, Finding, Investigation, Scene},
    cognito::history::{ConfigChange, History, Standing},
    detect::{self, Ground, Incident},
    frame::Cells,
    ids::{AppClientId, UserPoolId},
    window::Window,
};

use super::{
    Ended, Usage, bounds,
    changes::Wanted,
    config::Names,
    inputs::{Inputs, Keep},
    output,
    read::{Reading, Want},
};

/// Which outages are wanted.
#[derive(Debug, Args)]
pub struct Which {
    /// It broke at about this time: explain that instead of looking for outages.
    #[arg(long, value_name = "TIME", conflicts_with = "between")]
    at: Option<String>,
    /// It was broken between these times: explain that instead of looking for outages.
    #[arg(long, value_name = "START,END")]
    between: Option<String>,
    #[command(flatten)]
    whose: Whose,
}

/// Whose outages are wanted.
#[derive(Debug, Args)]
pub struct Whose {
    /// Only outages of this app client.
    #[arg(long, value_name = "ID")]
    client: Vec<String>,
    /// Only outages of this user pool.
    #[arg(long, value_name = "ID")]
    user_pool: Vec<String>,
    /// False alarms that are tolerated per app client and week.
    #[arg(long, value_name = "RATE", default_value_t = 0.02)]
    false_alarms: f64,
}

/// What the exit status tells beside errors.
#[derive(Debug, Args)]
pub struct Telling {
    /// End with status 3 when an outage was found.
    #[arg(long)]
    fail_on_outage: bool,
    /// End with status 4 when a file or record could not be read.
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

/// Without a known end, an outage is looked for from shortly before the time that was named …
const BEFORE: TimeDelta = TimeDelta::minutes(5);
/// … until so long after it.
const AFTER: TimeDelta = TimeDelta::hours(1);

/// What the arguments mean; by default every outage.
#[derive(Debug, Default)]
pub struct Question {
    asked: Option<Window>,
    clients: Vec<AppClientId>,
    pools: Vec<UserPoolId>,
    config: detect::Config,
}

/// What was found, and what it was found in.
pub struct Analysis {
    pub investigation: Investigation,
    pub cells: Cells,
    pub inputs: Inputs,
    history: History,
    question: Question,
}

impl Which {
    /// Checks what was typed.
    pub fn question(&self) -> Result<Question, Usage> {
        let asked = match (&self.at, &self.between) {
            (Some(at), _) => {
                let at = bounds::time("--at", at)?;
                Some(bounds::window("--at", at - BEFORE, at + AFTER)?)
            }
            (_, Some(between)) => {
                let Some((start, end)) = between.split_once(',') else {
                    return Err(Usage {
                        message: format!("`--between {between}` names no two times"),
                        hint: Some("write --between START,END".to_owned()),
                    });
                };
                let start = bounds::time("--between", start.trim())?;
                let end = bounds::time("--between", end.trim())?;
                Some(bounds::window("--between", start, end)?)
            }
            _ => None,
        };
        Ok(Question {
            asked,
            ..self.whose.question()?
        })
    }
}

impl Whose {
    /// Every outage of theirs.
    pub fn question(&self) -> Result<Question, Usage> {
        if !(1e-6..=10.0).contains(&self.false_alarms) {
            return Err(Usage {
                message: format!("`--false-alarms {}` is no rate", self.false_alarms),
                hint: Some("a rate is a number per app client and week, such as 0.02".to_owned()),
            });
        }
        Ok(Question {
            asked: None,
            clients: self.client.iter().map(AppClientId::new).collect(),
            pools: self.user_pool.iter().map(UserPoolId::new).collect(),
            config: detect::Config {
                false_alarms: self.false_alarms,
            },
        })
    }
}

/// Reads, finds outages and explains them.
///
/// `names` are those of app clients for people.
pub fn analyse(
    reading: Reading,
    question: Question,
    names: &Names,
    keep: Keep,
) -> anyhow::Result<Analysis> {
    let mut inputs = reading.resolve(Want::Everything)?;
    let frames = inputs.frames(keep)?;
    question.check(&inputs, &frames)?;
    let history = inputs.history(&frames)?;
    output::tell_window(Some(frames.window.start), Some(frames.window.end));
    let cells = frames.cells.with_lost(&frames.aside);
    let ground = Ground::new(&cells, &frames.coverage, frames.window).with_callers(&frames.callers);
    let incidents = question.incidents(&ground);
    let scene = Scene {
        ground: &ground,
        history: &history,
    };
    let attribute::Explained {
        mut findings,
        mut blips,
    } = attribute::explain(incidents, &scene);
    blips.retain(|blip| question.concerns(blip, frames.window));
    findings.retain(|finding| question.concerns(&finding.incident, frames.window));
    Ok(Analysis {
        investigation: Investigation {
            in_full: false,
            names: names.clone(),
            zone: output::zone(),
            window: frames.window,
            summary: frames.summary,
            coverage: frames.coverage,
            changes: Vec::new(),
            findings,
            blips,
            gaps: history.gaps().to_vec(),
        },
        cells,
        inputs,
        history,
        question,
    })
}

impl Analysis {
    /// The changes in the window that was asked for, by time, also those that did nothing.
    pub fn changes(&self) -> Vec<ConfigChange> {
        let window = self.question.asked.unwrap_or(self.investigation.window);
        let wanted = Wanted::new(&self.question.clients, &self.question.pools);
        let changes = self.history.changes().iter().filter(|change| {
            window.contains(change.change.time) && wanted.has(change, &self.history)
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
    fn check(&self, inputs: &Inputs, frames: &trailblame::frame::Frames) -> anyhow::Result<()> {
        let ids = |ids: Vec<&str>| ids.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let clients = ids(self.clients.iter().map(AppClientId::as_str).collect());
        let pools = ids(self.pools.iter().map(UserPoolId::as_str).collect());
        inputs.check_named(frames, &clients, &pools)?;
        match self.asked {
            Some(asked) => inputs.check_asked(asked, frames.window),
            None => Ok(()),
        }
    }

    fn incidents(&self, ground: &Ground<'_>) -> Vec<Incident> {
        let mut found = match self.asked {
            Some(asked) => detect::asked(ground, asked, &self.clients),
            None => detect::detect(ground, &self.config),
        };
        found.retain(|incident| self.concerns(incident, ground.window));
        found
    }

    fn concerns(&self, incident: &Incident, window: Window) -> bool {
        let asked = self.asked.is_none_or(|asked| {
            incident.onset < asked.end && asked.start <= incident.end.unwrap_or(window.end)
        });
        let client = incident.clients.iter().any(|id| self.clients.contains(id));
        let pool = incident
            .user_pool
            .as_ref()
            .is_some_and(|id| self.pools.contains(id));
        asked && (self.clients.is_empty() || client) && (self.pools.is_empty() || pool)
    }
}

/// Where an outage stands, by its number in the report or its id.
pub fn place(findings: &[Finding], which: &str) -> Result<usize, Usage> {
    let number = which.parse::<usize>().ok();
    let place = findings
        .iter()
        .enumerate()
        .position(|(at, finding)| number == Some(at + 1) || finding.incident.id == which);
    place.ok_or_else(|| Usage {
        message: format!("no outage `{which}`"),
        hint: Some(match findings.len() {
            0 => "no outage was found".to_owned(),
            count => format!("give a number from 1 to {count}, or an id"),
        }),
    })
}
