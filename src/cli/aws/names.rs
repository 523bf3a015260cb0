//! Regions, profiles and addresses, checked before anything is asked: a name that does not exist
//! fails late and says little.

use std::{collections::BTreeSet, env, fs, path::PathBuf};

use trailblame::queries;

use super::{Connection, Usage};

/// Regions without user pools, and those of other partitions.
/// Source: <https://docs.aws.amazon.com/general/latest/gr/rande.html>
const OTHER_REGIONS: [&str; 7] = [
    "ap-east-2",
    "ap-southeast-6",
    "cn-north-1",
    "cn-northwest-1",
    "eusc-de-east-1",
    "us-gov-east-1",
    "us-gov-west-1",
];

/// Checks what was typed.
pub fn check(connection: &Connection, regions: &[String]) -> Result<(), Usage> {
    for region in regions.iter().filter(|region| *region != "all") {
        is_region(region)?;
    }
    if let Some(url) = &connection.endpoint_url {
        is_address(url)?;
    }
    match &connection.profile {
        Some(profile) => is_profile(profile, &profiles()),
        None => Ok(()),
    }
}

fn is_region(name: &str) -> Result<(), Usage> {
    let known = || queries::REGIONS.into_iter().chain(OTHER_REGIONS);
    if known().any(|known| known == name) {
        return Ok(());
    }
    let newer = "AWS_REGION takes a Region that is newer than this version";
    Err(Usage {
        message: format!("unknown Region: `{name}`"),
        hint: Some(match nearest(name, known()) {
            Some(near) => format!("did you mean `{near}`? {newer}"),
            None => newer.to_owned(),
        }),
    })
}

fn is_address(url: &str) -> Result<(), Usage> {
    let rest = ["http://", "https://"]
        .iter()
        .find_map(|scheme| url.strip_prefix(scheme));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    match host {
        Some(host) if !host.is_empty() && !host.starts_with(':') => Ok(()),
        _ => Err(Usage {
            message: format!("`--endpoint-url {url}` is no address"),
            hint: Some("an address looks like `https://vpce.example.com:443`".to_owned()),
        }),
    }
}

fn is_profile(name: &str, known: &BTreeSet<String>) -> Result<(), Usage> {
    if known.contains(name) {
        return Ok(());
    }
    Err(Usage {
        message: format!("unknown profile: `{name}`"),
        hint: Some(match nearest(name, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`aws configure list-profiles` lists them".to_owned(),
        }),
    })
}

/// The name that is most like `name`, if one is.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    /// From here on a name reads as a misspelling of another.
    const ALIKE: f64 = 0.8;
    let near = known.map(|known| (strsim::jaro_winkler(name, known), known));
    let near = near.filter(|(likeness, _)| *likeness >= ALIKE);
    near.max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

/// The profiles of the two configuration files.
fn profiles() -> BTreeSet<String> {
    let home = || env::var_os("HOME").or_else(|| env::var_os("USERPROFILE"));
    let file = |variable: &str, name: &str| {
        let named = env::var_os(variable).map(PathBuf::from);
        named.or_else(|| Some(PathBuf::from(home()?).join(".aws").join(name)))
    };
    let texts = [
        file("AWS_CONFIG_FILE", "config"),
        file("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
    ];
    let texts = texts.into_iter().flatten();
    let texts = texts.filter_map(|path| fs::read_to_string(path).ok());
    texts.flat_map(|text| sections(&text)).collect()
}

/// Names of profiles in `[default]`, `[profile prod]` or `[prod]`.
fn sections(text: &str) -> Vec<String> {
    let heads = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix('[')?.split_once(']'));
    let names = heads.map(|(head, _)| head.trim());
    let names = names.filter(|name| {
        !["sso-session ", "services "]
            .iter()
            .any(|other| name.starts_with(other))
    });
    names
        .map(|name| {
            name.strip_prefix("profile")
                .map_or(name, |rest| match rest.trim_start() {
                    trimmed if trimmed.len() < rest.len() => trimmed,
                    _ => name,
                })
        })
        .map(|name| name.trim_matches(['"', '\'']).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(result: Result<(), Usage>) -> String {
        result.map_or_else(
            |usage| format!("{} ({})", usage.message, usage.hint.unwrap_or_default()),
            |()| "good".to_owned(),
        )
    }

    #[test]
    fn a_misspelt_region_is_told_with_the_nearest() {
        for good in ["eu-west-1", "us-gov-west-1"] {
            assert_eq!(told(is_region(good)), "good");
        }
        assert!(told(is_region("eu-wst-1")).contains("did you mean `eu-west-1`?"));
        assert!(!told(is_region("Frankfurt")).contains("did you mean"));
    }

    #[test]
    fn an_address_has_a_scheme_and_a_host() {
        for good in ["http://127.0.0.1:4566", "https://vpce.example.com/path"] {
            assert_eq!(told(is_address(good)), "good");
        }
        for bad in ["nonsense", "ftp://example.com", "https://", "http://:80"] {
            assert!(told(is_address(bad)).contains("is no address"), "{bad}");
        }
    }

    #[test]
    fn profiles_of_both_files_are_known() {
        let text = "[default]\nregion = x\n[profile prod]\n[ profile  \"two words\" ]\n[sso-session s]\n[stage]\n[profiles]";
        let known: BTreeSet<String> = sections(text).into_iter().collect();
        for name in ["default", "prod", "two words", "stage", "profiles"] {
            assert_eq!(told(is_profile(name, &known)), "good", "{name}");
        }
        assert_eq!(
            told(is_profile("porod", &known)),
            "unknown profile: `porod` (did you mean `prod`?)"
        );
        assert!(told(is_profile("s", &known)).starts_with("unknown profile"));
    }
}
