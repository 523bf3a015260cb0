//! How the records of this account are written: drawn once, from how often accounts deviate.

use serde_json::json;

use super::super::{
    chance::luck,
    model::{Step, World},
};
use super::{
    choice::{CAPITALS, holds, holds_at, label, letters, number, one_of},
    sender,
};

/// What the trail writes in place of a secret.
pub const MASK: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// How records are written.
pub struct Style {
    pub version: &'static str,
    /// `userIdentity` of who is nobody of the account: at the domain and at the API.
    pub nobody: String,
    pub nobody_at_api: String,
    pub service_account: String,
    /// Whether records tell of the connection.
    pub tls: bool,
    pub status: Status,
    pub empty_error_code: bool,
    /// Where requests to the domain say the app client.
    pub client: Home,
    /// Whether their redirect URIs and scopes are left out.
    pub no_asks: bool,
    /// Whether members are spelled as in the API's model.
    pub as_in_model: bool,
    pub responses: Responses,
    pub secret: Secret,
    pub dates: Dates,
    /// Whether an error page answers 200.
    pub page_is_ok: bool,
    /// Whether the callback says the error, or answers with a status.
    pub callback_as_status: bool,
    /// Which app clients' token requests come from the addresses of their services' tasks.
    pub by_tasks: Vec<bool>,
    hides: [Hides; Step::ALL.len()],
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    Whole,
    Float,
    Text,
}

/// Where the app client's id stands in records of the domain's endpoints.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Home {
    Form,
    Additional,
    AdditionalSnake,
    Request,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Responses {
    Full,
    Minimal,
    None,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Secret {
    Masked(&'static str),
    Absent,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dates {
    Java,
    Iso,
    Epoch,
}

/// What becomes of the app client's id in the records of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hides {
    Nothing,
    Masks,
    LeavesOut,
}

impl Style {
    pub fn of(world: &World) -> Self {
        let account = &world.estate.account;
        let nobody = [
            json!({"accountId": account}),
            json!({"accountId": account}),
            json!({"type": "Unknown", "accountId": account}),
            json!({"type": "Unknown", "principalId": "Anonymous"}),
        ];
        let elsewhere = [Home::Additional, Home::AdditionalSnake, Home::Request];
        Self {
            version: *one_of::<&str>(world, "event version", &["1.08", "1.09", "1.10", "1.11"]),
            nobody: one_of(world, "nobody", &nobody).to_string(),
            nobody_at_api: json!({"type": "Unknown", "principalId": "Anonymous"}).to_string(),
            service_account: letters(world.seed, &[label("service")], b"123456789", 12),
            tls: number(world, "tls") < 0.7,
            status: status(world),
            empty_error_code: holds(world, "success.empty_error_code"),
            client: match holds(world, "fields.client_elsewhere") {
                true => *one_of(world, "client's home", &elsewhere),
                false => Home::Form,
            },
            no_asks: holds(world, "fields.no_asks"),
            as_in_model: holds(world, "fields.member_case"),
            responses: responses(world),
            secret: secret(world),
            dates: *one_of(
                world,
                "dates",
                &[Dates::Java, Dates::Java, Dates::Iso, Dates::Epoch],
            ),
            page_is_ok: number(world, "page status") < 0.7,
            callback_as_status: holds(world, "records.refused_callback_as_status"),
            by_tasks: sender::by_tasks(world),
            hides: all_hide(world),
        }
    }

    /// What becomes of the app client's id in the records of a step.
    pub fn hides(&self, step: Step) -> Hides {
        self.hides[step as usize]
    }
}

fn status(world: &World) -> Status {
    if holds(world, "status.as_float") {
        Status::Float
    } else if holds(world, "status.as_text") {
        Status::Text
    } else {
        Status::Whole
    }
}

fn responses(world: &World) -> Responses {
    if holds(world, "responses.none") {
        Responses::None
    } else if holds(world, "responses.minimal") {
        Responses::Minimal
    } else {
        Responses::Full
    }
}

fn secret(world: &World) -> Secret {
    let others = [
        Secret::Masked("HIDDEN_FOR_SECURITY_REASONS"),
        Secret::Masked("***"),
        Secret::Absent,
    ];
    match holds(world, "responses.secret_masked_otherwise") {
        true => *one_of(world, "secret", &others),
        false => Secret::Masked(MASK),
    }
}

/// In no account do more kinds of records hide it.
const MOST_THAT_HIDE: usize = 2;

fn all_hide(world: &World) -> [Hides; Step::ALL.len()] {
    let mut all = Step::ALL.map(|step| hides(world, step));
    let luck_of = |place: &usize| luck(world.seed, &[label("hides most"), *place as u64]);
    let mut places: Vec<usize> = (0..all.len()).collect();
    places.sort_by(|one, other| luck_of(one).total_cmp(&luck_of(other)));
    let hiding = places
        .into_iter()
        .filter(|place| all[*place] != Hides::Nothing);
    for place in hiding.skip(MOST_THAT_HIDE).collect::<Vec<_>>() {
        all[place] = Hides::Nothing;
    }
    all
}

/// Only where a redirect URI or what comes before or after still tells the app client: what nobody
/// can tell apart is no measure. The exchange of a code always says it.
fn hides(world: &World, step: Step) -> Hides {
    let otherwise_known = matches!(
        step,
        Step::Authorize | Step::LoginPage | Step::LoginPost | Step::IdpResponse | Step::Logout
    );
    let of_half = |question: u64| luck(world.seed, &[label("hides"), step as u64, question]) < 0.5;
    if !otherwise_known {
        Hides::Nothing
    } else if holds(world, "fields.client_masked") && of_half(1) {
        Hides::Masks
    } else if holds_at(world, "fields.client_absent", step as u64) {
        Hides::LeavesOut
    } else {
        Hides::Nothing
    }
}

/// A principal of this account, of a role or user of this name.
pub fn principal(world: &World, prefix: &str, name: &str) -> String {
    prefix.to_owned() + &letters(world.seed, &[label(name), 1], CAPITALS, 17)
}
