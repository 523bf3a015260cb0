//! Pages of CloudWatch's `filter-log-events`.

use super::{
    super::{
        super::{
            chance::Chance,
            model::{Millis, World},
        },
        json::{object, string},
        trail::Trail,
    },
    Delivered, File, gzip, region,
};

/// Events of a page.
const OF_PAGE: usize = 2_500;
/// Accounts with more pages are compressed.
const MANY: usize = 8;

/// An event of a log group, as a page holds it.
pub struct Event<'a> {
    pub stream: &'a str,
    pub at: Millis,
    pub message: &'a str,
}

/// Pages that are being written.
pub struct Pages {
    pages: Vec<String>,
    events: usize,
}

impl Pages {
    pub fn new() -> Self {
        Self {
            pages: Vec::new(),
            events: 0,
        }
    }

    pub fn add(&mut self, event: &Event<'_>) {
        if self.events.is_multiple_of(OF_PAGE) {
            self.end();
            self.pages.push("{\"events\":[".to_owned());
        } else if let Some(page) = self.pages.last_mut() {
            page.push(',');
        }
        self.events += 1;
        let id = format!("38{:014}{:040}", event.at, self.events);
        if let Some(page) = self.pages.last_mut() {
            object(page, |page| {
                page.text("logStreamName", event.stream);
                page.number("timestamp", event.at);
                page.text("message", event.message);
                page.number("ingestionTime", event.at + 700 + (self.events % 900) as i64);
                page.text("eventId", &id);
            });
        }
    }

    /// Ends the last page: another follows, or none.
    fn end(&mut self) {
        let number = self.pages.len();
        if let Some(page) = self.pages.last_mut() {
            page.push_str("],\"searchedLogStreams\":[],\"nextToken\":");
            string(page, &format!("Bxkq6kVGFtq2y_Moigeqscc{number:04}"));
            page.push('}');
        }
    }

    /// The files of a folder, by a name for each page.
    pub fn files(mut self, folder: &str, name: &str, compressed: bool) -> Vec<File> {
        if let Some(page) = self.pages.last_mut() {
            page.push_str("],\"searchedLogStreams\":[]}");
        }
        let compressed = compressed || self.pages.len() > MANY;
        let files = self.pages.into_iter().enumerate();
        files
            .map(|(number, page)| {
                let path = format!("{folder}/{name}-{number:04}.json");
                match compressed {
                    true => (path + ".gz", gzip(page.as_bytes())),
                    false => (path, page.into_bytes()),
                }
            })
            .collect()
    }
}

pub fn files(
    world: &World,
    trail: &Trail<'_>,
    mut delivered: Vec<Delivered>,
    chance: &mut Chance,
) -> Vec<File> {
    // The time of an event is that of its delivery; neighbours may have changed places.
    delivered.sort_by_key(|one| one.at + (one.order - one.record.at) / 4);
    let account = &world.estate.account;
    let mut pages = Pages::new();
    let mut text = String::new();
    for one in &delivered {
        text.clear();
        trail.write(one.record, &mut text);
        let stream = format!("{account}_CloudTrail_{}", region(world, one.record));
        pages.add(&Event {
            stream: &stream,
            at: one.at,
            message: &text,
        });
    }
    let group = *chance.pick(&[
        "aws-cloudtrail-logs",
        "cloudtrail",
        "org-trail",
        "CloudTrail-DefaultLogGroup",
    ]);
    let compressed = chance.happens(0.5);
    pages.files(
        &format!("cloudwatch/{group}"),
        "filter-log-events",
        compressed,
    )
}
