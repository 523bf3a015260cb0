//! Bytes to rows: what one record of a log says, as a type.
//!
//! Knows every container and line that AWS and applications write, and nothing of frames or
//! statistics. Rows borrow from the record they were parsed from.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

pub mod alb;
pub mod application;
mod blocks;
pub mod cloudtrail;
mod compact;
pub mod container;
pub mod context;
pub mod counted;
pub mod digest;
mod edges;
pub mod error_code;
mod forms;
pub mod lambda;
pub mod mask;
pub mod message;
mod sieve;
pub mod split;
mod templates;
mod time;
pub mod unread;
pub mod user_auth;
pub mod waf;

pub use context::Context;
pub use counted::Counted;
pub use lambda::{Invocation, Trigger};
pub use unread::Unread;

#[cfg(test)]
mod tests;

/// What one record turned out to be.
// Requests are the many: a box for each would cost more than the moves of a large variant.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq)]
pub enum Record<'a> {
    /// An attempt at an endpoint or a sign-in API.
    Request(Request<'a>),
    /// Attempts of one kind that a query has counted.
    Counted(Counted<'a>),
    /// A configuration write, succeeded or failed. Boxed: changes are rare and large.
    Change(Box<Change>),
    /// Well-formed, and nothing the analysis asks for. CloudTrail records still say that their
    /// account and Region were looked at.
    Unwanted(Seen<'a>),
    /// Looks like a log record and is none.
    PassedOver(LookAlike),
    /// Is one, in a form that is not read or says too little.
    Unread(Unread),
}

/// Where and when a CloudTrail record was written; all that coverage needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen<'a> {
    /// When the request completed at its service; unknown for lines without a time.
    pub time: Option<DateTime<Utc>>,
    /// So many more records that say the same, but for the second, were passed over with it …
    pub more: u64,
    /// … the latest of them at this time, if it is later.
    pub last: Option<DateTime<Utc>>,
    /// The account the record was delivered to.
    pub account: Option<Cow<'a, str>>,
    /// The Region the request was made in.
    pub region: Option<Cow<'a, str>>,
    /// What kind of log it stands in.
    pub source: SourceKind,
    /// The app client the line names: its log stream may be that client's.
    pub client: Option<Cow<'a, str>>,
    /// Log group and stream, or file.
    pub stream: Option<Cow<'a, str>>,
    /// What a line of a function's log tells of an invocation.
    pub invocation: Option<Invocation<'a>>,
}

/// What stands between the name of a log and that of the service that a line of it is of.
pub const SERVICE: &str = " service=";

/// A thing that resembles a log record (domain.md §9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LookAlike {
    /// A CloudTrail digest file.
    Digest,
    /// A CloudTrail Insight event.
    Insight,
    /// An S3 or SQS notification, which has `Records[].eventSource` too.
    Notification,
    /// A CloudWatch Logs subscription's control message.
    Control,
}

/// What kind of log a row comes from, best first: where two sources saw one attempt, the earlier
/// counts (design.md, "One attempt, seen twice").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceKind {
    /// CloudTrail, in whatever container.
    #[default]
    Trail,
    /// Cognito's own log delivery (`userAuthEvents`).
    UserAuth,
    /// A line of an application's log.
    Application,
    /// A load balancer's access log.
    Alb,
    /// A Lambda trigger's log.
    Lambda,
    /// AWS WAF's log of a user pool.
    Waf,
}

impl SourceKind {
    /// The name in the `source` columns.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trail => "trail",
            Self::UserAuth => "user_auth",
            Self::Application => "application",
            Self::Alb => "alb",
            Self::Lambda => "lambda",
            Self::Waf => "waf",
        }
    }

    /// The kind whose [`as_str`](Self::as_str) is `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Trail,
            Self::UserAuth,
            Self::Application,
            Self::Alb,
            Self::Lambda,
            Self::Waf,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == name)
    }
}

/// How an attempt ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Outcome<'a> {
    /// It was accepted.
    #[default]
    Ok,
    /// It was refused: an OAuth error code, an exception name, or `http_400` when only the status
    /// is known.
    Failed(Cow<'a, str>),
}

/// How it is known how an attempt ended, the surest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KnownBy {
    /// By an error that the log names: a code, an exception, a text in its place.
    Error,
    /// By the status of the response.
    #[default]
    Status,
    /// By the step that usually follows, which came or did not.
    NextStep,
    /// By the words of a line that names neither error nor status.
    Log,
}

impl KnownBy {
    /// The name in the `known_by` columns.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Status => "status",
            Self::NextStep => "next_step",
            Self::Log => "log",
        }
    }
}

/// One attempt at an endpoint or sign-in API, as one log tells it. A missing attribute means
/// "this log does not say", never "".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request<'a> {
    /// When Cognito answered (CloudTrail) or when the line was written (every other log).
    pub time: DateTime<Utc>,
    /// The log it stands in.
    pub source: SourceKind,
    /// CloudTrail's or CloudWatch's id; `None` when the container gives none, and the fold makes
    /// one up from the position.
    pub event_id: Option<Cow<'a, str>>,
    /// `requestID` of the trail, or the request id an application logged.
    pub request_id: Option<Cow<'a, str>>,
    /// The AWS account.
    pub account: Option<Cow<'a, str>>,
    /// The Region.
    pub region: Option<Cow<'a, str>>,
    /// The user pool.
    pub user_pool: Option<Cow<'a, str>>,
    /// The app client.
    pub client: Option<Cow<'a, str>>,
    /// The pool's domain host, which ties a line to a user pool.
    pub domain: Option<Cow<'a, str>>,
    /// Log group and stream, load balancer, or file: lines of one stream may share a client. Where
    /// lines name their service, it stands behind [`SERVICE`].
    pub stream: Option<Cow<'a, str>>,
    /// One of [`crate::queries::endpoint`], or the name of the API operation or page.
    pub endpoint: Cow<'a, str>,
    /// OAuth grant (`authorization_code`, `refresh_token`, `client_credentials`, `implicit`) or
    /// auth flow (`USER_SRP_AUTH`, …).
    pub grant: Option<Cow<'a, str>>,
    /// The redirect URI sent.
    pub redirect_uri: Option<Cow<'a, str>>,
    /// Scopes asked for, sorted, separated by one space.
    pub scopes: Option<Cow<'a, str>>,
    /// The identity provider asked for.
    pub identity_provider: Option<Cow<'a, str>>,
    /// How the client proved itself: `basic` (the form holds no client id), `post` (it does; with
    /// a secret or public). Null for sign-in APIs.
    pub auth_method: Option<Cow<'a, str>>,
    /// How it ended.
    pub outcome: Outcome<'a>,
    /// How that is known.
    pub known_by: KnownBy,
    /// What the log says of the error beside its code.
    pub message: Option<Cow<'a, str>>,
    /// The user's `sub`.
    pub principal: Option<Cow<'a, str>>,
    /// The caller's address.
    pub source_ip: Option<Cow<'a, str>>,
    /// The caller's user agent.
    pub agent: Option<Cow<'a, str>>,
}

/// One configuration write. Secrets are masked on the way in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// The second in which it completed: it lies in `[time, time + 1 s)`.
    pub time: DateTime<Utc>,
    /// CloudTrail's `eventID`.
    pub event_id: String,
    /// `eventName`, such as `UpdateUserPoolClient`.
    pub name: String,
    /// `eventSource`, such as `cognito-idp.amazonaws.com`.
    pub service: String,
    /// The AWS account.
    pub account: Option<String>,
    /// The Region the call was made in.
    pub region: Option<String>,
    /// The user pool, where the call names one (a WAF association by its ARN, too).
    pub user_pool: Option<String>,
    /// The app client, where the call names one.
    pub client: Option<String>,
    /// ARN (or service) that called.
    pub actor: Option<String>,
    /// From the person or role the session came from to the caller: issuer, source identity,
    /// `invokedBy`, stack.
    pub actor_chain: Vec<String>,
    /// `terraform`, `cloudformation`, `cdk`, `console`, `aws-cli`, `sdk`, …
    pub tool: Option<String>,
    /// The caller's address or service host.
    pub source_ip: Option<String>,
    /// `requestParameters` as masked JSON text; `None` when absent or null.
    pub request: Option<String>,
    /// `responseElements` as masked JSON text; `None` when absent or null.
    pub response: Option<String>,
    /// `errorCode`: the write failed and changed nothing.
    pub error: Option<String>,
    /// `errorMessage`, masked: why it failed.
    pub error_message: Option<String>,
}

/// A record and where it stands.
#[derive(Debug)]
pub struct Located<'a> {
    /// Offset of its first byte in the inflated input.
    pub offset: u64,
    /// The bytes it was parsed from: one CloudTrail record, one log event, one line.
    pub raw: &'a [u8],
    /// What it says.
    pub record: Record<'a>,
}

/// A piece of input that should have been a record and could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Offset of its first byte in the inflated input.
    pub offset: u64,
    /// What is wrong, in lower case: `ends inside a record`.
    pub reason: String,
}

/// What was learned from inputs about how records are written; it makes others that are written alike
/// faster to read, and changes nothing else.
#[derive(Debug, Default)]
pub struct Learned {
    templates: templates::Templates,
    names: sieve::Names,
}

/// Reads every record of one input, told apart by content, and hands each to `each`.
///
/// `name` (path or stream) stands in for the log stream where the content names none. Memory is
/// bounded by the largest single record taken (16 MiB), whatever the size of the input.
///
/// # Errors
///
/// What the input said when it could not be read to its end; the records before that were handed
/// out.
pub fn read(
    input: impl std::io::Read,
    name: &str,
    each: impl FnMut(Result<Located<'_>, Malformed>),
) -> std::io::Result<()> {
    container::read(input, name, each)
}

/// Reads every record of one input that is held whole in `text`, as [`read`] does; leaves `text` as
/// memory to be used again.
pub fn read_whole(
    text: &mut Vec<u8>,
    name: &str,
    learned: &mut Learned,
    each: impl FnMut(Result<Located<'_>, Malformed>),
) -> std::io::Result<()> {
    container::read_on(text, None::<std::io::Empty>, name, learned, each)
}

impl Request<'_> {
    /// The row without its record.
    pub fn into_owned<'a>(self) -> Request<'a> {
        fn own<'b>(text: Option<Cow<'_, str>>) -> Option<Cow<'b, str>> {
            text.map(|text| Cow::Owned(text.into_owned()))
        }
        Request {
            time: self.time,
            source: self.source,
            event_id: own(self.event_id),
            request_id: own(self.request_id),
            account: own(self.account),
            region: own(self.region),
            user_pool: own(self.user_pool),
            client: own(self.client),
            domain: own(self.domain),
            stream: own(self.stream),
            endpoint: Cow::Owned(self.endpoint.into_owned()),
            grant: own(self.grant),
            redirect_uri: own(self.redirect_uri),
            scopes: own(self.scopes),
            identity_provider: own(self.identity_provider),
            auth_method: own(self.auth_method),
            outcome: match self.outcome {
                Outcome::Ok => Outcome::Ok,
                Outcome::Failed(code) => Outcome::Failed(Cow::Owned(code.into_owned())),
            },
            known_by: self.known_by,
            message: own(self.message),
            principal: own(self.principal),
            source_ip: own(self.source_ip),
            agent: own(self.agent),
        }
    }
}
