//! `--verify`: whether trail files are what CloudTrail delivered.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Read},
    path::PathBuf,
};

use anyhow::{Context, anyhow};
use chrono::Utc;
use clap::Args;
use serde::{Deserialize, de::IgnoredAny};
use tokio::sync::mpsc;
use trailblame::{
    ids::{AccountId, Region},
    record::digest::{self, Digest, LogFile, PublicKey},
    source::{
        archive::Opened,
        aws::{Pace, Page, Place, s3},
        files::{self, Counter, Input},
        inflate::Limits,
    },
    window::Window,
};

use super::{
    Usage, ask,
    aws::{Bucket, Connection},
    output, read,
};

/// How files of the trail are checked.
#[derive(Clone, Debug, Default, Args)]
pub struct VerifyArgs {
    /// Verify trail files with CloudTrail's digest files in this folder or below this prefix.
    #[arg(long, value_name = "DIGEST_DIR|s3://…", requires = "verify_key")]
    verify: Option<String>,
    /// Public keys that the digests are signed with: saved output of
    /// `aws cloudtrail list-public-keys --start-time TIME`.
    #[arg(long, value_name = "FILE", requires = "verify")]
    verify_key: Option<PathBuf>,
}

/// What to check files by, and what was read so far.
#[derive(Debug)]
pub struct Verify {
    folder: String,
    keys: PathBuf,
    connection: Connection,
    /// Files that AWS answered with.
    read: Vec<TextFile>,
}

/// A file that was read.
#[derive(Debug)]
struct TextFile {
    path: String,
    hash: String,
    records: u64,
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
/// So many files with the same flaw are named; the rest are counted.
const MOST_NAMED: usize = 10;
/// Pages wait to be read; so many of them in memory.
const PAGES_WAITING: usize = 16;

impl VerifyArgs {
    /// What was typed; `None` where nobody asked.
    pub fn resolve(self, connection: Connection) -> Option<Verify> {
        Some(Verify {
            folder: self.verify?,
            keys: self.verify_key?,
            connection,
            read: Vec::new(),
        })
    }
}

impl Verify {
    /// Takes a file that AWS answered with.
    pub fn take(&mut self, page: &Page) {
        if !page.file || page.failure.is_some() {
            return;
        }
        each_text_of(
            Opened::of_bytes(&page.bytes),
            &page.name,
            &mut |path, text| {
                self.read.push(TextFile::new(path, text));
            },
        );
    }

    /// Checks these files and those that were taken; of those that `is_wanted` takes none may be
    /// missing. What was read lies in `window`.
    ///
    /// # Errors
    ///
    /// The keys or the digests cannot be read.
    pub fn check(
        &self,
        paths: &[String],
        is_wanted: impl Fn(&LogFile) -> bool,
        window: Window,
    ) -> anyhow::Result<Verified> {
        let keys = keys(&self.keys)?;
        let mut verified = Verified::default();
        let mut digests = self.digests(window, &mut verified.flaws)?;
        if digests.is_empty() {
            return Err(anyhow!(Usage {
                message: format!("no digest file in `{}`", self.folder),
                hint: Some("they lie in s3://BUCKET/AWSLogs/ACCOUNT/CloudTrail-Digest/".to_owned()),
            }));
        }
        digests.sort_by_key(Digest::end);
        let trusted = trusted(&digests, &keys, &mut verified.flaws);
        let mut inputs = files::find(paths).inputs;
        inputs.retain(Input::is_lasting);
        let mut comparison = Comparison::new(&digests, &trusted);
        self.read.iter().for_each(|file| comparison.take(file));
        for input in &inputs {
            each_text(input, &mut |path, text| {
                comparison.take(&TextFile::new(path, text));
            });
        }
        comparison.finish(&digests, is_wanted, &mut verified);
        output::tell(format_args!("verified: {}", verified.summary));
        for flaw in &verified.flaws {
            output::tell(format_args!("warning: {flaw}"));
        }
        Ok(verified)
    }

    fn digests(&self, window: Window, flaws: &mut Vec<String>) -> anyhow::Result<Vec<Digest>> {
        let mut digests: Vec<Digest> = Vec::new();
        if self.folder.starts_with("s3://") {
            let bucket = read::bucket(&self.folder)?;
            let pages = downloaded(bucket, &self.connection, window, |page| {
                if let Some(failure) = &page.failure {
                    flaws.push(format!("digest {} was not read: {failure}", page.name));
                }
                each_text_of(Opened::of_bytes(&page.bytes), &page.name, &mut |_, text| {
                    digests.extend(Digest::parse(text));
                });
            });
            pages.with_context(|| format!("failed to read the digests in `{}`", self.folder))?;
            return Ok(digests);
        }
        for input in files::find(std::slice::from_ref(&self.folder)).inputs {
            each_text(&input, &mut |_, text| digests.extend(Digest::parse(text)));
        }
        Ok(digests)
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

/// Downloads what lies below a prefix and was published in the window or a day later, since a digest
/// is signed in the next one.
fn downloaded(
    bucket: Bucket,
    connection: &Connection,
    window: Window,
    mut each: impl FnMut(&Page),
) -> anyhow::Result<()> {
    let question = s3::Question {
        bucket: bucket.name,
        prefix: bucket.prefix,
        window: Window {
            start: window.start,
            end: window.end + chrono::TimeDelta::days(1),
        },
        regions: Vec::new(),
    };
    let runtime = ask::runtime()?;
    let (pages, mut waiting) = mpsc::channel(PAGES_WAITING);
    let connection = connection.clone();
    let answer = runtime.spawn(ask::until_interrupted(async move {
        let place = Place {
            account: AccountId::new(""),
            region: Region::new(""),
            config: connection.load().await,
        };
        let pace = Pace::new(s3::QUOTA / 2.0);
        s3::download(&place, &pace, &question, Utc::now(), pages).await
    }));
    while let Some(page) = waiting.blocking_recv() {
        each(&page);
    }
    let reach = runtime.block_on(answer)??;
    match reach.stop {
        // What is missing is told with its name.
        Some(stop) if reach.got.is_empty() => Err(anyhow!(stop)),
        _ => Ok(()),
    }
}

fn each_text(input: &Input, each: &mut dyn FnMut(&str, &[u8])) {
    if let Ok(opened) = input.open(&Counter::default()) {
        each_text_of(opened, &input.name(), each);
    }
}

fn each_text_of(opened: Opened<'_>, name: &str, each: &mut dyn FnMut(&str, &[u8])) {
    let mut take = |name: &str, text: io::Result<&mut dyn Read>| {
        let mut bytes = Vec::new();
        let read = text.and_then(|text| text.take(LONGEST).read_to_end(&mut bytes));
        if read.is_ok() {
            each(name, &bytes);
        }
    };
    opened.texts(name, Limits::default(), &mut take);
}

impl TextFile {
    fn new(path: &str, text: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Trail {
            #[serde(rename = "Records")]
            records: Vec<IgnoredAny>,
        }
        let trail = serde_json::from_slice::<Trail>(text);
        Self {
            path: path.to_owned(),
            hash: digest::hash(text),
            records: trail.map_or(0, |trail| trail.records.len() as u64),
        }
    }
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
        let is_earlier = |other: &&Digest| {
            chain(&other.digest_s3_object) == chain(key) && other.end() < digest.end()
        };
        match by_key.get(key.as_str()) {
            Some(before) => match digest.flaw_of(before, keys) {
                Some(flaw) => flaws.push(format!("digest {key} {}", flaw.reason())),
                None => {
                    trusted.insert(key.as_str());
                }
            },
            None if digests.iter().any(|other| is_earlier(&other)) => {
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

/// Account, Region and trail of a digest, whose name ends with its time.
fn chain(key: &str) -> &str {
    let name = name(key);
    name.rsplit_once('_').map_or(name, |(chain, _)| chain)
}

/// The name of a file in whatever folder, bucket or archive.
fn name(path: &str) -> &str {
    path.rsplit(['/', '\\', '!']).next().unwrap_or_default()
}

/// Files that were read, compared with those that were delivered.
struct Comparison<'a> {
    /// What was delivered by hash, and whether that is signed …
    by_hash: BTreeMap<&'a str, bool>,
    /// … and its names.
    names: BTreeSet<&'a str>,
    /// Hashes and names that were met.
    met: BTreeSet<String>,
    signed: Covered,
    unsigned: Covered,
    altered: Vec<String>,
    unlisted: Vec<String>,
}

#[derive(Default)]
struct Covered {
    files: u64,
    records: u64,
}

impl<'a> Comparison<'a> {
    fn new(digests: &'a [Digest], trusted: &BTreeSet<&str>) -> Self {
        let mut by_hash = BTreeMap::new();
        let mut names = BTreeSet::new();
        for digest in digests {
            let is_trusted = trusted.contains(digest.digest_s3_object.as_str());
            for file in &digest.log_files {
                *by_hash.entry(file.hash_value.as_str()).or_default() |= is_trusted;
                names.insert(name(&file.s3_object));
            }
        }
        Self {
            by_hash,
            names,
            met: BTreeSet::new(),
            signed: Covered::default(),
            unsigned: Covered::default(),
            altered: Vec::new(),
            unlisted: Vec::new(),
        }
    }

    fn take(&mut self, file: &TextFile) {
        let name = name(&file.path);
        match self.by_hash.get(file.hash.as_str()) {
            Some(true) => self.signed.add(file.records),
            Some(false) => self.unsigned.add(file.records),
            None if self.names.contains(name) => self.altered.push(file.path.clone()),
            None if name.contains("_CloudTrail_") => self.unlisted.push(file.path.clone()),
            // No file of a trail.
            None => return,
        }
        self.met.extend([name.to_owned(), file.hash.clone()]);
    }

    fn finish(
        self,
        digests: &[Digest],
        is_wanted: impl Fn(&LogFile) -> bool,
        verified: &mut Verified,
    ) {
        let delivered = digests.iter().flat_map(|digest| &digest.log_files);
        let missing = delivered.filter(|file| {
            let is_met = |text: &str| self.met.contains(text);
            is_wanted(file) && !is_met(name(&file.s3_object)) && !is_met(&file.hash_value)
        });
        let missing = missing.map(|file| file.s3_object.clone()).collect();
        let flaws = &mut verified.flaws;
        named(self.altered, "is not what CloudTrail delivered", flaws);
        named(self.unlisted, "is in no digest", flaws);
        named(missing, "is listed in a digest and was not read", flaws);
        let unsigned = match self.unsigned.files {
            0 => String::new(),
            _ => format!(
                ", {} by a digest that nothing vouches for yet (the next one signs it)",
                self.unsigned.counted()
            ),
        };
        let span = digests.first().map(|digest| digest.digest_start_time);
        let span = span.zip(digests.last().and_then(Digest::end));
        let span = span.map_or_else(String::new, |(start, end)| {
            let [start, end] = [start, end].map(|time| time.format("%Y-%m-%dT%H:%M:%SZ"));
            format!("; digests from {start} to {end}")
        });
        let is = match self.signed.files {
            1 => "is as CloudTrail delivered it",
            _ => "are as CloudTrail delivered them",
        };
        verified.summary = format!("{} {is}{unsigned}{span}", self.signed.counted());
    }
}

impl Covered {
    fn add(&mut self, records: u64) {
        self.files += 1;
        self.records += records;
    }

    fn counted(&self) -> String {
        let of = |count: u64, what: &str| match count {
            1 => format!("1 {what}"),
            count => format!("{count} {what}s"),
        };
        format!(
            "{} with {}",
            of(self.files, "file"),
            of(self.records, "record")
        )
    }
}

/// Tells a flaw of each of these, or of the first few and how many more there are.
fn named(paths: Vec<String>, flaw: &str, flaws: &mut Vec<String>) {
    let more = paths.len().saturating_sub(MOST_NAMED);
    let first = paths.iter().take(MOST_NAMED);
    flaws.extend(first.map(|path| format!("{path} {flaw}")));
    match more {
        0 => {}
        more => flaws.push(format!("{more} more: {flaw}")),
    }
}
