//! How webhooks are reached: over verified TLS, through a proxy, and what is said where that fails.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread::{self, JoinHandle},
};

use rustls::{
    ServerConfig, ServerConnection, Stream,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use serde_json::json;

use crate::{
    attribution::{MINUTE, ORDERS, busy},
    program::{Run, file, folder, with_environment},
};

/// A certificate for `localhost` that nobody signed, and its key, for tests alone.
const LOCALHOST: &[u8] = include_bytes!("localhost.pem");

/// A run that has one outage to tell to an address.
fn notify(name: &str, address: &str, environment: &[(&str, &str)]) -> Run {
    let folder = folder(name);
    let records = busy(ORDERS, 300 * MINUTE, 500 * MINUTE);
    let trail = json!({"Records": records}).to_string();
    let trail = file(&folder, "trail.json", trail);
    let state = folder.join("state.json");
    let state = state.to_str().expect("UTF-8");
    let arguments = [
        "report",
        &trail,
        "--format",
        "json",
        "--state",
        state,
        "--notify",
        "slack=env:HOOK",
        "--notify-timeout",
        "5s",
    ];
    let hook = [("HOOK", address)];
    let run = with_environment(&arguments, &[&hook, environment].concat());
    assert!(!run.stderr.contains("secret-path"), "{}", run.stderr);
    run
}

/// Answers each connection once over TLS, and tells how many requests came.
fn tls_server(connections: usize) -> (u16, JoinHandle<usize>) {
    let certificate = CertificateDer::from_pem_slice(LOCALHOST).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(LOCALHOST).expect("a key");
    let config =
        ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("a configuration");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let server = thread::spawn(move || {
        let streams = listener.incoming().map_while(Result::ok).take(connections);
        streams.filter_map(|stream| answer(&config, stream)).count()
    });
    (port, server)
}

/// Answers one request, if the handshake comes to an end.
fn answer(config: &Arc<ServerConfig>, mut stream: TcpStream) -> Option<()> {
    let mut connection = ServerConnection::new(Arc::clone(config)).expect("a connection");
    let mut tls = Stream::new(&mut connection, &mut stream);
    let mut request = [0; 1024];
    let read = tls.read(&mut request).ok().filter(|read| *read > 0)?;
    assert!(request[..read].starts_with(b"POST /secret-path HTTP/1.1\r\n"));
    tls.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        .ok()
}

#[test]
fn a_certificate_must_be_trusted() {
    let (port, server) = tls_server(3);
    let address = format!("https://localhost:{port}/secret-path");
    let run = notify("hook-untrusted", &address, &[]);
    assert_eq!(run.status, Some(1), "{}", run.stderr);
    let told = "failed to notify slack=env:HOOK: its certificate is not trusted";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    assert_eq!(server.join().expect("a count"), 0, "nothing was sent to it");
}

#[test]
fn a_trusted_certificate_is_enough() {
    let (port, server) = tls_server(1);
    let roots = file(&folder("hook-roots"), "roots.pem", LOCALHOST);
    let address = format!("https://localhost:{port}/secret-path");
    let run = notify("hook-trusted", &address, &[("SSL_CERT_FILE", &roots)]);
    assert_eq!(server.join().expect("a count"), 1, "{}", run.stderr);
}

#[test]
fn a_server_that_speaks_no_tls_is_said_to_be_one() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut stream: TcpStream = stream;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let address = format!("https://127.0.0.1:{}/secret-path", address.port());
    let run = notify("hook-no-tls", &address, &[]);
    assert_eq!(run.status, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("TLS handshake"), "{}", run.stderr);
}

#[test]
fn no_text_of_an_address_makes_it_this_machines() {
    for address in [
        "http://localhost:secret-path@hooks.invalid/",
        "http://127.0.0.1:80@hooks.invalid/secret-path",
        "http://localhost.hooks.invalid/secret-path",
    ] {
        let run = notify("hook-elsewhere", address, &[]);
        assert_eq!(run.status, Some(1), "{}", run.stderr);
        let told = "env:HOOK holds no https address";
        assert!(run.stderr.contains(told), "{}", run.stderr);
    }
}

#[test]
fn a_host_that_is_not_known_is_said_to_be_so() {
    // Nothing has a name under `.invalid` (RFC 6761).
    let run = notify("hook-unknown", "https://hooks.invalid/secret-path", &[]);
    assert_eq!(run.status, Some(1), "{}", run.stderr);
    let told = "failed to notify slack=env:HOOK: its host is not known";
    assert!(run.stderr.contains(told), "{}", run.stderr);
}

#[test]
fn a_proxy_is_asked_where_one_is_set() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let proxy = format!("http://{}", listener.local_addr().expect("an address"));
    let asked = thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a connection");
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).expect("a line");
        line
    });
    let address = "https://hooks.example.com/secret-path";
    notify("hook-proxy", address, &[("HTTPS_PROXY", &proxy)]);
    let asked = asked.join().expect("a line");
    assert_eq!(asked.trim_end(), "CONNECT hooks.example.com:443 HTTP/1.1");
}
