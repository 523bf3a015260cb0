//! The whole way against an emulator of AWS: real wire protocols, a token endpoint that answers.
//!
//! `ministack` (PyPI, MIT) is installed into `target/` and ended with the test. Its limits are in
//! the README: what it does not do as AWS does is not tested here.

use std::{
    env, fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use aws_sdk_cloudwatchlogs::types::InputLogEvent;
use aws_sdk_cognitoidentityprovider::types::OAuthFlowType;
use base64::Engine;
use chrono::{TimeDelta, Utc};
use serde_json::Value;

use crate::program::{Run, file, folder, with_environment};

const PACKAGE: &str = "ministack==1.5.33";
/// Under which a machine that cannot run the emulator fails the tests.
const REQUIRE: &str = "TRAILBLAME_REQUIRE_EMULATOR";
const ACCOUNT: &str = "111122223333";
const REGION: &str = "eu-west-1";

/// A running emulator; it ends when dropped.
struct Emulator {
    child: Child,
    port: u16,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Emulator {
    /// Installs and starts it; `None`, and a line that says why, where that is not possible.
    fn start() -> Option<Self> {
        match Self::try_start() {
            Ok(emulator) => Some(emulator),
            Err(why) => {
                skipped(&why);
                None
            }
        }
    }

    fn try_start() -> Result<Self, String> {
        let program = install(&[PACKAGE])?.join("bin/ministack");
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(|error| error.to_string())?
            .port();
        // Tests run side by side, each with an emulator of its own.
        let data = folder(&format!("emulator-{port}"));
        let child = Command::new(program)
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("CLOUDTRAIL_RECORDING", "1")
            .env("TMPDIR", &data)
            .current_dir(&data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        let emulator = Self { child, port };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if begun.elapsed() > Duration::from_secs(60) {
                return Err("the emulator did not start within a minute".to_owned());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(emulator)
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    async fn configuration(&self) -> aws_config::SdkConfig {
        let credentials = aws_sdk_sts::config::Credentials::new(ACCOUNT, "EXAMPLE", None, None, "");
        aws_config::defaults(aws_config::BehaviorVersion::v2026_01_12())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .credentials_provider(credentials)
            .region(aws_config::Region::new(REGION))
            .endpoint_url(self.url())
            .load()
            .await
    }

    /// Asks `/oauth2/token` for an access token: the status and the error code.
    fn token(&self, client: &str, secret: &str) -> (u16, Option<String>) {
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{client}:{secret}"));
        let body = "grant_type=client_credentials&scope=api/read";
        let request = format!(
            "POST /oauth2/token HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\
             Authorization: Basic {basic}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the emulator");
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let status = answer
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let json = answer.find('{').and_then(|at| answer.get(at..));
        let json: Option<Value> = json.and_then(|json| serde_json::from_str(json).ok());
        let error = json.and_then(|json| json["error"].as_str().map(str::to_owned));
        (status.expect("a status"), error)
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let url = self.url();
        let environment = [
            ("AWS_ACCESS_KEY_ID", ACCOUNT),
            ("AWS_SECRET_ACCESS_KEY", "EXAMPLE"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_REGION", REGION),
            ("AWS_ENDPOINT_URL", &url),
        ];
        with_environment(arguments, &environment)
    }
}

/// A Python in an environment of its own in `target/`, with these packages; `None`, and a line that
/// says why, where that is not possible.
pub fn python(packages: &[&str]) -> Option<PathBuf> {
    match install(packages) {
        Ok(environment) => Some(environment.join("bin/python")),
        Err(why) => {
            skipped(&why);
            None
        }
    }
}

/// Says why a test is skipped, or fails it where it must run.
fn skipped(why: &str) {
    let told = format!(
        "skipped: {why}; install Python 3.10 or later with venv and pip, and let it reach PyPI"
    );
    assert!(env::var_os(REQUIRE).is_none(), "{told}");
    eprintln!("{told}");
}

/// An environment with these packages, installed unless it is there.
fn install(packages: &[&str]) -> Result<PathBuf, String> {
    let name = packages.join("-").replace("==", "-");
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let whole = environment.join("whole");
    // Tests run side by side: the first installs.
    let lock = fs::File::create(environment.with_extension("lock"));
    let lock = lock.map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    if whole.exists() {
        return Ok(environment);
    }
    let venv = Command::new("python3")
        .args(["-m", "venv"])
        .arg(&environment)
        .output();
    if !venv.is_ok_and(|venv| venv.status.success()) {
        return Err("python3 makes no virtual environment".to_owned());
    }
    let pip = Command::new(environment.join("bin/pip"))
        .args(["install", "--quiet", "--disable-pip-version-check"])
        .args(packages)
        .output()
        .map_err(|error| error.to_string())?;
    if !pip.status.success() {
        return Err(String::from_utf8_lossy(&pip.stderr).into_owned());
    }
    fs::write(whole, "").map_err(|error| error.to_string())?;
    Ok(environment)
}

/// The world of one test: an app client that gets tokens, and its application's log.
struct World {
    emulator: Emulator,
    config: aws_config::SdkConfig,
    pool: String,
    client: String,
    secret: String,
}

const GROUP: &str = "/ecs/billing";
const STREAM: &str = "billing/1";

impl World {
    async fn new(emulator: Emulator) -> Self {
        let config = emulator.configuration().await;
        let cognito = aws_sdk_cognitoidentityprovider::Client::new(&config);
        let pool = cognito.create_user_pool().pool_name("shop").send().await;
        let pool = pool
            .expect("a pool")
            .user_pool
            .expect("a pool")
            .id
            .expect("an id");
        let server = cognito.create_resource_server().user_pool_id(&pool);
        let scope = aws_sdk_cognitoidentityprovider::types::ResourceServerScopeType::builder()
            .scope_name("read")
            .scope_description("read")
            .build()
            .expect("a scope");
        let server = server
            .identifier("api")
            .name("api")
            .scopes(scope)
            .send()
            .await;
        server.expect("a resource server");
        let client = cognito
            .create_user_pool_client()
            .user_pool_id(&pool)
            .client_name("billing")
            .generate_secret(true)
            .allowed_o_auth_flows(OAuthFlowType::ClientCredentials)
            .allowed_o_auth_scopes("api/read")
            .allowed_o_auth_flows_user_pool_client(true)
            .send()
            .await
            .expect("a client")
            .user_pool_client
            .expect("a client");
        let logs = aws_sdk_cloudwatchlogs::Client::new(&config);
        let group = logs.create_log_group().log_group_name(GROUP).send().await;
        group.expect("a log group");
        let stream = logs.create_log_stream().log_group_name(GROUP);
        let stream = stream.log_stream_name(STREAM).send().await;
        stream.expect("a log stream");
        Self {
            client: client.client_id.expect("an id"),
            secret: client.client_secret.expect("a secret"),
            emulator,
            config,
            pool,
        }
    }

    /// Asks for a token `count` times and writes what the application would log, `apart` from
    /// each other up to now.
    async fn ask(&self, count: i32, apart: TimeDelta) -> Vec<u16> {
        let logs = aws_sdk_cloudwatchlogs::Client::new(&self.config);
        let mut events = Vec::new();
        let mut statuses = Vec::new();
        for ago in (0..count).rev() {
            let (status, error) = self.emulator.token(&self.client, &self.secret);
            let time = Utc::now() - apart * ago;
            let line = match error {
                None => format!(
                    "{{\"level\":\"info\",\"msg\":\"access token obtained\",\"grant_type\":\
                     \"client_credentials\",\"client_id\":\"{}\"}}",
                    self.client
                ),
                Some(error) => format!(
                    "{{\"level\":\"error\",\"msg\":\"token request failed\",\"grant_type\":\
                     \"client_credentials\",\"client_id\":\"{}\",\"error\":\"{error}\"}}",
                    self.client
                ),
            };
            events.push(
                InputLogEvent::builder()
                    .timestamp(time.timestamp_millis())
                    .message(line)
                    .build()
                    .expect("an event"),
            );
            statuses.push(status);
        }
        let put = logs.put_log_events().log_group_name(GROUP);
        let put = put.log_stream_name(STREAM).set_log_events(Some(events));
        put.send().await.expect("the lines are written");
        statuses
    }

    /// Updates the app client with every value given: the emulator keeps what is left out, which
    /// AWS resets.
    async fn update(&self, flow: OAuthFlowType, callback: Option<&str>) {
        aws_sdk_cognitoidentityprovider::Client::new(&self.config)
            .update_user_pool_client()
            .user_pool_id(&self.pool)
            .client_id(&self.client)
            .client_name("billing")
            .allowed_o_auth_flows(flow)
            .set_callback_urls(callback.map(|url| vec![url.to_owned()]))
            .allowed_o_auth_scopes("api/read")
            .allowed_o_auth_flows_user_pool_client(true)
            .send()
            .await
            .expect("an update");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_was_broken_is_found_and_its_undo_mends_it() {
    let Some(emulator) = Emulator::start() else {
        return;
    };
    let world = World::new(emulator).await;
    // The emulator's records have no responses, so that a creation names no app client: a deploy
    // writes the settings once more.
    thread::sleep(Duration::from_secs(1));
    world.update(OAuthFlowType::ClientCredentials, None).await;
    let before = world.ask(60, TimeDelta::seconds(60)).await;
    assert_eq!(before, [200; 60]);
    thread::sleep(Duration::from_secs(2));
    let callback = "https://billing.example.com/callback";
    world.update(OAuthFlowType::Code, Some(callback)).await;
    thread::sleep(Duration::from_secs(2));
    let after = world.ask(30, TimeDelta::milliseconds(20)).await;
    assert_eq!(after, [400; 30]);
    let undo = folder("emulator-undo");
    let undo_path = undo.to_str().expect("UTF-8");
    let run = world.emulator.run(&[
        "investigate",
        "--cloudtrail",
        "--log-group",
        GROUP,
        "--since",
        "3h",
        "--max-rps",
        "200",
        "--format",
        "json",
        "--write-undo",
        undo_path,
    ]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    let answer: Value = serde_json::from_str(&run.stdout).expect("JSON on stdout");
    let incident = &answer["incidents"][0];
    assert_eq!(incident["verdict"], "change", "{answer:#}");
    let suspect = &incident["suspects"][0];
    assert_eq!(
        suspect["event_name"], "UpdateUserPoolClient",
        "{incident:#}"
    );
    let guilty: Vec<&Value> = suspect["diff"]
        .as_array()
        .expect("a diff")
        .iter()
        .filter(|line| line["guilty"] == true)
        .map(|line| &line["setting"])
        .collect();
    assert_eq!(guilty, ["AllowedOAuthFlows"], "{suspect:#}");

    // The undo as it was written, through the same API.
    let written = fs::read_dir(&undo).expect("a folder").flatten().next();
    let text = fs::read_to_string(written.expect("an undo").path()).expect("an undo");
    let undo: Value = serde_json::from_str(&text).expect("JSON");
    let strings = |name: &str| -> Vec<String> {
        let values = undo[name].as_array().cloned().unwrap_or_default();
        values
            .iter()
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect()
    };
    let flows = strings("AllowedOAuthFlows");
    let grant = "client_credentials".to_owned();
    assert!(flows.contains(&grant), "{undo:#}");
    let flows = flows
        .iter()
        .map(|flow| OAuthFlowType::from(flow.as_str()))
        .collect();
    aws_sdk_cognitoidentityprovider::Client::new(&world.config)
        .update_user_pool_client()
        .user_pool_id(undo["UserPoolId"].as_str().expect("a pool"))
        .client_id(undo["ClientId"].as_str().expect("a client"))
        .client_name(undo["ClientName"].as_str().expect("a name"))
        .set_allowed_o_auth_flows(Some(flows))
        .set_allowed_o_auth_scopes(Some(strings("AllowedOAuthScopes")))
        .set_callback_urls(Some(strings("CallbackURLs")))
        .allowed_o_auth_flows_user_pool_client(true)
        .send()
        .await
        .expect("the undo");
    assert_eq!(world.ask(1, TimeDelta::zero()).await, [200]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_of_the_emulator_gives_the_same_answer_as_its_files() {
    let Some(emulator) = Emulator::start() else {
        return;
    };
    let config = emulator.configuration().await;
    let builder = aws_sdk_s3::config::Builder::from(&config).force_path_style(true);
    let s3 = aws_sdk_s3::Client::from_conf(builder.build());
    let region = aws_sdk_s3::types::BucketLocationConstraint::from(REGION);
    let location = aws_sdk_s3::types::CreateBucketConfiguration::builder()
        .location_constraint(region)
        .build();
    let bucket = s3.create_bucket().bucket("example-trail");
    let bucket = bucket.create_bucket_configuration(location).send().await;
    bucket.expect("a bucket");
    let local = folder("emulator-trail");
    for (key, bytes) in &crate::world::sample().files {
        if key.starts_with("AWSLogs/") {
            file(&local, key, bytes);
            let put = s3.put_object().bucket("example-trail").key(key);
            put.body(bytes.clone().into())
                .send()
                .await
                .expect("an object");
        }
    }
    let bounds = [
        "--since",
        "2026-03-02",
        "--until",
        "2026-03-03",
        "--history",
        "30d",
        "--format",
        "json",
    ];
    let path = local.to_str().expect("UTF-8");
    let files = emulator.run(&[&["investigate", path], &bounds[..]].concat());
    let bucket = emulator.run(&[&["investigate", "s3://example-trail/"], &bounds[..]].concat());
    assert_eq!(bucket.status, Some(0), "{}", bucket.stderr);
    let [files, bucket] = [files, bucket].map(|run| {
        let answer: Value = serde_json::from_str(&run.stdout).expect("JSON on stdout");
        answer["incidents"].clone()
    });
    assert!(files.as_array().is_some_and(|all| all.len() >= 5));
    assert_eq!(bucket, files);
}
