//! The day's callers, each asking at its own times; what Cognito answers decides what they do next.

mod fleet;
mod rhythm;
mod sdk;
mod web;

pub use web::browser;

use super::{
    changes::History,
    cognito::{Refusal, Request, decide},
    dice::Dice,
};

/// A request and its answer.
pub struct Attempt {
    pub request: Request,
    pub refusal: Option<Refusal>,
    pub event_id: String,
    pub request_id: String,
}

/// Everything asked on the day, in order of time.
pub fn simulate(history: &History) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for fleet in fleet::FLEETS {
        attempts.extend(Desk::serve(history, fleet.client, |desk| fleet.run(desk)));
    }
    for site in web::SITES {
        attempts.extend(Desk::serve(history, site.client, |desk| site.run(desk)));
    }
    for app in sdk::APPS {
        attempts.extend(Desk::serve(history, app.client, |desk| app.run(desk)));
    }
    attempts.extend(Desk::serve(history, "attack", sdk::attack));
    attempts.sort_by_key(|attempt| attempt.request.time);
    attempts
}

/// Where one kind of caller meets Cognito.
struct Desk<'a> {
    history: &'a History,
    dice: Dice,
    attempts: Vec<Attempt>,
}

impl<'a> Desk<'a> {
    fn serve(history: &'a History, label: &str, callers: impl FnOnce(&mut Self)) -> Vec<Attempt> {
        let mut desk = Self {
            history,
            dice: Dice::new(&format!("{label} of 2026")),
            attempts: Vec::new(),
        };
        callers(&mut desk);
        desk.attempts
    }

    /// Whether Cognito accepted the request.
    fn ask(&mut self, request: Request) -> bool {
        let refusal = decide(&request, self.history.at(request.time)).err();
        self.attempts.push(Attempt {
            request,
            refusal,
            event_id: self.dice.uuid(),
            request_id: self.dice.uuid(),
        });
        refusal.is_none()
    }
}
