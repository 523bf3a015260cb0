//! The numbers that attribution rests on, in one table: each with its unit, its origin and what it
//! means.
//!
//! Assumed ones are an engineer's estimates that were checked on generated accounts; only their order
//! of magnitude is known.

/// One number of the model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// What it is called here.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// In what it is measured.
    pub unit: Unit,
    /// Where it comes from.
    pub origin: Origin,
    /// What it says.
    pub meaning: &'static str,
}

/// In what a number is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A probability, from 0 to 1.
    Chance,
    /// A natural logarithm of a ratio of likelihoods.
    Nats,
    /// Events a second.
    PerSecond,
    /// Seconds.
    Seconds,
    /// Things that are counted.
    Count,
    /// A share, from 0 to 1.
    Share,
}

/// Where a number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// AWS says so.
    Documented,
    /// An engineer's estimate.
    Assumed,
}

impl Parameter {
    /// Its natural logarithm.
    pub fn ln(&self) -> f64 {
        self.value.ln()
    }

    /// It in microseconds, if it is measured in seconds.
    pub fn micros(&self) -> i64 {
        (self.value * 1e6) as i64
    }
}

macro_rules! parameters {
    ($($name:ident = $value:literal $unit:ident $origin:ident $meaning:literal;)*) => {
        $(
            #[doc = $meaning]
            pub const $name: Parameter = Parameter {
                name: stringify!($name),
                value: $value,
                unit: Unit::$unit,
                origin: Origin::$origin,
                meaning: $meaning,
            };
        )*
        /// All of them, in the order of the file.
        pub static ALL: &[Parameter] = &[$($name),*];
    };
}

parameters! {
    // Naming.
    NAMED = 0.9 Chance Assumed "A change is named from this probability on.";
    NO_CHANGE = 0.6 Chance Assumed "That no logged change did it is said from this probability on.";
    LEAD = 10.0 Count Assumed "A change is named when it is so many times likelier than the next.";
    KNOWN = 0.5 Share Assumed "Where listed effects carry less than this share of a change's odds, its mechanism is unknown and needs witnesses.";
    KNOWN_CHANCE = 0.05 Chance Assumed "Up to this chance a class of changes needs witnesses.";

    // What a listed effect explains.
    MECHANISM = 4.0 Nats Assumed "A mechanism that explains every failure by a documented rule.";
    POSSIBLE_MECHANISM = 1.3333 Nats Assumed "A mechanism that may refuse a request, and need not.";
    LESS_SURE = 0.6667 Nats Assumed "What a rule weighs less for each step from documented to observed to inferred.";
    UNCOVERED = 2.6667 Nats Assumed "What failures that a mechanism does not explain take from it, if it explains none.";
    CODE_DOCUMENTED = 1.3333 Nats Assumed "A code that is documented for the mechanism.";
    CODE_OBSERVED = 1.0 Nats Assumed "A code that was observed for it.";
    CODE_INFERRED = 0.3333 Nats Assumed "A code that is inferred for it.";
    CODE_OF_TRIGGER = 2.6667 Nats Assumed "A code that nothing but a trigger gives, of a change to a trigger.";
    UNTOLD = -1.6667 Nats Assumed "The setting may have been the same before: few that an update sends are altered.";
    UNSEEN = -2.0 Nats Assumed "The requests may not need what was taken away: most of what is cleaned up is unused.";
    WRONG_CODE = -5.3333 Nats Assumed "All failures with a code that the listed mechanism does not give.";
    CONTRADICTED = -6.6667 Nats Assumed "Requests that should have been refused and were accepted.";
    NO_MECHANISM = -9.3333 Nats Assumed "No listed effect explains a failure.";
    TIME_MOST = 3.3333 Nats Assumed "The most that the time of a listed effect says for it.";
    TIME_LEAST = -8.0 Nats Assumed "The most that the time of a listed effect says against it.";
    HEALED = 1.3333 Nats Assumed "The outage ended with the change that put the setting back.";
    ENDED_ALONE = -4.0 Nats Assumed "It ended without: if it had been the setting, requests would still be refused.";
    NOT_HEALED = -4.0 Nats Assumed "It went on although the setting was put back.";

    // What stands against changes.
    BACKGROUND = 3e-6 PerSecond Assumed "Outages of one client that no logged change explains.";
    BACKGROUND_SILENCE = 1e-5 PerSecond Assumed "The same for silences: applications stop, traffic moves.";
    CAME_WITH_IT = 1e-3 Chance Assumed "What comes with a change, in no log, breaks such requests: the application of the same release.";
    SHORTEST_GAP = 60.0 Seconds Assumed "An onset is known no better than this.";
    LONGEST_GAP = 7200.0 Seconds Assumed "A longer wait between the last success and the first failure counts as this.";
    NOVEL = 0.6 Share Assumed "The share of failing requests that ask for something never accepted before, from which on they are new.";
    NEW_REQUESTS = 3.4 Nats Assumed "New requests, for a release of the application: ln(.6 / .02).";
    NEW_AGENTS = 2.0 Nats Assumed "Failing requests by programs that were never accepted before, for a release.";
    RELEASED = 1.5 Nats Assumed "A release of the application shortly before the onset, for that release.";
    RELEASED_WITHIN = 900.0 Seconds Assumed "How shortly before.";

    // The chance that a change breaks such requests by a mechanism that no rule lists.
    SAME = 3e-5 Chance Assumed "No difference to the state before.";
    CANNOT = 3e-5 Chance Documented "It refuses no such request.";
    FAR = 1e-4 Chance Assumed "It names nothing that these requests use.";
    OTHER = 3e-4 Chance Assumed "Another domain, scope, provider or web ACL than theirs.";
    COSMETIC = 6e-4 Chance Assumed "Names, texts, lists that only gained.";
    ADMITS = 1.5e-3 Chance Assumed "The settings after it admit these requests.";
    NEVER = 1e-3 Chance Assumed "The settings before it refuse these requests already.";
    UNSEEN_BEFORE = 0.015 Chance Assumed "No log shows the settings before it.";
    UNSEEN_ADMITS = 4e-3 Chance Assumed "No log shows the settings before it, and those after it admit these requests.";
    UNDECIDED = 0.12 Chance Assumed "A list lost values, and the records do not show what the requests ask for.";
    OTHER_ANSWER = 0.12 Chance Assumed "A listed effect refuses these requests, but with other codes.";
    MAY_OTHER_ANSWER = 0.012 Chance Assumed "A listed effect may refuse some of these requests, but with other codes.";
    BREAKS = 0.3 Chance Assumed "A listed effect refuses these requests.";
    UNLISTED = 0.03 Chance Assumed "A setting of sign-in whose effect no rule lists.";
    ELSEWHERE = 4e-3 Chance Assumed "Settings that are known to break other requests, and not these.";
    HIDDEN = 0.012 Chance Assumed "What it altered no log shows.";
    SECRET = 0.01 Chance Assumed "A secret was added or removed.";
    PROVIDER_GONE = 0.9 Chance Assumed "The identity provider of these requests is gone.";
    PROVIDER_ALTERED = 0.4 Chance Assumed "The identity provider of these requests has other details.";
    PROVIDER_BESIDE = 0.1 Chance Assumed "An identity provider was altered, and the requests do not tell theirs.";
    PROVIDER_MAPPING = 0.08 Chance Assumed "The attribute mapping of the identity provider was altered.";
    SCOPE_LACKS = 0.5 Chance Assumed "A resource server lacks the scopes that these requests ask for.";
    SCOPE_BESIDE = 5e-3 Chance Assumed "A resource server was altered whose scopes the requests do not show.";
    DOMAIN_GONE = 0.9 Chance Assumed "The domain is gone.";
    DOMAIN_ALTERED = 0.35 Chance Assumed "The domain has another certificate or setting.";
    DOMAIN_NEW = 2e-3 Chance Assumed "A domain was made.";
    SIGN_IN_RULES = 0.06 Chance Assumed "MFA, password or risk settings of the pool.";
    TRIGGER_ALTERED = 0.3 Chance Assumed "Another trigger of the pool, which these requests run.";
    POOL_SETTING = 0.03 Chance Assumed "Another setting of the pool.";
    POOL_UNSEEN = 3e-3 Chance Assumed "No log shows the pool's settings before it.";
    FUNCTION_STOPPED = 0.9 Chance Assumed "A trigger's function may not run, or is gone.";
    FUNCTION_LIMITED = 0.1 Chance Assumed "A trigger's function has another concurrency.";
    FUNCTION_CONFIGURED = 0.2 Chance Assumed "A trigger's function has another configuration.";
    FUNCTION_CODE = 0.15 Chance Assumed "A trigger's function has other code, or another version behind its alias.";
    FUNCTION_HARMLESS = 4e-3 Chance Assumed "Something of a trigger's function on which no call depends.";
    FUNCTION_UNLINKED = 0.02 Chance Assumed "A function that no log ties to the pool, of a pool whose triggers no log tells.";
    FIREWALL_BLOCKS = 0.8 Chance Assumed "The web ACL of the pool blocks by default.";
    FIREWALL_RULES = 0.15 Chance Assumed "The web ACL of the pool has other rules.";
    FIREWALL_LIST = 0.25 Chance Assumed "A list that the web ACL of the pool refers to.";
    FIREWALL_UNLINKED = 0.01 Chance Assumed "A web ACL that no log ties to a pool.";
    HOST_ALTERED = 0.4 Chance Assumed "A record, certificate or distribution of the host that these requests ask.";
    STORED_CREDENTIAL = 0.25 Chance Assumed "A secret or parameter that bears the name of the client.";
    STORED_UNTOLD = 0.04 Chance Assumed "A secret or parameter that bears no client's name, and the answers are about the secret.";
    STORED_OTHER = 1e-3 Chance Assumed "A secret or parameter of another name.";
    NETWORK = 0.3 Chance Assumed "A network was closed, and connections are lost.";
    NETWORK_SILENT = 0.04 Chance Assumed "A network was closed, and requests stay away.";
    NETWORK_OPENED = 6e-3 Chance Assumed "A network was opened.";
    ROLE = 0.25 Chance Assumed "Permissions of a trigger's role.";
    PERMISSIONS = 0.01 Chance Assumed "Permissions or keys that something of the account uses.";

    // Time.
    EARLIEST = 86400.0 Seconds Assumed "A change by an unlisted mechanism is felt within this, if requests come.";
    NEAR = 30.0 Seconds Assumed "A success so soon after a change is no wonder: changes spread.";
    SPREAD = 120.0 Seconds Assumed "Within this a change has spread.";
    SLOW_SPREAD = 3600.0 Seconds Assumed "The same of names, certificates, web ACLs and stored secrets.";
    SUCCESS_NEAR = 0.25 Nats Assumed "What a success within NEAR says against a change.";
    SUCCESS_WITHIN = 0.6 Nats Assumed "What a success within SPREAD says against a change.";
    SUCCESS_SLOW = 0.15 Nats Assumed "What a success within SLOW_SPREAD says against a slow change.";
    SUCCESS_AFTER = 2.5 Nats Assumed "What a later success says against a change.";
    WITHIN_MOST = 2.5 Nats Assumed "The most that successes say while a change spreads.";
    AFTER_MOST = 14.0 Nats Assumed "The most that successes between a change and the onset say.";
    LAG = 0.35 Nats Assumed "What each factor of e of waiting without requests says against a change.";
    LAG_MOST = 3.0 Nats Assumed "The most that waiting says.";

    // End.
    TAKEN_BACK = 3.0 Nats Assumed "The outage ended as the change was taken back: ln 20.";
    TAKEN_BACK_WITHIN = 180.0 Seconds Assumed "How soon after, at most.";
    REPAIRED = 2.0 Nats Assumed "A write of the same kind to the same thing came as the outage ended.";
    WENT_ON = -4.0 Nats Assumed "Failures went on after the change was taken back.";
    SETTINGS_STAY = -4.5 Nats Assumed "Requests succeed later with the very same settings.";
    SETTINGS_STAY_SLOW = -1.5 Nats Assumed "The same where something else may have repaired it.";
    WORKED_BEFORE = -4.5 Nats Assumed "The same settings were in force earlier while requests succeeded.";

    // Who and what.
    BEYOND = -2.5 Nats Assumed "Each client that fails from the same moment and that the change does not reach.";
    BEYOND_MOST = -9.0 Nats Assumed "The most that such clients say.";
    SHARED = 1.3 Nats Assumed "Each other client of its reach that fails from the same moment.";
    SHARED_MOST = 4.0 Nats Assumed "The most that such clients say.";
    WELL = -2.5 Nats Assumed "Each client of its reach that goes on all the while.";
    WELL_OTHERWISE = -0.7 Nats Assumed "Each client of its reach that goes on at other steps.";
    WELL_OTHERWISE_MOST = -2.0 Nats Assumed "The most that such clients say.";
    WELL_MOST = -6.0 Nats Assumed "The most that such clients say.";
    AMID = -0.8 Nats Assumed "Each success amid the failures, of a mechanism that refuses all.";
    AMID_MOST = -5.0 Nats Assumed "The most that such successes say.";
    PARTLY = -1.5 Nats Assumed "Most such requests succeed meanwhile.";
    SERVER_ERRORS = -1.5 Nats Assumed "Answers of server errors, against a change of the client's settings.";
    THROTTLED = -3.0 Nats Assumed "Answers of throttling, against a change that refuses all.";
    FOREIGN_CODE = -2.0 Nats Assumed "Answers that name another cause.";
    OF_SECRETS = -2.5 Nats Assumed "Answers that name the client's secret, against a change that cannot alter it.";
    ANSWERED = -4.0 Nats Assumed "Answers that only Cognito gives, against what stands before it.";
    NAMES_VALUE = 2.5 Nats Assumed "The text of the errors names what was removed, or the trigger.";
    EXACT = 2.5 Nats Assumed "Exactly what the change reaches fails wholly, and nothing else was written then.";
    EXACT_WITHIN = 300.0 Seconds Assumed "How soon after, at most.";
    CONTROL_WELL = 1.2 Nats Assumed "Others go on while what the change reaches is silent.";
    CONTROL_SILENT = -2.5 Nats Assumed "Others are silent too.";
    WITNESS_WITHIN = 60.0 Seconds Assumed "An onset so soon after a change is a witness.";
    WITNESS_CLEAN = 900.0 Seconds Assumed "The same where no request succeeded in between.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_of_its_unit() {
        for parameter in ALL {
            let value = parameter.value;
            let holds = match parameter.unit {
                Unit::Chance | Unit::Share => 0.0 < value && value < 1.0,
                Unit::PerSecond => 0.0 < value && value < 1e-3,
                Unit::Seconds | Unit::Count => value >= 1.0,
                Unit::Nats => value.abs() <= 20.0,
            };
            assert!(holds, "{}", parameter.name);
            assert!(parameter.meaning.ends_with('.') || parameter.meaning.ends_with(')'));
        }
    }
}
