//! One request to a webhook, sent by the HTTP client that AWS's libraries use: TLS is verified against
//! the roots of this machine, and `HTTPS_PROXY` and `NO_PROXY` are followed.

use std::{error::Error, io, time::Duration};

use aws_smithy_http_client::{
    Connector,
    proxy::ProxyConfig,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::{
    client::{http::HttpConnector, orchestrator::HttpRequest, result::ConnectorError},
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;

use super::super::ask;

/// What came back.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    pub status: StatusCode,
    /// Seconds to wait before the next try.
    pub retry_after: Option<u64>,
}

/// Why nothing came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    InvalidAddress,
    Timeout,
    UnknownHost,
    /// No secure connection came about, and why.
    Tls(&'static str),
    Unreachable,
}

/// Posts JSON to an address, or gets it. Redirects are not followed: they could lead anywhere.
///
/// # Errors
///
/// No answer within `patience`.
pub fn request(address: &str, json: Option<&str>, patience: Duration) -> Result<Answer, Failure> {
    let request = build(address, json).ok_or(Failure::InvalidAddress)?;
    let connector = Connector::builder()
        .proxy_config(ProxyConfig::from_env())
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build();
    let runtime = ask::runtime().map_err(|_| Failure::Unreachable)?;
    let response =
        runtime.block_on(async { tokio::time::timeout(patience, connector.call(request)).await });
    // A name that is still being looked up would be waited for, beyond `patience`.
    runtime.shutdown_background();
    let response = response.map_err(|_| Failure::Timeout)?;
    let response = response.map_err(|error| Failure::of(&error))?;
    let retry_after = response.headers().get("retry-after");
    Ok(Answer {
        status: response.status(),
        retry_after: retry_after.and_then(|seconds| seconds.parse().ok()),
    })
}

fn build(address: &str, json: Option<&str>) -> Option<HttpRequest> {
    let mut request = HttpRequest::new(SdkBody::from(json.unwrap_or_default()));
    request.set_uri(address).ok()?;
    request
        .set_method(if json.is_some() { "POST" } else { "GET" })
        .ok()?;
    let headers = request.headers_mut();
    headers.insert(
        "user-agent",
        concat!("trailblame/", env!("CARGO_PKG_VERSION")),
    );
    if json.is_some() {
        headers.insert("content-type", "application/json");
    }
    Some(request)
}

impl Failure {
    fn of(error: &ConnectorError) -> Self {
        if error.is_timeout() {
            return Self::Timeout;
        }
        let mut cause: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<rustls::Error>() {
                return Self::Tls(why_insecure(error));
            }
            // This one is an `io::Error` of no type of its own.
            if error.to_string() == "tls handshake eof" {
                return Self::Tls("it ended the TLS handshake");
            }
            // The type of this error is private to the client.
            if error.to_string() == "dns error" {
                return Self::UnknownHost;
            }
            // An `io::Error` does not count what it wraps among its sources.
            let wrapped = error
                .downcast_ref::<io::Error>()
                .and_then(io::Error::get_ref);
            cause = match wrapped {
                Some(wrapped) => Some(wrapped),
                None => error.source(),
            };
        }
        Self::Unreachable
    }
}

fn why_insecure(error: &rustls::Error) -> &'static str {
    use rustls::CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext,
    };
    match error {
        rustls::Error::InvalidCertificate(Expired | ExpiredContext { .. }) => {
            "its certificate has expired"
        }
        rustls::Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. }) => {
            "its certificate is for another host"
        }
        rustls::Error::InvalidCertificate(_) => "its certificate is not trusted",
        _ => "the TLS handshake failed",
    }
}
