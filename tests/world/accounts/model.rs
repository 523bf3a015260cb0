//! What an account consists of. Everything is plain data: the other files draw it, run it and log it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::{Map, Value};

use super::rates::Rates;

/// A time or a duration: milliseconds, times since 1970 in UTC.
pub type Millis = i64;
pub const SECOND: Millis = 1_000;
pub const MINUTE: Millis = 60 * SECOND;
pub const HOUR: Millis = 60 * MINUTE;
pub const DAY: Millis = 24 * HOUR;

/// One account, and all that happens in it.
pub struct World {
    pub seed: u64,
    /// The kind of story that is told, by its name.
    pub kind: &'static str,
    pub rates: Rates,
    /// What the logs cover. Things happen before it too.
    pub window: Window,
    pub estate: Estate,
    /// How requests depend on settings, in this account.
    pub rules: Vec<Rule>,
    /// What an update does to a member of which it says nothing, by kind of resource and member.
    pub omission: BTreeMap<(Kind, String), OnOmission>,
    /// Every call that alters something or would have, by time.
    pub writes: Vec<Write>,
    /// Applications that begin to ask for something else.
    pub releases: Vec<Release>,
    /// What makes requests fail whatever the settings are.
    pub troubles: Vec<Trouble>,
    /// What people and programs want, by time.
    pub plans: Vec<Plan>,
    /// How much more or less is asked for, for a while.
    pub demand: Vec<Demand>,
    /// Writes of which no file tells, by their id.
    pub undelivered: BTreeSet<usize>,
    /// What may be an incident, and what is suspected of it.
    pub stories: Vec<Story>,
}

/// From `start` until before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub start: Millis,
    pub end: Millis,
}

impl Window {
    pub fn holds(&self, time: Millis) -> bool {
        self.start <= time && time < self.end
    }

    pub fn length(&self) -> Millis {
        self.end - self.start
    }
}

/// What exists in the account when the world begins.
#[derive(Default)]
pub struct Estate {
    pub account: String,
    pub region: String,
    pub pools: Vec<Pool>,
    pub clients: Vec<Client>,
    pub callers: Vec<Caller>,
    pub workloads: Vec<Workload>,
    pub actors: Vec<Actor>,
    /// Settings at the start by resource, members in the spelling of the API (`CallbackURLs`).
    pub settings: BTreeMap<Resource, Settings>,
    /// What a resource is called: its id, name or ARN, as the request that alters it says.
    pub names: BTreeMap<Resource, String>,
    /// What a resource belongs to.
    pub owners: BTreeMap<Resource, Owner>,
}

/// Members of a resource with their values.
pub type Settings = Map<String, Value>;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Resource {
    pub kind: Kind,
    pub index: u16,
}

/// Kinds of resources that sign-in may depend on, and some that it never does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// An app client; same index as in [`Estate::clients`].
    Client,
    /// The secrets of an app client: member `secrets`, a list of versions such as `v1`.
    ClientSecrets,
    /// A user pool; same index as in [`Estate::pools`].
    Pool,
    PoolMfa,
    RiskConfiguration,
    /// Managed login's look for one app client.
    Branding,
    UiCustomization,
    Domain,
    Provider,
    ResourceServer,
    /// A Lambda function that a pool has as a trigger: members `code`, `timeout`, `role`, …
    Function,
    /// Who may invoke it: member `principals`.
    FunctionPermission,
    /// How many at once: member `reserved` (null: no bound).
    FunctionConcurrency,
    FunctionRole,
    /// Which ACL guards a pool: member `acl`.
    AclAssociation,
    Acl,
    IpSet,
    Certificate,
    /// A DNS record of a custom domain.
    DnsRecord,
    /// A secret in Secrets Manager: member `value`, a version such as `v1`.
    StoredSecret,
    Parameter,
    /// How a workload reaches the network.
    Route,
    SecurityGroup,
    NetworkAcl,
    KmsKey,
    LogDelivery,
    /// Something that sign-in does not depend on: a tag, a bucket, an alarm.
    Bystander,
}

/// What a resource belongs to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Owner {
    Client(usize),
    Pool(usize),
    Workload(usize),
    Nobody,
}

pub struct Pool {
    pub id: String,
    pub name: String,
    /// Host names of its domains: a prefix domain, a custom one, or both.
    pub hosts: Vec<String>,
}

/// An app client and who uses it.
pub struct Client {
    pub id: String,
    pub name: String,
    pub pool: usize,
    pub nature: Nature,
    /// The service that sends its token requests; browsers send the rest.
    pub workload: usize,
    /// Attempts a day, in the mean.
    pub per_day: f64,
    /// Share of attempts that fail on any day, for reasons of their own.
    pub usual_failures: f64,
    /// Its callers, as places in [`Estate::callers`].
    pub callers: Vec<usize>,
    /// What they ask for, on an ordinary day.
    pub habits: Vec<Habit>,
    /// Whether requests say its id in the header (`client_secret_basic`) and not in the form.
    pub basic: bool,
    /// The host that it uses, as a place in [`Pool::hosts`]; `None` for the API.
    pub host: Option<usize>,
}

/// A flow that is carried out again and again, and what is asked for in it.
#[derive(Clone, Debug)]
pub struct Habit {
    pub flow: Flow,
    /// Share of the attempts of its app client.
    pub weight: f64,
    pub asks: Arc<Asks>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nature {
    /// Server-side web application: hosted sign-in, code exchange by a backend.
    Web,
    /// Single page application: the browser exchanges the code itself.
    Spa,
    /// Mobile application on the SDK's API.
    Mobile,
    /// Backend that signs users in by the Admin API.
    Admin,
    /// Machine to machine.
    Machine,
}

/// Somebody, or something, that sends requests: an address and an agent.
pub struct Caller {
    pub address: String,
    pub agent: String,
    /// The user behind it.
    pub user: Option<String>,
}

/// A service of this account's owner that talks to Cognito.
pub struct Workload {
    pub name: String,
    /// How and what it logs, if its log is among the files.
    pub log: Option<LogStyle>,
    /// Its tasks: name of the log stream and address.
    pub tasks: Vec<(String, String)>,
}

/// How an application logs: a place in the list of libraries and one in that of loggers of
/// `records::application`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogStyle {
    pub library: usize,
    pub logger: usize,
    /// Whether a line says the app client's id.
    pub says_client: bool,
    /// Whether successes are logged too.
    pub says_success: bool,
    /// Minutes that local times are off from UTC, where the logger writes local times.
    pub zone: i32,
}

/// Somebody who alters things.
#[derive(Clone, Debug)]
pub struct Actor {
    pub arn: String,
    pub tool: Tool,
    pub address: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tool {
    Terraform,
    CloudFormation,
    Cdk,
    Pulumi,
    Cli,
    Console,
    Script,
    /// Writes all day, mostly what is there already.
    Controller,
    /// Deploys applications.
    Pipeline,
}

/// A kind of request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Step {
    /// `/oauth2/authorize`, of a browser.
    Authorize,
    /// The login page is shown.
    LoginPage,
    /// Name and password are sent to it.
    LoginPost,
    /// An identity provider sends the browser back.
    IdpResponse,
    /// `/oauth2/token` with a code.
    Code,
    /// … with a refresh token.
    Refresh,
    /// … with client credentials.
    Machine,
    UserInfo,
    Logout,
    /// `InitiateAuth` with USER_PASSWORD_AUTH.
    Password,
    /// `InitiateAuth` with USER_SRP_AUTH: harmless until the challenge is answered.
    Srp,
    /// `RespondToAuthChallenge` that ends it.
    SrpReply,
    /// `AdminInitiateAuth`.
    AdminPassword,
    /// `InitiateAuth` with REFRESH_TOKEN_AUTH.
    ApiRefresh,
    /// `GetTokensFromRefreshToken`.
    ApiRotate,
}

impl Step {
    pub const ALL: [Self; 15] = [
        Self::Authorize,
        Self::LoginPage,
        Self::LoginPost,
        Self::IdpResponse,
        Self::Code,
        Self::Refresh,
        Self::Machine,
        Self::UserInfo,
        Self::Logout,
        Self::Password,
        Self::Srp,
        Self::SrpReply,
        Self::AdminPassword,
        Self::ApiRefresh,
        Self::ApiRotate,
    ];

    /// Whether it goes to the domain, not to the API.
    pub fn is_endpoint(self) -> bool {
        self <= Self::Logout
    }

    /// Whether the application's backend (or the machine) sends it, and would log its failure.
    pub fn is_of_backend(self, nature: Nature) -> bool {
        match self {
            Self::Code | Self::Refresh | Self::UserInfo => nature == Nature::Web,
            Self::Machine | Self::AdminPassword => true,
            _ => nature == Nature::Admin,
        }
    }
}

/// What a request asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Asks {
    pub redirect: Option<Arc<str>>,
    pub scopes: Vec<Arc<str>>,
    pub provider: Option<Arc<str>>,
    pub logout: Option<Arc<str>>,
    /// The version of the secret that the caller holds.
    pub secret: Option<Arc<str>>,
}

/// What somebody wants: a flow of one or more steps, and again if that fails.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its number: luck is drawn by it, so it stays when others are taken away.
    pub id: u32,
    pub at: Millis,
    pub client: usize,
    /// Place in [`Estate::callers`].
    pub caller: usize,
    pub flow: Flow,
    pub asks: Arc<Asks>,
    /// Age of the refresh token, of those who refresh.
    pub token_age: Millis,
    /// Carried out only if this plan ended well: who could not sign in does not refresh.
    pub after: Option<u32>,
    /// How often a failure is tried again, at most, and how long after.
    pub retries: u16,
    pub retry_after: Millis,
    /// Fails in any case: a caller that never succeeds, a mistyped password.
    pub doomed: Option<Arc<Answer>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Flow {
    /// Authorize, login page, password, code.
    Hosted,
    /// Authorize, identity provider, code.
    Federated,
    /// A session of the browser is still good: authorize, code.
    Silent,
    Refresh,
    Machine,
    Logout,
    Password,
    Srp,
    AdminPassword,
    ApiRefresh,
    ApiRotate,
    /// One request that nobody of the application sends: an attack, a scan.
    Stray(Step),
}

impl Flow {
    /// Its steps, in order.
    pub fn steps(self) -> Vec<Step> {
        use Step::*;
        match self {
            Self::Hosted => vec![Authorize, LoginPage, LoginPost, Code],
            Self::Federated => vec![Authorize, IdpResponse, Code],
            Self::Silent => vec![Authorize, Code],
            Self::Refresh => vec![Refresh],
            Self::Machine => vec![Machine],
            Self::Logout => vec![Logout],
            Self::Password => vec![Password],
            Self::Srp => vec![Srp, SrpReply],
            Self::AdminPassword => vec![AdminPassword],
            Self::ApiRefresh => vec![ApiRefresh],
            Self::ApiRotate => vec![ApiRotate],
            Self::Stray(step) => vec![step],
        }
    }
}

/// A request that was sent.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub plan: u32,
    /// Its number among the requests of its plan.
    pub nth: u16,
    pub at: Millis,
    pub client: usize,
    pub caller: usize,
    pub flow: Flow,
    pub step: Step,
    pub asks: Arc<Asks>,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Ok,
    Refused {
        by: By,
        answer: Arc<Answer>,
    },
    /// It never arrived.
    Unreached {
        by: By,
        network: Network,
    },
}

impl Outcome {
    pub fn is_ok(&self) -> bool {
        *self == Self::Ok
    }
}

/// Why a request failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// Place in [`World::rules`].
    Rule(usize),
    /// Place in [`World::troubles`].
    Trouble(usize),
    /// Place in [`World::releases`].
    Release(usize),
    /// For reasons of its own.
    Habit,
}

/// How Cognito answers what it refuses, as far as that is known; what is logged of it is drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// OAuth error code, or the exception's name for the API.
    pub code: String,
    pub message: Option<String>,
    pub status: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Network {
    Dns,
    Connect,
    Tls,
    Timeout,
}

/// A call that alters a resource, or would have.
#[derive(Clone, Debug)]
pub struct Write {
    /// Its number, which stays when others are taken away.
    pub id: usize,
    pub at: Millis,
    /// Place in [`Estate::actors`].
    pub actor: usize,
    /// Calls of one run share a number.
    pub run: u32,
    /// `UpdateUserPoolClient`.
    pub call: &'static str,
    /// `cognito-idp.amazonaws.com`.
    pub service: &'static str,
    pub resource: Resource,
    pub does: Does,
    /// Refused with this error: alters nothing.
    pub error: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Does {
    /// Members that are not said are set to their default, or kept, by [`World::omission`].
    Replace(Settings),
    /// Members that are not said are kept.
    Merge(Settings),
    Create(Settings),
    Delete,
    /// A call that leaves its mark in the trail and alters nothing here.
    Nothing(Settings),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnOmission {
    Default,
    Keep,
}

/// How a setting makes requests fail.
#[derive(Clone, Debug)]
pub struct Rule {
    /// In words: `callback URL not listed`.
    pub name: String,
    /// Family of mechanisms, as the stories spell it.
    pub family: &'static str,
    pub source: Source,
    pub resource: Resource,
    /// Members by dots: `LambdaConfig.PreTokenGeneration`.
    pub member: String,
    pub breaks: Breaks,
    /// App clients that it reaches.
    pub clients: Vec<usize>,
    pub steps: Vec<Step>,
    /// Only requests of this provider.
    pub provider: Option<Arc<str>>,
    /// Share of these requests that are refused.
    pub share: f64,
    /// Share of the callers that it concerns, where there are enough to have parts.
    pub share_of_callers: f64,
    pub delay: Delay,
    pub effect: Effect,
}

/// Where a rule comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// A page of AWS's documentation.
    Documented(&'static str),
    /// Nobody documents it; engineers report or assume it.
    Assumed,
    /// Nobody wrote it anywhere: drawn for this account alone.
    Unlisted,
}

/// When a value refuses a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Breaks {
    /// The list does not hold what is asked for.
    Lacks(Ask),
    /// The list holds what is asked for (an address that is blocked).
    Lists(Ask),
    Equals(Value),
    /// Absent, null, empty or false.
    Empty,
    /// Another than when the world began.
    Changed,
    /// The resource does not exist.
    Gone,
    /// A lifetime in milliseconds, shorter than the token's age.
    Outlived,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ask {
    Redirect,
    /// Each of the scopes.
    Scopes,
    Provider,
    Logout,
    Secret,
    Address,
    /// The flow: `code`, `client_credentials` or `ALLOW_USER_PASSWORD_AUTH`, by step.
    Flow,
}

/// After how long a value is in force: one draw for each write and rule, and one more for each
/// caller where caches keep what was.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Delay {
    pub least: Millis,
    pub most: Millis,
    /// A caller goes on with what it has for up to this long.
    pub cache: Millis,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Refused(Arc<Answer>),
    Unreached(Network),
}

/// An application begins to ask for something else, one caller after another.
#[derive(Clone, Debug)]
pub struct Release {
    pub at: Millis,
    /// Until it is rolled back; `Millis::MAX` if never.
    pub until: Millis,
    /// From the first to the last of its callers.
    pub ramp: Millis,
    pub client: usize,
    /// Share of the callers that get it.
    pub share: f64,
    pub steps: Vec<Step>,
    pub alters: Alters,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Alters {
    Redirect(Arc<str>),
    Scopes(Vec<Arc<str>>),
    Provider(Arc<str>),
    Secret(Arc<str>),
    /// A mistake of its own, of which no setting knows.
    Fails(Arc<Answer>),
}

/// Something that makes requests fail for a while.
#[derive(Clone, Debug)]
pub struct Trouble {
    pub span: Window,
    pub clients: Vec<usize>,
    pub steps: Vec<Step>,
    /// Only these callers; all where empty.
    pub callers: Vec<usize>,
    pub share: f64,
    pub effect: Effect,
}

/// How much more or less is asked for: a holiday, a load test, a move from one app client to another.
#[derive(Clone, Debug)]
pub struct Demand {
    pub span: Window,
    pub clients: Vec<usize>,
    /// Times the usual at the beginning and at the end of the span, on a line between.
    pub from: f64,
    pub to: f64,
}

/// What may be an incident.
#[derive(Clone, Debug)]
pub struct Story {
    /// In words, for who reads the truth.
    pub told: String,
    /// Family of mechanisms.
    pub family: &'static str,
    /// What is suspected: without all of it, nothing of this would have happened.
    pub causes: Vec<Cause>,
    /// Whether it has to be reported; others may be.
    pub matters: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Cause {
    /// By [`Write::id`].
    Write(usize),
    /// Place in [`World::releases`].
    Release(usize),
    /// Place in [`World::troubles`].
    Trouble(usize),
    /// By [`Plan::id`]: requests that a stranger sends.
    Plan(u32),
}
