//! Links into the AWS console, of the partition that a Region is in.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::{attribute::Finding, ids::AppClientId, window::Window};

/// A link.
#[derive(Debug, PartialEq)]
pub struct Link {
    /// What is there.
    pub text: &'static str,
    /// Where.
    pub href: String,
}

/// The change's event, the app client and its pool, and a query for the failures; only what has
/// well-formed ids.
pub fn links(finding: &Finding, end: DateTime<Utc>) -> Vec<Link> {
    let incident = &finding.incident;
    let Some(region) = incident.region.as_ref().map(|region| region.as_str()) else {
        return Vec::new();
    };
    let Some(console) = console(region) else {
        return Vec::new();
    };
    let change = finding
        .suspects
        .first()
        .filter(|_| finding.named().is_some());
    let event = change.and_then(|change| {
        let record = &change.change.change;
        let region = record.region.as_deref().unwrap_or(region);
        let console = self::console(region)?;
        let id = word(&record.event_id)?;
        Some(Link {
            text: "CloudTrail event",
            href: format!("{console}/cloudtrailv2/home?region={region}#/events/{id}"),
        })
    });
    let pool = incident
        .user_pool
        .as_ref()
        .and_then(|pool| word(pool.as_str()));
    let client = incident
        .clients
        .first()
        .and_then(|client| word(client.as_str()));
    let of_client = pool.zip(client).map(|(pool, client)| Link {
        text: "App client",
        href: format!(
            "{console}/cognito/v2/idp/user-pools/{pool}/applications/app-clients/{client}?region={region}"
        ),
    });
    let of_pool = pool.map(|pool| Link {
        text: "User pool",
        href: format!("{console}/cognito/v2/idp/user-pools/{pool}/overview?region={region}"),
    });
    let span = Window {
        start: incident.onset,
        end: incident.end.unwrap_or(end),
    };
    let query = Link {
        text: "Failures in Logs Insights",
        href: insights(&console, region, &query(&incident.clients), span),
    };
    let links = [event, of_client, of_pool, Some(query)];
    links.into_iter().flatten().collect()
}

/// The console's address in the partition of a Region.
///
/// Source: <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>.
fn console(region: &str) -> Option<String> {
    let parts: Vec<&str> = region.split('-').collect();
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
    if parts.len() < 3 || !parts.iter().all(|part| is_word(part)) {
        return None;
    }
    let domain = match (parts[0], parts[1]) {
        ("cn", _) => "console.amazonaws.cn",
        ("us", "gov") => "console.amazonaws-us-gov.com",
        ("eusc", _) => "console.amazonaws-eusc.eu",
        _ => "console.aws.amazon.com",
    };
    Some(format!("https://{region}.{domain}"))
}

/// An id as it may stand in an address; what is none has no link.
fn word(id: &str) -> Option<&str> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (!id.is_empty() && id.len() <= 128 && id.bytes().all(fits)).then_some(id)
}

/// A query of CloudTrail's log group for failed requests of app clients.
fn query(clients: &[AppClientId]) -> String {
    let ids = clients.iter().filter_map(|client| word(client.as_str()));
    let ids: Vec<String> = ids.map(|id| format!("\"{id}\"")).collect();
    let of_clients = match ids.is_empty() {
        true => String::new(),
        false => format!(
            "\n| filter coalesce(additionalEventData.clientId, \
             additionalEventData.requestParameters.client_id.0, requestParameters.clientId) in [{}]",
            ids.join(", ")
        ),
    };
    format!(
        "filter eventSource = \"cognito-idp.amazonaws.com\"\n| filter \
         additionalEventData.responseParameters.status >= 400 or strlen(errorCode) > 0{of_clients}\n\
         | fields @timestamp, eventName, errorCode, sourceIPAddress, @message\n| sort @timestamp asc"
    )
}

/// The console keeps its state in the fragment: JSURL, in which `*` and two hex digits stand for a
/// byte.
fn insights(console: &str, region: &str, query: &str, span: Window) -> String {
    let time = |time: DateTime<Utc>| jsurl(&time.to_rfc3339_opts(SecondsFormat::Millis, true));
    format!(
        "{console}/cloudwatch/home?region={region}#logsV2:logs-insights$3FqueryDetail$3D~(end~'{}~start~'{}~\
         timeType~'ABSOLUTE~tz~'UTC~editorString~'{})",
        time(span.end),
        time(span.start),
        jsurl(query)
    )
}

fn jsurl(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(byte.into()),
            _ => out.push_str(&format!("*{byte:02x}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        attribute::Verdict,
        ids::Region,
        report::fixture::{HOSTILE, investigation},
    };

    fn finding(region: &str) -> Finding {
        let mut finding = investigation(Verdict::Change, None).findings.remove(0);
        finding.incident.region = Some(Region::new(region));
        finding.suspects[0].change.change.region = Some(region.to_owned());
        finding
    }

    #[test]
    fn links_lead_into_the_partition_of_the_region() {
        for (region, host) in [
            ("eu-west-1", "https://eu-west-1.console.aws.amazon.com/"),
            ("cn-north-1", "https://cn-north-1.console.amazonaws.cn/"),
            (
                "us-gov-west-1",
                "https://us-gov-west-1.console.amazonaws-us-gov.com/",
            ),
        ] {
            let finding = finding(region);
            let links = links(&finding, finding.incident.onset);
            assert_eq!(links.len(), 4);
            for link in links {
                assert!(link.href.starts_with(host), "{link:?}");
            }
        }
    }

    #[test]
    fn each_link_names_its_id_and_a_strange_one_makes_no_link() {
        let finding = finding("eu-west-1");
        let found = links(&finding, finding.incident.onset);
        assert!(
            found[0].href.ends_with("#/events/EXAMPLE-guilty"),
            "{found:?}"
        );
        assert!(
            found[1].href.contains("/app-clients/4billing0example?"),
            "{found:?}"
        );
        assert!(
            found[2].href.contains("/user-pools/eu-west-1_ShopEXAMPLE/"),
            "{found:?}"
        );
        assert!(
            found[3]
                .href
                .contains("start~'2026-03-02T14*3a06*3a00.000Z~"),
            "{found:?}"
        );
        let hostile = investigation(Verdict::Change, Some(HOSTILE))
            .findings
            .remove(0);
        let found = links(&hostile, hostile.incident.onset);
        let texts: Vec<&str> = found.iter().map(|link| link.text).collect();
        assert_eq!(texts, ["Failures in Logs Insights"]);
        assert!(
            found[0].href.bytes().all(|byte| byte.is_ascii_graphic()),
            "{found:?}"
        );
        assert_eq!(
            links(&self::finding("evil.example/"), hostile.incident.onset),
            []
        );
    }
}
