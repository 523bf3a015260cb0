//! Asks AWS everything at once and hands on what comes.

use std::{future::Future, io, iter};

use anyhow::Context;
use chrono::{DateTime, Utc};
use tokio::{runtime::Runtime, sync::mpsc, task::JoinSet};
use trailblame::{
    frame::Fold,
    record::{self, Located, Malformed},
    source::{
        archive::Opened,
        aws::{Page, Place, Reach, Stop},
        inflate::Limits,
    },
    window::Windows,
};

use super::{
    aws::Asked,
    errand::{Errand, Purpose, Spans, errands, near_incidents},
    progress::Progress,
};

/// Pages wait for the fold; so many of them in memory.
const PAGES_WAITING: usize = 16;

/// The answer to one question, without its pages.
#[derive(Debug)]
pub struct Answer {
    /// What it was for.
    pub purpose: Purpose,
    /// How far it got, with what the archive holds.
    pub reach: Reach,
}

/// Questions, and what the archive holds of their answers.
pub struct Questions {
    runtime: Runtime,
    places: Vec<Place>,
    errands: Vec<Vec<Held>>,
}

/// An errand, and the part of its span that the archive holds.
pub struct Held {
    /// What to ask.
    pub errand: Errand,
    /// What need not be asked.
    pub archived: Windows,
}

impl Questions {
    /// What to ask whom.
    ///
    /// # Errors
    ///
    /// There are no credentials or no Region to ask, the archive cannot be read, or somebody
    /// interrupted it.
    pub fn new(asked: &Asked, spans: Spans) -> anyhow::Result<Self> {
        let runtime = runtime()?;
        let places = runtime.block_on(until_interrupted(asked.places()))??;
        let errands = errands(asked, places.clone(), spans);
        Self::of(runtime, asked, places, errands)
    }

    /// What to ask of the time around incidents.
    ///
    /// # Errors
    ///
    /// The archive cannot be read.
    pub fn near_incidents(
        asked: &Asked,
        places: &[Place],
        spans: &Windows,
        at: DateTime<Utc>,
    ) -> anyhow::Result<Self> {
        let errands = near_incidents(asked, places, spans, at);
        Self::of(runtime()?, asked, places.to_vec(), errands)
    }

    fn of(
        runtime: Runtime,
        asked: &Asked,
        places: Vec<Place>,
        errands: Vec<Vec<Errand>>,
    ) -> anyhow::Result<Self> {
        let held = |errand: Errand| {
            let covered = asked.archive.covered(&errand.section())?;
            let archived = covered.shared(&Windows::from_iter([errand.window]));
            Ok(Held { errand, archived })
        };
        let errands = errands.into_iter();
        let errands = errands.map(|errands| errands.into_iter().map(held).collect());
        Ok(Self {
            errands: errands.collect::<trailblame::Result<_>>()?,
            runtime,
            places,
        })
    }

    /// Each account and Region that was named.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// All errands.
    pub fn held(&self) -> impl Iterator<Item = &Held> {
        self.errands.iter().flatten()
    }

    /// Asks everything at once, but for what the archive holds, and lets `read` take the pages as
    /// they come.
    ///
    /// # Errors
    ///
    /// Somebody interrupted it.
    pub fn ask(
        self,
        read: impl FnOnce(&mut (dyn Iterator<Item = Page> + Send)),
    ) -> anyhow::Result<Vec<Answer>> {
        let (pages, mut waiting) = mpsc::channel(PAGES_WAITING);
        let mut running = JoinSet::new();
        for errands in self.errands {
            let errands = one_after_another(errands, pages.clone());
            running.spawn_on(errands, self.runtime.handle());
        }
        drop(pages);
        let answers = self.runtime.spawn(until_interrupted(running.join_all()));
        let progress = Progress::new();
        read(&mut iter::from_fn(|| {
            let page = waiting.blocking_recv()?;
            progress.page(&page);
            Some(page)
        }));
        progress.end();
        let answers = self.runtime.block_on(answers);
        let answers = answers.context("failed to ask AWS")??;
        Ok(answers.into_iter().flatten().collect())
    }
}

async fn one_after_another(errands: Vec<Held>, pages: mpsc::Sender<Page>) -> Vec<Answer> {
    let mut answers = Vec::new();
    for Held { errand, archived } in errands {
        let missing = archived.missing(errand.window);
        let latest_first: Vec<_> = missing.as_slice().iter().rev().copied().collect();
        let mut reach = errand.run(&latest_first, pages.clone()).await;
        reach.got.extend(archived.as_slice().iter().copied());
        answers.push(Answer {
            purpose: errand.purpose,
            reach,
        });
    }
    answers
}

/// Reads a page into the fold.
pub fn fold_page(page: &Page, fold: &mut Fold) {
    match page.file {
        true => fold.begin(&page.name),
        false => fold.begin_page(&page.name),
    }
    let failure = match &page.failure {
        Some(failure) => Some(failure.clone()),
        None => read_page(page, |record| fold.take(record))
            .err()
            .map(|error| error.to_string()),
    };
    match page.file {
        true => fold.end(page.bytes.len() as u64, failure),
        false => fold.end_page(page.bytes.len() as u64, failure),
    }
}

/// Reads the records of a page.
pub fn read_page(
    page: &Page,
    mut each: impl FnMut(Result<Located<'_>, Malformed>),
) -> io::Result<()> {
    let mut result = Ok(());
    Opened::of_bytes(&page.bytes).texts(&page.name, Limits::default(), &mut |name, text| {
        let read = text.and_then(|text| record::read(text, name, &mut each));
        if let (Ok(()), Err(error)) = (&result, read) {
            result = Err(error);
        }
    });
    result
}

impl Answer {
    /// Whether it was stopped before anything was read.
    pub fn is_empty_handed(&self) -> bool {
        self.reach.stop.is_some() && self.reach.got.is_empty()
    }
}

/// What to say of a question that was not answered whole.
pub fn told(purpose: Purpose, reach: &Reach) -> Option<String> {
    let Reach {
        question,
        account,
        region,
        stop,
        ..
    } = reach;
    let stop = stop.as_ref()?;
    let blind = match purpose {
        Purpose::Requests(_) | Purpose::Log | Purpose::Files => "",
        Purpose::Changes | Purpose::NearIncidents | Purpose::LogChanges => {
            "; the cause may be among the changes not seen"
        }
    };
    Some(format!(
        "{question} in account {account}, {region}: {stop}{blind}"
    ))
}

/// How to go on after a stop.
pub fn cure(stop: &Stop) -> Option<String> {
    Some(match stop {
        Stop::Denied { action, .. } => {
            format!("allow `{action}`; `trailblame iam-policy` prints the minimal IAM policy")
        }
        Stop::Credentials { .. } => "name a profile (`--profile`) or renew its credentials \
                                     (`aws sso login`), and run the same command again"
            .to_owned(),
        Stop::OutOfTime { .. } => "an event history gives 100 events a second at most: read the \
                                   trail's bucket or log group instead, or give a shorter window"
            .to_owned(),
        Stop::GaveUp { .. } => "run the same command again".to_owned(),
        _ => return None,
    })
}

/// Threads to wait on.
pub fn runtime() -> anyhow::Result<Runtime> {
    Runtime::new().context("failed to start the asynchronous runtime")
}

/// Ctrl-C ends the waiting.
pub async fn until_interrupted<T>(work: impl Future<Output = T>) -> Result<T, Stop> {
    tokio::select! {
        done = work => Ok(done),
        _ = tokio::signal::ctrl_c() => Err(Stop::Interrupted),
    }
}
