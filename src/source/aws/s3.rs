//! Objects of a bucket: the trail files that a window needs, or all objects below a prefix.
//!
//! A trail's keys name account, Region and day of publication (domain.md §5.2), so folders that
//! cannot hold what is wanted are never listed. Anything else below a prefix is listed whole.

use std::{collections::BTreeSet, sync::Arc};

use aws_sdk_s3::{Client, config::Builder, error::SdkError, operation::get_object::GetObjectError};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use tokio::{sync::Semaphore, task::JoinSet};

use super::{Pace, Page, Pages, Place, Reach, Stop, call::call};
use crate::window::{Window, Windows};

/// Requests per second and prefix that S3 serves at least, shared with everybody who reads there.
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html>
pub const QUOTA: f64 = 5_500.0;

const LIST: &str = "s3:ListBucket";
const GET: &str = "s3:GetObject";
const DECRYPT: &str = "kms:Decrypt";
const IN_FLIGHT: usize = 8;
/// Records are published up to a day after the event.
const PUBLICATION: TimeDelta = TimeDelta::days(1);

/// What to read.
#[derive(Clone, Debug)]
pub struct Question {
    /// The bucket.
    pub bucket: String,
    /// What the keys begin with; empty for all.
    pub prefix: String,
    /// The span of event times.
    pub window: Window,
    /// Regions whose trail files are wanted; empty for all.
    pub regions: Vec<String>,
}

struct Bucket {
    client: Client,
    pace: Pace,
    question: Question,
    pages: Pages,
    turns: Semaphore,
}

/// Lists and downloads, and sends each object as a page.
pub async fn download(
    place: &Place,
    pace: &Pace,
    question: &Question,
    at: DateTime<Utc>,
    pages: Pages,
) -> Reach {
    let mut reach = Reach {
        question: format!("s3://{}/{}", question.bucket, question.prefix),
        account: place.account.clone(),
        region: place.region.clone(),
        asked: question.window,
        got: Windows::default(),
        at,
        scanned: None,
        stop: None,
    };
    let bucket = Bucket {
        client: client(place, pace, &question.bucket).await,
        pace: pace.clone(),
        question: question.clone(),
        pages,
        turns: Semaphore::new(IN_FLIGHT),
    };
    match Arc::new(bucket).read_all().await {
        Ok(()) => reach.got.add(question.window),
        Err(stop) => reach.stop = Some(stop),
    }
    reach
}

/// A client for the Region that the bucket is in.
async fn client(place: &Place, pace: &Pace, bucket: &str) -> Client {
    let own = place.config.endpoint_url().is_some();
    let with = |region: Option<String>| {
        let config = Builder::from(&place.config).force_path_style(own);
        Client::from_conf(match region {
            Some(region) => config.region(aws_config::Region::new(region)).build(),
            None => config.build(),
        })
    };
    let client = with(None);
    if own {
        return client;
    }
    pace.turn().await;
    // Asked in the wrong Region, S3 refuses and names the right one.
    let head = client.head_bucket().bucket(bucket).send().await;
    let region = match &head {
        Ok(head) => head.bucket_region().map(str::to_owned),
        Err(error) => error.raw_response().and_then(|response| {
            let region = response.headers().get("x-amz-bucket-region");
            region.map(str::to_owned)
        }),
    };
    with(region)
}

impl Bucket {
    async fn read_all(self: Arc<Self>) -> Result<(), Stop> {
        let mut tasks = JoinSet::new();
        let mut folders = vec![self.question.prefix.clone()];
        let mut met: BTreeSet<String> = BTreeSet::new();
        while let Some(folder) = folders.pop() {
            let (below, keys) = self.list(&folder).await?;
            let wanted = below
                .into_iter()
                .filter(|path| wants(path, &self.question) && met.insert(path.clone()));
            folders.extend(wanted);
            for key in keys.into_iter().filter(|key| !key.ends_with('/')) {
                tasks.spawn(Arc::clone(&self).object(key));
                // What was downloaded is told as soon as it is there.
                while let Some(done) = tasks.try_join_next() {
                    done.unwrap_or(Ok(()))?;
                }
            }
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap_or(Ok(()))?;
        }
        Ok(())
    }

    /// The folders and the keys directly below a prefix.
    async fn list(&self, prefix: &str) -> Result<(Vec<String>, Vec<String>), Stop> {
        let (mut folders, mut keys) = (Vec::new(), Vec::new());
        let mut token: Option<String> = None;
        loop {
            let page = call(&self.pace, LIST, || {
                self.client
                    .list_objects_v2()
                    .bucket(&self.question.bucket)
                    .prefix(prefix)
                    .delimiter("/")
                    .set_continuation_token(token.clone())
                    .send()
            })
            .await?;
            let below = page.common_prefixes().iter();
            folders.extend(below.filter_map(|below| below.prefix().map(str::to_owned)));
            let contents = page.contents().iter();
            keys.extend(contents.filter_map(|object| object.key().map(str::to_owned)));
            token = page.next_continuation_token().map(str::to_owned);
            if token.is_none() {
                return Ok((folders, keys));
            }
        }
    }

    /// Downloads an object; one that cannot be had is told and the rest goes on, unless it is that
    /// nothing may be had.
    async fn object(self: Arc<Self>, key: String) -> Result<(), Stop> {
        // The semaphore is never closed.
        let _turn = self.turns.acquire().await;
        let got = call(&self.pace, GET, || async {
            let object = self.client.get_object();
            let object = object.bucket(&self.question.bucket).key(&key).send();
            let body = object.await?.body.collect().await;
            // A body that is cut is asked for again.
            let body = body.map_err(SdkError::<GetObjectError, _>::timeout_error)?;
            Ok(body.into_bytes().to_vec())
        });
        let (bytes, failure) = match got.await {
            Ok(bytes) => (bytes, None),
            Err(Stop::Denied { message, .. }) if message.contains("kms") => {
                return Err(Stop::Denied {
                    action: DECRYPT,
                    message,
                });
            }
            Err(stop @ (Stop::Denied { .. } | Stop::Credentials { .. })) => return Err(stop),
            Err(stop) => (Vec::new(), Some(stop.to_string())),
        };
        let page = Page {
            name: format!("s3://{}/{key}", self.question.bucket),
            bytes,
            records: 0,
            file: true,
            failure,
        };
        let sent = self.pages.send(page).await;
        sent.map_err(|_closed| Stop::Interrupted)
    }
}

/// Whether a folder may hold what is wanted. Below `AWSLogs` stand an organisation (not always),
/// an account, the service, the Region, and year, month and day of publication.
fn wants(folder: &str, question: &Question) -> bool {
    let parts: Vec<&str> = folder.trim_end_matches('/').split('/').collect();
    let Some(root) = parts.iter().position(|part| *part == "AWSLogs") else {
        return true;
    };
    let mut below = parts.get(root + 1..).unwrap_or_default().iter();
    let mut account = below.next();
    if account.is_some_and(|part| part.starts_with("o-")) {
        account = below.next();
    }
    let (service, region) = (below.next(), below.next());
    if account.is_none() || service.is_none() {
        return true;
    }
    if service != Some(&"CloudTrail") {
        return false;
    }
    let regions = &question.regions;
    let ours = |region: &&str| regions.is_empty() || regions.iter().any(|own| own == region);
    if !region.is_none_or(ours) {
        return false;
    }
    let numbers: Vec<u32> = below.map_while(|part| part.parse().ok()).collect();
    overlaps(&numbers, question.window)
}

/// Whether the days of a year, month or day may hold records of the window.
fn overlaps(date: &[u32], window: Window) -> bool {
    let first = window.start.date_naive();
    let last = (window.end + PUBLICATION).date_naive();
    let part = |day: NaiveDate| [day.year().unsigned_abs(), day.month(), day.day()];
    let (first, last) = (part(first), part(last));
    let length = date.len().min(3);
    let date = date.get(..length).unwrap_or_default();
    first.get(..length).is_some_and(|first| first <= date)
        && last.get(..length).is_some_and(|last| date <= last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_that_may_hold_the_window_are_listed() {
        let time = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        let question = Question {
            bucket: "example-trail".to_owned(),
            prefix: String::new(),
            window: Window {
                start: time("2026-02-27T22:00:00Z"),
                end: time("2026-03-02T12:00:00Z"),
            },
            regions: vec!["eu-west-1".to_owned()],
        };
        for (folder, expected) in [
            ("logs/", true),
            ("logs/AWSLogs/", true),
            ("AWSLogs/111122223333/", true),
            ("AWSLogs/o-example/", true),
            ("AWSLogs/111122223333/CloudTrail/", true),
            ("AWSLogs/o-example/111122223333/CloudTrail/", true),
            ("AWSLogs/111122223333/CloudTrail-Digest/", false),
            ("AWSLogs/o-example/111122223333/CloudTrail-Insight/", false),
            ("AWSLogs/111122223333/elasticloadbalancing/", false),
            ("AWSLogs/111122223333/CloudTrail/eu-west-1/", true),
            ("AWSLogs/111122223333/CloudTrail/eu-west-2/", false),
            ("AWSLogs/111122223333/CloudTrail/eu-west-1/2025/", false),
            ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/", true),
            ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/01/", false),
            ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/02/", true),
            (
                "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/02/26/",
                false,
            ),
            (
                "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/02/27/",
                true,
            ),
            (
                "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/03/",
                true,
            ),
            (
                "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04/",
                false,
            ),
        ] {
            assert_eq!(wants(folder, &question), expected, "{folder}");
        }
    }
}
