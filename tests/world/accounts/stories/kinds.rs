//! Every kind of story, with its family and how often it is told.

mod calm;
mod nobody;
mod of_clients;
mod of_others;
mod unlisted;

use super::{draft::Draft, guilty::Change};

/// A kind of story.
pub struct Kind {
    pub name: &'static str,
    pub family: &'static str,
    pub group: Group,
    /// How often it is told, among the kinds of its family.
    pub weight: f64,
    pub plot: Plot,
}

/// Whose doing it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    /// A change's.
    Guilty,
    /// Of nobody who changed a setting, or of nobody whose change is in the logs.
    Nobody,
    /// Nothing happens.
    Calm,
}

/// How a story is told; `None` where an account does not have what it takes.
#[derive(Clone, Copy)]
pub enum Plot {
    /// One of these changes is made.
    Change(fn(&mut Draft) -> Vec<Change>),
    /// Told in its own way.
    Own(fn(&mut Draft) -> Option<()>),
}

/// Share of all accounts by family. Shares are even within what is listed, unlisted, nobody's.
pub const FAMILIES: [(&str, f64); 29] = [
    ("client-flows", LISTED),
    ("client-callbacks", LISTED),
    ("client-scopes", LISTED),
    ("client-providers", LISTED),
    ("client-auth-flows", LISTED),
    ("client-secret", LISTED),
    ("lifetimes", LISTED),
    ("attributes", LISTED),
    ("pool-settings", LISTED),
    ("triggers", LISTED),
    ("identity-provider", LISTED),
    ("domain", LISTED),
    ("edge", LISTED),
    ("network", LISTED),
    ("stores", LISTED),
    ("resource-servers", LISTED),
    ("unlisted-client", UNLISTED),
    ("unlisted-pool", UNLISTED),
    ("unlisted-pages", UNLISTED),
    ("unlisted-provider-trigger", UNLISTED),
    ("unlisted-risk-device", UNLISTED),
    ("release", 0.07),
    ("service-fault", 0.05),
    ("strangers", 0.03),
    ("outside", 0.03),
    ("sign-outs", 0.015),
    ("quota", 0.025),
    ("unlogged", 0.03),
    ("calm", 0.3),
];

/// Of .45 for guilty changes: .70 by rules that are written down, in 16 families …
const LISTED: f64 = 0.45 * 0.70 / 16.0;
/// … and .30 by rules that are not, in 5.
const UNLISTED: f64 = 0.45 * 0.30 / 5.0;

/// All kinds.
pub fn all() -> impl Iterator<Item = &'static Kind> {
    [
        of_clients::KINDS,
        of_others::KINDS,
        unlisted::KINDS,
        nobody::KINDS,
        calm::KINDS,
    ]
    .into_iter()
    .flatten()
}

/// Share of all accounts that are of a kind.
pub fn share(kind: &Kind) -> f64 {
    let family = FAMILIES.iter().find(|(name, _)| *name == kind.family);
    let family = family.map_or(0.0, |(_, share)| *share);
    let of_family = all().filter(|other| other.family == kind.family);
    family * kind.weight / of_family.map(|other| other.weight).sum::<f64>()
}

const fn change(
    family: &'static str,
    name: &'static str,
    changes: fn(&mut Draft) -> Vec<Change>,
) -> Kind {
    Kind {
        name,
        family,
        group: Group::Guilty,
        weight: 1.0,
        plot: Plot::Change(changes),
    }
}

const fn own(
    family: &'static str,
    name: &'static str,
    group: Group,
    weight: f64,
    tell: fn(&mut Draft) -> Option<()>,
) -> Kind {
    Kind {
        name,
        family,
        group,
        weight,
        plot: Plot::Own(tell),
    }
}
