//! The sample account's trail in every form that people keep these logs in: the same verdicts.

use std::{
    fs,
    io::{Cursor, Read, Write},
    path::Path,
    sync::LazyLock,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use crate::program::{self, file, folder, gzip, trailblame};

mod rewritten;
mod settings;
mod unread;

/// The trail files of the sample account: name and text.
static FILES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let mut files = Vec::new();
    collect(Path::new("sample-logs/AWSLogs"), &mut files);
    files.sort();
    assert!(files.len() > 100);
    files
});

/// Its records, in the order of the files.
static RECORDS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let files = FILES.iter().map(|(_, text)| text);
    let mut records = Vec::new();
    for text in files {
        let file: Value = serde_json::from_str(text).expect("a trail file");
        records.extend(file["Records"].as_array().expect("records").iter().cloned());
    }
    records
});

/// What the trail files themselves say.
static ANSWER: LazyLock<Vec<String>> =
    LazyLock::new(|| verdicts(&program::investigate(&["sample-logs"])));

fn collect(folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
            continue;
        }
        let mut text = String::new();
        let packed = fs::File::open(&path).expect("a file");
        let mut packed = flate2::read::MultiGzDecoder::new(packed);
        packed.read_to_string(&mut text).expect("gzip");
        let name = path
            .to_str()
            .expect("UTF-8")
            .trim_start_matches("sample-logs/");
        files.push((name.to_owned(), text));
    }
}

/// What is said of each outage.
fn verdicts(answer: &Value) -> Vec<String> {
    let incidents = answer["incidents"].as_array().expect("incidents");
    let said = incidents.iter().map(|incident| {
        let named = &incident["suspects"][0];
        let named = (incident["verdict"] == "change")
            .then(|| format!("{} {} {}", named["event_id"], named["actor"], named["diff"]));
        let members = [
            "id",
            "client_ids",
            "onset",
            "end",
            "failed",
            "total",
            "errors",
            "verdict",
        ];
        let members = members.map(|name| incident[name].to_string());
        format!("{} {}", members.join(" "), named.unwrap_or_default())
    });
    said.collect()
}

/// Investigates a form of the trail beside the sample account's application logs.
#[track_caller]
fn check(name: &str, form: &Path) {
    let answer = program::investigate(&[form.to_str().expect("UTF-8"), "sample-logs/application"]);
    let rejected = &answer["inputs"]["rejected_files"];
    assert_eq!(answer["inputs"]["rejected"], 0, "{name}: {rejected:#}");
    assert_eq!(answer["inputs"]["records"], RECORDS.len(), "{name}");
    let said = verdicts(&answer);
    assert_eq!(said.len(), ANSWER.len(), "{name}");
    for (said, expected) in said.iter().zip(ANSWER.iter()) {
        assert_eq!(said, expected, "{name}");
    }
}

/// The same for a file of these bytes.
#[track_caller]
fn check_file(name: &str, file_name: &str, bytes: impl AsRef<[u8]>) {
    let folder = folder(&format!("form-{name}"));
    file(&folder, file_name, bytes);
    check(name, &folder);
}

fn lines(rows: impl Iterator<Item = Value>) -> String {
    rows.map(|row| format!("{row}\n")).collect()
}

fn time(record: &Value) -> &str {
    record["eventTime"].as_str().expect("a time")
}

/// One record in a row of JSON, as a text.
fn raw(record: &Value) -> String {
    record.to_string()
}

/// Rows as CSV.
fn csv(columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(Vec::new());
    writer.write_record(columns).expect("memory");
    rows.for_each(|row| writer.write_record(row).expect("memory"));
    writer.into_inner().expect("memory")
}

#[test]
fn splunk_as_json() {
    let rows = RECORDS.iter().enumerate().map(|(offset, record)| {
        json!({"preview": false, "offset": offset, "result": {
            "_raw": raw(record), "_time": time(record).replace('T', " ").replace('Z', ".000 UTC"),
            "host": "splunk-EXAMPLE", "source": "s3://example-trail/file.json.gz", "sourcetype": "aws:cloudtrail",
        }})
    });
    check_file("splunk-json", "results.json", lines(rows));
}

#[test]
fn splunk_as_rows_of_one_answer() {
    let rows: Vec<Value> = RECORDS
        .iter()
        .map(|record| json!({"_time": time(record), "_raw": raw(record), "eventName": record["eventName"], "eventSource": record["eventSource"], "eventTime": time(record)}))
        .collect();
    let answer = json!({"preview": false, "init_offset": 0, "results": rows, "highlighted": {}});
    check_file("splunk-rows", "answer", answer.to_string());
}

#[test]
fn splunk_as_csv() {
    let rows = RECORDS.iter().map(|record| {
        vec![
            raw(record),
            time(record).to_owned(),
            "aws:cloudtrail".to_owned(),
        ]
    });
    check_file(
        "splunk-csv",
        "results.txt",
        csv(&["_raw", "_time", "sourcetype"], rows),
    );
}

#[test]
fn elastic_documents_with_the_original() {
    let hits = RECORDS.iter().map(|record| {
        let mut source = rewritten::elastic(record);
        source["event"]["original"] = raw(record).into();
        json!({"_index": ".ds-logs-aws.cloudtrail-default-000001", "_id": "EXAMPLE", "_source": source})
    });
    check_file("elastic-original", "hits.ndjson", lines(hits));
}

#[test]
fn elastic_documents_without_the_original() {
    let documents = RECORDS.iter().map(rewritten::elastic);
    check_file("elastic", "documents.ndjson", lines(documents));
}

#[test]
fn elastic_fields_of_a_search() {
    let hits: Vec<Value> = RECORDS
        .iter()
        .map(|record| json!({"_id": "EXAMPLE", "fields": {"@timestamp": [time(record)], "event.original": [raw(record)]}}))
        .collect();
    // One document of all of it would be longer than a value may be.
    let answers: String = hits
        .chunks(1_000)
        .map(|hits| {
            json!({"took": 3, "hits": {"total": {"value": 10_000}, "hits": hits}}).to_string()
                + "\n"
        })
        .collect();
    check_file("elastic-fields", "search.json", answers);
}

#[test]
fn ocsf_as_json() {
    check_file("ocsf", "events", lines(RECORDS.iter().map(rewritten::ocsf)));
}

#[test]
fn ocsf_as_parquet() {
    let rows: Vec<Value> = RECORDS.iter().map(rewritten::ocsf).collect();
    check_file(
        "ocsf-parquet",
        "part-0.gz.parquet",
        rewritten::parquet(&rows),
    );
}

/// Written by Apache Arrow: `unmapped` is a map there, as in Security Lake.
#[test]
fn parquet_with_a_map() {
    let folder = folder("form-parquet-map");
    let table = include_bytes!("forms/security-lake.parquet");
    let path = file(&folder, "part-0.gz.parquet", table);
    let run = trailblame(&["failures", &path, "--format", "csv"]);
    let row = "2026-03-02T10:00:00Z,1aaaaaaaaaaaaaaaaaaexample,http_400,client_credentials,1";
    assert!(run.stdout.contains(row), "{} {}", run.stdout, run.stderr);
}

#[test]
fn athena_rows_of_the_shipped_table() {
    let rows = RECORDS.iter().map(rewritten::athena);
    check_file("athena-table", "4e1f.csv", csv(&rewritten::TABLE, rows));
}

#[test]
fn athena_rows_of_the_shipped_query() {
    let rows = RECORDS.iter().map(rewritten::athena_records);
    check_file("athena-records", "5a2b.csv", csv(&rewritten::FLAT, rows));
}

#[test]
fn subscription_payloads_as_lambda_gets_them() {
    let events = RECORDS.chunks(500).map(|records| {
        let events: Vec<Value> = records
            .iter()
            .map(|record| json!({"id": record["eventID"], "timestamp": 1_772_409_600_000_i64, "message": raw(record)}))
            .collect();
        let payload = json!({
            "messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": "trail",
            "logStream": "111122223333_CloudTrail_eu-west-1", "subscriptionFilters": ["all"], "logEvents": events,
        });
        json!({"awslogs": {"data": STANDARD.encode(gzip(payload.to_string().as_bytes()))}})
    });
    check_file("awslogs", "events.json", lines(events));
}

#[test]
fn lines_of_a_container_and_of_syslog() {
    let cri = RECORDS.iter().map(|record| {
        format!(
            "{}.123456789Z stdout F {}\n",
            time(record).trim_end_matches('Z'),
            raw(record)
        )
    });
    check_file("cri", "0.log", cri.collect::<String>());
    // Longer lines are cut by the runtime.
    let cut = RECORDS.iter().map(|record| {
        let (time, raw) = (time(record).trim_end_matches('Z'), raw(record));
        let at = (raw.len() / 2..).find(|at| raw.is_char_boundary(*at));
        let (first, last) = raw.split_at(at.expect("a boundary"));
        format!("{time}.1Z stdout P {first}\n{time}.1Z stdout F {last}\n")
    });
    check_file("cri-cut", "0.log", cut.collect::<String>());
    let syslog = RECORDS.iter().map(|record| {
        format!(
            "<134>1 {} forwarder cloudtrail 17 - - {}\n",
            time(record),
            raw(record)
        )
    });
    check_file("syslog", "messages", syslog.collect::<String>());
    let old = RECORDS.iter().map(|record| {
        format!(
            "<134>Mar  2 10:00:00 forwarder cloudtrail[17]: {}\n",
            raw(record)
        )
    });
    check_file("syslog-old", "messages", old.collect::<String>());
}

fn tar() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, text) in FILES.iter() {
        let packed = gzip(text.as_bytes());
        let mut header = tar::Header::new_gnu();
        header.set_size(packed.len() as u64);
        header.set_mode(0o644);
        builder
            .append_data(&mut header, name, &packed[..])
            .expect("memory");
    }
    builder.into_inner().expect("memory")
}

fn zip<'a>(members: impl Iterator<Item = (&'a str, Vec<u8>)>) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(name, options).expect("memory");
        writer.write_all(&bytes).expect("memory");
    }
    writer.finish().expect("memory").into_inner()
}

#[test]
fn archives() {
    check_file("tar", "trail", tar());
    check_file("tar-gz", "trail", gzip(&tar()));
    let zstd = zstd::encode_all(&tar()[..], 3).expect("memory");
    check_file("tar-zst", "trail", zstd);
    let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 1);
    xz.write_all(&tar()).expect("memory");
    check_file("tar-xz", "trail", xz.finish().expect("memory"));
    let plain = FILES
        .iter()
        .map(|(name, text)| (name.as_str(), text.clone().into_bytes()));
    let zipped = zip(plain);
    check_file("zip", "trail", &zipped);
    check_file("zip-in-zip", "trail", zip([("inner", zipped)].into_iter()));
}

#[test]
fn zstd_files() {
    let folder = folder("form-zstd");
    for (name, text) in FILES.iter() {
        let packed = zstd::encode_all(text.as_bytes(), 3).expect("memory");
        file(&folder, name, packed);
    }
    check("zstd", &folder);
}

#[test]
fn an_archive_on_standard_input() {
    let arguments = [
        "investigate",
        "-",
        "sample-logs/application",
        "--format",
        "json",
    ];
    for bytes in [
        gzip(&tar()),
        zip(FILES
            .iter()
            .map(|(name, text)| (name.as_str(), text.clone().into_bytes()))),
    ] {
        let run = program::with_input(&arguments, &bytes);
        let answer: Value = serde_json::from_str(&run.stdout).expect("JSON");
        assert_eq!(verdicts(&answer), *ANSWER);
    }
}

#[test]
fn the_event_history_as_csv_holds_changes_and_no_outcomes() {
    let columns = [
        "Event name",
        "Event time",
        "User name",
        "Event source",
        "Resource type",
        "Resource name",
        "Event ID",
        "AWS region",
        "Read-only",
    ];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = RECORDS.iter().map(|record| {
        vec![
            text(&record["eventName"]),
            text(&record["eventTime"]),
            text(&record["userIdentity"]["arn"])
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned(),
            text(&record["eventSource"]),
            String::new(),
            String::new(),
            text(&record["eventID"]),
            text(&record["awsRegion"]),
            record["readOnly"].to_string(),
        ]
    });
    let folder = folder("form-history");
    let path = file(&folder, "event_history.csv", csv(&columns, rows));
    let run = trailblame(&["changes", &path, "--format", "json"]);
    let changes: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let ids = |value: &Value| -> Vec<String> {
        let list = value.as_array().or_else(|| value["changes"].as_array());
        list.expect("changes")
            .iter()
            .map(|change| text(&change["event_id"]))
            .collect()
    };
    let whole = trailblame(&["changes", "sample-logs", "--format", "json"]);
    let whole: Value = serde_json::from_str(&whole.stdout).expect("JSON");
    for id in ids(&whole) {
        assert!(ids(&changes).contains(&id), "{id}");
    }
    let answer = program::investigate(&[&path]);
    assert_eq!(answer["incidents"], json!([]));
    let told = &answer["inputs"]["rejected_files"][0];
    assert!(
        text(&told["reason"]).contains("without how it ended"),
        "{told}"
    );
    assert!(told["count"].as_u64() > Some(1_000), "{told}");
}
