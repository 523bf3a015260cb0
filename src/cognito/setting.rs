//! Settings and what is known of them.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde_json::Value;

use crate::ids::{AppClientId, UserPoolId};

/// The name of a setting as the API spells it: `CallbackURLs`, `LambdaConfig.DefineAuthChallenge`.
///
/// Members that are objects are taken apart into dotted names, so that a diff names the line that
/// changed. Besides the API's members there are `Exists` (of anything that can be created and
/// deleted), `ClientSecret` and `ClientSecret.<secret id>` (of a client), and `WebACL` (of a pool).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Setting(pub Cow<'static, str>);

impl Setting {
    /// Whether the resource is there: true or false.
    pub const EXISTS: Self = Self::named("Exists");
    /// That the client has a secret, whose value nobody is shown: always unknown.
    pub const CLIENT_SECRET: Self = Self::named("ClientSecret");
    /// ARN of the web ACL associated with the pool; null for none.
    pub const WEB_ACL: Self = Self::named("WebACL");

    /// A name that the program spells itself.
    pub const fn named(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Setting {
    fn from(name: String) -> Self {
        Self(Cow::Owned(name))
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What is known of a setting's value at some time. Lists are sorted and hold each item once,
/// since Cognito treats them as sets.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// Read in a response, a saved description, or an explicit request member.
    Observed(Value),
    /// Follows from reset-to-default or from a value that nothing is known to have changed.
    Assumed(Value),
    /// Masked, or never seen. Never equal to anything.
    Unknown,
}

impl Known {
    /// The value, observed or assumed.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Observed(value) | Self::Assumed(value) => Some(value),
            Self::Unknown => None,
        }
    }

    /// The value, if it was observed.
    pub fn observed(&self) -> Option<&Value> {
        match self {
            Self::Observed(value) => Some(value),
            Self::Assumed(_) | Self::Unknown => None,
        }
    }

    /// The same value, no longer vouched for.
    pub fn assumed(&self) -> Self {
        match self {
            Self::Observed(value) | Self::Assumed(value) => Self::Assumed(value.clone()),
            Self::Unknown => Self::Unknown,
        }
    }

    /// Whether both values are known and equal.
    pub fn same(&self, other: &Self) -> bool {
        matches!((self.value(), other.value()), (Some(a), Some(b)) if a == b)
    }

    /// Whether both values are known and unequal.
    pub fn differs(&self, other: &Self) -> bool {
        matches!((self.value(), other.value()), (Some(a), Some(b)) if a != b)
    }
}

/// Whether a value is nothing: null, the empty text, list or object are one.
pub fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What the settings belong to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// An app client.
    Client(UserPoolId, AppClientId),
    /// A user pool.
    Pool(UserPoolId),
    /// A resource server of a pool, by identifier.
    ResourceServer(UserPoolId, String),
    /// An identity provider of a pool, by name.
    IdentityProvider(UserPoolId, String),
    /// A domain of a pool.
    Domain(UserPoolId, String),
    /// A Lambda function, by bare name.
    Function(String),
    /// A web ACL, rule group or IP set, by ARN or id.
    Firewall(String),
    /// Anything else, as service and name: a secret, a parameter, a certificate, a stack.
    Other(String, String),
}

impl Resource {
    /// The user pool it belongs to, or is.
    pub fn pool(&self) -> Option<&UserPoolId> {
        match self {
            Self::Client(pool, _)
            | Self::Pool(pool)
            | Self::ResourceServer(pool, _)
            | Self::IdentityProvider(pool, _)
            | Self::Domain(pool, _) => Some(pool),
            Self::Function(_) | Self::Firewall(_) | Self::Other(..) => None,
        }
    }
}

/// Settings of one resource at one time. A setting that is not there is unknown.
pub type Settings = BTreeMap<Setting, Known>;

/// What `settings` hold under `setting`; unknown when nothing.
pub fn known<'a>(settings: &'a Settings, setting: &Setting) -> &'a Known {
    settings.get(setting).unwrap_or(&Known::Unknown)
}

/// The value `settings` hold under the setting called `name`.
pub fn value<'a>(settings: &'a Settings, name: &'static str) -> Option<&'a Value> {
    known(settings, &Setting::named(name)).value()
}

/// Whether the resource may be there; only an observed deletion says no.
pub fn may_exist(settings: &Settings) -> bool {
    value(settings, "Exists") != Some(&Value::Bool(false))
}
