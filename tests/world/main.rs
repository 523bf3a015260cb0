//! Writes an invented world into a folder: the sample logs, or an organisation's trail of any size.
//!
//! ```sh
//! cargo run --release --example world -- sample-logs
//! cargo run --release --example world -- organisation FOLDER --bytes 2GB --cognito 0.01
//! ```

#[path = "arguments.rs"]
mod arguments;
#[path = "world.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod world;

use std::{
    collections::BTreeSet,
    env, fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use arguments::{Job, USAGE};
use serde_json::{Value, json};
use world::{
    clock::iso,
    organisation::{Organisation, Written},
};

fn main() -> ExitCode {
    let arguments: Option<Vec<String>> = env::args_os()
        .skip(1)
        .map(|argument| argument.into_string().ok())
        .collect();
    let (folder, written) = match arguments.as_deref().and_then(arguments::parse) {
        None => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
        Some(Job::Sample(folder)) => (folder.clone(), sample(&folder)),
        Some(Job::Organisation(folder, order)) => (folder.clone(), organisation(&folder, &order)),
    };
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: failed to write `{}`: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

fn sample(folder: &Path) -> io::Result<()> {
    let world = world::sample();
    let kept: BTreeSet<PathBuf> = world.files.iter().map(|(path, _)| path.into()).collect();
    if folder.exists() {
        remove_stale(folder, folder, &kept)?;
    }
    for (path, bytes) in &world.files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, bytes)?;
    }
    let bytes: usize = world.files.iter().map(|(_, bytes)| bytes.len()).sum();
    eprintln!("{} files, {bytes} bytes", world.files.len());
    Ok(())
}

/// Writes into an empty folder, and prints as JSON what should be said of it.
fn organisation(folder: &Path, order: &Organisation) -> io::Result<()> {
    if folder.exists() && fs::read_dir(folder)?.next().is_some() {
        return Err(io::Error::other("the folder is not empty"));
    }
    let written = order.write(folder)?;
    eprintln!(
        "{} files, {} bytes, {} inflated ({:.1} : 1), {} records ({} again), {} of user pools",
        written.files,
        written.bytes,
        written.inflated,
        written.inflated as f64 / written.bytes as f64,
        written.records,
        written.repeats,
        written.cognito,
    );
    println!("{}", truth(&written));
    Ok(())
}

fn truth(written: &Written) -> Value {
    let tokens = written.tokens.iter();
    let tokens: Vec<Value> = tokens
        .map(|((client, status), count)| json!([client, status, count]))
        .collect();
    let outage = written.outage.as_ref().map(|outage| {
        json!({
            "client": outage.client,
            "user_pool": outage.user_pool,
            "culprit": outage.culprit,
            "changed": iso(outage.changed),
            "onset": iso(outage.onset),
            "end": iso(outage.end),
            "failed": outage.failed,
            "healed_by": outage.healed_by,
            "healed": iso(outage.healed),
        })
    });
    json!({
        "files": written.files,
        "bytes": written.bytes,
        "inflated": written.inflated,
        "records": written.records,
        "repeats": written.repeats,
        "cognito": written.cognito,
        "attempts": written.attempts,
        "tokens": tokens,
        "outage": outage,
    })
}

/// Deletes what an earlier version of the world left, and the folders this empties.
fn remove_stale(root: &Path, folder: &Path, kept: &BTreeSet<PathBuf>) -> io::Result<()> {
    for found in fs::read_dir(folder)? {
        let path = found?.path();
        if path.is_dir() {
            remove_stale(root, &path, kept)?;
            if fs::read_dir(&path)?.next().is_none() {
                fs::remove_dir(&path)?;
            }
        } else if !path
            .strip_prefix(root)
            .is_ok_and(|path| kept.contains(path))
        {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}
