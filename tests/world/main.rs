//! Writes the sample world into a folder: `cargo run --example world -- sample-logs`.

#[path = "world.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod world;

use std::{
    collections::BTreeSet,
    env, fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: world FOLDER");
        return ExitCode::from(2);
    };
    match write(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: failed to write `{}`: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path) -> io::Result<()> {
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
