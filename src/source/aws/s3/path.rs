//! What a key, or the folder that it lies in, tells of the records there.
//!
//! `[prefix/]AWSLogs/[organisation/]account/service/Region/year/month/day/file` (domain.md §5.2):
//! the day is that of publication. Load balancers write their access logs in the same way.

use chrono::{Days, Months, NaiveDate, NaiveTime, TimeDelta};

use crate::window::Window;

const ROOT: &str = "AWSLogs";
const TRAIL: &str = "CloudTrail";
/// Services whose keys go on with Region and day.
const DATED: [&str; 3] = [TRAIL, "CloudTrail-Digest", "elasticloadbalancing"];
/// Records are published up to a day after the event.
const PUBLICATION: TimeDelta = TimeDelta::days(1);

/// A key or a folder, as far as it tells whose records lie there, and of when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Path<'a> {
    /// The service that wrote them.
    service: Option<&'a str>,
    /// The Region that it wrote of.
    region: Option<&'a str>,
    /// The span of event times.
    pub held: Option<Window>,
}

impl<'a> Path<'a> {
    /// Takes a key apart.
    pub fn new(key: &'a str) -> Self {
        let mut parts = key
            .split('/')
            .skip_while(|part| *part != ROOT)
            .skip(1)
            .filter(|part| !part.is_empty());
        // An organisation stands before the account.
        if parts.next().is_some_and(|part| part.starts_with("o-")) {
            parts.next();
        }
        let service = parts.next();
        if !service.is_some_and(|service| DATED.contains(&service)) {
            return Self {
                service,
                ..Self::default()
            };
        }
        let region = parts.next();
        let date: Vec<u32> = parts.map_while(|part| part.parse().ok()).collect();
        Self {
            service,
            region,
            held: published(&date).map(|days| Window {
                start: days.start - PUBLICATION,
                end: days.end,
            }),
        }
    }

    /// Whether what is wanted may lie here, if `asked` is the prefix that was asked for: trail
    /// files, unless another service's were asked for by name.
    pub fn may_hold(&self, window: Window, regions: &[String], asked: &str) -> bool {
        let named = Path::new(asked).service;
        let other = named.is_some_and(|named| !TRAIL.starts_with(named));
        let ours = other || self.service.is_none_or(|service| service == TRAIL);
        let of = |region: &str| regions.is_empty() || regions.iter().any(|own| own == region);
        let overlaps = |held: Window| held.shared(window).is_some();
        ours && self.region.is_none_or(of) && self.held.is_none_or(overlaps)
    }
}

/// The days that a year, a month of it or a day of that names.
fn published(date: &[u32]) -> Option<Window> {
    let (year, month, day) = (*date.first()?, date.get(1), date.get(2));
    let year = i32::try_from(year).ok()?;
    let first = NaiveDate::from_ymd_opt(year, *month.unwrap_or(&1), *day.unwrap_or(&1))?;
    let next = match (month, day) {
        (_, Some(_)) => first.checked_add_days(Days::new(1)),
        (Some(_), None) => first.checked_add_months(Months::new(1)),
        (None, None) => first.checked_add_months(Months::new(12)),
    };
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    Some(Window {
        start: midnight(first),
        end: midnight(next?),
    })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    /// Whether a folder is listed for a window of three days and a Region.
    #[track_caller]
    fn check(asked: &str, folder: &str, expected: bool) {
        let window = Window {
            start: time("2026-02-27T22:00:00Z"),
            end: time("2026-03-02T12:00:00Z"),
        };
        let regions = ["eu-west-1".to_owned()];
        let found = Path::new(folder).may_hold(window, &regions, asked);
        assert_eq!(found, expected, "{folder}");
    }

    #[test]
    fn digests_are_listed_by_day_where_they_are_asked_for() {
        let asked = "AWSLogs/111122223333/CloudTrail-Digest/";
        for (folder, expected) in [
            ("", true),
            ("eu-west-1/2026/02/27/", true),
            ("eu-west-1/2026/02/26/", false),
            ("eu-west-2/", false),
        ] {
            check(asked, &format!("{asked}{folder}"), expected);
        }
    }

    #[test]
    fn only_folders_that_may_hold_the_window_are_listed() {
        for (folder, expected) in [
            ("logs/", true),
            ("logs/AWSLogs/", true),
            ("AWSLogs/111122223333/", true),
            ("AWSLogs/o-example/", true),
            ("AWSLogs/111122223333/CloudTrail/", true),
            ("AWSLogs/o-example/111122223333/CloudTrail/", true),
            ("AWSLogs/111122223333/CloudTrail-Digest/", false),
            ("AWSLogs/111122223333/CloudTrail-NetworkActivity/", false),
            ("AWSLogs/111122223333/CloudTrail-Aggregated/", false),
            ("AWSLogs/o-example/111122223333/CloudTrail-Insight/", false),
            ("AWSLogs/111122223333/elasticloadbalancing/", false),
            ("AWSLogs/111122223333/CloudTrail/eu-west-1/", true),
            ("AWSLogs/111122223333/CloudTrail/eu-west-2/", false),
            ("AWSLogs/111122223333/CloudTrail/eu-west-1/2025/", false),
            ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/", true),
            ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/01/", false),
            ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/02/", true),
            (
                "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/02/26/",
                false,
            ),
            (
                "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/02/27/",
                true,
            ),
            (
                "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/03/",
                true,
            ),
            (
                "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04/",
                false,
            ),
            ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/13/", true),
        ] {
            check("", folder, expected);
        }
    }

    #[test]
    fn another_service_is_read_when_it_is_asked_for_by_name() {
        let balancers = "AWSLogs/111122223333/elasticloadbalancing";
        check(
            balancers,
            "AWSLogs/111122223333/elasticloadbalancing/",
            true,
        );
        for (day, expected) in [("2026/03/02/", true), ("2026/03/09/", false)] {
            let folder = format!("{balancers}/eu-west-1/{day}");
            check(balancers, &folder, expected);
        }
        let insights = "AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/2020/";
        check("AWSLogs/111122223333/CloudTrail-Insight/", insights, true);
        // The beginning of a name is not the name.
        check("AWSLogs/111122223333/Cloud", insights, false);
        check("AWSLogs/111122223333/CloudTrail", insights, false);
    }

    #[test]
    fn a_file_holds_records_of_its_day_and_the_day_before() {
        let key = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/\
                   111122223333_CloudTrail_eu-west-1_20260302T1014Z_EXAMPLE.json.gz";
        let held = Window {
            start: time("2026-03-01T00:00:00Z"),
            end: time("2026-03-03T00:00:00Z"),
        };
        assert_eq!(Path::new(key).held, Some(held));
        assert_eq!(Path::new("exports/2026/03/02/file.gz").held, None);
    }
}
