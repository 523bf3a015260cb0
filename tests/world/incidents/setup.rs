//! What is put together for one incident: who asks, what is changed, and by whom.

use std::rc::Rc;

use serde_json::json;

use super::{
    super::{
        changes::{Action, Call, Edit, Planned, Role, edit},
        clock::{DAY, HOUR, MINUTE, Second},
        cognito::{Ask, Flaw, Quirks, UNREACHABLE},
        config::{Secret, Settings},
        dice::Dice,
        estate::{self, pool},
        people::{ALICE, Actor, BOB, CAROL, DAVE, DEPLOY, RELEASE},
        traffic::Attempt,
    },
    callers::{Callers, What},
};

pub const MACHINES: [&str; 4] = [
    estate::BILLING,
    estate::CATALOG,
    estate::PARTNER,
    estate::REPORTS,
];
pub const SITES: [&str; 3] = [estate::WEBSHOP, estate::INTRANET, estate::PORTAL];
pub const APPS: [&str; 3] = [estate::MOBILE, estate::KIOSK, estate::SSO];
const ALL: [&str; 10] = [
    estate::BILLING,
    estate::CATALOG,
    estate::PARTNER,
    estate::REPORTS,
    estate::WEBSHOP,
    estate::INTRANET,
    estate::PORTAL,
    estate::MOBILE,
    estate::KIOSK,
    estate::SSO,
];
pub const ACTORS: [&Actor; 4] = [&DEPLOY, &RELEASE, &ALICE, &BOB];

/// One incident while it is planned.
pub struct Setup {
    pub dice: Dice,
    pub quirks: Quirks,
    /// The app client of the incident.
    pub focal: &'static str,
    /// When the deed is done.
    pub deed: Second,
    /// How long it lasts.
    pub lasts: Second,
    pub planned: Vec<Planned>,
    pub callers: Vec<Callers>,
    /// Without a culprit: which failing requests make the incident.
    pub fault: Rc<dyn Fn(&Attempt) -> bool>,
    /// Whether the trail leaves the guilty change out.
    pub hidden: bool,
    /// Whether the trail tells OAuth error codes.
    pub tells_codes: bool,
    /// Whether the application of the focal client keeps a log.
    pub keeps_log: bool,
    /// The trail is silent from … to ….
    pub gap: Option<(Second, Second)>,
    /// When the logs are read: what is delivered later is not in them.
    pub read_at: Option<Second>,
    /// Whether the trail reaches back to the making of the account.
    pub remembers: bool,
    /// Whether the trail tells redirect URIs and scopes.
    pub tells_form: bool,
    /// How many milliseconds the application's clock is off.
    pub skew: i64,
}

impl Setup {
    pub fn new(mut dice: Dice, quirks: Quirks) -> Self {
        let deed = DAY + dice.between(6 * HOUR, 19 * HOUR);
        Self {
            quirks,
            focal: estate::BILLING,
            deed,
            lasts: dice.between(15, 180) * MINUTE,
            planned: estate::founding()
                .into_iter()
                .chain([estate::provider()])
                .collect(),
            callers: Vec::new(),
            fault: Rc::new(|_| false),
            hidden: false,
            tells_codes: dice.chance(0.5),
            keeps_log: dice.chance(0.5),
            gap: None,
            read_at: None,
            remembers: dice.chance(0.7),
            tells_form: dice.chance(0.85),
            skew: match dice.chance(0.1) {
                true => dice.between(-5_000, 5_000),
                false => dice.between(-500, 500),
            },
            dice,
        }
    }

    /// A number between, by its logarithm.
    pub fn scale(&mut self, low: f64, high: f64) -> f64 {
        let part = self.dice.between(0, 1_000_000) as f64 / 1e6;
        low * (high / low).powf(part)
    }

    pub fn end(&self) -> Second {
        self.deed + self.lasts
    }

    /// Takes one of these as the app client of the incident, with usual traffic.
    pub fn on(&mut self, clients: &[&'static str]) -> &mut Self {
        self.focal = *self.dice.pick(clients);
        let per_minute = self.scale(0.3, 4.0);
        self.usual(self.focal, per_minute);
        self
    }

    /// The usual traffic of an app client.
    pub fn usual(&mut self, client: &'static str, per_minute: f64) {
        let mut add = |what: What, per_minute: f64| {
            self.callers.push(Callers::new(client, what, per_minute));
        };
        match client {
            _ if MACHINES.contains(&client) => add(What::Machine { scope: None }, per_minute),
            estate::WEBSHOP => {
                let redirect_uri = estate::WEBSHOP_CALLBACK;
                add(What::Web { redirect_uri }, per_minute);
                add(What::Refresh, per_minute / 2.0);
            }
            estate::INTRANET => {
                let redirect_uri = estate::INTRANET_CALLBACK;
                add(What::Web { redirect_uri }, per_minute);
                add(What::Refresh, per_minute / 2.0);
            }
            estate::PORTAL => {
                let redirect_uri = estate::PORTAL_CALLBACK;
                add(What::Web { redirect_uri }, per_minute * 0.4);
                let redirect_uri = estate::PORTAL_LEGACY_CALLBACK;
                add(What::Web { redirect_uri }, per_minute * 0.6);
                add(What::Refresh, per_minute / 2.0);
            }
            estate::KIOSK => add(What::Api { flow: Ask::Custom }, per_minute),
            _ => {
                let flow = Ask::Password;
                add(What::Api { flow }, per_minute);
                add(What::ApiRefresh, per_minute / 3.0);
            }
        }
    }

    /// An app client of a service whose workers keep their tokens for an hour.
    pub fn on_keepers(&mut self) {
        self.focal = *self.dice.pick(&MACHINES);
        let busy = self.scale(4.0, 20.0);
        let callers = Callers::new(self.focal, What::Machine { scope: None }, busy);
        self.callers.push(Callers {
            keeps: HOUR,
            ..callers
        });
        self.lasts = self.dice.between(90, 240) * MINUTE;
    }

    /// These callers ask nothing from … to …. What they would have asked is counted, and is the
    /// incident.
    pub fn silence(&mut self, from: Second, until: Second, who: fn(What) -> bool) {
        let focal = self.focal;
        let mut missing = Vec::new();
        for callers in &mut self.callers {
            if callers.client == focal && who(callers.what) {
                callers.rate = Rc::new(move |time| f64::from(!(from..until).contains(&time)));
                let twin = Callers::new(focal, callers.what, callers.per_minute);
                missing.push(Callers {
                    unheard: true,
                    ..twin.during(from, until)
                });
            }
        }
        self.callers.extend(missing);
        self.fault = Rc::new(move |attempt| {
            attempt.request.client == focal && attempt.refusal == Some(UNREACHABLE)
        });
    }

    pub fn actor(&mut self) -> &'static Actor {
        self.dice.pick::<&Actor>(&ACTORS)
    }

    /// Somebody does something.
    pub fn plan(&mut self, time: Second, action: Action, role: Role) {
        let by = self.actor();
        self.plan_by(time, by, action, role);
    }

    pub fn plan_by(&mut self, time: Second, by: &'static Actor, action: Action, role: Role) {
        self.planned
            .push(Planned::new(time, by, action).plays("incident", role));
    }

    /// The guilty change of the focal client, and in most cases what heals it.
    pub fn breaks(&mut self, change: impl Fn(&mut Settings) + 'static) {
        let client = self.focal;
        let action = Action::Edit {
            client,
            edit: edit(change),
        };
        self.plan(self.deed, action, Role::Culprit);
        self.heals();
    }

    /// In most cases somebody puts the settings back as they were made.
    pub fn heals(&mut self) {
        if self.dice.chance(0.75) {
            let action = restored(self.focal);
            self.plan_by(self.end(), &CAROL, action, Role::Heals);
        }
    }

    /// A change of an app client that harms nobody.
    pub fn harmless(&mut self, client: &'static str, time: Second) {
        let number = self.dice.between(1, 99);
        let change: Edit = match self.dice.between(0, 4) {
            0 => edit(|_| {}),
            1 => edit(move |settings| {
                settings.add(
                    "logoutURLs",
                    &format!("https://www.example.com/bye/{number}"),
                );
            }),
            2 => edit(move |settings| settings.set("accessTokenValidity", json!(40 + number / 5))),
            3 => edit(move |settings| settings.set("clientName", json!(format!("app-{number}")))),
            _ => edit(move |settings| settings.set("authSessionValidity", json!(3 + number % 12))),
        };
        let action = Action::Edit {
            client,
            edit: change,
        };
        self.plan(time, action, Role::Decoy);
    }

    /// One more harmless change that looks as guilty as can be: near the deed, and destructive.
    pub fn tempt(&mut self, number: u64) {
        if self.is_gone(self.focal) {
            return;
        }
        let mut dice = Dice::new(&format!("decoy {number} {} {}", self.deed, self.lasts));
        let (client, time) = (self.focal, self.deed + dice.between(-90, 3));
        let by = *dice.pick::<&Actor>(&ACTORS);
        let (member, unused) = *dice.pick(&[
            ("callbackURLs", "https://unused.example.com/callback"),
            ("logoutURLs", "https://unused.example.com/bye"),
            ("allowedOAuthScopes", "phone"),
            ("explicitAuthFlows", "ALLOW_USER_AUTH"),
        ]);
        match dice.between(0, 3) {
            0 => self.denied(client, time),
            1 => {
                let (function, fails) = ("shop-claims", false);
                self.plan_by(time, by, Action::Deploy { function, fails }, Role::Decoy);
            }
            _ => {
                let add = edit(move |settings| settings.add(member, unused));
                let take = edit(move |settings| settings.take(member, unused));
                for (time, edit) in [(DAY - 30 * HOUR, add), (time, take)] {
                    self.plan_by(time, by, Action::Edit { client, edit }, Role::Decoy);
                }
            }
        }
    }

    /// A call that would have broken everything, had it been allowed.
    pub fn denied(&mut self, client: &'static str, time: Second) {
        let action = Action::Edit {
            client,
            edit: edit(|settings| {
                settings.set("allowedOAuthFlows", json!([]));
                settings.set("explicitAuthFlows", json!(["ALLOW_USER_SRP_AUTH"]));
            }),
        };
        let planned = Planned::new(time, &DAVE, action).denied("UpdateUserPoolClient");
        self.planned.push(planned.plays("incident", Role::Decoy));
    }

    /// Somebody on call looks.
    pub fn looks(&mut self, client: &'static str, time: Second) {
        let request = json!({"userPoolId": pool(client), "clientId": client});
        let call = Call::read(
            "cognito-idp.amazonaws.com",
            "DescribeUserPoolClient",
            request,
        );
        self.plan_by(time, &CAROL, Action::Other(call), Role::Decoy);
    }

    /// The other app clients of the day, the day's harmless changes, and those who look.
    pub fn surround(&mut self) {
        let others: Vec<&'static str> = ALL
            .into_iter()
            .filter(|client| self.callers.iter().all(|callers| callers.client != *client))
            .collect();
        for _ in 0..2 {
            let client = *self.dice.pick(&others);
            if self.callers.iter().all(|callers| callers.client != client) {
                let per_minute = self.scale(0.1, 1.0);
                self.usual(client, per_minute);
            }
        }
        for _ in 0..self.dice.between(1, 5) {
            let client = *self.dice.pick(&ALL);
            let time = DAY + self.dice.between(-20 * HOUR, 23 * HOUR);
            if !self.is_gone(client) {
                self.harmless(client, time);
            }
        }
        if self.dice.chance(0.3) {
            let time = self.deed + self.dice.between(-900, 60);
            let function = *self.dice.pick(&["shop-claims", "staff-badge-define"]);
            let fails = false;
            self.plan(time, Action::Deploy { function, fails }, Role::Decoy);
        }
        if self.dice.chance(0.5) {
            let time = self.deed + self.dice.between(-600, 900);
            self.denied(self.focal, time);
        }
        if self.dice.chance(0.5) && !self.is_gone(self.focal) {
            let time = self.deed + self.dice.between(300, 1800);
            self.looks(self.focal, time);
        }
    }

    fn is_gone(&self, client: &str) -> bool {
        self.planned.iter().any(|planned| planned.deletes(client))
    }

    /// Whether the trail holds nothing of that time.
    pub fn is_silent(&self, time: Second) -> bool {
        self.gap
            .is_some_and(|(from, until)| from <= time && time < until)
    }

    /// How many app clients have traffic.
    pub fn clients(&self) -> usize {
        let mut clients: Vec<&str> = self.callers.iter().map(|callers| callers.client).collect();
        clients.sort_unstable();
        clients.dedup();
        clients.len()
    }

    /// Requests with this flaw are the incident.
    pub fn fault_is(&mut self, flaw: Flaw) {
        self.fault =
            Rc::new(move |attempt| attempt.request.flaw == Some(flaw) && attempt.refusal.is_some());
    }

    /// Requests with a secret that was never known are the incident.
    pub fn fault_is_secret(&mut self) {
        self.fault = Rc::new(|attempt| {
            attempt.request.secret == Some(Secret::Mistyped) && attempt.refusal.is_some()
        });
    }
}

/// An update that puts the settings back as they were made.
pub fn restored(client: &'static str) -> Action {
    Action::Send {
        client,
        members: estate::first_settings(client),
    }
}
