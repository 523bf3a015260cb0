//! Accounts in which nothing has to be reported.

use super::{super::quiet, Group, Kind, own};

const fn calm(name: &'static str, weight: f64, tell: fn(&mut super::Draft) -> Option<()>) -> Kind {
    own("calm", name, Group::Calm, weight, tell)
}

pub const KINDS: &[Kind] = &[
    calm("moved from one client to another", 1.5, quiet::migration),
    calm("announced stop", 1.0, quiet::stop),
    calm("holiday", 1.0, quiet::holiday),
    calm("load test", 1.0, quiet::load_test),
    calm("mobile release", 1.0, quiet::mobile_release),
    calm("restarts after updates", 1.5, quiet::restarts),
    calm("controllers all day", 1.5, quiet::controllers),
    calm("harmless changes", 2.0, quiet::changes),
    calm("changes near a sparse client", 1.0, quiet::sparse),
    calm("secret rotated well", 1.5, quiet::rotation),
    calm("retired client deleted", 1.0, quiet::retired),
    calm("certificate renewed", 0.7, quiet::certificate),
    calm("rules without effect", 2.0, quiet::without_effect),
    calm(
        "infrastructure applied again and again",
        1.0,
        quiet::applied,
    ),
    calm("clients deployed anew", 0.7, quiet::new_clients),
    calm("nothing at all", 1.5, quiet::nothing),
];
