//! A real browser, told what to do over its own protocol through a pipe.
//!
//! Source: <https://chromedevtools.github.io/devtools-protocol/>.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};

/// A running browser with one page.
pub struct Browser {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    sent: u64,
    session: Option<String>,
    events: Vec<Value>,
}

impl Browser {
    /// Starts a browser; without one on this machine there is none, unless one is required.
    pub fn start(profile: &Path) -> Option<Self> {
        let named = ["chromium", "chromium-browser", "google-chrome"];
        let found = named.into_iter().find(|name| {
            let version = Command::new(name).arg("--version").output();
            version.is_ok_and(|output| output.status.success())
        });
        let Some(program) = found else {
            let required = std::env::var_os("TRAILBLAME_REQUIRE_BROWSER").is_some();
            assert!(
                !required,
                "no browser, and TRAILBLAME_REQUIRE_BROWSER is set"
            );
            eprintln!("skipped: no Chromium on this machine");
            return None;
        };
        // The protocol speaks on descriptors 3 and 4.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<&0 4>&1 >/dev/null", "sh", program])
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
            ])
            .args(["--disable-background-networking", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the browser starts");
        let mut browser = Self {
            to: child.stdin.take().expect("a pipe"),
            from: BufReader::new(child.stdout.take().expect("a pipe")),
            child,
            sent: 0,
            session: None,
            events: Vec::new(),
        };
        let page = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let target = json!({"targetId": page["targetId"], "flatten": true});
        let session = browser.call("Target.attachToTarget", target);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Shows a file in a window of that width, light or dark.
    pub fn show(&mut self, path: &str, width: u32, scheme: &str) {
        let phone = width < 600;
        let metrics =
            json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": phone});
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.call("Emulation.setEmulatedMedia", json!({"features": [feature]}));
        self.events.clear();
        self.call("Page.navigate", json!({"url": format!("file://{path}")}));
        while !self
            .events
            .iter()
            .any(|event| event["method"] == "Page.loadEventFired")
        {
            let event = self.receive();
            self.events.push(event);
        }
    }

    /// What a script on the page says.
    pub fn evaluate(&mut self, script: &str) -> Value {
        let answer = json!({"expression": script, "returnByValue": true});
        self.call("Runtime.evaluate", answer)["result"]["value"].clone()
    }

    /// What the page complained of since it was shown, and what it asked of the network.
    pub fn complaints(&self) -> Vec<&Value> {
        let bad = [
            "Runtime.exceptionThrown",
            "Runtime.consoleAPICalled",
            "Log.entryAdded",
        ];
        let is_bad = |event: &&Value| {
            let method = event["method"].as_str().unwrap_or_default();
            let url = event["params"]["request"]["url"]
                .as_str()
                .unwrap_or_default();
            let asked = method == "Network.requestWillBeSent"
                && !url.starts_with("file:")
                && !url.starts_with("data:");
            bad.contains(&method) || asked
        };
        self.events.iter().filter(is_bad).collect()
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        self.sent += 1;
        let mut message = json!({"id": self.sent, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        write!(self.to, "{message}\0").expect("the browser listens");
        self.to.flush().expect("the browser listens");
        loop {
            let answer = self.receive();
            if answer["id"] == self.sent {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    fn receive(&mut self) -> Value {
        let mut message = Vec::new();
        self.from
            .read_until(0, &mut message)
            .expect("the browser speaks");
        message.pop();
        serde_json::from_slice(&message).expect("a message of the browser")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
