//! Whom to tell, and how. The address of a webhook is a secret: it comes from the environment or a
//! file and is never printed.

use std::{
    env,
    io::Write,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use trailblame::report::escape;

use super::{
    super::Usage,
    http::{self, Failure},
    state::Notice,
};

/// Somebody to tell.
#[derive(Debug)]
pub struct Target {
    /// As it was typed.
    pub name: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// A webhook that takes Slack's messages.
    Slack(Secret),
    /// A webhook that takes the contract's JSON.
    Webhook(Secret),
    /// A command that takes it on standard input.
    Command(String),
}

/// Where an address is found.
#[derive(Clone, Debug)]
pub struct Secret(String);

const FORMS: &str =
    "write slack=env:NAME, webhook=file:/run/secrets/url or command='aws sns publish …'";
/// Seconds before each time that a webhook is asked.
const WAITS: [u64; 3] = [0, 1, 4];
/// A server may ask for a longer wait, up to here.
const LONGEST_WAIT: u64 = 30;

impl Target {
    /// The target of `slack=env:NAME`, `webhook=file:PATH` or `command=…`.
    pub fn new(text: &str) -> Result<Self, Usage> {
        let wrong = |message: String| Usage {
            message,
            hint: Some(FORMS.to_owned()),
        };
        let Some((kind, rest)) = text.split_once('=') else {
            return Err(wrong("`--notify` names no kind of target".to_owned()));
        };
        let kind = match kind {
            "slack" => Kind::Slack(Secret::new("--notify slack", rest)?),
            "webhook" => Kind::Webhook(Secret::new("--notify webhook", rest)?),
            "command" if !rest.trim().is_empty() => Kind::Command(rest.to_owned()),
            "command" => return Err(wrong("`--notify command=` names no command".to_owned())),
            other => {
                return Err(wrong(format!(
                    "`--notify {}` is no kind of target",
                    escape::cut(other, 20)
                )));
            }
        };
        Ok(Self {
            name: text.to_owned(),
            kind,
        })
    }

    /// Tells it, and again if that may help.
    ///
    /// # Errors
    ///
    /// Why not, without the address.
    pub fn tell(&self, notice: &Notice, patience: Duration) -> Result<(), String> {
        match &self.kind {
            Kind::Slack(secret) => {
                let body = json!({"text": slack(&notice.text)});
                post(&secret.read()?, &body, patience)
            }
            Kind::Webhook(secret) => post(&secret.read()?, &notice.document, patience),
            Kind::Command(command) => run(command, notice),
        }
    }
}

impl Secret {
    /// The secret of `env:NAME` or `file:PATH`.
    pub fn new(flag: &str, text: &str) -> Result<Self, Usage> {
        match text.split_once(':') {
            Some(("env" | "file", name)) if !name.is_empty() => Ok(Self(text.to_owned())),
            // The text may be the secret: it is not repeated.
            _ => Err(Usage {
                message: format!(
                    "`{flag}` takes no address, which others could read in the list of processes"
                ),
                hint: Some(
                    "put the address into a variable or a file: env:NAME or file:PATH".to_owned(),
                ),
            }),
        }
    }

    /// The address.
    fn read(&self) -> Result<String, String> {
        let text = match self.0.split_once(':') {
            Some(("env", name)) => {
                env::var(name).map_err(|_| format!("the variable {name} is not set"))?
            }
            Some((_, path)) => std::fs::read_to_string(path)
                .map_err(|error| format!("`{path}` cannot be read: {}", error.kind()))?,
            None => String::new(),
        };
        let address = text.trim();
        let local = ["http://127.0.0.1:", "http://localhost:"];
        let safe = address.starts_with("https://") || local.iter().any(|l| address.starts_with(l));
        match safe {
            true => Ok(address.to_owned()),
            false => Err(format!("{} holds no https address", self.0)),
        }
    }

    /// Asks for it, for a service that waits for a sign of life.
    pub fn visit(&self, patience: Duration) -> Result<(), String> {
        tried(&self.read()?, None, patience)
    }
}

/// As Slack marks text: three signs are escaped, backticks and line ends stay.
fn slack(text: &str) -> String {
    let text = escape::cut(text, 3_000);
    let lines = text.lines().map(escape::terminal);
    let text = lines.collect::<Vec<_>>().join("\n");
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn post(address: &str, body: &Value, patience: Duration) -> Result<(), String> {
    tried(address, Some(&body.to_string()), patience)
}

/// Asks until there is an answer that asking again would not change.
fn tried(address: &str, json: Option<&str>, patience: Duration) -> Result<(), String> {
    let mut said = String::new();
    let mut asked = None;
    for own in WAITS {
        let wait = asked.take().unwrap_or(own).min(LONGEST_WAIT);
        thread::sleep(Duration::from_secs(wait));
        match http::request(address, json, patience) {
            Ok(answer) if answer.status.is_success() => return Ok(()),
            Ok(answer) => {
                let status = answer.status.as_u16();
                said = format!("it answered {status}");
                if !matches!(status, 408 | 425 | 429 | 500..=599) {
                    break;
                }
                asked = answer.retry_after;
            }
            // The error's own words may hold the address.
            Err(Failure::InvalidAddress) => return Err("its address is none".to_owned()),
            Err(Failure::Timeout) => said = "it did not answer in time".to_owned(),
            Err(Failure::UnknownHost) => said = "its host is not known".to_owned(),
            Err(Failure::UntrustedCertificate) => {
                said = "its certificate is not trusted".to_owned();
            }
            Err(Failure::Unreachable) => said = "it cannot be reached".to_owned(),
        }
    }
    Err(said)
}

/// Runs a command with the document on standard input.
fn run(command: &str, notice: &Notice) -> Result<(), String> {
    let child = Command::new("sh")
        .args(["-c", command])
        .env("TRAILBLAME_EVENT", &notice.event)
        .env("TRAILBLAME_TEXT", &notice.text)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn();
    let mut child = child.map_err(|error| format!("it cannot be run: {}", error.kind()))?;
    if let Some(mut input) = child.stdin.take() {
        // A command that does not read is none of our business.
        let _ = input.write_all(notice.document.to_string().as_bytes());
    }
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("it ended with {status}")),
        Err(error) => Err(format!("it cannot be waited for: {}", error.kind())),
    }
}
