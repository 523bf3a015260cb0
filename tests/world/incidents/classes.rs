//! The classes of incidents: what is done, and what beside it misleads.

mod calm;
mod change;
mod nobody;

use super::setup::Setup;

/// Who is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guilt {
    /// A change of the configuration.
    Change,
    /// There is an outage, and no change is guilty.
    Nobody,
    /// There is no outage at all.
    NoOutage,
}

pub struct Class {
    pub name: &'static str,
    pub guilt: Guilt,
    /// Whether the logs given can decide it.
    pub decidable: bool,
    /// Whether that takes the redirect URIs and scopes of requests.
    pub by_form: bool,
    pub plan: fn(&mut Setup),
}

const fn class(name: &'static str, guilt: Guilt, plan: fn(&mut Setup)) -> Class {
    Class {
        name,
        guilt,
        decidable: true,
        by_form: false,
        plan,
    }
}

const fn by_form(class: Class) -> Class {
    Class {
        by_form: true,
        ..class
    }
}

const fn undecidable(class: Class) -> Class {
    Class {
        decidable: false,
        ..class
    }
}

pub static CLASSES: [Class; 66] = [
    // A change is guilty.
    class(
        "older cause, nearer decoys",
        Guilt::Change,
        change::older_cause,
    ),
    class(
        "one of a Terraform run",
        Guilt::Change,
        change::terraform_run,
    ),
    class(
        "one of several to one client",
        Guilt::Change,
        change::several_to_one,
    ),
    by_form(class(
        "sparse exposure",
        Guilt::Change,
        change::sparse_exposure,
    )),
    class("omitted member is reset", Guilt::Change, change::reset),
    class(
        "machine loses its grant",
        Guilt::Change,
        change::grant_removed,
    ),
    class("OAuth switched off", Guilt::Change, change::oauth_off),
    class(
        "site loses the code grant",
        Guilt::Change,
        change::code_removed,
    ),
    class("callback removed", Guilt::Change, change::callback_removed),
    by_form(class(
        "one of two callbacks removed",
        Guilt::Change,
        change::one_callback_removed,
    )),
    class("sign-in flow removed", Guilt::Change, change::flow_removed),
    class(
        "trigger dropped from the pool",
        Guilt::Change,
        change::trigger_dropped,
    ),
    class("secret deleted", Guilt::Change, change::secret_deleted),
    class(
        "secret deleted, part of the fleet moved",
        Guilt::Change,
        change::secret_partial,
    ),
    by_form(class("scope removed", Guilt::Change, change::scope_removed)),
    class(
        "refresh validity shortened",
        Guilt::Change,
        change::validity_shortened,
    ),
    class("client deleted", Guilt::Change, change::client_deleted),
    class("domain deleted", Guilt::Change, change::domain_deleted),
    class("low volume", Guilt::Change, change::low_volume),
    class("a few requests a day", Guilt::Change, change::few_a_day),
    by_form(class(
        "partial: a small share",
        Guilt::Change,
        change::small_share,
    )),
    class(
        "tiny break beside a big outage",
        Guilt::Change,
        change::tiny_beside_big,
    ),
    class(
        "attack and a real break",
        Guilt::Change,
        change::attack_and_break,
    ),
    class(
        "two changes, each sufficient",
        Guilt::Change,
        change::over_determined,
    ),
    class(
        "rollback of the wrong change",
        Guilt::Change,
        change::wrong_rollback,
    ),
    class(
        "rollback that breaks something else",
        Guilt::Change,
        change::rollback_breaks,
    ),
    class("flapping", Guilt::Change, change::flapping),
    class(
        "ongoing at the end of the logs",
        Guilt::Change,
        change::ongoing,
    ),
    class(
        "the same change to another pool",
        Guilt::Change,
        change::other_pool,
    ),
    class(
        "the onset lies in a gap of the log",
        Guilt::Change,
        change::onset_in_gap,
    ),
    undecidable(class(
        "the change is not in the trail",
        Guilt::Change,
        change::hidden,
    )),
    class(
        "one mistake in two places",
        Guilt::Change,
        change::two_places,
    ),
    class(
        "refresh given up for rotation",
        Guilt::Change,
        change::rotation,
    ),
    class(
        "the application's clock is off",
        Guilt::Change,
        change::skewed,
    ),
    class(
        "new code of a trigger fails",
        Guilt::Change,
        change::trigger_code,
    ),
    class("a web ACL blocks a pool", Guilt::Change, change::web_acl),
    class(
        "workers keep their tokens",
        Guilt::Change,
        change::kept_tokens,
    ),
    undecidable(class(
        "the change is not delivered yet",
        Guilt::Change,
        change::not_delivered,
    )),
    // Nobody is guilty.
    class(
        "stuffing, a harmless change inside",
        Guilt::Nobody,
        nobody::stuffing,
    ),
    class("slow spray", Guilt::Nobody, nobody::spray),
    class(
        "application sends a wrong secret",
        Guilt::Nobody,
        nobody::wrong_secret,
    ),
    class(
        "application is misbuilt, a cosmetic update beside",
        Guilt::Nobody,
        nobody::misbuilt,
    ),
    class("provider fails everywhere", Guilt::Nobody, nobody::provider),
    class("retry storm after a glitch", Guilt::Nobody, nobody::storm),
    class(
        "gradual roll-out of a bad build",
        Guilt::Nobody,
        nobody::roll_out,
    ),
    class(
        "rollback at the end of an attack",
        Guilt::Nobody,
        nobody::rollback_of_attack,
    ),
    by_form(class(
        "application asks for an unknown scope",
        Guilt::Nobody,
        nobody::unknown_scope,
    )),
    class(
        "application sends an unknown callback",
        Guilt::Nobody,
        nobody::unknown_callback,
    ),
    class("a job is shut down", Guilt::Nobody, nobody::shut_down),
    class(
        "a caller is stuck with a dead token",
        Guilt::Nobody,
        nobody::stuck,
    ),
    class(
        "attack, its beginning in a gap of the log",
        Guilt::Nobody,
        nobody::attack_in_gap,
    ),
    class(
        "identity provider fails",
        Guilt::Nobody,
        nobody::provider_of_identity,
    ),
    class("a quota is exceeded", Guilt::Nobody, nobody::quota),
    class("people are signed out", Guilt::Nobody, nobody::signed_out),
    class(
        "part of the fleet has an old secret",
        Guilt::Nobody,
        nobody::old_secret,
    ),
    class("a job pauses", Guilt::Nobody, nobody::paused),
    class(
        "a wrong secret, workers keep their tokens",
        Guilt::Nobody,
        nobody::kept_tokens,
    ),
    // There is no outage.
    class("a Monday morning", Guilt::NoOutage, calm::monday),
    class("failures drift all day", Guilt::NoOutage, calm::drift),
    class(
        "a night of maintenance, all quiet",
        Guilt::NoOutage,
        calm::maintenance,
    ),
    class(
        "quiet day, many harmless changes",
        Guilt::NoOutage,
        calm::quiet,
    ),
    class("one flaky user", Guilt::NoOutage, calm::flaky_user),
    class("traffic times twenty", Guilt::NoOutage, calm::traffic_step),
    class("holiday", Guilt::NoOutage, calm::holiday),
    class(
        "all workers renew their tokens together",
        Guilt::NoOutage,
        calm::renewal,
    ),
    class(
        "unused setting removed",
        Guilt::NoOutage,
        calm::unused_removed,
    ),
];
