//! Records of CloudTrail in the forms that other programs make of them.

use polars_arrow::{
    array::{Array, ListArray, StructArray, Utf8ViewArray},
    datatypes::{ArrowDataType, ArrowSchema, Field},
    offset::{Offsets, OffsetsBuffer},
    record_batch::RecordBatchT,
};
use polars_parquet::write::{
    CompressionOptions, Encoding, FileWriter, GzipLevel, RowGroupIterator, StatisticsOptions,
    Version, WriteOptions,
};

use super::*;

/// Puts a member at its path, if there is one.
fn put(target: &mut Value, path: &str, value: &Value) {
    if value.is_null() || value == "" {
        return;
    }
    let mut at = target;
    for name in path.split('.') {
        at = &mut at[name];
    }
    *at = value.clone();
}

/// A document of Elastic's integration: <https://www.elastic.co/docs/reference/integrations/aws/cloudtrail>
pub fn elastic(record: &Value) -> Value {
    let mut document = json!({
        "@timestamp": record["eventTime"],
        "aws": {"cloudtrail": {"event_version": record["eventVersion"]}},
        "event": {
            "action": record["eventName"], "provider": record["eventSource"], "id": record["eventID"],
            "kind": "event", "dataset": "aws.cloudtrail",
        },
        "cloud": {"region": record["awsRegion"], "provider": "aws"},
        "ecs": {"version": "8.11.0"},
    });
    for (path, member) in [
        ("source.address", "sourceIPAddress"),
        ("user_agent.original", "userAgent"),
        ("aws.cloudtrail.recipient_account_id", "recipientAccountId"),
        ("aws.cloudtrail.request_id", "requestID"),
        ("aws.cloudtrail.event_type", "eventType"),
        ("aws.cloudtrail.event_category", "eventCategory"),
        ("aws.cloudtrail.error_code", "errorCode"),
        ("aws.cloudtrail.error_message", "errorMessage"),
        ("aws.cloudtrail.read_only", "readOnly"),
        (
            "aws.cloudtrail.session_credential_from_console",
            "sessionCredentialFromConsole",
        ),
        (
            "aws.cloudtrail.flattened.request_parameters",
            "requestParameters",
        ),
        (
            "aws.cloudtrail.flattened.response_elements",
            "responseElements",
        ),
        (
            "aws.cloudtrail.flattened.additional_eventdata",
            "additionalEventData",
        ),
    ] {
        put(&mut document, path, &record[member]);
    }
    let identity = &record["userIdentity"];
    for (path, value) in [
        ("aws.cloudtrail.user_identity.type", &identity["type"]),
        ("aws.cloudtrail.user_identity.arn", &identity["arn"]),
        (
            "aws.cloudtrail.user_identity.invoked_by",
            &identity["invokedBy"],
        ),
        (
            "aws.cloudtrail.user_identity.session_context.session_issuer.arn",
            &identity["sessionContext"]["sessionIssuer"]["arn"],
        ),
        ("user.name", &identity["userName"]),
        ("user.id", &identity["principalId"]),
        ("cloud.account.id", &identity["accountId"]),
        (
            "tls.client.server_name",
            &record["tlsDetails"]["clientProvidedHostHeader"],
        ),
    ] {
        put(&mut document, path, value);
    }
    document
}

/// An event of Security Lake: <https://github.com/ocsf/examples/tree/main/mappings/markdown/AWS>
pub fn ocsf(record: &Value) -> Value {
    let time = record["eventTime"].as_str().expect("a time");
    let time: chrono::DateTime<chrono::Utc> = time.parse().expect("a time");
    let identity = &record["userIdentity"];
    let mut event = json!({
        "class_uid": 6003, "class_name": "API Activity", "category_uid": 6, "severity_id": 1,
        "time": time.timestamp_millis(),
        "metadata": {
            "uid": record["eventID"], "event_code": record["eventType"], "version": "1.1.0",
            "product": {"name": "CloudTrail", "vendor_name": "AWS", "version": record["eventVersion"]},
        },
        "api": {"operation": record["eventName"], "service": {"name": record["eventSource"]}},
        "cloud": {"region": record["awsRegion"], "provider": "AWS"},
    });
    let text = |value: &Value| match value {
        Value::Null => Value::Null,
        Value::String(text) => text.clone().into(),
        value => value.to_string().into(),
    };
    for (path, value) in [
        ("api.request.uid", &record["requestID"]),
        ("api.request.data", &text(&record["requestParameters"])),
        ("api.response.data", &text(&record["responseElements"])),
        ("api.response.error", &record["errorCode"]),
        ("api.response.message", &record["errorMessage"]),
        ("src_endpoint.ip", &record["sourceIPAddress"]),
        ("http_request.user_agent", &record["userAgent"]),
        ("actor.user.type", &identity["type"]),
        ("actor.user.uid", &identity["arn"]),
        ("actor.user.uid_alt", &identity["principalId"]),
        ("actor.user.name", &identity["userName"]),
        ("actor.user.account.uid", &identity["accountId"]),
        ("actor.invoked_by", &identity["invokedBy"]),
        (
            "actor.session.issuer",
            &identity["sessionContext"]["sessionIssuer"]["arn"],
        ),
    ] {
        put(&mut event, path, value);
    }
    let mut unmapped = Map::new();
    for member in [
        "recipientAccountId",
        "readOnly",
        "additionalEventData",
        "eventCategory",
        "sessionCredentialFromConsole",
    ] {
        if !record[member].is_null() {
            unmapped.insert(member.to_owned(), text(&record[member]));
        }
    }
    if let Some(host) = record["tlsDetails"]["clientProvidedHostHeader"].as_str() {
        unmapped.insert(
            "tlsDetails.clientProvidedHostHeader".to_owned(),
            host.into(),
        );
    }
    event["unmapped"] = unmapped.into();
    event
}

/// Columns of `queries/athena/table.sql`.
pub const TABLE: [&str; 19] = [
    "eventversion",
    "useridentity",
    "eventtime",
    "eventsource",
    "eventname",
    "awsregion",
    "sourceipaddress",
    "useragent",
    "errorcode",
    "errormessage",
    "requestparameters",
    "responseelements",
    "additionaleventdata",
    "requestid",
    "eventid",
    "readonly",
    "eventtype",
    "recipientaccountid",
    "tlsdetails",
];

/// A row of the table, as Athena prints it.
pub fn athena(record: &Value) -> Vec<String> {
    let members = [
        "eventVersion",
        "userIdentity",
        "eventTime",
        "eventSource",
        "eventName",
        "awsRegion",
        "sourceIPAddress",
        "userAgent",
        "errorCode",
        "errorMessage",
        "requestParameters",
        "responseElements",
        "additionalEventData",
        "requestID",
        "eventID",
        "readOnly",
        "eventType",
        "recipientAccountId",
        "tlsDetails",
    ];
    let cell = |name: &str| match &record[name] {
        value if ["userIdentity", "tlsDetails"].contains(&name) => hive(value),
        value => plain(value),
    };
    members.map(cell).to_vec()
}

/// Columns of `queries/athena/records.sql`.
pub const FLAT: [&str; 26] = [
    "eventtime",
    "eventsource",
    "eventname",
    "eventtype",
    "awsregion",
    "recipientaccountid",
    "eventid",
    "requestid",
    "readonly",
    "errorcode",
    "errormessage",
    "sourceipaddress",
    "useragent",
    "sessioncredentialfromconsole",
    "requestparameters",
    "responseelements",
    "additionaleventdata",
    "host",
    "identity_type",
    "identity_arn",
    "identity_account",
    "identity_principal",
    "identity_name",
    "invoked_by",
    "issuer_arn",
    "source_identity",
];

/// A row of that query.
pub fn athena_records(record: &Value) -> Vec<String> {
    let identity = &record["userIdentity"];
    let session = &identity["sessionContext"];
    [
        &record["eventTime"],
        &record["eventSource"],
        &record["eventName"],
        &record["eventType"],
        &record["awsRegion"],
        &record["recipientAccountId"],
        &record["eventID"],
        &record["requestID"],
        &record["readOnly"],
        &record["errorCode"],
        &record["errorMessage"],
        &record["sourceIPAddress"],
        &record["userAgent"],
        &record["sessionCredentialFromConsole"],
        &record["requestParameters"],
        &record["responseElements"],
        &record["additionalEventData"],
        &record["tlsDetails"]["clientProvidedHostHeader"],
        &identity["type"],
        &identity["arn"],
        &identity["accountId"],
        &identity["principalId"],
        &identity["userName"],
        &identity["invokedBy"],
        &session["sessionIssuer"]["arn"],
        &session["sourceIdentity"],
    ]
    .map(plain)
    .to_vec()
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// A row inside a cell: `{type=AssumedRole, arn=…, invokedby=null}`.
fn hive(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("{}={}", name.to_lowercase(), hive(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        value => plain(value),
    }
}

/// Rows as a table of Parquet: objects as groups, `unmapped` as a map, all else as texts.
pub fn parquet(rows: &[Value]) -> Vec<u8> {
    let rows: Vec<&Value> = rows.iter().collect();
    let (arrays, fields): (Vec<_>, Vec<_>) = members(&rows)
        .into_iter()
        .map(|name| {
            let values: Vec<&Value> = rows.iter().map(|row| &row[&name]).collect();
            let array = array(&name, &values);
            let field = Field::new(name.as_str().into(), array.dtype().clone(), true);
            (array, field)
        })
        .unzip();
    let encodings: Vec<Vec<Encoding>> = fields
        .iter()
        .map(|field| vec![Encoding::Plain; leaves(&field.dtype)])
        .collect();
    let schema: ArrowSchema = fields
        .into_iter()
        .map(|field| (field.name.clone(), field))
        .collect();
    let options = WriteOptions {
        statistics: StatisticsOptions::default(),
        version: Version::V1,
        compression: CompressionOptions::Gzip(Some(GzipLevel::try_new(6).expect("a level"))),
        data_page_size: None,
    };
    let batch = RecordBatchT::new(rows.len(), schema.clone().into(), arrays);
    let groups =
        RowGroupIterator::try_new([Ok(batch)].into_iter(), &schema, options, encodings.into());
    let mut writer = FileWriter::try_new(Vec::new(), schema, options).expect("a schema");
    for group in groups.expect("a schema") {
        writer
            .write(rows.len() as u64, group.expect("a group"))
            .expect("memory");
    }
    writer.end(None).expect("memory");
    writer.into_inner()
}

/// The members of objects, in one order.
fn members(objects: &[&Value]) -> Vec<String> {
    let mut names = std::collections::BTreeSet::new();
    for object in objects.iter().filter_map(|object| object.as_object()) {
        names.extend(object.keys().cloned());
    }
    names.into_iter().collect()
}

fn array(name: &str, values: &[&Value]) -> Box<dyn Array> {
    if name == "unmapped" {
        return map(values);
    }
    if !values.iter().any(|value| value.is_object()) {
        let texts = values.iter().map(|value| match value {
            Value::Null => None,
            value => Some(plain(value)),
        });
        return texts_of(texts);
    }
    let (fields, arrays): (Vec<_>, Vec<_>) = members(values)
        .into_iter()
        .map(|name| {
            let inner: Vec<&Value> = values.iter().map(|value| &value[&name]).collect();
            let array = array(&name, &inner);
            (
                Field::new(name.as_str().into(), array.dtype().clone(), true),
                array,
            )
        })
        .unzip();
    StructArray::new(ArrowDataType::Struct(fields), values.len(), arrays, None).boxed()
}

fn texts_of(texts: impl Iterator<Item = Option<String>>) -> Box<dyn Array> {
    Utf8ViewArray::from_slice(texts.collect::<Vec<_>>()).boxed()
}

/// Pairs in a list: the library reads maps and does not write them.
fn map(values: &[&Value]) -> Box<dyn Array> {
    let objects = || values.iter().filter_map(|value| value.as_object());
    let keys = texts_of(objects().flat_map(Map::keys).cloned().map(Some));
    let texts = texts_of(
        objects()
            .flat_map(Map::values)
            .map(|value| Some(plain(value))),
    );
    let fields = vec![
        Field::new("key".into(), ArrowDataType::Utf8View, false),
        Field::new("value".into(), ArrowDataType::Utf8View, true),
    ];
    let lengths = values
        .iter()
        .map(|value| value.as_object().map_or(0, Map::len));
    let offsets: OffsetsBuffer<i64> = Offsets::try_from_lengths(lengths).expect("a length").into();
    let count = keys.len();
    let pairs = StructArray::new(
        ArrowDataType::Struct(fields),
        count,
        vec![keys, texts],
        None,
    );
    let dtype = ListArray::<i64>::default_datatype(pairs.dtype().clone());
    ListArray::new(dtype, offsets, pairs.boxed(), None).boxed()
}

fn leaves(dtype: &ArrowDataType) -> usize {
    match dtype {
        ArrowDataType::Struct(fields) => fields.iter().map(|field| leaves(&field.dtype)).sum(),
        ArrowDataType::LargeList(item) => leaves(&item.dtype),
        _ => 1,
    }
}
