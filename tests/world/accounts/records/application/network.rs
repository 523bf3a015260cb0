//! How programs of each language tell that they got no answer: names, connections, certificates, time.

use super::{
    super::super::model::Network, Entry, Level, Target, libraries::Library, sdk::Language,
};

/// Milliseconds until a program gives up: at least, at most.
pub fn patience(network: Network) -> (f64, f64) {
    match network {
        Network::Dns => (5.0, 5_000.0),
        Network::Connect => (2.0, 400.0),
        Network::Tls => (30.0, 600.0),
        Network::Timeout => (3_000.0, 10_000.0),
    }
}

/// How a program tells that it got no answer.
pub fn unreached(library: &Library, network: Network, target: &Target<'_>) -> Entry {
    let host = &target.host;
    let language = library.language;
    let is_endpoint = target.attempt.step.is_endpoint();
    let url = match is_endpoint {
        true => format!("https://{host}/oauth2/token"),
        false => format!("https://{host}/"),
    };
    let rarer = target.luck < 0.3;
    let text = match language {
        Language::Js => js(network, host, rarer),
        Language::Go => format!("Post \"{url}\": {}", go(network, host, rarer)),
        Language::Java => java(network, host, rarer),
        Language::Python if !is_endpoint => botocore(network, &url),
        Language::Python if library.component == "httpx" => httpx(network, rarer),
        Language::Python => python(network, host, rarer),
        Language::Net => net(network, host),
    };
    Entry {
        level: Level::Error,
        stack: stack(language, host, &url, &text),
        message: text,
        ..Entry::default()
    }
}

fn stack(language: Language, host: &str, url: &str, text: &str) -> Option<String> {
    match language {
        Language::Js => Some(format!(
            "Error: {text}\n    at TLSSocket.onConnectEnd (node:_tls_wrap:1732:19)\n    at process.processTicksAndRejections (node:internal/process/task_queues:82:21)"
        )),
        Language::Java => Some(format!(
            "org.springframework.web.client.ResourceAccessException: I/O error on POST request for \"{url}\": {host}\n\tat org.springframework.web.client.RestTemplate.createResourceAccessException(RestTemplate.java:926)\nCaused by: {text}"
        )),
        Language::Python => Some(format!(
            "Traceback (most recent call last):\n  File \"/srv/app/tokens.py\", line 51, in fetch\n    response = http.post(url, data=form, timeout=5)\n{text}"
        )),
        Language::Go | Language::Net => None,
    }
}

fn js(network: Network, host: &str, rarer: bool) -> String {
    match network {
        Network::Dns if rarer => format!("getaddrinfo EAI_AGAIN {host}"),
        Network::Dns => format!("getaddrinfo ENOTFOUND {host}"),
        Network::Connect => format!("connect ECONNREFUSED 203.0.113.44:443 ({host})"),
        Network::Tls if rarer => format!("certificate has expired ({host})"),
        Network::Tls => format!(
            "Hostname/IP does not match certificate's altnames: Host: {host}. is not in the cert's altnames"
        ),
        Network::Timeout if rarer => format!("timeout of 5000ms exceeded (https://{host})"),
        Network::Timeout => format!("connect ETIMEDOUT 203.0.113.44:443 ({host})"),
    }
}

fn go(network: Network, host: &str, rarer: bool) -> String {
    match network {
        Network::Dns => format!("dial tcp: lookup {host} on 10.0.0.2:53: no such host"),
        Network::Connect => "dial tcp 203.0.113.44:443: connect: connection refused".to_owned(),
        Network::Tls if rarer => {
            "tls: failed to verify certificate: x509: certificate has expired or is not yet valid"
                .to_owned()
        }
        Network::Tls => format!(
            "tls: failed to verify certificate: x509: certificate is not valid for any names, but wanted to match {host}"
        ),
        Network::Timeout if rarer => "dial tcp 203.0.113.44:443: i/o timeout".to_owned(),
        Network::Timeout => {
            "context deadline exceeded (Client.Timeout exceeded while awaiting headers)".to_owned()
        }
    }
}

fn java(network: Network, host: &str, rarer: bool) -> String {
    match network {
        Network::Dns => format!("java.net.UnknownHostException: {host}"),
        Network::Connect => format!(
            "java.net.ConnectException: Connection refused: {host}/203.0.113.44:443"
        ),
        Network::Tls if rarer => format!(
            "javax.net.ssl.SSLPeerUnverifiedException: Certificate for <{host}> doesn't match any of the subject alternative names"
        ),
        Network::Tls => "javax.net.ssl.SSLHandshakeException: PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed".to_owned(),
        Network::Timeout => format!("java.net.SocketTimeoutException: Connect timed out ({host})"),
    }
}

fn python(network: Network, host: &str, rarer: bool) -> String {
    let pool = format!("HTTPSConnectionPool(host='{host}', port=443): ");
    match network {
        Network::Dns => format!(
            "requests.exceptions.ConnectionError: {pool}Max retries exceeded with url: /oauth2/token (Caused by NameResolutionError(\"Failed to resolve '{host}' ([Errno -2] Name or service not known)\"))"
        ),
        Network::Connect => format!(
            "requests.exceptions.ConnectionError: {pool}Max retries exceeded with url: /oauth2/token (Caused by NewConnectionError('[Errno 111] Connection refused'))"
        ),
        Network::Tls => format!(
            "requests.exceptions.SSLError: {pool}Max retries exceeded with url: /oauth2/token (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {}')))",
            if rarer {
                "certificate has expired"
            } else {
                "Hostname mismatch"
            }
        ),
        Network::Timeout if rarer => {
            format!("requests.exceptions.ReadTimeout: {pool}Read timed out. (read timeout=5)")
        }
        Network::Timeout => format!(
            "requests.exceptions.ConnectTimeout: {pool}Max retries exceeded with url: /oauth2/token (Caused by ConnectTimeoutError('Connection to {host} timed out. (connect timeout=5)'))"
        ),
    }
}

fn httpx(network: Network, rarer: bool) -> String {
    match network {
        Network::Dns => "httpx.ConnectError: [Errno -2] Name or service not known",
        Network::Connect => "httpx.ConnectError: [Errno 111] Connection refused",
        Network::Tls if rarer => {
            "httpx.ConnectError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired"
        }
        Network::Tls => {
            "httpx.ConnectError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch"
        }
        Network::Timeout if rarer => "httpx.ReadTimeout: The read operation timed out",
        Network::Timeout => "httpx.ConnectTimeout: timed out",
    }
    .to_owned()
}

fn botocore(network: Network, url: &str) -> String {
    match network {
        Network::Dns | Network::Connect => format!(
            "botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL: \"{url}\""
        ),
        Network::Tls => format!(
            "botocore.exceptions.SSLError: SSL validation failed for {url} [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"
        ),
        Network::Timeout => format!(
            "botocore.exceptions.ConnectTimeoutError: Connect timeout on endpoint URL: \"{url}\""
        ),
    }
}

fn net(network: Network, host: &str) -> String {
    match network {
        Network::Dns => {
            format!("System.Net.Http.HttpRequestException: Name or service not known ({host}:443)")
        }
        Network::Connect => {
            format!("System.Net.Http.HttpRequestException: Connection refused ({host}:443)")
        }
        Network::Tls => format!(
            "System.Net.Http.HttpRequestException: The SSL connection could not be established ({host}). ---> System.Security.Authentication.AuthenticationException: The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch"
        ),
        Network::Timeout => format!(
            "System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 10 seconds elapsing. ({host})"
        ),
    }
}
