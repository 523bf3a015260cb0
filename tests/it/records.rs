//! Real records that nobody of this project wrote, where they are at hand.

use std::path::{Path, PathBuf};

use crate::program;

/// The folder of real records beside the repository, if it is there.
fn records() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/records");
    if !folder.is_dir() {
        eprintln!("skipped: no folder of real records beside the repository");
        return None;
    }
    Some(folder)
}

#[test]
fn a_real_trail_without_cognito_has_no_outage() {
    let Some(records) = records() else { return };
    let folder = records.join("cloudtrail-invictus");
    let answer = program::investigate(&[folder.to_str().expect("UTF-8")]);
    assert_eq!(answer["inputs"]["records"], 2_900);
    assert_eq!(answer["inputs"]["duplicates"], 0);
    assert_eq!(answer["inputs"]["rejected"], 0);
    assert_eq!(answer["incidents"].as_array().map(Vec::len), Some(0));
}

#[test]
fn real_and_documented_cognito_records_are_requests() {
    let Some(records) = records() else { return };
    let folder = records.join("cognito");
    let answer = program::investigate(&[folder.to_str().expect("UTF-8")]);
    assert_eq!(answer["inputs"]["rejected"], 0);
    assert_eq!(answer["inputs"]["records"], 16);
    // Token_POST (4), Login_GET, Signup_*, Confirm_*, SAML2Response_POST; the rest are identity
    // pools.
    assert_eq!(answer["inputs"]["requests"], 10);
    assert_eq!(answer["incidents"].as_array().map(Vec::len), Some(0));
}
