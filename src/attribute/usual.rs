//! What an app client's sign-ins usually ask for, for those of its requests whose record does not say.
//!
//! A token request carries neither scopes nor a redirect URI, and mostly comes from another address
//! than the authorize request before it. Where nearly all of those ask for the same, it was for that.

use std::collections::BTreeMap;

use crate::{
    cognito::replay::Attempt,
    frame::{Cells, Key, symbols::Symbol},
    queries::{REFRESH_GRANTS, endpoint},
};

/// So many sign-ins must tell what they ask for, …
const FEWEST: u64 = 5;
/// … and this share of them the same.
const NEARLY_ALL: f64 = 0.9;

/// What the sign-ins of each app client ask for.
pub struct Usual<'a> {
    cells: &'a Cells,
    clients: BTreeMap<[Option<Symbol>; 2], Asked>,
}

/// What nearly all sign-ins of an app client ask for.
#[derive(Default)]
struct Asked {
    redirect_uri: Option<Symbol>,
    scopes: Option<Symbol>,
    identity_provider: Option<Symbol>,
}

impl<'a> Usual<'a> {
    /// By the accepted authorize requests of each app client.
    pub fn new(cells: &'a Cells) -> Self {
        let owners = cells.owners.iter().map(|owner| {
            let rows = cells.with_keys(cells.of(owner));
            let authorized = rows.filter(|(_, key)| is_authorize(cells, key));
            let rows: Vec<(&Key, u64)> = authorized.map(|(row, key)| (key, row.requests)).collect();
            let asked = Asked {
                redirect_uri: nearly_all(&rows, |key| key.redirect_uri),
                scopes: nearly_all(&rows, |key| key.scopes),
                identity_provider: nearly_all(&rows, |key| key.identity_provider),
            };
            ([owner.user_pool, owner.client], asked)
        });
        Self {
            clients: owners.collect(),
            cells,
        }
    }

    /// The attempts.
    pub fn cells(&self) -> &'a Cells {
        self.cells
    }

    /// A kind of request as replay takes it.
    pub fn attempt(&self, key: &Key) -> Attempt<'a> {
        let cells = self.cells;
        let told = Attempt {
            endpoint: cells.text(key.endpoint).unwrap_or_default(),
            grant: cells.text(key.grant),
            redirect_uri: cells.text(key.redirect_uri),
            scopes: cells.text(key.scopes),
            identity_provider: cells.text(key.identity_provider),
        };
        let asked = self.clients.get(&[key.user_pool, key.client]);
        let of_tokens = told.endpoint == endpoint::TOKEN;
        let (Some(asked), Some(grant), true) = (asked, told.grant, of_tokens) else {
            return told;
        };
        let or = |told: Option<&'a str>, usual: Option<Symbol>| told.or_else(|| cells.text(usual));
        match grant {
            "authorization_code" => Attempt {
                redirect_uri: or(told.redirect_uri, asked.redirect_uri),
                scopes: or(told.scopes, asked.scopes),
                identity_provider: or(told.identity_provider, asked.identity_provider),
                ..told
            },
            _ if REFRESH_GRANTS.contains(&grant) => Attempt {
                scopes: or(told.scopes, asked.scopes),
                ..told
            },
            _ => told,
        }
    }
}

fn is_authorize(cells: &Cells, key: &Key) -> bool {
    !cells.failed(key) && cells.text(key.endpoint) == Some(endpoint::AUTHORIZE)
}

/// The value that nearly all rows tell.
fn nearly_all(rows: &[(&Key, u64)], of: fn(&Key) -> Option<Symbol>) -> Option<Symbol> {
    let mut counts: BTreeMap<Symbol, u64> = BTreeMap::new();
    for (key, requests) in rows {
        if let Some(value) = of(key) {
            *counts.entry(value).or_default() += requests;
        }
    }
    let all: u64 = counts.values().sum();
    let (value, most) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (all >= FEWEST && most as f64 >= NEARLY_ALL * all as f64).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frame::{Bounds, Fold, Frames, fixture::start},
        record::{Located, Outcome, Record, Request, SourceKind},
    };

    fn frames(requests: impl IntoIterator<Item = Request<'static>>) -> Frames {
        let mut fold = Fold::new(Bounds::default());
        fold.begin("made.json");
        for (number, request) in requests.into_iter().enumerate() {
            fold.take(Ok(Located {
                offset: number as u64,
                raw: number.to_string().as_bytes(),
                record: Record::Request(request),
            }));
        }
        fold.finish(&[])
    }

    fn request(endpoint: &'static str, scopes: Option<&'static str>) -> Request<'static> {
        Request {
            time: start(),
            source: SourceKind::Trail,
            client: Some("web".into()),
            endpoint: endpoint.into(),
            scopes: scopes.map(Into::into),
            outcome: Outcome::Ok,
            ..Request::default()
        }
    }

    /// The scopes of a token request by some grant, after so many authorize requests.
    fn scopes(asking: &[(&'static str, usize)], grant: &'static str) -> Option<String> {
        let asked = asking
            .iter()
            .flat_map(|(scopes, count)| vec![request("authorize", Some(scopes)); *count]);
        let token = Request {
            grant: Some(grant.into()),
            ..request("token", None)
        };
        let frames = frames(asked.chain([token]));
        let usual = Usual::new(&frames.cells);
        let keys = frames.cells.keys.iter();
        let mut tokens = keys.filter(|key| frames.cells.text(key.endpoint) == Some("token"));
        let attempt = usual.attempt(tokens.next().expect("a token request"));
        attempt.scopes.map(str::to_owned)
    }

    #[test]
    fn tokens_are_for_what_nearly_all_sign_ins_ask_for() {
        let mostly = [("openid email", 10), ("openid", 1)];
        let email = Some("openid email".to_owned());
        assert_eq!(scopes(&mostly, "authorization_code"), email);
        assert_eq!(scopes(&mostly, "refresh_token"), email);
        assert_eq!(scopes(&mostly, "client_credentials"), None);
    }

    #[test]
    fn sign_ins_that_differ_or_are_few_tell_nothing_of_others() {
        let differ = [("openid email", 10), ("openid", 5)];
        assert_eq!(scopes(&differ, "authorization_code"), None);
        assert_eq!(scopes(&[("openid", 4)], "authorization_code"), None);
    }
}
