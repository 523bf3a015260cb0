//! Names and ids of app clients and user pools as they were typed.

use anyhow::anyhow;
use trailblame::{
    cognito::{
        directory::{Directory, Mismatch},
        history::History,
    },
    frame::Cells,
    ids::{AppClientId, UserPoolId},
};

use super::{Usage, config::Names, inputs::NothingOfUse};

/// Every app client and user pool of the logs, with the names of the configuration file last.
pub fn directory(history: &History, cells: &Cells, names: &Names) -> Directory {
    let mut directory = Directory::new(history);
    for owner in &cells.owners {
        directory.add_client(cells.text(owner.client));
        directory.add_pool(cells.text(owner.user_pool));
    }
    for (id, name) in names {
        directory.call_client(id, name);
    }
    directory
}

/// The app clients that were typed as names, ids or beginnings of either.
///
/// # Errors
///
/// No app client of the logs is called so, or several are.
pub fn clients(typed: &[String], directory: &Directory) -> anyhow::Result<Vec<AppClientId>> {
    let found = typed.iter().map(|text| {
        let found = directory.client(text);
        found.map_err(|mismatch| refused("--client", "app clients", text, mismatch))
    });
    found.collect()
}

/// The user pools that were typed in the same way.
///
/// # Errors
///
/// No user pool of the logs is called so, or several are.
pub fn pools(typed: &[String], directory: &Directory) -> anyhow::Result<Vec<UserPoolId>> {
    let found = typed.iter().map(|text| {
        let found = directory.pool(text);
        found.map_err(|mismatch| refused("--user-pool", "user pools", text, mismatch))
    });
    found.collect()
}

fn refused(flag: &str, what: &str, text: &str, mismatch: Mismatch) -> anyhow::Error {
    match mismatch {
        Mismatch::Unknown => anyhow!(NothingOfUse::named(text)),
        Mismatch::Ambiguous(found) => {
            let line = |(id, name): (String, Option<String>)| match name {
                Some(name) => format!("{id} ({name})"),
                None => id,
            };
            let count = found.len();
            let found: Vec<String> = found.into_iter().map(line).collect();
            anyhow!(Usage {
                message: format!("`{flag} {text}` is ambiguous: {count} {what} match"),
                hint: Some(format!("give one of these ids: {}", found.join(", "))),
            })
        }
    }
}
