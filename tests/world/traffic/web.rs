//! People in browsers: authorize, exchange of the code, refreshes.

use super::{
    super::{
        clock::Second,
        cognito::{Ask, Caller, Flaw, Request},
        config::Secret,
        dice::Dice,
        estate::{
            INTRANET, INTRANET_CALLBACK, PORTAL, PORTAL_CALLBACK, PORTAL_LEGACY_CALLBACK, WEBSHOP,
            WEBSHOP_CALLBACK,
        },
    },
    Desk,
    rhythm::{OFFICE, Rhythm, SHOPPING, arrivals},
};

pub struct Site {
    pub client: &'static str,
    secret: Option<Secret>,
    /// Each with its sign-ins per minute at the busiest time.
    callbacks: &'static [(&'static str, f64)],
    refreshes_per_minute: f64,
    rhythm: Rhythm,
    /// Longest time a code waits before the application exchanges it.
    code_waits: Second,
}

pub const SITES: [Site; 3] = [
    // The shop asks for consent and a delivery address before it exchanges the code.
    Site {
        client: WEBSHOP,
        secret: None,
        callbacks: &[(WEBSHOP_CALLBACK, 1.8)],
        refreshes_per_minute: 0.3,
        rhythm: SHOPPING,
        code_waits: 280,
    },
    Site {
        client: INTRANET,
        secret: Some(Secret::Original),
        callbacks: &[(INTRANET_CALLBACK, 0.25)],
        refreshes_per_minute: 0.15,
        rhythm: OFFICE,
        code_waits: 2,
    },
    Site {
        client: PORTAL,
        secret: Some(Secret::Original),
        callbacks: &[(PORTAL_CALLBACK, 0.4), (PORTAL_LEGACY_CALLBACK, 1.5)],
        refreshes_per_minute: 0.3,
        rhythm: OFFICE,
        code_waits: 2,
    },
];

const AGENTS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:135.0) Gecko/20100101 Firefox/135.0",
];

/// Share of refreshes with a token that has expired.
const EXPIRED: f64 = 0.02;

impl Site {
    pub fn run(&self, desk: &mut Desk) {
        for &(redirect_uri, per_minute) in self.callbacks {
            for time in arrivals(&mut desk.dice, per_minute, &self.rhythm) {
                self.sign_in(desk, time, redirect_uri);
            }
        }
        for time in arrivals(&mut desk.dice, self.refreshes_per_minute, &self.rhythm) {
            let caller = browser(&mut desk.dice);
            let mut request = self.request(time, Ask::Refresh, &caller);
            request.flaw = desk.dice.chance(EXPIRED).then_some(Flaw::Expired);
            desk.ask(request);
        }
    }

    fn sign_in(&self, desk: &mut Desk, time: Second, redirect_uri: &'static str) {
        let caller = browser(&mut desk.dice);
        let authorize = |time| self.request(time, Ask::Authorize { redirect_uri }, &caller);
        if !desk.ask(authorize(time)) {
            // Half of the people try once more.
            if desk.dice.chance(0.5) {
                let again = time + desk.dice.between(15, 60);
                desk.ask(authorize(again));
            }
            return;
        }
        let exchange = |time| self.request(time, Ask::Code { redirect_uri }, &caller);
        let time = time + desk.dice.between(1, self.code_waits);
        if !desk.ask(exchange(time)) {
            let again = time + desk.dice.between(2, 4);
            desk.ask(exchange(again));
        }
    }

    fn request(&self, time: Second, ask: Ask, caller: &Caller) -> Request {
        Request {
            time,
            client: self.client,
            ask,
            secret: self.secret,
            flaw: None,
            caller: caller.clone(),
        }
    }
}

/// Somebody with a browser.
pub fn browser(dice: &mut Dice) -> Caller {
    Caller {
        address: dice.address(),
        agent: dice.pick::<&str>(&AGENTS),
        sub: None,
    }
}
