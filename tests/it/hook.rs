//! A server on 127.0.0.1 that takes what webhooks are sent, and keeps objects as S3 does where
//! writes are conditional.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::Value;

/// A running server; it ends when dropped.
pub struct Hook {
    address: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    got: Mutex<Vec<Value>>,
    /// What is answered next, and after how long; then 200.
    answers: Mutex<Vec<(u16, Duration)>>,
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
    conflicts: Mutex<u32>,
    done: AtomicBool,
}

impl Hook {
    /// Starts on a free port; the first answers are these, the last of them first.
    pub fn start(answers: &[(u16, Duration)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::new(Shared {
            answers: Mutex::new(answers.to_vec()),
            ..Shared::default()
        });
        let server = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if server.done.load(Ordering::Relaxed) {
                    break;
                }
                let server = Arc::clone(&server);
                thread::spawn(move || server.answer(&stream));
            }
        });
        Self { address, shared }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Bodies that came and were answered with 200.
    pub fn got(&self) -> Vec<Value> {
        self.shared.got.lock().expect("a lock").clone()
    }

    /// The events of the notices that came.
    pub fn events(&self) -> Vec<String> {
        let got = self.got();
        let event = |body: &Value| body["notice"]["event"].as_str().unwrap_or("?").to_owned();
        got.iter().map(event).collect()
    }

    /// Writes that were refused since the object was another.
    pub fn conflicts(&self) -> u32 {
        *self.shared.conflicts.lock().expect("a lock")
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        self.shared.done.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address.trim_start_matches("http://"));
    }
}

impl Shared {
    fn answer(&self, mut stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|read| read > 0) {
            let mut parts = line.split(' ');
            let method = parts.next().unwrap_or_default().to_owned();
            let path = parts.next().unwrap_or_default().to_owned();
            let mut headers = BTreeMap::new();
            loop {
                line.clear();
                reader.read_line(&mut line).expect("a header");
                let Some((name, value)) = line.trim_end().split_once(": ") else {
                    break;
                };
                headers.insert(name.to_lowercase(), value.to_owned());
            }
            let length = headers.get("content-length");
            let length = length.map_or(0, |length| length.parse().expect("a length"));
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("a body");
            let (status, tag, content) = match path.starts_with("/bucket") {
                true => self.object(&method, &path, &headers, body),
                false => (self.hook(&body), String::new(), Vec::new()),
            };
            let head = format!(
                "HTTP/1.1 {status} X\r\netag: {tag}\r\nretry-after: 1\r\ncontent-length: {}\r\n\r\n",
                content.len()
            );
            let written = stream.write_all(head.as_bytes());
            let _ = written.and_then(|()| stream.write_all(&content));
            line.clear();
        }
    }

    fn hook(&self, body: &[u8]) -> u16 {
        let next = self.answers.lock().expect("a lock").pop();
        let (status, wait) = next.unwrap_or((200, Duration::ZERO));
        thread::sleep(wait);
        if status == 200 {
            let body = serde_json::from_slice(body).unwrap_or(Value::Null);
            self.got.lock().expect("a lock").push(body);
        }
        status
    }

    fn object(
        &self,
        method: &str,
        path: &str,
        headers: &BTreeMap<String, String>,
        body: Vec<u8>,
    ) -> (u16, String, Vec<u8>) {
        let key = path.split('?').next().unwrap_or_default().to_owned();
        let mut objects = self.objects.lock().expect("a lock");
        let tag = |bytes: &[u8]| format!("\"{:x}-{}\"", crc(bytes), bytes.len());
        let held = objects.get(&key).map(|bytes| tag(bytes));
        match method {
            "PUT" => {
                let wanted = headers.get("if-match");
                let none = headers
                    .get("if-none-match")
                    .is_some_and(|value| value == "*");
                let free = match wanted {
                    Some(wanted) => held.as_ref() == Some(wanted),
                    None => none && held.is_none(),
                };
                if !free {
                    *self.conflicts.lock().expect("a lock") += 1;
                    let refusal = "<Error><Code>PreconditionFailed</Code></Error>";
                    return (412, String::new(), refusal.into());
                }
                let tag = tag(&body);
                objects.insert(key, body);
                (200, tag, Vec::new())
            }
            "GET" => match (objects.get(&key), held) {
                (Some(bytes), Some(tag)) => (200, tag, bytes.clone()),
                _ => (
                    404,
                    String::new(),
                    "<Error><Code>NoSuchKey</Code></Error>".into(),
                ),
            },
            _ => (200, String::new(), Vec::new()),
        }
    }
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}
