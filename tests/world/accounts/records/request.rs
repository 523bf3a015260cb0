//! CloudTrail's records of sign-in requests to a domain's endpoints.

mod form;

use serde_json::Value;

use super::super::{
    chance::{id, luck},
    model::{Answer, Attempt, By, Client, Kind, Outcome, Resource, Step, World},
    truth::iso,
};
use super::{
    answer::{self, Refusal},
    call,
    choice::label,
    envelope::{self, COGNITO},
    json::{Object, object},
    sender,
    style::{Hides, Home, MASK, Status, Style},
    telling::{self, Tells},
};

/// The event id of a request's record.
pub fn event_id(world: &World, attempt: &Attempt) -> String {
    own_id(world, attempt, 2)
}

/// The event id of the record of the error page that follows.
pub fn page_id(world: &World, attempt: &Attempt) -> String {
    own_id(world, attempt, 3)
}

pub fn own_id(world: &World, attempt: &Attempt, of: u64) -> String {
    let numbers = [
        u64::from(attempt.plan),
        u64::from(attempt.nth),
        label("event"),
        of,
    ];
    id(world.seed, &numbers)
}

/// Appends the record of a request that has one.
pub fn write(world: &World, style: &Style, attempt: &Attempt, text: &mut String) {
    if !attempt.step.is_endpoint() {
        return call::write(world, style, attempt, text);
    }
    let tells = telling::of(world, attempt).request;
    let refusal = match &attempt.outcome {
        Outcome::Refused { by, answer } if tells == Some(Tells::Refusal) => {
            Some(told(world, style, attempt, *by, answer))
        }
        _ => None,
    };
    let status = refusal
        .as_ref()
        .map_or(usual_status(attempt.step), |refusal| refusal.status);
    let endpoint = Endpoint {
        name: name(world, attempt),
        status,
        refusal,
        event_id: event_id(world, attempt),
    };
    endpoint.write(world, style, attempt, text, |form| {
        form::write(world, style, attempt, tells, form);
    });
}

/// Appends the record of the error page that a browser was sent to.
pub fn write_page(world: &World, style: &Style, attempt: &Attempt, text: &mut String) {
    let Outcome::Refused { by, answer } = &attempt.outcome else {
        return;
    };
    let refusal = answer::of_endpoint(world, attempt, *by, answer);
    let error = refusal
        .code
        .filter(|code| !code.starts_with(|first: char| first.is_ascii_digit()))
        .map_or_else(|| code_or_general(answer), |code| code.into_owned());
    let endpoint = Endpoint {
        name: "Error_GET",
        status: if style.page_is_ok { 200 } else { 400 },
        refusal: None,
        event_id: page_id(world, attempt),
    };
    endpoint.write(world, style, attempt, text, |form| {
        form.one("error", &error);
        if let Some(message) = &answer.message {
            form.one("error_description", message);
        }
    });
}

fn code_or_general(answer: &Answer) -> String {
    answer::code_of(answer).map_or_else(|| "invalid_request".to_owned(), |code| code.into_owned())
}

/// How a refusal of this step stands in its record.
fn told<'a>(
    world: &World,
    style: &Style,
    attempt: &Attempt,
    by: By,
    answer: &'a Answer,
) -> Refusal<'a> {
    let refusal = answer::of_endpoint(world, attempt, by, answer);
    let said_in_form = attempt.step == Step::IdpResponse
        && !style.callback_as_status
        && !is_saml(world, attempt)
        && refusal.status < 500;
    match said_in_form {
        true => Refusal {
            code: None,
            message: None,
            described: None,
            status: 302,
        },
        false => refusal,
    }
}

fn usual_status(step: Step) -> u16 {
    match step {
        Step::Authorize | Step::LoginPost | Step::IdpResponse | Step::Logout => 302,
        _ => 200,
    }
}

fn name(world: &World, attempt: &Attempt) -> &'static str {
    match attempt.step {
        Step::Authorize => "OAuth2_Authorize_GET",
        Step::LoginPage => "Login_GET",
        Step::LoginPost => match is_managed(world, attempt.client) {
            true => "login_POST",
            false => "CognitoAuthentication",
        },
        Step::IdpResponse => match is_saml(world, attempt) {
            true => "SAML2Response_POST",
            false => "OAuth2Response_GET",
        },
        Step::UserInfo => "UserInfo_GET",
        Step::Logout => "Logout",
        _ => "Token_POST",
    }
}

/// Whether a pool shows managed login's pages, whose events begin with a small letter.
fn is_managed(world: &World, client: usize) -> bool {
    let pool = world.estate.clients[client].pool as u64;
    luck(world.seed, &[label("managed login"), pool]) < 0.6
}

/// A provider that is asked for by name is of the one kind or of the other.
fn is_saml(world: &World, attempt: &Attempt) -> bool {
    let wanted = attempt.asks.provider.as_deref().unwrap_or_default();
    let provider = |index| Resource {
        kind: Kind::Provider,
        index,
    };
    let mut known = world
        .estate
        .settings
        .range(provider(0)..=provider(u16::MAX));
    known.any(|(_, settings)| {
        let is = |member: &str, text: &str| settings.get(member) == Some(&Value::from(text));
        is("ProviderName", wanted) && is("ProviderType", "SAML")
    })
}

/// A record of an endpoint, but for what was asked.
struct Endpoint<'a> {
    name: &'a str,
    status: u16,
    refusal: Option<Refusal<'a>>,
    event_id: String,
}

impl Endpoint<'_> {
    fn write(
        &self,
        world: &World,
        style: &Style,
        attempt: &Attempt,
        text: &mut String,
        form: impl FnOnce(&mut Object<'_>),
    ) {
        let estate = &world.estate;
        let client = &estate.clients[attempt.client];
        let home = self.home(style, client, attempt.step);
        object(text, |record| {
            self.write_head(world, style, attempt, record);
            match home {
                Some((Home::Request, id)) => record.object("requestParameters", |request| {
                    request.text("clientId", id);
                }),
                _ => record.raw("requestParameters", "null"),
            }
            record.raw("responseElements", "null");
            record.object("additionalEventData", |data| {
                self.write_data(world, style, attempt, home, form, data);
            });
            record.text("requestID", &own_id(world, attempt, 4));
            record.text("eventID", &self.event_id);
            record.raw("readOnly", "false");
            record.text("eventType", "AwsServiceEvent");
            record.raw("managementEvent", "true");
            record.text("recipientAccountId", &estate.account);
            record.object("serviceEventDetails", |details| {
                details.text("serviceAccountId", &style.service_account);
            });
            record.text("eventCategory", "Management");
            if let Some(host) = host(world, client).filter(|_| style.tls) {
                envelope::write_tls(host, record);
            }
        });
    }

    fn write_head(&self, world: &World, style: &Style, attempt: &Attempt, record: &mut Object<'_>) {
        record.text("eventVersion", style.version);
        record.raw("userIdentity", &style.nobody);
        record.text("eventTime", &iso(attempt.at));
        record.text("eventSource", COGNITO);
        record.text("eventName", self.name);
        record.text("awsRegion", &world.estate.region);
        let address = sender::address(world, &style.by_tasks, attempt);
        record.text("sourceIPAddress", address);
        record.text("userAgent", &sender::agent(world, attempt));
        let error = self.refusal.as_ref();
        let error = error.map(|it| (it.code.as_deref(), it.message.as_deref()));
        envelope::write_error(error, style.empty_error_code, record);
    }

    fn write_data(
        &self,
        world: &World,
        style: &Style,
        attempt: &Attempt,
        home: Option<(Home, &str)>,
        form: impl FnOnce(&mut Object<'_>),
        data: &mut Object<'_>,
    ) {
        let client = &world.estate.clients[attempt.client];
        if self.refusal.is_none() && has_user(attempt) {
            data.text("sub", &subject(world, attempt));
        }
        match home {
            Some((Home::Additional, id)) => data.text("clientId", id),
            Some((Home::AdditionalSnake, id)) => data.text("client_id", id),
            _ => {}
        }
        data.object("responseParameters", |response| {
            response.raw("status", &status(style, self.status));
            let described = self.refusal.as_ref().and_then(|it| it.described.as_ref());
            if let Some((member, said)) = described {
                response.text(member, said);
            }
        });
        data.object("requestParameters", |parameters| {
            form(parameters);
            if let Some((Home::Form, id)) = home {
                parameters.one("client_id", id);
            }
        });
        if let Some(host) = host(world, client) {
            data.text("userPoolDomain", host);
        }
        data.text("userPoolId", &world.estate.pools[client.pool].id);
    }

    /// Where the app client's id stands, and what stands there.
    fn home<'a>(&self, style: &Style, client: &'a Client, step: Step) -> Option<(Home, &'a str)> {
        let hides = match self.name {
            "Error_GET" => Hides::Nothing,
            _ => style.hides(step),
        };
        let in_header = client.basic && matches!(step, Step::Code | Step::Refresh | Step::Machine);
        let not_said = matches!(step, Step::IdpResponse | Step::UserInfo);
        let home = match style.client {
            Home::Form if in_header || not_said => Home::Additional,
            home => home,
        };
        match hides {
            Hides::Nothing => Some((home, &client.id)),
            Hides::Masks => Some((home, MASK)),
            Hides::LeavesOut => None,
        }
    }
}

/// The host that an app client's requests go to.
pub fn host<'a>(world: &'a World, client: &Client) -> Option<&'a str> {
    let hosts = &world.estate.pools[client.pool].hosts;
    let host = client.host.and_then(|host| hosts.get(host));
    host.or(hosts.first()).map(String::as_str)
}

fn status(style: &Style, status: u16) -> String {
    match style.status {
        Status::Whole => status.to_string(),
        Status::Float => format!("{status}.0"),
        Status::Text => format!("\"{status}\""),
    }
}

/// Whether a request that went well belongs to a user that is known.
fn has_user(attempt: &Attempt) -> bool {
    let known = matches!(
        attempt.step,
        Step::LoginPost | Step::IdpResponse | Step::Code | Step::Refresh | Step::UserInfo
    );
    known && attempt.outcome.is_ok()
}

/// The user's `sub`.
pub fn subject(world: &World, attempt: &Attempt) -> String {
    let user = world.estate.callers[attempt.caller].user.as_deref();
    let user = user.map_or(attempt.caller as u64, label);
    id(world.seed, &[label("sub"), user])
}
