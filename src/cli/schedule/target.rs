//! Whom to tell, and how. The address of a webhook is a secret: it comes from the environment or a
//! file and is never printed.

use std::{
    env,
    io::{self, Write},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use trailblame::report::escape;
use url::{Host, Url};

use super::{
    super::Usage,
    http::{self, Failure},
    state::Notice,
};

/// Somebody to tell.
#[derive(Debug)]
pub struct Target {
    /// What the state calls it.
    pub name: String,
    /// What people are told of it.
    pub shown: String,
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
/// What the state calls a command begins so: its text may hold secrets.
const HASHED: &str = "command=#";
/// Of a notice's text so much is handed to a command in a variable, of which systems take 128 kB.
const LONGEST_VARIABLE: usize = 8_000;
/// How often a command is looked at, while it runs.
const LOOK: Duration = Duration::from_millis(20);
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
            // It may be an address, which is a secret: it is not repeated.
            _ => return Err(wrong("`--notify` names no kind of target".to_owned())),
        };
        Ok(Self {
            name: name(text),
            shown: shown(text),
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
            Kind::Slack(secret) => post(&secret.read()?, &slack(&notice.text), patience),
            Kind::Webhook(secret) => post(&secret.read()?, &notice.document, patience),
            Kind::Command(command) => run(command, notice, patience),
        }
    }
}

/// What the state calls a target: of a command a hash of its text.
pub fn name(text: &str) -> String {
    match text.strip_prefix("command=") {
        Some(command) if !text.starts_with(HASHED) => {
            let hash = Sha256::digest(command.as_bytes());
            let hash: String = hash
                .iter()
                .take(8)
                .map(|byte| format!("{byte:02x}"))
                .collect();
            format!("{HASHED}{hash}")
        }
        _ => text.to_owned(),
    }
}

/// What people are told of a target: of a command its first word, if that is a program's name.
fn shown(text: &str) -> String {
    let Some(command) = text.strip_prefix("command=") else {
        return text.to_owned();
    };
    let first = command.split_whitespace().next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    match first.chars().all(plain) {
        true => format!("command={first} …"),
        false => "command=…".to_owned(),
    }
}

impl Secret {
    /// The secret of `env:NAME` or `file:PATH`.
    pub fn new(flag: &str, text: &str) -> Result<Self, Usage> {
        let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() && name.chars().all(letter) => {
                Ok(Self(text.to_owned()))
            }
            Some(("file", path)) if !path.is_empty() && !path.contains("://") => {
                Ok(Self(text.to_owned()))
            }
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
        address(text.trim()).ok_or_else(|| format!("{} holds no https address", self.0))
    }

    /// Asks for it, for a service that waits for a sign of life.
    pub fn visit(&self, patience: Duration) -> Result<(), String> {
        tried(&self.read()?, None, patience)
    }
}

/// An address that may be asked: over TLS, or on this machine.
fn address(text: &str) -> Option<String> {
    let mut url = Url::parse(text).ok()?;
    let safe = match (url.scheme(), url.host()?) {
        ("https", _) => true,
        ("http", Host::Ipv4(address)) => address.is_loopback(),
        ("http", Host::Ipv6(address)) => address.is_loopback(),
        ("http", Host::Domain("localhost")) => is_this_machine(&url),
        _ => false,
    };
    url.set_fragment(None);
    safe.then(|| url.into())
}

/// Whether a name leads to this machine, whatever it says.
fn is_this_machine(url: &Url) -> bool {
    let Ok(addresses) = url.socket_addrs(|| None) else {
        return false;
    };
    !addresses.is_empty() && addresses.iter().all(|address| address.ip().is_loopback())
}

/// Slack's message: no preview of anything, nobody called.
fn slack(text: &str) -> Value {
    json!({
        "text": escape::slack(&escape::cut(text, 3_000)),
        "link_names": false,
        "unfurl_links": false,
        "unfurl_media": false,
    })
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
            Err(Failure::Tls(why)) => said = why.to_owned(),
            Err(Failure::Unreachable) => said = "it cannot be reached".to_owned(),
        }
    }
    Err(said)
}

/// Runs a command with the document on standard input, and waits so long for its end.
fn run(command: &str, notice: &Notice, patience: Duration) -> Result<(), String> {
    let text = escape::cut(&notice.text, LONGEST_VARIABLE);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", command])
        .env("TRAILBLAME_EVENT", &notice.event)
        .env("TRAILBLAME_TEXT", text)
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
    let child = in_a_group(&mut shell).spawn();
    let mut child = child.map_err(|error| format!("it cannot be run: {}", error.kind()))?;
    if let Some(mut input) = child.stdin.take() {
        let document = escape::json(&notice.document.to_string());
        // A command may read late, or not at all, which is none of our business.
        thread::spawn(move || input.write_all(document.as_bytes()));
    }
    match ended(&mut child, patience) {
        Ok(Some(status)) if status.success() => Ok(()),
        Ok(Some(status)) => Err(format!("it ended with {status}")),
        Ok(None) => Err("it did not end in time".to_owned()),
        Err(error) => Err(format!("it cannot be waited for: {}", error.kind())),
    }
}

/// How a command ended; `None` if it did not, and was ended with all that it had begun.
fn ended(child: &mut Child, patience: Duration) -> io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() >= patience {
            end(child);
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(LOOK.min(patience));
    }
}

/// The shell in a group of processes of its own, so that it can be ended with what it runs.
#[cfg(unix)]
fn in_a_group(shell: &mut Command) -> &mut Command {
    std::os::unix::process::CommandExt::process_group(shell, 0)
}

#[cfg(not(unix))]
fn in_a_group(shell: &mut Command) -> &mut Command {
    shell
}

fn end(child: &mut Child) {
    let group = format!("kill -s KILL -- -{}", child.id());
    let _ = Command::new("sh")
        .args(["-c", &group])
        .stderr(Stdio::null())
        .status();
    let _ = child.kill();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_asked_without_tls() {
        for (text, expected) in [
            ("https://hooks.example.com/x", true),
            ("http://127.0.0.1:8080/x", true),
            ("http://127.9.9.9/x", true),
            ("http://[::1]:8080/x", true),
            ("http://localhost:x@hooks.example.com/x", false),
            ("http://127.0.0.1:80@hooks.example.com/x", false),
            ("http://localhost.example.com/x", false),
            ("http://127.0.0.1.example.com/x", false),
            ("http://192.0.2.1/x", false),
            ("http://[2001:db8::1]/x", false),
            ("file:///etc/passwd", false),
            ("//hooks.example.com/x", false),
            ("", false),
        ] {
            assert_eq!(address(text).is_some(), expected, "{text}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not_repeated() {
        for text in [
            "https://hooks.example.com/x7",
            "slack=env:https://hooks.example.com/x7",
            "webhook=file:https://hooks.example.com/x7",
            "https://hooks.example.com/x7?y=z",
            "slack=x7",
        ] {
            let error = Target::new(text).expect_err("no target");
            assert!(!error.to_string().contains("x7"), "{error}");
        }
        let target = Target::new("command=TOKEN=x7 curl https://example.com").expect("a target");
        assert!(!format!("{}{}", target.name, target.shown).contains("x7"));
        assert_eq!(name(&target.name), target.name);
    }

    #[test]
    fn a_command_that_does_not_end_is_ended() {
        let notice = Notice {
            event: "opened".to_owned(),
            text: "x".repeat(500_000),
            document: json!({"text": "x".repeat(500_000)}),
        };
        let begun = Instant::now();
        let patience = Duration::from_millis(300);
        let why = run("sleep 60 & sleep 60", &notice, patience);
        assert_eq!(why, Err("it did not end in time".to_owned()));
        assert!(begun.elapsed() < Duration::from_secs(20));
        let counts = "test $(wc -c) -gt 500000 && test ${#TRAILBLAME_TEXT} -gt 1000";
        assert_eq!(run(counts, &notice, Duration::from_secs(20)), Ok(()));
        assert_eq!(run("true", &notice, Duration::from_secs(20)), Ok(()));
    }
}
