//! `trailblame pull`: brings a window of AWS logs into the local archive.

use std::{io::Write, sync::Arc};

use anyhow::{Context, anyhow};
use chrono::TimeDelta;
use clap::Args;
use tokio::{
    sync::{Mutex, mpsc},
    task::JoinSet,
};
use trailblame::{
    archive::{Archive, Lock},
    frame::Fold,
    source::aws::{Page, Reach},
    window::Windows,
};

use super::{
    Ended, Usage,
    ask::{cure, fold_page, runtime, told, until_interrupted},
    aws::Asked,
    errand::{Errand, Purpose, Spans, errands, near_incidents},
    output,
    progress::Progress,
    read,
};

/// Bring a window of AWS logs into the local archive.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trailblame pull --profile prod --region eu-west-1 --since 7d
  trailblame investigate --archive --since 7d")]
pub struct Arguments {
    /// End with status 4 when a question was not answered whole.
    #[arg(long)]
    fail_on_incomplete: bool,
    #[command(flatten)]
    inputs: read::Reading,
}

/// Records of a trail come up to a quarter of an hour after the event (domain.md §9): so much is
/// pulled again next time.
pub const DELIVERY: TimeDelta = TimeDelta::minutes(15);
/// Pages wait for the fold; so many of them in memory, for each errand.
const PAGES_WAITING: usize = 4;

/// What became of an errand.
pub struct Pulled {
    purpose: Purpose,
    reach: Reach,
    pages: usize,
    records: usize,
}

/// Runs the command.
pub fn run(arguments: Arguments, out: &mut impl Write) -> anyhow::Result<Ended> {
    let inputs = arguments.inputs.resolve(read::Want::Copy)?;
    let (asked, spans, archive) = inputs.to_pull()?;
    let pulled = pull(asked, spans, archive)?;
    let mut incomplete = false;
    for Pulled {
        purpose,
        reach,
        pages,
        records,
    } in &pulled
    {
        let got = reach.got.missing(reach.asked).is_empty();
        writeln!(
            out,
            "{} in account {}, {}: {pages} pages, {records} records{}",
            reach.question,
            reach.account,
            reach.region,
            if got { "" } else { "; not whole" }
        )?;
        if let Some(note) = told(*purpose, reach) {
            incomplete = true;
            output::tell(format_args!("note: {note}"));
        }
        if let Some(hint) = reach.stop.as_ref().and_then(cure) {
            output::tell(format_args!("hint: {hint}"));
        }
    }
    let nothing = pulled
        .iter()
        .all(|pulled| pulled.reach.stop.is_some() && pulled.reach.got.is_empty());
    if nothing && !pulled.is_empty() {
        return Err(anyhow!("nothing was pulled"));
    }
    Ok(match incomplete && arguments.fail_on_incomplete {
        true => Ended::Incomplete,
        false => Ended::Well,
    })
}

/// Pulls what the archive lacks of what is asked.
///
/// # Errors
///
/// There are no credentials or no Region to ask, the archive cannot be written, or somebody
/// interrupted it.
pub fn pull(asked: &Asked, spans: Spans, archive: &Archive) -> anyhow::Result<Vec<Pulled>> {
    let runtime = runtime()?;
    let places = runtime.block_on(until_interrupted(asked.places()))??;
    let lock = archive.lock(|| {
        output::tell("another run is writing the archive; waiting for it");
    })?;
    let archive = Arc::new(Mutex::new((archive.clone(), lock)));
    let progress = Progress::new();
    let mut running = JoinSet::new();
    let spans = spans.to_keep();
    let mut all = errands(asked, places.clone(), spans);
    if asked.cloudtrail {
        // An incident may be found anywhere in it.
        let anywhere: Windows = spans.requests.into_iter().collect();
        all.extend(near_incidents(asked, &places, &anywhere, spans.at));
    }
    for errands in all {
        let (archive, progress) = (Arc::clone(&archive), progress.clone());
        let errands = async move {
            let mut pulled = Vec::new();
            for errand in errands {
                pulled.push(pull_one(&errand, &archive, &progress).await?);
            }
            anyhow::Ok(pulled)
        };
        running.spawn_on(errands, runtime.handle());
    }
    let pulled = runtime.block_on(until_interrupted(running.join_all()));
    progress.end();
    let pulled = pulled?;
    let pulled: Vec<Vec<Pulled>> = pulled.into_iter().collect::<anyhow::Result<_>>()?;
    Ok(pulled.into_iter().flatten().collect())
}

/// Pulls what is missing of one errand, a span after another; each is stored before the next.
async fn pull_one(
    errand: &Errand,
    archive: &Mutex<(Archive, Lock)>,
    progress: &Progress,
) -> anyhow::Result<Pulled> {
    let held = archive.lock().await.0.covered(&errand.section())?;
    let deadline = errand.deadline();
    let mut pulled = Pulled {
        purpose: errand.purpose,
        reach: errand.unasked(),
        pages: 0,
        records: 0,
    };
    let held = held.shared(&Windows::from_iter([errand.window]));
    pulled.reach.got = held.clone();
    for span in errand.steps(&held.missing(errand.window)) {
        let (pages, mut read) = mpsc::channel::<Page>(PAGES_WAITING);
        let folding = async {
            let mut fold = Fold::for_archive();
            while let Some(page) = read.recv().await {
                progress.page(&page);
                fold_page(&page, &mut fold);
                pulled.pages += 1;
                pulled.records += page.records;
            }
            fold
        };
        let (reach, mut fold) = tokio::join!(errand.ask(span, deadline, pages), folding);
        {
            let archive = archive.lock().await;
            let complete = reach.at - DELIVERY;
            let section = errand.section();
            let stored = fold.kept().and_then(|kept| {
                archive
                    .0
                    .store(&archive.1, &section, &kept, &reach.got, complete)
            });
            stored.context("failed to store what was pulled")?;
        }
        pulled
            .reach
            .got
            .extend(reach.got.as_slice().iter().copied());
        if let Some(stop) = reach.stop {
            pulled.reach.stop = Some(stop);
            break;
        }
    }
    Ok(pulled)
}

/// What was typed cannot be pulled.
pub fn refuse_paths(paths: &[String]) -> Result<(), Usage> {
    match paths.first() {
        None => Ok(()),
        Some(path) => Err(Usage {
            message: format!("`{path}` is on this machine already"),
            hint: Some("`trailblame investigate` reads it as it lies".to_owned()),
        }),
    }
}
