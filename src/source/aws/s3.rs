//! Objects of a bucket: the trail files that a window needs, or all objects below a prefix.
//!
//! A trail's keys name account, Region and day of publication (domain.md §5.2), so folders that
//! cannot hold what is wanted are never listed. Anything else below a prefix is listed whole.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_sdk_s3::{
    Client,
    config::Builder,
    error::SdkError,
    operation::{get_object::GetObjectError, head_bucket::HeadBucketError},
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use chrono::{DateTime, Utc};
use tokio::task::JoinSet;

use super::{
    Pace, Page, Pages, Place, Reach, Stop,
    call::{call, call_within},
};
use crate::window::{Window, Windows};

mod path;

use path::Path;

/// Requests per second and prefix that S3 serves at least, shared with everybody who reads there.
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html>
pub const QUOTA: f64 = 5_500.0;

const LIST: &str = "s3:ListBucket";
const GET: &str = "s3:GetObject";
const DECRYPT: &str = "kms:Decrypt";
/// Enough to hide the latency of one; the objects in memory are as many.
const IN_FLIGHT: usize = 8;
/// Where the bucket is need not be known, so that asking for it is soon given up.
const LOCATING: Duration = Duration::from_secs(10);

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

/// Something that is still to be read.
#[derive(Clone, Debug)]
enum Item {
    /// A page of what lies directly below a prefix, and its token.
    Folder(String, Option<String>),
    /// An object, by key.
    Object(String),
}

/// Why an item was not read, and whether that ends everything.
struct Failed {
    stop: Stop,
    last: bool,
}

struct Bucket {
    client: Client,
    pace: Pace,
    question: Question,
    pages: Pages,
    /// Calls that were answered.
    answered: AtomicU64,
    /// Objects that were downloaded.
    downloaded: AtomicU64,
}

/// Lists and downloads, and sends each object as a page.
///
/// What could not be listed or downloaded is missing from what was got, with the day before, since
/// files are published late; the rest is read all the same.
pub async fn download(
    place: &Place,
    pace: &Pace,
    question: &Question,
    at: DateTime<Utc>,
    pages: Pages,
) -> Reach {
    let bucket = Bucket {
        client: client(&place.config, pace, &question.bucket).await,
        pace: pace.clone(),
        question: question.clone(),
        pages,
        answered: AtomicU64::new(0),
        downloaded: AtomicU64::new(0),
    };
    let (lost, stop) = Arc::new(bucket).read().await;
    Reach {
        question: format!("s3://{}/{}", question.bucket, question.prefix),
        account: place.account.clone(),
        region: place.region.clone(),
        asked: question.window,
        got: lost.missing(question.window),
        at,
        scanned: None,
        cost: None,
        holds_trail: false,
        stop,
    }
}

/// A client for the Region that the bucket is in.
pub async fn client(config: &aws_config::SdkConfig, pace: &Pace, bucket: &str) -> Client {
    let own = config.endpoint_url().is_some();
    let with = |region: Option<String>| {
        let config = Builder::from(config).force_path_style(own);
        Client::from_conf(match region {
            Some(region) => config.region(aws_config::Region::new(region)).build(),
            None => config.build(),
        })
    };
    let client = with(None);
    let region = call_within(LOCATING, pace, LIST, || async {
        match client.head_bucket().bucket(bucket).send().await {
            Ok(head) => Ok(head.bucket_region),
            // Asked in the wrong Region, S3 refuses and names the right one.
            Err(error) => match named_region(&error) {
                Some(region) => Ok(Some(region)),
                None => Err(error),
            },
        }
    });
    // What is wrong will be told of the listing.
    with(region.await.ok().flatten())
}

fn named_region(error: &SdkError<HeadBucketError, HttpResponse>) -> Option<String> {
    let headers = error.raw_response()?.headers();
    headers.get("x-amz-bucket-region").map(str::to_owned)
}

impl Bucket {
    /// Reads everything that may hold the window. Returns the spans of what was not read, and why.
    async fn read(self: Arc<Self>) -> (Windows, Option<Stop>) {
        let mut lost = Windows::default();
        let mut stop = None;
        let mut over = false;
        // The last is the first: what was listed is downloaded before more is listed.
        let mut left = vec![Item::Folder(self.question.prefix.clone(), None)];
        let mut running = JoinSet::new();
        loop {
            while !over
                && running.len() < IN_FLIGHT
                && let Some(item) = left.pop()
            {
                running.spawn(Arc::clone(&self).take(item));
            }
            let Some(done) = running.join_next().await else {
                break;
            };
            match done {
                Ok((_, Ok(found))) => left.extend(found),
                Ok((item, Err(failed))) => {
                    lost.add(self.held(&item));
                    over |= failed.last;
                    if failed.last || stop.is_none() {
                        stop = Some(failed.stop);
                    }
                }
                // A task that panicked does not say what it leaves missing.
                Err(_) => lost.add(self.question.window),
            }
        }
        lost.extend(left.iter().map(|item| self.held(item)));
        if over && self.downloaded.load(Ordering::Relaxed) == 0 {
            lost.add(self.question.window);
        }
        (lost, stop)
    }

    /// The span of the records that an item may hold.
    fn held(&self, item: &Item) -> Window {
        let (Item::Folder(path, _) | Item::Object(path)) = item;
        Path::new(path).held.unwrap_or(self.question.window)
    }

    /// Reads an item: what a folder holds is still to be read.
    async fn take(self: Arc<Self>, item: Item) -> (Item, Result<Vec<Item>, Failed>) {
        let answered = self.answered.load(Ordering::Relaxed);
        let result = match &item {
            Item::Folder(prefix, token) => self.list(prefix, token.as_deref()).await,
            Item::Object(key) => self.object(key).await.map(|()| Vec::new()),
        };
        let stop = match result {
            Ok(found) => {
                self.answered.fetch_add(1, Ordering::Relaxed);
                return (item, Ok(found));
            }
            Err(stop) => stop,
        };
        let object = matches!(item, Item::Object(_));
        let last = match &stop {
            Stop::Credentials { .. } | Stop::Interrupted => true,
            Stop::Denied { .. } => object && self.downloaded.load(Ordering::Relaxed) == 0,
            // One that is not answered is no reason to give up, as long as others are.
            Stop::GaveUp { .. } => answered == self.answered.load(Ordering::Relaxed),
            _ => false,
        };
        if let Item::Object(key) = &item
            && !last
        {
            // Nobody takes it: the next object will know.
            let _ = self.send(key, Vec::new(), Some(stop.to_string())).await;
        }
        (item, Err(Failed { stop, last }))
    }

    /// A page of the folders and the keys directly below a prefix, the next page first.
    async fn list(&self, prefix: &str, token: Option<&str>) -> Result<Vec<Item>, Stop> {
        let Question {
            bucket,
            prefix: asked,
            window,
            regions,
        } = &self.question;
        let page = call(&self.pace, LIST, || {
            self.client
                .list_objects_v2()
                .bucket(bucket)
                .prefix(prefix)
                .delimiter("/")
                .set_continuation_token(token.map(str::to_owned))
                .send()
        })
        .await?;
        let folders = page.common_prefixes().iter();
        let keys = page.contents().iter().filter_map(|object| object.key());
        let next = page.next_continuation_token().map(str::to_owned);
        let mut found: Vec<Item> = Vec::new();
        found.extend(folders.filter_map(|folder| {
            let folder = folder.prefix()?;
            Some(Item::Folder(folder.to_owned(), None))
        }));
        // A key that ends like a folder is what consoles show folders by.
        let keys = keys.filter(|key| !key.ends_with('/'));
        found.extend(keys.map(|key| Item::Object(key.to_owned())));
        if found.is_empty() && next.is_none() && token.is_none() && prefix == asked {
            return Err(Stop::NotFound {
                action: LIST,
                message: format!("no key of the bucket begins with `{prefix}`"),
            });
        }
        found.retain(|item| {
            let (Item::Folder(path, _) | Item::Object(path)) = item;
            Path::new(path).may_hold(*window, regions, asked)
        });
        if next.is_some() {
            found.insert(0, Item::Folder(prefix.to_owned(), next));
        }
        Ok(found)
    }

    async fn object(&self, key: &str) -> Result<(), Stop> {
        let got = call(&self.pace, GET, || async {
            let object = self.client.get_object();
            let object = object.bucket(&self.question.bucket).key(key).send();
            let body = object.await?.body.collect().await;
            // A body that is cut is asked for again.
            let body = body.map_err(SdkError::<GetObjectError, _>::timeout_error)?;
            Ok(body.into_bytes().to_vec())
        });
        let bytes = got.await.map_err(|stop| match stop {
            Stop::Denied { message, .. } if message.contains("kms") => Stop::Denied {
                action: DECRYPT,
                message,
            },
            stop => stop,
        })?;
        self.downloaded.fetch_add(1, Ordering::Relaxed);
        self.send(key, bytes, None).await
    }

    async fn send(&self, key: &str, bytes: Vec<u8>, failure: Option<String>) -> Result<(), Stop> {
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
