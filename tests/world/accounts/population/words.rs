//! Names and ids, all invented.

use super::super::chance::Chance;

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
const ANY: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What companies do.
const AREAS: [&str; 44] = [
    "atlas", "basket", "beacon", "booking", "canteen", "catalog", "chart", "claims", "clinic",
    "courier", "crew", "depot", "dispatch", "estimate", "fleet", "garden", "harbor", "hotel",
    "intake", "journal", "kitchen", "lantern", "ledger", "library", "loyalty", "market", "meter",
    "notary", "orchard", "parcel", "payroll", "permit", "quarry", "rental", "roster", "salon",
    "survey", "tenant", "ticket", "tram", "vault", "voucher", "wallet", "yard",
];
const PEOPLE: [&str; 20] = [
    "aiko.morita",
    "amara.cole",
    "bela.varga",
    "chidi.okoro",
    "dana.weiss",
    "elif.aydin",
    "farid.nazari",
    "greta.holm",
    "hugo.marin",
    "ines.duarte",
    "jonas.lind",
    "kavya.rao",
    "lena.brandt",
    "marek.nowak",
    "nadia.haddad",
    "oscar.vidal",
    "petra.zeman",
    "rohan.mehta",
    "sofia.conti",
    "tomas.berg",
];
const STAGES: [&str; 5] = ["prod", "live", "prd", "production", "p1"];

/// Areas of a company, each once.
pub fn areas(chance: &mut Chance) -> Vec<&'static str> {
    let mut areas = AREAS.to_vec();
    chance.shuffle(&mut areas);
    areas
}

pub fn people(chance: &mut Chance) -> Vec<&'static str> {
    let mut people = PEOPLE.to_vec();
    chance.shuffle(&mut people);
    people
}

pub fn stage(chance: &mut Chance) -> &'static str {
    STAGES[chance.whole(0, 4) as usize]
}

pub fn account(chance: &mut Chance) -> String {
    format!("{}{}", chance.whole(1, 9), chance.letters("0123456789", 11))
}

pub fn pool_id(region: &str, chance: &mut Chance) -> String {
    format!("{region}_{}", chance.letters(ANY, 9))
}

pub fn client_id(chance: &mut Chance) -> String {
    let length = if chance.happens(0.8) { 26 } else { 25 };
    chance.letters(LOWER, length)
}

/// As in `AROA…` and `AWSReservedSSO_…`.
pub fn upper(length: usize, chance: &mut Chance) -> String {
    chance.letters(UPPER, length)
}

pub fn hex(length: usize, chance: &mut Chance) -> String {
    chance.letters("0123456789abcdef", length)
}

pub fn lower(length: usize, chance: &mut Chance) -> String {
    chance.letters(LOWER, length)
}

/// The first letter made a capital.
pub fn title(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
