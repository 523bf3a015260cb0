//! Files that lie about where logs do and are none: digests, notes, other logs.

use serde_json::{Value, json};

use super::{
    super::{
        super::{
            chance::Chance,
            model::{HOUR, MINUTE, Millis, World},
            truth::iso,
        },
        clock,
    },
    File, gzip,
};

/// Two or more of them, beside these files.
pub fn files(world: &World, known: &[File], chance: &mut Chance) -> Vec<File> {
    let mut files = Vec::new();
    let hours = chance.whole(1, 6).min(world.window.length() / HOUR + 1);
    for hour in 0..hours {
        let from = world.window.start + hour * HOUR;
        files.extend(digest(world, known, from, chance));
    }
    if chance.happens(0.6) {
        let notes = [
            "Copied with aws s3 sync. All times are UTC.\n",
            "logs as requested, from the log archive account\n",
            "# Logs\n\nDownloaded on request of the support team. Do not share outside the company.\n",
        ];
        let name = *chance.pick(&["NOTES.txt", "README.md", "readme.txt"]);
        files.push((name.to_owned(), chance.pick(&notes).as_bytes().to_vec()));
    }
    if chance.happens(0.5) {
        files.push(access_log(world, chance));
    }
    if chance.happens(0.3) {
        files.push(("empty.json".to_owned(), b"[]".to_vec()));
    }
    files
}

/// The digest of an hour; only a trail in S3 has them.
fn digest(world: &World, known: &[File], from: Millis, chance: &mut Chance) -> Option<File> {
    let account = &world.estate.account;
    let region = &world.estate.region;
    let end = clock::minute(from) + HOUR;
    let bucket = format!("trail-{account}");
    let hex = |length: usize, chance: &mut Chance| chance.letters("0123456789abcdef", length);
    let folder = format!("AWSLogs/{account}/CloudTrail/{region}/");
    let paths = known.iter().map(|(path, _)| path);
    let of_trail: Vec<&String> = paths.filter(|path| path.starts_with(&folder)).collect();
    if of_trail.is_empty() {
        return None;
    }
    let minutes =
        (0..60).map(|minute| clock::spelled(end - HOUR + minute * MINUTE, "_%Y%m%dT%H%MZ_"));
    let minutes: Vec<String> = minutes.collect();
    let of_hour = of_trail
        .into_iter()
        .filter(|path| minutes.iter().any(|minute| path.contains(minute)));
    let log_files: Vec<Value> = of_hour
        .map(|path| {
            json!({
                "s3Bucket": bucket,
                "s3Object": path,
                "hashValue": hex(64, chance),
                "hashAlgorithm": "SHA-256",
                "newestEventTime": iso(end - 3 * MINUTE),
                "oldestEventTime": iso(end - HOUR),
            })
        })
        .collect();
    let digest = json!({
        "awsAccountId": account,
        "digestStartTime": iso(end - HOUR),
        "digestEndTime": iso(end),
        "digestS3Bucket": bucket,
        "digestPublicKeyFingerprint": hex(32, chance),
        "digestSignatureAlgorithm": "SHA256withRSA",
        "newestEventTime": iso(end - 3 * MINUTE),
        "oldestEventTime": iso(end - HOUR - 5 * MINUTE),
        "previousDigestS3Bucket": null,
        "logFiles": log_files,
    });
    let path = format!(
        "AWSLogs/{account}/CloudTrail-Digest/{region}/{}/{account}_CloudTrail-Digest_{region}_trail_{region}_{}.json.gz",
        clock::spelled(end, "%Y/%m/%d"),
        clock::spelled(end, "%Y%m%dT%H%M%SZ"),
    );
    Some((path, gzip(digest.to_string().as_bytes())))
}

fn access_log(world: &World, chance: &mut Chance) -> File {
    let owner = chance.letters("0123456789abcdef", 64);
    let mut text = String::new();
    for _ in 0..chance.whole(20, 200) {
        let at = chance.time(world.window.start, world.window.end);
        let time = clock::spelled(at, "%d/%b/%Y:%H:%M:%S +0000");
        let status = *chance.pick(&[200, 200, 200, 304, 403, 404]);
        text.push_str(&format!(
            "{owner} assets-prod [{time}] 192.0.2.{} - {} REST.GET.OBJECT img/{}.png \"GET /img/{}.png HTTP/1.1\" {status} - {} - 12 11 \"-\" \"Mozilla/5.0\" -\n",
            chance.whole(1, 254),
            chance.letters("0123456789ABCDEF", 16),
            chance.whole(1, 400),
            chance.whole(1, 400),
            chance.whole(200, 90_000),
        ));
    }
    let day = clock::spelled(world.window.start, "%Y-%m-%d");
    let tail = chance.letters("0123456789ABCDEF", 16);
    (
        format!("s3-access-logs/{day}-00-17-41-{tail}"),
        text.into_bytes(),
    )
}
