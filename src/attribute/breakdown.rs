//! What the failed requests of an incident have in common: their counts by redirect URI, scope,
//! grant, error text, user agent and caller address.

use std::collections::BTreeMap;

use crate::{
    cognito::history::History,
    detect::{Incident, Kind},
    frame::{Cells, Failure, Key},
};

mod settings;

/// Values that are kept of each attribute; the others are counted.
const MOST: usize = 5;

/// The failed requests of an incident, counted by attribute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Breakdown {
    /// Failed requests that were counted.
    pub failed: u64,
    /// Their attributes; those that no log tells are left out.
    pub attributes: Vec<Attribute>,
}

/// One attribute of failed requests.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Which.
    pub kind: AttributeKind,
    /// Distinct values.
    pub distinct: usize,
    /// Requests whose value no log tells.
    pub unknown: u64,
    /// The most frequent values.
    pub values: Vec<Share>,
}

/// How many failed requests had a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// The value.
    pub value: String,
    /// Failed requests with it.
    pub failed: u64,
    /// What the settings say of it, if they say something.
    pub note: Option<String>,
}

/// Attributes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttributeKind {
    /// Endpoint or API operation.
    Endpoint,
    /// OAuth grant or auth flow.
    Grant,
    /// Redirect URI.
    RedirectUri,
    /// Scopes.
    Scopes,
    /// Identity provider.
    IdentityProvider,
    /// Error code.
    Error,
    /// What the log says beside the code.
    ErrorText,
    /// User agent of the caller.
    UserAgent,
    /// Caller's address.
    SourceIp,
}

impl AttributeKind {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 9] = [
        Self::Error,
        Self::ErrorText,
        Self::RedirectUri,
        Self::Scopes,
        Self::Grant,
        Self::IdentityProvider,
        Self::Endpoint,
        Self::UserAgent,
        Self::SourceIp,
    ];

    fn of<'a>(self, cells: &'a Cells, key: &Key, failure: &Failure) -> Option<&'a str> {
        cells.text(match self {
            Self::Endpoint => key.endpoint,
            Self::Grant => key.grant,
            Self::RedirectUri => key.redirect_uri,
            Self::Scopes => key.scopes,
            Self::IdentityProvider => key.identity_provider,
            Self::Error => key.outcome,
            Self::ErrorText => failure.message,
            Self::UserAgent => failure.agent,
            Self::SourceIp => failure.source_ip,
        })
    }
}

impl Breakdown {
    /// Counts the failed requests of an incident's app clients and grants from onset to end.
    pub fn new(incident: &Incident, cells: &Cells, history: &History) -> Self {
        if incident.kind == Kind::Absence {
            return Self::default();
        }
        let failures: Vec<(&Key, &Failure)> = failures(incident, cells).collect();
        let attributes = AttributeKind::ALL.into_iter();
        let attributes = attributes.filter_map(|kind| attribute(kind, cells, &failures));
        let mut attributes: Vec<Attribute> = attributes.collect();
        for attribute in &mut attributes {
            for share in &mut attribute.values {
                share.note = settings::note(attribute.kind, &share.value, incident, history);
            }
        }
        Self {
            failed: failures.len() as u64,
            attributes,
        }
    }

    /// An attribute, if any log tells it.
    pub fn get(&self, kind: AttributeKind) -> Option<&Attribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.kind == kind)
    }
}

fn failures<'a>(
    incident: &'a Incident,
    cells: &'a Cells,
) -> impl Iterator<Item = (&'a Key, &'a Failure)> {
    let ours = cells.owners.iter().filter(|owner| {
        let pool = cells.text(owner.user_pool);
        let client = cells.text(owner.client);
        let mut clients = incident.clients.iter();
        match incident.clients.is_empty() {
            true => pool.is_some() && pool == incident.user_pool.as_ref().map(|id| id.as_str()),
            false => clients.any(|id| Some(id.as_str()) == client),
        }
    });
    let end = incident.end;
    ours.flat_map(move |owner| cells.failures_since(owner, incident.onset.timestamp_micros()))
        .filter(move |failure| end.is_none_or(|end| failure.time <= end))
        .filter_map(|failure| Some((cells.keys.get(failure.key as usize)?, failure)))
        .filter(|(key, _)| incident.has_grant(cells.text(key.grant)))
}

fn attribute(
    kind: AttributeKind,
    cells: &Cells,
    failures: &[(&Key, &Failure)],
) -> Option<Attribute> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut unknown = 0;
    for (key, failure) in failures {
        match kind.of(cells, key, failure) {
            Some(value) => *counts.entry(value).or_default() += 1,
            None => unknown += 1,
        }
    }
    let distinct = counts.len();
    let mut values: Vec<(&str, u64)> = counts.into_iter().collect();
    values.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    values.truncate(MOST);
    let values = values.into_iter().map(|(value, failed)| Share {
        value: value.to_owned(),
        failed,
        note: None,
    });
    (distinct > 0).then(|| Attribute {
        kind,
        distinct,
        unknown,
        values: values.collect(),
    })
}
