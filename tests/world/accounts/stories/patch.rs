//! Alterations of settings, said in relation to what there is.

use serde_json::{Map, Value, json};

use super::super::model::Settings;

/// Members by dots, and what becomes of each.
pub type Patch = Vec<(String, Alter)>;

#[derive(Clone, Debug, PartialEq)]
pub enum Alter {
    To(Value),
    Unset,
    /// A list without some of its texts.
    Without(Vec<String>),
    /// A list with more texts.
    With(Vec<String>),
    /// A list with one text in the place of another.
    Swap(String, String),
}

/// A patch of one member.
pub fn set(member: &str, value: Value) -> Patch {
    vec![(member.to_owned(), Alter::To(value))]
}

pub fn one(member: &str, alter: Alter) -> Patch {
    vec![(member.to_owned(), alter)]
}

/// Settings after a patch.
pub fn apply(settings: &Settings, patch: &Patch) -> Settings {
    let mut settings = settings.clone();
    for (path, alter) in patch {
        alter_at(&mut settings, path, alter);
    }
    settings
}

/// The members at the top that a patch is about.
pub fn tops(patch: &Patch) -> impl Iterator<Item = &str> {
    patch
        .iter()
        .map(|(path, _)| path.split_once('.').map_or(path.as_str(), |(top, _)| top))
}

fn alter_at(settings: &mut Settings, path: &str, alter: &Alter) {
    if let Some((top, rest)) = path.split_once('.') {
        let child = settings
            .entry(top.to_owned())
            .or_insert_with(|| Value::Object(Map::new()));
        if !child.is_object() {
            *child = Value::Object(Map::new());
        }
        if let Some(child) = child.as_object_mut() {
            alter_at(child, rest, alter);
        }
        return;
    }
    let list = || {
        let list = settings.get(path).and_then(Value::as_array);
        let texts = list.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect::<Vec<String>>()
    };
    let value = match alter {
        Alter::To(value) => value.clone(),
        Alter::Unset => {
            settings.remove(path);
            return;
        }
        Alter::Without(texts) => {
            let kept = list().into_iter().filter(|text| !texts.contains(text));
            json!(kept.collect::<Vec<_>>())
        }
        Alter::With(texts) => {
            let mut list = list();
            let new = texts.iter().filter(|text| !list.contains(text));
            let new: Vec<String> = new.cloned().collect();
            list.extend(new);
            json!(list)
        }
        Alter::Swap(old, new) => {
            let swapped = list().into_iter().map(|text| match text == *old {
                true => new.clone(),
                false => text,
            });
            json!(swapped.collect::<Vec<_>>())
        }
    };
    settings.insert(path.to_owned(), value);
}
