//! A kind of call: what its record says, with placeholders such as `<key>`.

use super::account::Actor;

/// Whose name stands in the record.
#[derive(Clone, Copy, Debug)]
pub enum By {
    /// An AWS service for itself.
    Service(&'static str),
    Actor(Actor),
    /// A service with the rights of who called it.
    For(Actor, &'static str),
}

pub const FUNCTION: By = By::Actor(Actor::Function);
pub const INSTANCE: By = By::Actor(Actor::Instance);
pub const JOB: By = By::Actor(Actor::Job);
pub const DEPLOY: By = By::Actor(Actor::Deploy);
pub const PERSON: By = By::Actor(Actor::Person);
pub const USER: By = By::Actor(Actor::User);

#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Of 100,000 or so.
    pub weight: i64,
    /// The event source without its domain.
    pub source: &'a str,
    pub name: &'a str,
    pub read_only: bool,
    pub by: By,
    pub request: &'a str,
    pub response: &'a str,
    /// Members before `requestID`, each with a comma behind it.
    pub extra: &'a str,
    /// Members after `readOnly`, likewise.
    pub resources: &'a str,
}

/// A call that changes nothing.
pub const fn read<'a>(
    weight: i64,
    source: &'a str,
    name: &'a str,
    by: By,
    request: &'a str,
) -> Call<'a> {
    Call {
        weight,
        source,
        name,
        read_only: true,
        by,
        request,
        response: "null",
        extra: "",
        resources: "",
    }
}

/// A call that changes something.
pub const fn write<'a>(
    weight: i64,
    source: &'a str,
    name: &'a str,
    by: By,
    request: &'a str,
) -> Call<'a> {
    let call = read(weight, source, name, by, request);
    Call {
        read_only: false,
        ..call
    }
}

impl<'a> Call<'a> {
    pub const fn answered(self, response: &'a str) -> Self {
        Self { response, ..self }
    }

    pub const fn on(self, resources: &'a str) -> Self {
        Self { resources, ..self }
    }

    pub const fn with(self, extra: &'a str) -> Self {
        Self { extra, ..self }
    }
}
