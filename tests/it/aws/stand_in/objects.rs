//! Objects that the server holds, and how S3 would list and give them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};

use super::{
    server::{Request, Response},
    state::moved,
};

/// Objects of the bucket `example-trail`.
#[derive(Clone, Debug, Default)]
pub struct Objects {
    /// By key.
    pub held: BTreeMap<String, Vec<u8>>,
    /// Keys that begin so may be listed and not read.
    pub encrypted: Option<String>,
}

/// What S3 says of an object whose key the caller may not use.
const NO_KEY: &str = "User: arn:aws:iam::111122223333:user/EXAMPLE is not authorized to perform: \
                      kms:Decrypt on the resource associated with this ciphertext";

pub const BUCKET: &str = "example-trail";
const PAGE: usize = 7;

impl Objects {
    /// The trail files of the sample world, moved in time, below `prefix`.
    pub fn sample(prefix: &str) -> Self {
        let mut objects = BTreeMap::new();
        for (path, bytes) in &crate::world::sample().files {
            let Some(at) = path.find("/CloudTrail/") else {
                continue;
            };
            let (account, rest) = path.split_at(at);
            let parts: Vec<&str> = rest.split('/').collect();
            let [_, service, region, year, month, day, name] = parts[..] else {
                panic!("{path} is no key of a trail");
            };
            let number = |text: &str| text.parse::<u32>().expect("a number");
            let date = NaiveDate::from_ymd_opt(
                number(year).try_into().expect("a year"),
                number(month),
                number(day),
            );
            let date = date.expect("a date") + moved();
            let account = account.trim_start_matches("AWSLogs/");
            let key = format!(
                "{prefix}AWSLogs/{account}/{service}/{region}/{:04}/{:02}/{:02}/{name}",
                date.year(),
                date.month(),
                date.day()
            );
            objects.insert(key, later(bytes));
        }
        Self {
            held: objects,
            encrypted: None,
        }
    }

    /// Answers `GET /bucket?…` and `GET /bucket/key`.
    pub fn answer(&self, request: &Request) -> Response {
        let (path, query) = request
            .target
            .split_once('?')
            .unwrap_or((&request.target, ""));
        let path = decoded(path);
        let path = path.trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        if bucket != BUCKET {
            return refusal(404, "NoSuchBucket");
        }
        if !key.is_empty() {
            let encrypted = self.encrypted.as_ref();
            if encrypted.is_some_and(|prefix| key.starts_with(prefix)) {
                return error(403, "AccessDenied", NO_KEY);
            }
            return match self.held.get(key) {
                Some(bytes) => Response::xml(bytes.clone()),
                None => refusal(404, "NoSuchKey"),
            };
        }
        let of = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let mut values = pairs.filter(|(key, _)| *key == name);
            values.next().map(|(_, value)| decoded(value))
        };
        self.list(&of("prefix").unwrap_or_default(), of("continuation-token"))
    }

    fn list(&self, prefix: &str, token: Option<String>) -> Response {
        let mut found: BTreeSet<(String, bool)> = BTreeSet::new();
        for key in self.held.keys().filter(|key| key.starts_with(prefix)) {
            let rest = &key[prefix.len()..];
            match rest.find('/') {
                Some(end) => found.insert((format!("{prefix}{}", &rest[..=end]), true)),
                None => found.insert((key.clone(), false)),
            };
        }
        let from: usize = token.map_or(0, |token| token.parse().expect("a number"));
        let mut body = String::from("<?xml version=\"1.0\"?><ListBucketResult>");
        for (name, folder) in found.iter().skip(from).take(PAGE) {
            body.push_str(&match folder {
                true => format!("<CommonPrefixes><Prefix>{name}</Prefix></CommonPrefixes>"),
                false => format!("<Contents><Key>{name}</Key><Size>1</Size></Contents>"),
            });
        }
        let next = from + PAGE;
        if next < found.len() {
            body.push_str(&format!(
                "<NextContinuationToken>{next}</NextContinuationToken>"
            ));
        }
        body.push_str("</ListBucketResult>");
        Response::xml(body)
    }
}

/// An error as S3 tells it.
pub fn refusal(status: u16, code: &str) -> Response {
    error(status, code, code)
}

fn error(status: u16, code: &str, message: &str) -> Response {
    let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    Response {
        status,
        ..Response::xml(body)
    }
}

/// A trail file with its times moved.
fn later(bytes: &[u8]) -> Vec<u8> {
    let mut text = String::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(bytes);
    std::io::Read::read_to_string(&mut decoder, &mut text).expect("a trail file");
    let Ok(mut file) = serde_json::from_str::<Value>(&text) else {
        return bytes.to_vec();
    };
    for record in file["Records"].as_array_mut().into_iter().flatten() {
        let time = record["eventTime"]
            .as_str()
            .and_then(|time| time.parse().ok());
        if let Some(time) = time {
            let time: chrono::DateTime<chrono::Utc> = time;
            let time = time + moved();
            record["eventTime"] = json!(time.format("%Y-%m-%dT%H:%M:%SZ").to_string());
        }
    }
    crate::program::gzip(file.to_string().as_bytes())
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = |byte: Option<u8>| char::from(byte.unwrap_or(b'0')).to_digit(16).unwrap_or(0);
        bytes.push(match byte {
            b'%' => (hex(rest.next()) * 16 + hex(rest.next())) as u8,
            byte => byte,
        });
    }
    String::from_utf8(bytes).expect("UTF-8")
}
