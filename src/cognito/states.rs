//! Settings over time as a table: which value each member of each resource had, from when to when,
//! set by which write, and how that is known.

use chrono::{DateTime, Utc};
use serde_json::Value;

mod frame;
mod intervals;
mod said;
#[cfg(test)]
mod tests;

pub use self::frame::frame;
use super::{
    history::History,
    setting::{Resource, Setting},
};
use crate::ids::{EventId, UserPoolId};

/// One value of one member, and the time it was in force.
///
/// Lifetimes of tokens (`AccessTokenValidity`, …) are seconds, in whatever unit they were given.
/// Beside settings there are opaque versions of what no log shows the content of: `CodeSha256` and
/// `RevisionId` of a function, `Version` of anything else.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What has it.
    pub resource: Resource,
    /// The member.
    pub member: Setting,
    /// Its value; `None` when it is not known. No value at all is JSON's null.
    pub value: Option<Value>,
    /// The second from which it is known to have held; `None` when that was before the logs, or
    /// not seen.
    pub from: Option<DateTime<Utc>>,
    /// When it was replaced; `None` when it still holds. Equal to `from` when it is known to have
    /// held then, and what came of it is not.
    pub to: Option<DateTime<Utc>>,
    /// The write that set it; `None` when no logged one did.
    pub set_by: Option<EventId>,
    /// How it is known; `None` when it is not.
    pub known_by: Option<KnownFrom>,
    /// Later writes that gave or showed the same value, in order of time.
    pub confirmed_by: Vec<EventId>,
}

/// How the value of a member is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KnownFrom {
    /// A response showed it, by itself or as part of the whole state.
    Response,
    /// A request gave it, and no response says otherwise.
    Request,
    /// A saved description shows it.
    Description,
    /// A write could not have succeeded otherwise.
    Implied,
    /// A request left it out, which is documented or was seen to bring the default back.
    Default,
    /// A request left it out, and nobody measured what that does.
    Assumed,
}

impl KnownFrom {
    /// The name in the `known_by` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Response => "response",
            Self::Request => "request",
            Self::Description => "description",
            Self::Implied => "implied",
            Self::Default => "default",
            Self::Assumed => "assumed",
        }
    }
}

/// Every state that a history holds, by resource, member and time.
pub fn states(history: &History) -> Vec<State> {
    let mut states = Vec::new();
    for (resource, timeline) in history.timelines() {
        states.extend(intervals::of(resource, timeline, history.changes()));
    }
    states
}

/// The kind of a resource and its name within the account or pool, as the columns have them.
fn named(resource: &Resource) -> (&str, &str) {
    match resource {
        Resource::Client(_, client) => ("client", client.as_str()),
        Resource::Pool(pool) => ("user_pool", pool.as_str()),
        Resource::ResourceServer(_, identifier) => ("resource_server", identifier),
        Resource::IdentityProvider(_, name) => ("identity_provider", name),
        Resource::Domain(_, domain) => ("domain", domain),
        Resource::Function(name) => ("function", name),
        Resource::Firewall(name) => ("firewall", name),
        Resource::Other(service, name) => (service, name),
    }
}

fn pool_of(resource: &Resource) -> Option<&str> {
    resource.pool().map(UserPoolId::as_str)
}
