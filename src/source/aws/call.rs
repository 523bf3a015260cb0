//! One call to AWS: its turn, its retries, and what its failure means.

use std::{error::Error, future::Future, time::Duration};

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio::time::{Instant, sleep};

use super::Pace;

/// A call is tried again for so long after it was first tried.
const BUDGET: Duration = Duration::from_secs(120);
/// The longest wait before another try.
const LONGEST_WAIT: Duration = Duration::from_secs(15);
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// What ended a question early.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Stop {
    /// The caller may not do this.
    #[error("access denied: `{action}` is missing ({message})")]
    Denied {
        /// The IAM action.
        action: &'static str,
        /// What AWS said.
        message: String,
    },
    /// The credentials were good and are no more, or there are none.
    #[error("no valid credentials ({message})")]
    Credentials {
        /// What the provider or AWS said.
        message: String,
    },
    /// What was asked does not exist there.
    #[error("`{action}` found nothing of that name ({message})")]
    NotFound {
        /// The IAM action.
        action: &'static str,
        /// What AWS said.
        message: String,
    },
    /// AWS does not take the question.
    #[error("`{action}` was refused: {code} ({message})")]
    Refused {
        /// The IAM action.
        action: &'static str,
        /// AWS's error code.
        code: String,
        /// What AWS said.
        message: String,
    },
    /// It failed until the budget for retries was used up.
    #[error("`{action}` failed for {} s: {message}", budget.as_secs())]
    GaveUp {
        /// The IAM action.
        action: &'static str,
        /// For how long it was tried.
        budget: Duration,
        /// The last failure.
        message: String,
    },
    /// The time that reading may take was used up.
    #[error("stopped after {} s, as `{flag}` asks", after.as_secs())]
    OutOfTime {
        /// The time it may take.
        after: Duration,
        /// Where that is set.
        flag: &'static str,
    },
    /// More was found than one answer may hold.
    #[error("`{action}` answers with {rows} rows at most, and one second holds more")]
    TooMany {
        /// The IAM action.
        action: &'static str,
        /// The most that are answered.
        rows: usize,
    },
    /// Nobody takes the pages any more.
    #[error("interrupted")]
    Interrupted,
}

/// What a failure asks for.
enum Failure {
    /// Ask less often.
    Throttled(String),
    /// Ask again.
    Passing(String),
    /// Perhaps the clock of this machine is wrong: the SDK corrects for it in the next try.
    Skewed(Stop),
    /// Do not ask again.
    Final(Stop),
}

/// Calls at the pace that the quota leaves, again and again until the answer is there, the
/// failure is final or the budget is used up.
///
/// # Errors
///
/// Why there is no answer.
pub async fn call<T, E, F>(
    pace: &Pace,
    action: &'static str,
    request: impl FnMut() -> F,
) -> Result<T, Stop>
where
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    call_within(BUDGET, pace, action, request).await
}

/// The same with another budget, for a call that somebody waits for.
///
/// # Errors
///
/// Why there is no answer.
pub async fn call_within<T, E, F>(
    budget: Duration,
    pace: &Pace,
    action: &'static str,
    mut request: impl FnMut() -> F,
) -> Result<T, Stop>
where
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let start = Instant::now();
    let mut wait = FIRST_WAIT;
    let mut skewed = false;
    loop {
        pace.turn().await;
        let message = match request().await {
            Ok(answer) => {
                pace.answered();
                return Ok(answer);
            }
            Err(error) => match failure(action, &error) {
                Failure::Final(stop) => return Err(stop),
                Failure::Skewed(stop) if skewed => return Err(stop),
                Failure::Skewed(stop) => {
                    skewed = true;
                    stop.to_string()
                }
                Failure::Passing(message) => message,
                Failure::Throttled(message) => {
                    pace.throttled();
                    message
                }
            },
        };
        if start.elapsed() + wait > budget {
            return Err(Stop::GaveUp {
                action,
                budget,
                message,
            });
        }
        sleep(wait.mul_f64(fastrand::f64())).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

const THROTTLED: [&str; 10] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "LimitExceededException",
    "BandwidthLimitExceeded",
    "SlowDown",
];
const DENIED: [&str; 5] = [
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "NotAuthorizedException",
    "AllAccessDisabled",
];
const CREDENTIALS: [&str; 6] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "MissingAuthenticationToken",
    "UnrecognizedClientException",
];
const SKEWED: [&str; 5] = [
    "RequestTimeTooSkewed",
    "RequestInTheFuture",
    "RequestExpired",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
];
const NOT_FOUND: [&str; 4] = [
    "ResourceNotFoundException",
    "NoSuchBucket",
    "NoSuchKey",
    "EntityNotFoundException",
];

fn failure<E>(action: &'static str, error: &SdkError<E, HttpResponse>) -> Failure
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(refused) => {
            let said = refused.err();
            let status = refused.raw().status().as_u16();
            let code = said.code().unwrap_or_default();
            let message = said.message().unwrap_or(code).to_owned();
            answered(action, status, code, message)
        }
        SdkError::DispatchFailure(_) if is_of_credentials(error) => {
            Failure::Final(Stop::Credentials {
                message: without_metadata(chain(error)),
            })
        }
        SdkError::ConstructionFailure(_) => Failure::Final(Stop::Refused {
            action,
            code: "invalid request".to_owned(),
            message: chain(error),
        }),
        _ => Failure::Passing(chain(error)),
    }
}

/// What AWS means by an error (throttling is an HTTP 400 in its JSON protocols).
fn answered(action: &'static str, status: u16, code: &str, message: String) -> Failure {
    // `com.amazonaws.…#ThrottlingException` and `ThrottlingException:http://…` are the same.
    let code = code.rsplit('#').next().unwrap_or(code);
    let code = code.split(':').next().unwrap_or(code);
    if THROTTLED.contains(&code) || status == 429 {
        return Failure::Throttled(message);
    }
    if DENIED.contains(&code) {
        return Failure::Final(Stop::Denied { action, message });
    }
    if SKEWED.contains(&code) {
        return Failure::Skewed(Stop::Credentials { message });
    }
    if CREDENTIALS.contains(&code) {
        return Failure::Final(Stop::Credentials { message });
    }
    if NOT_FOUND.contains(&code) {
        return Failure::Final(Stop::NotFound { action, message });
    }
    if status >= 500 || code == "RequestTimeout" {
        return Failure::Passing(format!("{status} {message}"));
    }
    Failure::Final(Stop::Refused {
        action,
        code: code.to_owned(),
        message,
    })
}

/// The instance is asked last of all: that it has no credentials is no reason why there are none.
fn without_metadata(message: String) -> String {
    match message.contains("IMDS") {
        true => "none in the environment, in the profile, or of this machine".to_owned(),
        false => message,
    }
}

/// Whether there were no credentials to sign with.
fn is_of_credentials(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|cause| cause.is::<CredentialsError>())
}

/// An error and its causes.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// An error with its causes, as text.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<String> = causes(error).map(ToString::to_string).collect();
    texts.dedup();
    texts.join(": ")
}
