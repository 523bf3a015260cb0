//! Records of the domains' pages: a sign-in by browser as the trail shows it before its token
//! request. The shop's domain has the classic pages, that of the staff managed login.

use serde_json::{Value, json};

use super::{
    changes::History,
    clock::{DAY, HOUR, Second},
    cognito::{Ask, Caller, Request, decide},
    config::MASK,
    delivery::Record,
    dice::Dice,
    estate::{CORPORATE, INTRANET, PORTAL, SHOP, WEBSHOP, pool},
    traffic::{Attempt, browser},
    trail,
};

/// A page that was shown, or a redirect.
pub struct Page<'a> {
    pub name: &'static str,
    pub time: Second,
    pub client: &'static str,
    pub caller: &'a Caller,
    /// The form or query.
    pub asked: Value,
    pub status: u16,
    /// The user, where Cognito knows it.
    pub sub: Option<String>,
    pub event_id: String,
    pub request_id: String,
}

/// Share of the portal's sign-ins in a session that still stands: no page is shown.
const SIGNED_IN: f64 = 0.6;
/// Seconds that people take to type a password.
const TYPING: (Second, Second) = (4, 25);
/// A link of last year that some people still open: its callback URL is not on the list.
const OLD_LINK: &str = "https://shop.example.com/login/callback";
const OLD_LINKS_OPENED: usize = 5;

/// What the pages leave in the trail.
pub fn records(history: &History, attempts: &[Attempt]) -> Vec<Record> {
    let mut desk = Desk {
        dice: Dice::new("pages"),
        records: Vec::new(),
    };
    for attempt in attempts {
        if let Ask::Authorize { redirect_uri } = attempt.request.ask {
            desk.sign_in(history, attempt, redirect_uri);
        }
    }
    for _ in 0..OLD_LINKS_OPENED {
        desk.old_link();
    }
    desk.records
}

struct Desk {
    dice: Dice,
    records: Vec<Record>,
}

impl Desk {
    /// The pages of one sign-in; a refused one shows none of Cognito's.
    fn sign_in(&mut self, history: &History, attempt: &Attempt, redirect_uri: &str) {
        let request = &attempt.request;
        let asked = asked(request.client, redirect_uri);
        let typed = self.dice.between(TYPING.0, TYPING.1);
        let opened = request.time - typed;
        let stands = request.client == PORTAL && self.dice.chance(SIGNED_IN);
        if attempt.refusal.is_some() || stands || !is_let_in(history, request, opened) {
            self.show(request, "OAuth2_Authorize_GET", request.time, asked, 302);
            return;
        }
        self.show(request, "OAuth2_Authorize_GET", opened, asked.clone(), 302);
        if request.client == INTRANET {
            let back = json!({"code": [MASK], "state": [MASK]});
            return self.show(request, "OAuth2Response_GET", request.time, back, 302);
        }
        let mut typed = asked.clone();
        for field in ["username", "password", "_csrf"] {
            typed[field] = json!([MASK]);
        }
        if pool(request.client) == SHOP {
            self.show(request, "Login_GET", opened, asked, 200);
            self.show(request, "CognitoAuthentication", request.time, typed, 302);
        } else {
            self.show(request, "login_POST", request.time, typed, 302);
        }
    }

    /// Somebody lands on the error page, whatever the settings.
    fn old_link(&mut self) {
        let time = DAY + 7 * HOUR + self.dice.between(0, 14 * HOUR);
        let request = Request {
            time,
            client: WEBSHOP,
            ask: Ask::Authorize {
                redirect_uri: OLD_LINK,
            },
            secret: None,
            flaw: None,
            caller: browser(&mut self.dice),
        };
        let link = asked(WEBSHOP, OLD_LINK);
        self.show(&request, "OAuth2_Authorize_GET", time, link, 302);
        let error = json!({"client_id": [WEBSHOP], "error": ["redirect_mismatch"]});
        self.show(&request, "Error_GET", time, error, 200);
    }

    fn show(
        &mut self,
        request: &Request,
        name: &'static str,
        time: Second,
        asked: Value,
        status: u16,
    ) {
        let returns = name == "OAuth2Response_GET";
        self.records.push(trail::of_page(&Page {
            name,
            time,
            client: request.client,
            caller: &request.caller,
            asked,
            status,
            sub: returns.then(|| self.dice.uuid()),
            event_id: self.dice.uuid(),
            request_id: self.dice.uuid(),
        }));
    }
}

/// Whether Cognito would have shown the page already when the person came. Who is let in at the last
/// second only has a session.
fn is_let_in(history: &History, request: &Request, opened: Second) -> bool {
    let first = Request {
        time: opened,
        caller: request.caller.clone(),
        ..*request
    };
    opened >= DAY && decide(&first, history.at(opened)).is_ok()
}

fn asked(client: &str, redirect_uri: &str) -> Value {
    let mut asked = json!({
        "client_id": [client],
        "redirect_uri": [redirect_uri],
        "response_type": ["code"],
        "scope": ["openid email profile"],
        "state": [MASK],
    });
    if client == INTRANET {
        asked["identity_provider"] = json!([CORPORATE]);
    }
    asked
}
