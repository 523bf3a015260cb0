//! An HTTP/1.1 server on 127.0.0.1 that speaks as much of AWS's protocols as the program asks
//! for, from a [`State`], and misbehaves as told.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::{objects::refusal, state::State};

/// How the server misbehaves. Every n-th request (never the same one twice in a row) …
#[derive(Clone, Debug, Default)]
pub struct Manners {
    /// … is answered with a 500 (0: none).
    pub fails: usize,
    /// … is cut in the middle of its body (0: none).
    pub cuts: usize,
    /// Requests per second and API above which it throttles, with a burst of one second's worth.
    pub quota: Option<f64>,
    /// The time an answer takes.
    pub latency: Duration,
    /// After so many answers the credentials have expired.
    pub expires_after: Option<usize>,
    /// Its clock is so far ahead of the caller's, and it refuses signatures older than 5 minutes.
    pub ahead: TimeDelta,
    /// The action that is denied.
    pub denies: Option<&'static str>,
}

/// A request as it came.
pub struct Request {
    /// Path and query.
    pub target: String,
    /// The operation: `LookupEvents`, or of S3 the method.
    pub operation: String,
    /// The Region of the signature.
    pub region: String,
    /// The service of the signature.
    pub service: String,
    pub body: Vec<u8>,
    /// The access key of the signature.
    pub key: String,
    /// When it was signed.
    pub signed: Option<DateTime<Utc>>,
}

/// An answer.
pub struct Response {
    pub status: u16,
    pub content_type: &'static str,
    pub body: Vec<u8>,
}

impl Response {
    pub fn json(value: &serde_json::Value) -> Self {
        Self {
            status: 200,
            content_type: "application/x-amz-json-1.1",
            body: value.to_string().into_bytes(),
        }
    }

    pub fn refusal(status: u16, code: &str, message: &str) -> Self {
        let value = serde_json::json!({"__type": code, "message": message});
        Self {
            status,
            ..Self::json(&value)
        }
    }

    pub fn xml(body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            content_type: "text/xml",
            body: body.into(),
        }
    }
}

/// What was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub operation: String,
    pub target: String,
    pub region: String,
    pub throttled: bool,
}

/// A running server; it ends when dropped.
pub struct Server {
    url: String,
    shared: Arc<Shared>,
}

struct Shared {
    state: State,
    manners: Manners,
    asked: Mutex<Vec<Asked>>,
    count: AtomicUsize,
    tokens: Mutex<std::collections::BTreeMap<(String, String), (f64, Instant)>>,
    done: AtomicBool,
}

impl Server {
    /// Starts on a free port.
    pub fn start(state: State, manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::new(Shared {
            state,
            manners,
            asked: Mutex::default(),
            count: AtomicUsize::new(0),
            tokens: Mutex::default(),
            done: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if serving.done.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let shared = Arc::clone(&serving);
                thread::spawn(move || {
                    // A client that goes away ends its connection, not the test.
                    let _ = shared.serve(stream);
                });
            }
        });
        Self { url, shared }
    }

    /// Its address, for `--endpoint-url`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().expect("a lock").clone()
    }

    /// How often an operation was answered.
    pub fn answers(&self, operation: &str) -> usize {
        let asked = self.asked();
        let answered = asked
            .iter()
            .filter(|asked| asked.operation == operation && !asked.throttled);
        answered.count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.done.store(true, Ordering::Relaxed);
        // Wakes the listener, which then sees that it is done.
        let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut stream = stream;
        while let Some(request) = read(&mut reader)? {
            let mut response = self.answer(&request);
            if request.operation == "HEAD" {
                response.body.clear();
            }
            thread::sleep(self.manners.latency);
            let number = self.count.load(Ordering::Relaxed);
            let cut = self.manners.cuts > 0 && number % self.manners.cuts == 1;
            write(
                &mut stream,
                &response,
                self.now(),
                cut && response.status == 200,
            )?;
            if cut {
                return Ok(());
            }
        }
        Ok(())
    }

    fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.manners.ahead
    }

    fn answer(&self, request: &Request) -> Response {
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let throttled = !self.take_token(request);
        self.asked.lock().expect("a lock").push(Asked {
            operation: request.operation.clone(),
            target: request.target.clone(),
            region: request.region.clone(),
            throttled,
        });
        let age = request.signed.map(|signed| self.now() - signed);
        if age.is_some_and(|age| age.abs() > TimeDelta::minutes(5)) {
            let why = "Signature expired";
            if request.operation == "GetCallerIdentity" {
                return sts_refusal("SignatureDoesNotMatch", why);
            }
            return Response::refusal(400, "InvalidSignatureException", why);
        }
        if request.operation == "GetCallerIdentity" {
            return identity(&request.key);
        }
        if request.operation == "AssumeRole" {
            return role(&request.body);
        }
        if throttled {
            return Response::refusal(400, "ThrottlingException", "Rate exceeded");
        }
        if self.manners.denies == Some(&*request.operation) {
            if request.operation == "GET" {
                return refusal(403, "AccessDenied");
            }
            return Response::refusal(400, "AccessDeniedException", "not authorized to do this");
        }
        if self
            .manners
            .expires_after
            .is_some_and(|after| number > after)
        {
            return Response::refusal(400, "ExpiredTokenException", "The security token expired");
        }
        if self.manners.fails > 0 && number.is_multiple_of(self.manners.fails) {
            return Response::refusal(500, "InternalFailure", "We encountered an error");
        }
        self.state.answer(request)
    }

    /// A bucket of tokens for each Region and operation, as AWS's throttle is.
    fn take_token(&self, request: &Request) -> bool {
        let Some(quota) = self.manners.quota else {
            return true;
        };
        if request.operation == "GetCallerIdentity" {
            return true;
        }
        let mut tokens = self.tokens.lock().expect("a lock");
        let key = (request.region.clone(), request.operation.clone());
        let now = Instant::now();
        let (left, at) = tokens.entry(key).or_insert((quota.max(1.0), now));
        *left = (*left + quota * (now - *at).as_secs_f64()).min(quota.max(1.0));
        *at = now;
        let taken = *left >= 1.0;
        if taken {
            *left -= 1.0;
        }
        taken
    }
}

/// The account that an access key belongs to: a role's key tells it.
fn identity(key: &str) -> Response {
    let account = key.strip_prefix("ASIA").unwrap_or("111122223333");
    Response::xml(format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><Arn>arn:aws:iam::{account}:user/EXAMPLE</Arn>\
         <UserId>AIDAEXAMPLE</UserId><Account>{account}</Account></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>EXAMPLE</RequestId></ResponseMetadata>\
         </GetCallerIdentityResponse>",
    ))
}

/// An error as STS tells it.
fn sts_refusal(code: &str, message: &str) -> Response {
    let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    Response {
        status: 403,
        ..Response::xml(format!("<ErrorResponse>{error}</ErrorResponse>"))
    }
}

/// Credentials of the role that is asked for, if the external id is right.
fn role(body: &[u8]) -> Response {
    let form = String::from_utf8_lossy(body);
    let account = form
        .split("iam%3A%3A")
        .nth(1)
        .and_then(|rest| rest.get(..12));
    let account = account.unwrap_or_default();
    if !form.contains("ExternalId=secret-handshake") {
        return sts_refusal("AccessDenied", "not authorized to perform: sts:AssumeRole");
    }
    Response::xml(format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
         <Credentials><AccessKeyId>ASIA{account}</AccessKeyId><SecretAccessKey>EXAMPLE</SecretAccessKey>\
         <SessionToken>EXAMPLE</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>\
         <AssumedRoleUser><Arn>arn:aws:sts::{account}:assumed-role/Reader/trailblame</Arn>\
         <AssumedRoleId>AROAEXAMPLE:trailblame</AssumedRoleId></AssumedRoleUser></AssumeRoleResult>\
         <ResponseMetadata><RequestId>EXAMPLE</RequestId></ResponseMetadata></AssumeRoleResponse>"
    ))
}

fn read(reader: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default().to_owned();
    let (mut length, mut operation) = (0, String::new());
    let (mut signed, mut key) = (String::new(), String::new());
    let (mut region, mut service) = (String::new(), String::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap_or(0),
            "x-amz-date" => signed = value.to_owned(),
            "x-amz-target" => operation = value.rsplit('.').next().unwrap_or_default().to_owned(),
            // Credential=KEY/20260302/eu-west-1/cloudtrail/aws4_request
            "authorization" => {
                let mut parts = value.split('/').map(str::to_owned);
                let first = parts.next().unwrap_or_default();
                key = first.rsplit('=').next().unwrap_or_default().to_owned();
                parts.next();
                region = parts.next().unwrap_or_default();
                service = parts.next().unwrap_or_default();
            }
            _ => {}
        }
    }
    let signed = NaiveDateTime::parse_from_str(&signed, "%Y%m%dT%H%M%SZ").ok();
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    if operation.is_empty() {
        let form = String::from_utf8_lossy(&body);
        let action = form
            .split('&')
            .find_map(|pair| pair.strip_prefix("Action="));
        operation = action.unwrap_or(&method).to_owned();
    }
    Ok(Some(Request {
        target,
        operation,
        region,
        service,
        body,
        key,
        signed: signed.map(|time| time.and_utc()),
    }))
}

fn write(
    stream: &mut TcpStream,
    response: &Response,
    now: DateTime<Utc>,
    cut: bool,
) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {} X\r\ndate: {}\r\ncontent-type: {}\r\ncontent-length: {}\r\n\r\n",
        response.status,
        now.format("%a, %d %b %Y %H:%M:%S GMT"),
        response.content_type,
        response.body.len()
    );
    stream.write_all(head.as_bytes())?;
    let length = if cut {
        response.body.len() / 2
    } else {
        response.body.len()
    };
    stream.write_all(response.body.get(..length).unwrap_or_default())?;
    stream.flush()
}
