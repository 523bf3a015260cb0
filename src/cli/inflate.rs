//! `trailblame inflate`: reads and inflates files and does nothing with them, the least that any
//! reader of them must do. What `investigate` costs is measured against it.

use std::{
    io::{self, Write},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use clap::Args;
use trailblame::source::{
    files::{self, Counter, Input},
    inflate::{Limits, Whole},
};

use super::{Ended, inputs::readers};

/// Read and inflate files, and do nothing with them.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Files, folders and globs.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,
}

/// Runs the command.
pub fn run(arguments: &Arguments, out: &mut impl Write) -> anyhow::Result<Ended> {
    let inputs = files::find(&arguments.paths).inputs;
    let (files, bytes) = (inputs.len(), Counter::default());
    let inflated = AtomicU64::new(0);
    let inputs = Mutex::new(inputs.into_iter());
    let next = || inputs.lock().ok()?.next();
    thread::scope(|scope| {
        for _ in 0..readers().get() {
            scope.spawn(|| {
                let mut whole = Whole::default();
                while let Some(input) = next() {
                    let size = size(&input, &mut whole, &bytes).unwrap_or_default();
                    inflated.fetch_add(size, Ordering::Relaxed);
                }
            });
        }
    });
    let (bytes, inflated) = (bytes.count(), inflated.into_inner());
    writeln!(out, "{files} files, {bytes} bytes, {inflated} inflated")?;
    Ok(Ended::Well)
}

/// How many bytes an input holds when it is inflated.
fn size(input: &Input, whole: &mut Whole, bytes: &Counter) -> io::Result<u64> {
    if input.load(whole, Limits::default(), bytes)? {
        return Ok(whole.text.len() as u64);
    }
    let mut size = 0;
    let opened = input.open(bytes)?;
    opened.texts(&input.name(), Limits::default(), &mut |_, text| {
        let read = text.and_then(|mut text| io::copy(&mut text, &mut io::sink()));
        size += read.unwrap_or_default();
    });
    Ok(size)
}
