//! A local archive of what was pulled: the kept rows as Parquet files, and which spans they cover.
//!
//! ```text
//! kind=attempts/account=111122223333/region=eu-west-1/date=2026-03-02/ORIGIN.parquet
//! kind=changes/…  kind=streams/…
//! coverage/111122223333/eu-west-1/ORIGIN.json
//! ```
//!
//! A file holds all rows of one origin, account, Region and day, and is replaced as a whole. Rows
//! count only inside the spans that the coverage names, and the coverage is written last: a pull
//! that was stopped anywhere leaves what was there before, and is run again.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, DurationRound, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::{
    error::{Error, Result},
    frame::{Fold, Kept},
    ids::{AccountId, Region},
    window::{Window, Windows},
};

mod coverage;
mod disk;
#[cfg(test)]
mod tests;

pub use disk::Lock;

/// Spans begin and end at blocks in which the fold collapses the repeats of a principal, so that
/// rows of two pulls add up.
const BLOCK: TimeDelta = TimeDelta::minutes(5);

/// Rows of one question to one account and Region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Section {
    /// The account that was asked.
    pub account: AccountId,
    /// The Region that was asked.
    pub region: Region,
    /// What was asked: `cloudtrail-requests`, `logs-/ecs/web`.
    pub origin: String,
}

/// The archive below a folder.
#[derive(Clone, Debug)]
pub struct Archive {
    root: PathBuf,
}

impl Archive {
    /// The archive in that folder, which need not exist yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Waits until no other run writes, and keeps others from it until the lock is dropped. The
    /// folder is made readable by its owner alone.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] when the folder or the lock cannot be made.
    pub fn lock(&self, waiting: impl FnOnce()) -> Result<Lock> {
        disk::folder(&self.root)?;
        let lock = disk::lock(&self.root.join("lock"), waiting)?;
        disk::remove_unfinished(&self.root)?;
        Ok(lock)
    }

    /// Every section that covers anything.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when the folder cannot be read.
    pub fn sections(&self) -> Result<Vec<Section>> {
        coverage::sections(&self.root)
    }

    /// The spans that a section covers.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when its file cannot be read.
    pub fn covered(&self, section: &Section) -> Result<Windows> {
        coverage::read(&self.root, section)
    }

    /// Puts `kept` in the place of what the archive holds of `windows`, then covers `complete`,
    /// the part of them to which nothing will be added.
    ///
    /// # Errors
    ///
    /// [`Error::Read`], [`Error::Write`] or [`Error::Frame`].
    pub fn store(
        &self,
        _lock: &Lock,
        section: &Section,
        kept: &Kept,
        windows: &Windows,
        complete: DateTime<Utc>,
    ) -> Result<()> {
        let windows: Windows = windows.as_slice().iter().filter_map(aligned).collect();
        for day in days(&windows) {
            let inside = windows.shared(&Windows::from_iter([day]));
            let old = self.day(section, day)?.unwrap_or(Kept::empty()?);
            self.write(section, day, &old.replaced(&kept.within(day)?, &inside)?)?;
        }
        let mut covered = self.covered(section)?;
        for window in windows.as_slice() {
            let end = window.end.min(complete);
            covered.extend(aligned(&Window { end, ..*window }));
        }
        coverage::write(&self.root, section, &covered)
    }

    /// Takes the covered part of `windows` back into a fold.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] or [`Error::Frame`].
    pub fn restore(&self, section: &Section, windows: &Windows, fold: &mut Fold) -> Result<()> {
        let windows = windows.shared(&self.covered(section)?);
        for day in days(&windows) {
            let Some(kept) = self.day(section, day)? else {
                continue;
            };
            for window in windows.shared(&Windows::from_iter([day])).as_slice() {
                fold.restore(&kept.within(*window)?)?;
            }
        }
        Ok(())
    }

    /// Removes whole days before `time`; returns how many files.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] or [`Error::Write`].
    pub fn prune(&self, _lock: &Lock, time: DateTime<Utc>) -> Result<usize> {
        let first = midnight(time.date_naive());
        for section in self.sections()? {
            // Coverage first: what is no longer covered does not count, whenever it goes.
            let kept = Window {
                start: first,
                end: DateTime::<Utc>::MAX_UTC,
            };
            let covered = self.covered(&section)?.shared(&Windows::from_iter([kept]));
            coverage::write(&self.root, &section, &covered)?;
        }
        disk::remove_days_before(&self.root, first.date_naive())
    }

    /// Bytes of all files.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when the folder cannot be read.
    pub fn bytes(&self) -> Result<u64> {
        disk::bytes(&self.root)
    }

    fn day(&self, section: &Section, day: Window) -> Result<Option<Kept>> {
        let read = |kind| disk::read(&self.path(section, kind, day));
        match (read("attempts")?, read("changes")?, read("streams")?) {
            (Some(attempts), Some(changes), Some(streams)) => {
                let kept = Kept::new(attempts, changes, streams);
                kept.map(Some).map_err(|error| match error {
                    Error::Schema { .. } => Error::OtherVersion {
                        root: self.root.clone(),
                    },
                    other => other,
                })
            }
            _ => Ok(None),
        }
    }

    fn write(&self, section: &Section, day: Window, kept: &Kept) -> Result<()> {
        let write = |kind, frame| disk::write(&self.path(section, kind, day), frame);
        write("attempts", &kept.attempts)?;
        write("changes", kept.changes.frame())?;
        write("streams", &kept.streams)
    }

    fn path(&self, section: &Section, kind: &str, day: Window) -> PathBuf {
        self.root
            .join(format!("kind={kind}"))
            .join(format!("account={}", disk::name(section.account.as_str())))
            .join(format!("region={}", disk::name(section.region.as_str())))
            .join(format!("date={}", day.start.format("%Y-%m-%d")))
            .join(format!("{}.parquet", disk::name(&section.origin)))
    }
}

/// The whole blocks inside a span.
fn aligned(window: &Window) -> Option<Window> {
    let (start, end) = (
        next_block(window.start)?,
        window.end.duration_trunc(BLOCK).ok()?,
    );
    (start < end).then_some(Window { start, end })
}

/// The whole blocks that a span touches, as far as they lie inside `limits`: what to ask for, so
/// that the archive can cover it.
pub fn blocks(window: Window, limits: Window) -> Option<Window> {
    let touched = Window {
        start: window.start.duration_trunc(BLOCK).ok()?,
        end: next_block(window.end)?,
    };
    let limits = Window {
        start: next_block(limits.start)?,
        ..limits
    };
    touched.shared(limits)
}

/// The beginning of the block that begins then or next.
fn next_block(time: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let start = time.duration_trunc(BLOCK).ok()?;
    Some(if start < time { start + BLOCK } else { start })
}

/// The days that spans touch.
fn days(windows: &Windows) -> Vec<Window> {
    let mut days = Vec::new();
    for window in windows.as_slice() {
        let mut start = midnight(window.start.date_naive());
        while start < window.end {
            let end = start + TimeDelta::days(1);
            days.push(Window { start, end });
            start = end;
        }
    }
    days.sort();
    days.dedup();
    days
}

fn midnight(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc()
}

/// An error of reading a path.
fn read_error(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    |source| Error::Read { path, source }
}

/// An error of writing a path.
fn write_error(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    |source| Error::Write { path, source }
}

/// Makes a rename last: the folder's entry is on the disk.
fn sync_folder(path: &Path) -> Result<()> {
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(write_error(folder))
}

/// Removes a file that may not be there.
fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(write_error(path)(error)),
        _ => Ok(()),
    }
}
