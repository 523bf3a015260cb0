//! How often this account deviates from what one would expect: drawn anew for each account, evenly
//! between none and one half, before anything else is. They were set before the first program was
//! measured on such accounts, and are not turned to fit a figure.

use serde_json::{Map, Value, json};

use super::chance::Chance;

/// The largest rate.
const MOST: f64 = 0.5;

/// Every rate by its name, with what it is the rate of.
pub const NAMES: [&str; 53] = [
    // How refusals are told, slice by slice (one answer to one kind of request of one client): the
    // weight of each way against the plain one's, which is one; of `as_401` the share of slices.
    "answer.other_code",
    "answer.status_alone",
    "answer.bad_request",
    "answer.free_text",
    "answer.message_only",
    "answer.description_only",
    "answer.exception_name",
    "answer.as_401",
    "answer.no_error_field",
    // How requests are told: the share of accounts.
    "status.as_float",
    "status.as_text",
    "success.empty_error_code",
    // Which requests leave a record: the share of accounts in which that kind leaves none, or only some.
    "records.no_authorize",
    "records.no_login_page",
    "records.no_login_post",
    "records.no_idp_response",
    "records.no_error_page",
    "records.no_logout",
    "records.no_refresh",
    "records.no_token",
    "records.no_blocked",
    "records.only_some",
    "records.refused_authorize_as_error_page",
    "records.refused_authorize_as_nothing",
    "records.refused_authorize_as_status",
    "records.refused_login_told",
    "records.refused_callback_without_error",
    "records.refused_callback_as_status",
    // How records are written.
    "fields.client_elsewhere",
    "fields.client_masked",
    "fields.client_absent",
    "fields.no_asks",
    "fields.member_case",
    "responses.minimal",
    "responses.none",
    "responses.secret_masked_otherwise",
    // How files come.
    "delivery.duplicates",
    "delivery.late",
    "delivery.unordered",
    "delivery.strays",
    "delivery.lost_writes",
    // Rules: the share of documented ones that have no effect here, and other properties of effects.
    "rules.listed_without_effect",
    "rules.partial",
    "rules.long_cache",
    "rules.slow",
    "rules.other_omission",
    // People and programs: the share of app clients or services.
    "noise.bursts_of_retries",
    "noise.clumped_failures",
    "noise.chronic_callers",
    "noise.restarts",
    "noise.mistyping",
    "log.no_client",
    "log.no_success",
];

/// The rates of an account, in the order of [`NAMES`].
#[derive(Clone, Debug, PartialEq)]
pub struct Rates([f64; NAMES.len()]);

impl Rates {
    pub fn draw(chance: &mut Chance) -> Self {
        Self(std::array::from_fn(|_| chance.real(0.0, MOST)))
    }

    /// A rate by its name, which is one of [`NAMES`].
    pub fn of(&self, name: &str) -> f64 {
        let place = NAMES.iter().position(|known| *known == name);
        self.0[place.unwrap_or_else(|| panic!("`{name}` is no rate"))]
    }

    pub fn json(&self) -> Value {
        let rates = NAMES.iter().zip(self.0);
        let rates =
            rates.map(|(name, rate)| ((*name).to_owned(), json!((rate * 1e4).round() / 1e4)));
        Value::Object(rates.collect::<Map<_, _>>())
    }
}
