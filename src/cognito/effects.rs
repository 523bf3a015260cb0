//! The effects table: which change of a setting refuses which requests, with which codes.
//!
//! Data, not code: a row per effect, in a file per kind of setting. What is certain and what is not
//! stands in each row, with its source (a section of domain.md, a page of the API or developer
//! guide, a thread); [`super::replay`] is the only reader of the tests.

use chrono::TimeDelta;

mod around;
mod factors;
mod flows;
mod functions;
mod indifferent;
mod kinds;
mod oauth;
mod pool;
pub mod reason;
mod sessions;
mod threat;
mod triggers;

pub use indifferent::is_indifferent;
pub use triggers::OF_TRIGGERS;

static TABLES: [&[Effect]; 9] = [
    oauth::ROWS,
    sessions::ROWS,
    flows::ROWS,
    around::ROWS,
    triggers::ROWS,
    functions::ROWS,
    factors::ROWS,
    threat::ROWS,
    pool::ROWS,
];

/// All effects known. Row 35 of domain.md §4.5 is what no change did: `attribute::alternatives`.
pub fn effects() -> impl Iterator<Item = &'static Effect> {
    TABLES.iter().copied().flatten()
}

/// One way in which a change breaks requests.
#[derive(Debug)]
pub struct Effect {
    /// A name for reports and tests.
    pub id: &'static str,
    /// The setting it is about; a name that ends in `.` stands for all settings it begins.
    pub setting: &'static str,
    /// Endpoints and sign-in APIs that look at the setting; empty: all.
    pub endpoints: &'static [&'static str],
    /// Grants and auth flows that look at it; empty: all, also unknown ones.
    pub grants: &'static [&'static str],
    /// What is asked of the value.
    pub test: Test,
    /// Codes a refused request may get, likeliest first; empty: not established.
    pub codes: &'static [Code],
    /// Which requests stop instead of failing.
    pub silences: Silences,
    /// When the first exposed request feels it.
    pub delay: Delay,
    /// How sure it is that the request is refused at all.
    pub strength: Strength,
    /// What happens, for a sentence: "… refuses {this}".
    pub says: &'static str,
    /// Where this is known from.
    pub source: &'static str,
}

/// What most rows have: every request may look, those that look come and fail, at once.
const PLAIN: Effect = Effect {
    id: "",
    setting: "",
    endpoints: &[],
    grants: &[],
    test: Test::Same,
    codes: &[],
    silences: Silences::Nothing,
    delay: Delay::Step,
    strength: Strength::Inferred,
    says: "",
    source: "",
};

impl Effect {
    /// Whether it refuses nothing by itself: requests come oftener, or fail under another code.
    pub fn is_harmless(&self) -> bool {
        self.says.starts_with("nothing")
    }

    /// What the list must hold, if it is about a list.
    pub fn need(&self) -> Option<Need> {
        match self.test {
            Test::Lists(need) => Some(need),
            _ => None,
        }
    }

    /// Whether it is about a setting of that name.
    pub fn is_about(&self, name: &str) -> bool {
        match self.setting.ends_with('.') {
            true => name.starts_with(self.setting),
            false => name == self.setting,
        }
    }
}

/// An error code and how well it is established.
#[derive(Debug)]
pub struct Code(pub &'static str, pub Strength);

/// How well a fact is established (domain.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// No source says it.
    Inferred,
    /// Seen in somebody's real logs, or in code that runs.
    Observed,
    /// AWS says so.
    Documented,
}

impl Strength {
    /// The name in JSON and for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inferred => "inferred",
            Self::Observed => "observed",
            Self::Documented => "documented",
        }
    }
}

/// What is asked of a setting's value before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// The list must hold what the request needs.
    Lists(Need),
    /// The flag must be true.
    IsTrue,
    /// The value must not be null, absent or empty.
    IsSet,
    /// The thing must exist.
    Exists,
    /// Any difference may break.
    Same,
    /// A lifetime must not become shorter.
    NotShorter,
    /// A list must not lose an item.
    NotNarrower,
    /// The value must not become set, or another.
    NotAdded,
    /// The value must not become set, or another, at this version of the trigger.
    NotAddedAt(&'static str),
    /// The value must not become another one.
    NotReplaced,
    /// A number that null leaves without bound must not become smaller; zero lets nothing through.
    NotFewer,
    /// The switch must not become this text.
    Not(&'static str),
    /// The switch must not be this text.
    Never(&'static str),
    /// The value must be what requests that name no redirect URI are sent to.
    StandsIn,
}

/// What a request needs a list to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Its redirect URI, exactly.
    RedirectUri,
    /// The OAuth flow of its grant.
    OAuthFlow,
    /// The explicit auth flow of its sign-in API.
    AuthFlow,
    /// The factor that it proves first.
    FirstFactor,
    /// Every attribute of the scopes it asks for.
    ReadAttributes,
    /// Every scope it asks for.
    Scopes,
    /// The identity provider it asks for.
    IdentityProvider,
}

/// Which requests stop instead of failing, since refusal happens before any log sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silences {
    /// None: they come, and fail.
    Nothing,
    /// Those of people who sign in by pages: refused there, they never ask for a token.
    SignIn,
    /// All: nothing arrives.
    All,
}

impl Silences {
    /// Whether requests of a grant stop.
    pub fn has(self, grant: Option<&str>) -> bool {
        match self {
            Self::Nothing => false,
            Self::SignIn => matches!(grant, None | Some("authorization_code" | "implicit")),
            Self::All => true,
        }
    }
}

/// When a change is felt (domain.md §4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// By the next exposed request.
    Step,
    /// As tokens in callers' caches expire: up to their lifetime.
    Ramp,
    /// By each session at its next refresh, or its second.
    NextRefresh,
    /// Minutes to an hour, as caches of names, certificates and rules expire.
    Minutes,
}

impl Delay {
    /// The longest wait until the first exposed request feels the change.
    pub fn longest(self) -> TimeDelta {
        match self {
            Self::Step => TimeDelta::minutes(2),
            Self::Ramp => TimeDelta::minutes(2),
            Self::NextRefresh => TimeDelta::hours(24),
            Self::Minutes => TimeDelta::hours(1),
        }
    }
}
