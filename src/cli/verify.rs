//! `--verify`: whether trail files are what CloudTrail delivered.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Read},
    path::PathBuf,
};

use anyhow::{Context, anyhow};
use clap::Args;
use trailblame::{
    record::digest::{self, Digest, PublicKey},
    source::{
        files::{self, Counter, Input},
        inflate::Limits,
    },
};

use super::{Usage, output};

/// How files of the trail are checked.
#[derive(Clone, Debug, Default, Args)]
pub struct VerifyArgs {
    /// Check trail files by CloudTrail's digest files in this folder.
    #[arg(long, value_name = "DIGEST_DIR", requires = "verify_key")]
    verify: Option<PathBuf>,
    /// Public keys that the digests are signed with: saved output of
    /// `aws cloudtrail list-public-keys --start-time TIME`.
    #[arg(long, value_name = "FILE", requires = "verify")]
    verify_key: Option<PathBuf>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Verified {
    /// What does not fit, as sentences without an end.
    pub flaws: Vec<String>,
    /// What fits.
    pub summary: String,
}

/// Longer texts are no file of a trail.
const LONGEST: u64 = 1 << 30;

impl VerifyArgs {
    /// Checks the files that `paths` name; `None` where nobody asked.
    ///
    /// # Errors
    ///
    /// The keys or the digests cannot be read.
    pub fn check(&self, paths: &[String]) -> anyhow::Result<Option<Verified>> {
        let (Some(folder), Some(key)) = (&self.verify, &self.verify_key) else {
            return Ok(None);
        };
        let keys = keys(key)?;
        let digests = digests(&folder.display().to_string());
        if digests.is_empty() {
            return Err(anyhow!(Usage {
                message: format!("no digest file in `{}`", folder.display()),
                hint: Some(
                    "sync s3://BUCKET/AWSLogs/ACCOUNT/CloudTrail-Digest/ to that folder".to_owned()
                ),
            }));
        }
        let mut verified = Verified::default();
        let trusted = trusted(&digests, &keys, &mut verified.flaws);
        compare(paths, &digests, &trusted, &mut verified);
        output::tell(format_args!("verified: {}", verified.summary));
        for flaw in &verified.flaws {
            output::tell(format_args!("warning: {flaw}"));
        }
        Ok(Some(verified))
    }
}

fn keys(path: &PathBuf) -> anyhow::Result<Vec<PublicKey>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("failed to read the keys in `{}`", path.display()))?;
    digest::keys(&text).ok_or_else(|| {
        anyhow!(Usage {
            message: format!("`{}` holds no public key", path.display()),
            hint: Some("save what `aws cloudtrail list-public-keys` prints".to_owned()),
        })
    })
}

/// The digests in a folder, in order of time.
fn digests(folder: &str) -> Vec<Digest> {
    let mut digests: Vec<Digest> = Vec::new();
    for input in files::find(&[folder.to_owned()]).inputs {
        each_text(&input, &mut |_, text| digests.extend(Digest::parse(text)));
    }
    digests.sort_by_key(Digest::end);
    digests
}

fn each_text(input: &Input, each: &mut dyn FnMut(&str, &[u8])) {
    let Ok(opened) = input.open(&Counter::default()) else {
        return;
    };
    let mut take = |name: &str, text: io::Result<&mut dyn Read>| {
        let mut bytes = Vec::new();
        let read = text.and_then(|text| text.take(LONGEST).read_to_end(&mut bytes));
        if read.is_ok() {
            each(name, &bytes);
        }
    };
    opened.texts(&input.name(), Limits::default(), &mut take);
}

/// The digests that the next one vouches for, by their keys. The latest has nobody behind it: its
/// signature stands in the metadata of its object alone.
fn trusted<'a>(
    digests: &'a [Digest],
    keys: &[PublicKey],
    flaws: &mut Vec<String>,
) -> BTreeSet<&'a str> {
    let by_key: BTreeMap<&str, &Digest> = digests
        .iter()
        .map(|digest| (digest.digest_s3_object.as_str(), digest))
        .collect();
    let mut trusted = BTreeSet::new();
    for digest in digests {
        let Some(key) = &digest.previous_digest_s3_object else {
            continue;
        };
        match by_key.get(key.as_str()) {
            Some(before) => match digest.flaw_of(before, keys) {
                Some(flaw) => flaws.push(format!("digest {key} {}", flaw.reason())),
                None => {
                    trusted.insert(key.as_str());
                }
            },
            None if by_key.values().any(|other| other.end() < digest.end()) => {
                flaws.push(format!(
                    "digest {key} is missing: the chain is broken there"
                ));
            }
            // The first one that was given.
            None => {}
        }
    }
    trusted
}

/// Compares files with what the digests say was delivered.
fn compare(
    paths: &[String],
    digests: &[Digest],
    trusted: &BTreeSet<&str>,
    verified: &mut Verified,
) {
    let name = |key: &str| {
        key.rsplit(['/', '\\', '!'])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let mut delivered = BTreeMap::new();
    for digest in digests {
        let is_trusted = trusted.contains(digest.digest_s3_object.as_str());
        for file in &digest.log_files {
            delivered.insert(
                name(&file.s3_object),
                (file.hash_value.as_str(), is_trusted),
            );
        }
    }
    let (mut whole, mut unsigned) = (0_u64, 0_u64);
    let mut met = BTreeSet::new();
    for input in files::find(paths)
        .inputs
        .iter()
        .filter(|input| input.is_lasting())
    {
        each_text(input, &mut |path, text| {
            let name = name(path);
            match delivered.get(&name) {
                None if name.contains("_CloudTrail_") => {
                    verified.flaws.push(format!("{path} is in no digest"));
                }
                None => {}
                Some((hash, _)) if *hash != digest::hash(text) => {
                    verified
                        .flaws
                        .push(format!("{path} is not what CloudTrail delivered"));
                }
                Some((_, true)) => whole += 1,
                Some((_, false)) => unsigned += 1,
            }
            met.insert(name);
        });
    }
    let missing = delivered.keys().filter(|name| !met.contains(*name)).count();
    if missing > 0 {
        let files = if missing == 1 {
            "file that a digest lists is"
        } else {
            "files that digests list are"
        };
        verified.flaws.push(format!("{missing} {files} not here"));
    }
    let span = digests.first().map(|digest| digest.digest_start_time);
    let span = span.zip(digests.last().and_then(Digest::end));
    let span = span.map_or_else(String::new, |(start, end)| {
        let [start, end] = [start, end].map(|time| time.format("%Y-%m-%dT%H:%M:%SZ"));
        format!(", {start} to {end}")
    });
    let unsigned = match unsigned {
        0 => String::new(),
        count => format!(
            ", {count} more by a digest whose signature is not here (the latest is signed by the next)"
        ),
    };
    let files = if whole == 1 { "file is" } else { "files are" };
    verified.summary = format!("{whole} {files} as CloudTrail delivered them{unsigned}{span}");
}
