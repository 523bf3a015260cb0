//! What goes wrong without a change of settings, or by one that is in no log.

use super::{
    super::{
        faults,
        faults::{outside, unlogged, users},
        releases, strangers,
    },
    Group, Kind, own,
};

const fn nobody(
    family: &'static str,
    name: &'static str,
    weight: f64,
    tell: fn(&mut super::Draft) -> Option<()>,
) -> Kind {
    own(family, name, Group::Nobody, weight, tell)
}

pub const KINDS: &[Kind] = &[
    nobody("release", "release with a wrong secret", 1.0, |d| {
        releases::wrong_secret(d, false)
    }),
    nobody(
        "release",
        "release with a wrong secret and settings",
        1.0,
        |d| releases::wrong_secret(d, true),
    ),
    nobody("release", "release with another URI", 1.0, |d| {
        releases::unknown_uri(d, false)
    }),
    nobody(
        "release",
        "release with another URI and settings",
        1.0,
        |d| releases::unknown_uri(d, true),
    ),
    nobody("release", "release with an unknown scope", 1.0, |d| {
        releases::unknown_scope(d, false)
    }),
    nobody(
        "release",
        "release with an unknown scope and settings",
        1.0,
        |d| releases::unknown_scope(d, true),
    ),
    nobody("release", "release with a mistake", 1.0, |d| {
        releases::mistake(d, false)
    }),
    nobody("release", "release with a mistake and settings", 1.0, |d| {
        releases::mistake(d, true)
    }),
    nobody(
        "release",
        "staged release with a mistake",
        2.0,
        releases::staged,
    ),
    nobody("service-fault", "Cognito ill everywhere", 1.5, |d| {
        faults::everywhere(d, false)
    }),
    nobody(
        "service-fault",
        "Cognito ill between a change and its reversal",
        1.5,
        |d| faults::everywhere(d, true),
    ),
    nobody(
        "service-fault",
        "Cognito ill at one step",
        1.0,
        faults::one_step,
    ),
    nobody(
        "service-fault",
        "identity provider ill",
        1.5,
        faults::federation,
    ),
    nobody(
        "strangers",
        "passwords tried by strangers",
        1.0,
        strangers::passwords,
    ),
    nobody(
        "strangers",
        "tokens asked for by strangers",
        1.0,
        strangers::tokens,
    ),
    nobody(
        "strangers",
        "caller with a stale token",
        1.0,
        strangers::stale,
    ),
    nobody(
        "strangers",
        "old instance with a stale secret",
        1.0,
        strangers::old_instance,
    ),
    nobody(
        "outside",
        "secret of a service lost",
        1.0,
        outside::lost_secret,
    ),
    nobody(
        "outside",
        "network of a service cut",
        1.0,
        outside::cut_network,
    ),
    nobody(
        "outside",
        "resolver of a service ill",
        0.6,
        outside::ill_resolver,
    ),
    nobody("sign-outs", "everybody signed out", 1.0, users::signed_out),
    nobody("sign-outs", "tokens revoked", 1.0, users::revoked),
    nobody("quota", "too many requests", 1.0, faults::throttled),
    nobody(
        "quota",
        "quota met by a load test",
        1.0,
        faults::throttled_by_load,
    ),
    nobody(
        "unlogged",
        "change of a client in no log",
        1.0,
        unlogged::of_client,
    ),
    nobody(
        "unlogged",
        "change of a pool in no log",
        1.0,
        unlogged::of_pool,
    ),
    nobody(
        "unlogged",
        "change of the network in no log",
        1.0,
        unlogged::of_network,
    ),
];
