//! Random AWS accounts that sign people in with Cognito, and what happens to them: for measuring how
//! often an analysis of their logs is right.
//!
//! An account is drawn from a seed in four steps, each in the file of its name: who is there and
//! what they want (`population`), what is done to it (`stories`), what comes of each request under
//! the rules of this one account (`run`), and what AWS and the applications would have logged of it
//! (`records`). What is true is found by running the account again without a suspected cause
//! (`truth`): the same people ask the same things at the same times, with the same luck.
//!
//! What AWS documents stands in the rules with its page; what it leaves open is drawn anew for each
//! account, at [`Rates`] that are drawn too. Nothing here is shared with the program that is
//! measured, nor with the other worlds of this folder.

pub mod chance;
pub mod model;
pub mod oracle;
pub mod population;
pub mod rates;
pub mod records;
pub mod rules;
pub mod run;
pub mod state;
pub mod stories;
pub mod truth;

use std::path::Path;

use model::World;
use truth::Truth;

/// The account of a seed, of a kind or of any.
pub fn draw(seed: u64, kind: Option<&str>) -> (World, Truth) {
    let world = stories::draw(seed, kind);
    let attempts = run::run(&world, &run::Without::nothing());
    let truth = truth::tell(&world, &attempts);
    (world, truth)
}

/// Writes what AWS and the applications logged below `folder`, as it is delivered.
///
/// # Errors
///
/// A file cannot be written.
pub fn write(world: &World, folder: &Path) -> std::io::Result<()> {
    let attempts = run::run(world, &run::Without::nothing());
    for (name, bytes) in records::files(world, &attempts) {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, bytes)?;
    }
    Ok(())
}
