//! Settings and what is known of them.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde_json::Value;

use crate::ids::{AppClientId, UserPoolId};

/// The name of a setting as the API spells it: `CallbackURLs`, `LambdaConfig.DefineAuthChallenge`.
///
/// Members that are objects are taken apart into dotted names, so that a diff names the line that
/// changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Setting(pub Cow<'static, str>);

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

/// Settings of one resource at one time.
pub type Settings = BTreeMap<Setting, Known>;
