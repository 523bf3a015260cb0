//! Sign-in through the API: passwords, custom challenges, refreshes; and the attack on it.

use super::{
    super::{
        clock::{Second, at},
        cognito::{Ask, Caller, Flaw, Request},
        dice::Dice,
        estate::{KIOSK, MOBILE, SSO},
    },
    Desk,
    rhythm::{AROUND_THE_CLOCK, Rhythm, SHIFTS, SHOPPING, arrivals},
};

pub struct App {
    pub client: &'static str,
    /// How people sign in, `Password` or `Custom`.
    flow: Ask,
    sign_ins_per_minute: f64,
    refreshes_per_minute: f64,
    rhythm: Rhythm,
    agent: &'static str,
}

pub const APPS: [App; 3] = [
    App {
        client: MOBILE,
        flow: Ask::Password,
        sign_ins_per_minute: 0.8,
        refreshes_per_minute: 0.25,
        rhythm: SHOPPING,
        agent: "aws-amplify/6.12.3 auth/4 framework/201",
    },
    App {
        client: KIOSK,
        flow: Ask::Custom,
        sign_ins_per_minute: 0.8,
        refreshes_per_minute: 0.15,
        rhythm: SHIFTS,
        agent: "aws-sdk-java/2.30.31 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1",
    },
    App {
        client: SSO,
        flow: Ask::Password,
        sign_ins_per_minute: 0.4,
        refreshes_per_minute: 0.1,
        rhythm: AROUND_THE_CLOCK,
        agent: "aws-sdk-js/3.758.0 ua/2.1 os/linux lang/js md/nodejs#22.14.0",
    },
];

/// Share of sign-ins with a wrong password or badge.
const MISTAKEN: f64 = 0.015;
/// Share of refreshes with a token that has expired.
const EXPIRED: f64 = 0.01;

impl App {
    pub fn run(&self, desk: &mut Desk) {
        let people: Vec<Caller> = (0..150).map(|_| self.person(&mut desk.dice)).collect();
        for time in arrivals(&mut desk.dice, self.sign_ins_per_minute, &self.rhythm) {
            let person = desk.dice.pick(&people).clone();
            self.sign_in(desk, time, &person);
        }
        for time in arrivals(&mut desk.dice, self.refreshes_per_minute, &self.rhythm) {
            let person = desk.dice.pick(&people).clone();
            let flaw = desk.dice.chance(EXPIRED).then_some(Flaw::Expired);
            desk.ask(self.request(time, Ask::ApiRefresh, flaw, &person));
        }
    }

    fn sign_in(&self, desk: &mut Desk, time: Second, person: &Caller) {
        let flaw = desk.dice.chance(MISTAKEN).then_some(Flaw::Mistaken);
        let custom = self.flow == Ask::Custom;
        // In a custom flow the badge is read only after the first call.
        let first = if custom { None } else { flaw };
        if !desk.ask(self.request(time, self.flow, first, person)) {
            let again = time + desk.dice.between(8, 40);
            desk.ask(self.request(again, self.flow, None, person));
        } else if custom {
            let answered = time + desk.dice.between(2, 6);
            desk.ask(self.request(answered, Ask::Answer, flaw, person));
        }
    }

    fn request(&self, time: Second, ask: Ask, flaw: Option<Flaw>, person: &Caller) -> Request {
        Request {
            time,
            client: self.client,
            ask,
            secret: None,
            flaw,
            caller: person.clone(),
        }
    }

    fn person(&self, dice: &mut Dice) -> Caller {
        Caller {
            address: dice.address(),
            agent: self.agent,
            sub: Some(dice.uuid()),
        }
    }
}

/// Stolen passwords tried from many addresses, beside the usual sign-ins.
pub fn attack(desk: &mut Desk) {
    for time in at("03:10:03")..at("03:50:00") {
        if desk.dice.chance(25.0 / 60.0) {
            let address = desk.dice.address();
            desk.ask(Request {
                time,
                client: SSO,
                ask: Ask::Password,
                secret: None,
                flaw: Some(Flaw::Guessed),
                caller: Caller {
                    address,
                    agent: "python-requests/2.31.0",
                    sub: None,
                },
            });
        }
    }
}
