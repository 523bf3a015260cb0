//! Secrets planted in every field of every input, in a thousand spellings: none comes out.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use crate::{
    attribution::{CODE, MACHINE, MINUTE, ORDERS, busy, record, write},
    program::{Run, file, folder, gzip, trailblame},
};

const POOL: &str = "eu-west-1_QuietEXAMPLE";
/// Every secret begins so; what follows is its number.
const MARK: &str = "S3CR3Tplanted";
const BROKEN: i64 = 300 * MINUTE;
const HEALED: i64 = 500 * MINUTE;

/// Ways to write a secret beside its name, or by its shape.
fn spellings() -> Vec<String> {
    let names = [
        "client_secret",
        "clientSecret",
        "CLIENT_SECRET",
        "Client-Secret",
        "client.secret",
        "clientsecret",
        "password",
        "PASSWORD",
        "db_password",
        "private_key",
        "privateKey",
        "x-api-key",
        "apiKey",
        "aws_secret_access_key",
        "secretAccessKey",
        "refresh_token",
        "accessToken",
        "ID_TOKEN",
        "code_verifier",
        "client_assertion",
        "SAMLResponse",
        "authorization",
        "session_token",
        "passphrase",
    ];
    let forms = [
        "NAME=VALUE",
        "NAME: VALUE",
        "NAME = VALUE",
        "NAME => 'VALUE'",
        r#"{"NAME":"VALUE"}"#,
        r#"{"NAME" : ["VALUE"]}"#,
        "{'NAME': 'VALUE'}",
        "<NAME>VALUE</NAME>",
        "--NAME VALUE",
        "https://example.com/cb?a=1&NAME=VALUE&b=2",
        "https://example.com/cb#NAME=VALUE",
    ];
    let shapes = [
        "https://example.com/cb?code=VALUE&state=1",
        "code%3DVALUE",
        "redirect_uri=https%3A%2F%2Fexample.com%2Fcb%3Fcode%3DVALUE",
        "Basic VALUEaB1=",
        "bearer VALUE.aB1",
        "Cookie: a=VALUE; b=VALUE",
        "https://user:VALUE@example.com/",
        "eyJVALUE0123456789.VALUE.VALUE",
        "-----BEGIN PRIVATE KEY-----\nVALUE\n-----END PRIVATE KEY-----",
    ];
    let of_names = names
        .iter()
        .flat_map(|name| forms.map(|form| form.replace("NAME", name)));
    let plain: Vec<String> = of_names.chain(shapes.map(str::to_owned)).collect();
    let escaped = plain.iter().map(|text| quoted(text));
    let twice = plain.iter().map(|text| quoted(&quoted(text)));
    let percent = plain.iter().map(|text| percent(text));
    let percents = plain.iter().map(|text| percent_twice(text));
    let all = plain.iter().cloned();
    all.chain(escaped)
        .chain(twice)
        .chain(percent)
        .chain(percents)
        .collect()
}

/// As it stands inside of a JSON text.
fn quoted(text: &str) -> String {
    let json = serde_json::to_string(text).expect("JSON");
    json[1..json.len() - 1].to_owned()
}

fn percent(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let written = |c: char| match plain(c) {
        true => c.to_string(),
        false => format!("%{:02X}", u32::from(c)),
    };
    text.chars().map(written).collect()
}

fn percent_twice(text: &str) -> String {
    percent(&percent(text))
}

/// Hands out one spelling after another, each with a secret of its own.
struct Planter {
    spellings: Vec<String>,
    next: usize,
}

impl Planter {
    fn new() -> Self {
        let spellings = spellings();
        assert!(spellings.len() >= 1_000);
        Self { spellings, next: 0 }
    }

    fn next(&mut self) -> String {
        let spelling = &self.spellings[self.next % self.spellings.len()];
        self.next += 1;
        spelling.replace("VALUE", &format!("{MARK}{}", self.next))
    }

    /// Copies of a record, each with one of its texts planted; `per` for each text.
    fn copies(&mut self, record: &Value, per: usize) -> Vec<Value> {
        let mut paths = Vec::new();
        texts(record, String::new(), &mut paths);
        let mut copies = Vec::new();
        for path in paths.iter().flat_map(|path| std::iter::repeat_n(path, per)) {
            let mut copy = record.clone();
            let text = copy.pointer_mut(path).expect("a text");
            let before = text.as_str().unwrap_or_default();
            *text = json!(format!("{before} {}", self.next()).trim());
            if path != "/eventID" && copy.get("eventID").is_some() {
                copy["eventID"] = json!(format!("planted-{}", self.next));
            }
            copies.push(copy);
        }
        copies
    }
}

/// The places of all texts of a value.
fn texts(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(path),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                texts(item, format!("{path}/{at}"), found);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                texts(value, format!("{path}/{name}"), found);
            }
        }
        _ => {}
    }
}

/// Records of a trail: an outage and the change behind it, with secrets in all of them.
pub fn records() -> Vec<Value> {
    let mut planter = Planter::new();
    let mut records = vec![write(ORDERS, 0, MACHINE, true)];
    records.extend(busy(ORDERS, BROKEN, HEALED));
    let mut guilty = write(ORDERS, BROKEN - 30, CODE, true);
    guilty["userAgent"] = json!(format!("tool {}", planter.next()));
    records.extend([guilty, write(ORDERS, HEALED - 5, MACHINE, true)]);
    for template in templates() {
        records.extend(planter.copies(&template, 6));
    }
    records
}

/// One record of each kind, all of whose texts are planted in turn.
fn templates() -> Vec<Value> {
    let at = BROKEN + 600;
    let caller = json!({
        "sourceIPAddress": "192.0.2.7",
        "userAgent": "agent/1.0",
        "requestID": "0b1c2d3e-1111-4222-8333-444455556666",
        "userIdentity": {
            "type": "IAMUser", "userName": "dana", "principalId": "AIDAEXAMPLE",
            "arn": "arn:aws:iam::111122223333:user/dana", "accountId": "111122223333",
        },
    });
    let with = |name: &str, kind: &str, more: Value| {
        let mut all = caller.clone();
        let members = all.as_object_mut().expect("members");
        members.insert("eventType".to_owned(), json!(kind));
        members.extend(more.as_object().expect("members").clone());
        record(at, name, ORDERS, all)
    };
    let form = json!({
        "grant_type": ["authorization_code"], "client_id": [ORDERS],
        "redirect_uri": ["https://example.com/cb"], "scope": ["openid orders/read"],
        "code": [format!("{MARK}form")], "client_secret": [format!("{MARK}form")],
        "identity_provider": ["corp"], "state": ["x"],
    });
    let data = json!({
        "responseParameters": {"status": 400, "error": "invalid_grant", "error_description": "no"},
        "requestParameters": form,
        "userPoolId": POOL, "userPoolDomain": "quiet-example", "sub": "u-1",
    });
    let client = json!({
        "userPoolId": POOL, "clientId": ORDERS, "clientName": "Basic Auth Client",
        "callbackURLs": ["https://example.com/cb"], "allowedOAuthScopes": ["orders/read"],
        "clientSecret": format!("{MARK}client"),
    });
    let provider = json!({
        "userPoolId": POOL, "providerName": "SignInWithApple",
        "providerDetails": {
            "client_id": "com.example", "team_id": "T", "key_id": "K", "authorize_scopes": "email",
            "private_key": format!("{MARK}apple"), "PrivateKey": format!("{MARK}apple"),
            "new_detail": format!("{MARK}detail"),
        },
        "attributeMapping": {"email": "email"},
    });
    let pool = json!({
        "userPoolId": POOL,
        "emailConfiguration": {"from": "no-reply@example.com"},
        "lambdaConfig": {"preSignUp": "arn:aws:lambda:eu-west-1:111122223333:function:x"},
        "newMember": {"inner": format!("{MARK}unknown"), "list": [format!("{MARK}unknown")]},
    });
    let write = |name: &str, request: &Value, response: Value| {
        let more = json!({
            "readOnly": false, "requestParameters": request, "responseElements": response,
        });
        with(name, "AwsApiCall", more)
    };
    vec![
        with(
            "Token_POST",
            "AwsServiceEvent",
            json!({"additionalEventData": data}),
        ),
        with(
            "OAuth2_Authorize_GET",
            "AwsServiceEvent",
            json!({"additionalEventData": data, "errorCode": "x", "errorMessage": "no"}),
        ),
        with(
            "InitiateAuth",
            "AwsApiCall",
            json!({
                "errorCode": "NotAuthorizedException", "errorMessage": "Incorrect.",
                "requestParameters": {
                    "clientId": ORDERS, "authFlow": "USER_PASSWORD_AUTH",
                    "authParameters": {"PASSWORD": format!("{MARK}auth")},
                },
                "additionalEventData": {"sub": "u-1", "userPoolId": POOL},
            }),
        ),
        write(
            "UpdateUserPoolClient",
            &client,
            json!({"userPoolClient": client}),
        ),
        write(
            "UpdateIdentityProvider",
            &provider,
            json!({"identityProvider": provider}),
        ),
        write("UpdateUserPool", &pool, Value::Null),
        with(
            "UpdateUserPoolDomain",
            "AwsApiCall",
            json!({
                "readOnly": false, "errorCode": "AccessDenied", "errorMessage": "no",
                "requestParameters": {"userPoolId": POOL, "domain": "quiet-example"},
            }),
        ),
    ]
}

/// Lines of applications, load balancers, firewalls, functions, and Cognito's own log.
fn lines(planter: &mut Planter) -> Vec<String> {
    let mut lines = Vec::new();
    let id = ORDERS;
    for number in 0..400 {
        let at = format!("2026-03-02T06:{:02}:{:02}Z", number / 60, number % 60);
        let secret = planter.next();
        lines.push(format!(
            "{at} ERROR token request failed error=invalid_client client_id={id} {secret}"
        ));
        let json = json!({
            "time": at, "level": "error", "msg": "token request failed", "error": "invalid_client",
            "client_id": id, "body": secret, "user_agent": planter.next(),
            "client_secret": format!("{MARK}line"),
        });
        lines.push(json.to_string());
        lines.push(format!(
            "{at} ERROR token request failed: invalid_grant: {} {json}",
            planter.next()
        ));
    }
    lines
}

fn other_inputs(folder: &Path, planter: &mut Planter) {
    let events: Vec<Value> = lines(planter)
        .iter()
        .enumerate()
        .map(|(at, line)| {
            json!({
                "eventId": format!("{at} {}", planter.next()),
                "timestamp": 1_772_431_200_000_i64 + i64::try_from(at).expect("small") * 1_000,
                "logStreamName": format!("s {}", planter.next()),
                "message": line,
            })
        })
        .collect();
    file(folder, "events.json", json!({"events": events}).to_string());
    let subscription = json!({
        "messageType": "DATA_MESSAGE", "owner": planter.next(), "logGroup": planter.next(),
        "logStream": planter.next(),
        "logEvents": events.iter().take(20).collect::<Vec<_>>(),
    });
    file(
        folder,
        "subscription.gz",
        gzip(subscription.to_string().as_bytes()),
    );
    file(folder, "lines.log", lines(planter).join("\n"));
    let alb: Vec<String> = (0..60)
        .map(|_| {
            format!(
                r#"https 2026-03-02T06:12:30.186641Z app/public/50dc6c495c0c9188 192.0.2.1:2817 - 0.0 0.0 0.0 561 - 0 57 "GET https://www.example.com:443/oauth2/idpresponse?code={MARK}alb HTTP/1.1" "{}" ECDHE TLSv1.2 arn:aws:elasticloadbalancing "Root=1-58337327-72bd00b0343d75b906739c42" "www.example.com" "arn:cert" 1 2026-03-02T06:12:30.000000Z "authenticate" "-" "AuthInvalidGrantError" "-" "-" "-" "-""#,
                planter.next().replace(['"', '\n'], " ")
            )
        })
        .collect();
    file(folder, "alb.log", alb.join("\n"));
    let waf = json!({
        "timestamp": 1_772_431_200_000_i64, "formatVersion": 1, "action": "BLOCK",
        "terminatingRuleId": "rate", "httpSourceName": "COGNITOIDP",
        "httpSourceId": format!("arn:aws:cognito-idp:eu-west-1:111122223333:userpool/{POOL}"),
        "httpRequest": {
            "clientIp": "192.0.2.9", "uri": "/oauth2/token", "args": "", "requestId": "r-1",
            "headers": [{"name": "x-amzn-cognito-client-id", "value": ORDERS}, {"name": "host", "value": "h"}],
        },
    });
    let user = json!({
        "eventTimestamp": "1772431200000", "eventSource": "USER_ACTIVITY", "logLevel": "INFO",
        "message": {
            "eventId": "e-1", "eventType": "SignIn", "userSub": "s", "userPoolId": POOL,
            "clientId": ORDERS, "eventResponse": "Fail", "ipAddress": "192.0.2.1", "idpName": "corp",
        },
    });
    let trigger = json!({
        "level": "ERROR", "errorType": "TypeError", "errorMessage": "x is undefined",
        "event": {
            "triggerSource": "TokenGeneration_RefreshTokens", "userPoolId": POOL,
            "callerContext": {"clientId": ORDERS},
        },
    });
    for (name, template) in [("waf", waf), ("user", user)] {
        let copies = planter.copies(&template, 10);
        let copies: Vec<String> = copies.iter().map(Value::to_string).collect();
        file(folder, &format!("{name}.jsonl"), copies.join("\n"));
    }
    let functions: Vec<Value> = planter
        .copies(&trigger, 10)
        .iter()
        .map(|trigger| json!({"timestamp": 1_772_431_200_000_i64, "message": trigger.to_string()}))
        .collect();
    file(
        folder,
        "functions.json",
        json!({"events": functions}).to_string(),
    );
    let mut table = "minute,first_time,last_time,requests,callers,account,region,user_pool,client,endpoint,grant_type,redirect_uri,scopes,identity_provider,status\n".to_owned();
    for _ in 0..40 {
        let secret = planter.next().replace('"', "\"\"");
        table.push_str(&format!("2026-03-02T06:10:00Z,2026-03-02T06:10:01Z,2026-03-02T06:10:09Z,2,2,111122223333,eu-west-1,{POOL},{ORDERS},token,authorization_code,\"{secret}\",\"{secret}\",\"{secret}\",400\n"));
    }
    file(folder, "counts.csv", table);
    // What cannot be read is told of.
    let cut = json!({"Records": [record(BROKEN, "Token_POST", ORDERS, json!({"eventTime": planter.next()}))]});
    file(
        folder,
        "cut.json",
        &cut.to_string()[..cut.to_string().len() - 3],
    );
    let odd = json!({"Records": [{"eventSource": "cognito-idp.amazonaws.com", "eventName": "Token_POST", "eventTime": planter.next(), "eventID": {"a": planter.next()}}]});
    file(folder, "odd.json", odd.to_string());
}

/// What a description says that was saved.
fn description() -> Value {
    json!({"UserPoolClient": {
        "UserPoolId": POOL, "ClientId": ORDERS, "ClientName": "orders",
        "ClientSecret": format!("{MARK}described"),
        "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthScopes": ["orders/read"],
        "NewMember": {"Inner": format!("{MARK}unknown")},
        "Legacy_Password": format!("{MARK}described"),
    }})
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.path()) {
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

/// Where a secret stands in what was written.
pub fn leak(text: &str) -> Option<String> {
    let at = text.find(MARK)?;
    let start = (0..=at.saturating_sub(120))
        .rev()
        .find(|at| text.is_char_boundary(*at));
    let around = text.get(start.unwrap_or_default()..)?;
    Some(around.chars().take(260).collect())
}

#[track_caller]
fn check(run: &Run, what: &str) {
    for text in [&run.stdout, &run.stderr] {
        assert_eq!(leak(text), None, "{what}");
    }
    assert!(
        run.status.is_some_and(|status| status != 101),
        "{what}: {}",
        run.stderr
    );
}

#[track_caller]
fn check_files(folder: &Path) {
    for path in files(folder) {
        let bytes = fs::read(&path).expect("a file");
        let found = leak(&String::from_utf8_lossy(&bytes));
        assert_eq!(found, None, "{}", path.display());
    }
}

#[test]
fn no_planted_secret_comes_out() {
    let folder = folder("planted");
    let inputs = folder.join("in");
    file(
        &inputs,
        "trail.json",
        json!({"Records": records()}).to_string(),
    );
    other_inputs(&inputs, &mut Planter::new());
    let settings = file(&folder, "settings.json", description().to_string());
    let inputs = inputs.to_str().expect("UTF-8");
    let out = folder.join("out");
    fs::create_dir_all(&out).expect("a folder");
    let to = |name: &str| out.join(name).to_str().expect("UTF-8").to_owned();
    let (undo, evidence, pages) = (to("undo"), to("evidence"), to("pages/"));
    let notify = format!(
        "command=cat >> {0}; echo \"$TRAILBLAME_TEXT\" >> {0}",
        to("notices")
    );
    let (documents, state, frame) = (to("documents/"), to("state.json"), to("frame.csv"));
    let window = [
        "--since",
        "2026-03-02T00:00:00Z",
        "--until",
        "2026-03-03T00:00:00Z",
    ];
    let mut runs: Vec<Vec<&str>> = vec![
        vec!["investigate", "--full", "--evidence", &evidence],
        vec!["investigate", "--format", "json", "--settings", &settings],
        vec![
            "investigate",
            "--format",
            "markdown",
            "--full",
            "--settings",
            &settings,
        ],
        vec!["investigate", "--explain", "1"],
        vec![
            "report",
            "--format",
            "html,markdown,json,csv",
            "--output",
            &pages,
            "--state",
            &state,
            "--notify",
            &notify,
        ],
        vec![
            "postmortem",
            "--incident",
            "1",
            "--format",
            "markdown,html",
            "--output",
            &documents,
        ],
        vec!["changes"],
        vec!["changes", "--format", "json", "--settings", &settings],
        vec!["changes", "--stat"],
        vec!["failures"],
        vec!["investigate", "--write-undo", &undo],
    ];
    let frames = [
        "requests",
        "changes",
        "counts",
        "callers",
        "states",
        "links",
        "incidents",
    ];
    for name in frames {
        runs.push(vec!["export", "--frame", name, "--format", "csv"]);
        runs.push(vec![
            "export", "--frame", name, "--format", "csv", "--output", &frame,
        ]);
    }
    for arguments in runs {
        let all = [&arguments[..], &[inputs], &window].concat();
        check(&trailblame(&all), &arguments.join(" "));
        check_files(&out);
    }
    assert!(fs::metadata(to("notices")).expect("notices").len() > 100);
    assert!(files(Path::new(&evidence)).len() > 2);
}
