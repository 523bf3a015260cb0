//! What to ask logs for: names of events, endpoints and services.
//!
//! Knows nothing of how anything is fetched.

mod writes;

pub use writes::{
    change_names_near_incidents, changes_of_others, global_change_names,
    global_change_names_near_incidents, is_change, is_on_users, is_release, may_matter,
    pool_change_names, regional_change_names,
};

/// Values of the `endpoint` column that this program gives meaning to. Any other endpoint event or
/// sign-in API stands there under its own event name.
pub mod endpoint {
    /// `/oauth2/token`.
    pub const TOKEN: &str = "token";
    /// `/oauth2/authorize`.
    pub const AUTHORIZE: &str = "authorize";
    /// `/login` and its managed-login pages.
    pub const LOGIN: &str = "login";
    /// `/oauth2/idpresponse` and `/saml2/idpresponse`: the way back from an identity provider.
    pub const IDP_RESPONSE: &str = "idpresponse";
    /// `/error`, where a refused authorize request lands.
    pub const ERROR_PAGE: &str = "error";
    /// `/logout`.
    pub const LOGOUT: &str = "logout";
    /// `/oauth2/userInfo`.
    pub const USER_INFO: &str = "userinfo";
    /// `/oauth2/revoke`.
    pub const REVOKE: &str = "revoke";
}

/// Outcomes of attempts to which Cognito gave no error: those that never reached it, as applications log
/// them, and those that nothing followed.
pub mod outcome {
    /// The name of the host was not found.
    pub const DNS: &str = "dns";
    /// No connection was made.
    pub const CONNECT: &str = "connect";
    /// The connection could not be secured.
    pub const TLS: &str = "tls";
    /// No answer came in time.
    pub const TIMEOUT: &str = "timeout";

    /// The step that nearly always follows did not.
    pub const NOT_FOLLOWED: &str = "not_followed";

    /// Whether an attempt that ended so never reached Cognito.
    pub fn is_network(outcome: &str) -> bool {
        [DNS, CONNECT, TLS, TIMEOUT].contains(&outcome)
    }
}

/// The event source of user pools.
pub const COGNITO: &str = "cognito-idp.amazonaws.com";

/// Grants and flows that send a refresh token.
pub const REFRESH_GRANTS: [&str; 3] = ["refresh_token", "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"];

/// Calls by which an application signs a user, or itself, in.
const SIGN_IN_APIS: [&str; 6] = [
    "InitiateAuth",
    "AdminInitiateAuth",
    "RespondToAuthChallenge",
    "AdminRespondToAuthChallenge",
    "GetTokensFromRefreshToken",
    "GetClientToken",
];

/// Whether a cognito-idp call is a sign-in attempt.
pub fn is_sign_in_api(name: &str) -> bool {
    SIGN_IN_APIS.contains(&name)
}

/// Attempts at endpoints, as CloudTrail names them, those that tell most first (domain.md §1.a).
const REQUESTS: [&str; 9] = [
    "Token_POST",
    "Error_GET",
    "OAuth2_Authorize_GET",
    "OAuth2Response_GET",
    "OAuth2Response_POST",
    "SAML2Response_POST",
    "Login_GET",
    "CognitoAuthentication",
    "login_POST",
];

/// The Region that logs the calls of services without one, and of certificates that CloudFront
/// (custom domains) uses.
pub const GLOBAL_REGION: &str = "us-east-1";

/// Names of attempts to ask a log for.
pub fn request_names() -> Vec<&'static str> {
    let mut names = REQUESTS.to_vec();
    names.splice(1..1, SIGN_IN_APIS);
    names
}

/// How to ask a log group that a trail writes to for what matters. It may give more than that, never
/// less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailFilter {
    /// As a filter pattern.
    pub pattern: String,
    /// As a command of Logs Insights.
    pub insights: String,
}

/// Every record of user pools, and the writes of services that sign-in may depend on. A pattern of
/// event names would be longer than the 1,024 characters that CloudWatch Logs takes.
pub fn of_trail() -> TrailFilter {
    TrailFilter {
        pattern: format!(
            "{{ ($.eventSource = \"{COGNITO}\") || ({}) }}",
            other_writes()
        ),
        insights: format!("filter @message like {}", of_services()),
    }
}

/// The same without attempts.
pub fn changes_of_trail() -> TrailFilter {
    let not_attempts = SIGN_IN_APIS.map(|name| format!("($.eventName != \"{name}\")"));
    TrailFilter {
        pattern: format!(
            "{{ (($.eventSource = \"{COGNITO}\") && ($.eventType = \"AwsApiCall\") && {}) || ({}) }}",
            not_attempts.join(" && "),
            other_writes()
        ),
        insights: format!(
            "filter @message like {} and @message not like /\"eventName\": ?\"({})\"/",
            of_services(),
            request_names().join("|")
        ),
    }
}

/// A record that does not say whether it only read may be a write, as in a file.
fn other_writes() -> String {
    let others = writes::asked_services();
    let others: Vec<String> = others
        .map(|service| format!("($.eventSource = \"{service}\")"))
        .collect();
    format!(
        "(($.readOnly IS FALSE) || ($.readOnly NOT EXISTS)) && ({})",
        others.join(" || ")
    )
}

/// A regular expression that finds the records of all services.
fn of_services() -> String {
    let services = [COGNITO].into_iter().chain(writes::asked_services());
    let services: Vec<&str> = services
        .filter_map(|service| service.strip_suffix(".amazonaws.com"))
        .collect();
    format!(
        "/\"eventSource\": ?\"({})\\.amazonaws\\.com\"/",
        services.join("|")
    )
}

/// Regions of the commercial partition in which user pools are offered.
/// Source: <https://docs.aws.amazon.com/general/latest/gr/cognito_identity.html>
pub const REGIONS: [&str; 32] = [
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// A saved query: a whole file that runs as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Its path below `queries/`.
    pub name: &'static str,
    /// The file.
    pub text: &'static str,
}

/// Every file of the folder `queries/`.
pub const SAVED: &[Saved] = &[
    Saved {
        name: "athena/counts.sql",
        text: include_str!("../queries/athena/counts.sql"),
    },
    Saved {
        name: "athena/records.sql",
        text: include_str!("../queries/athena/records.sql"),
    },
    Saved {
        name: "athena/table.sql",
        text: include_str!("../queries/athena/table.sql"),
    },
    Saved {
        name: "insights/changes.cwli",
        text: include_str!("../queries/insights/changes.cwli"),
    },
    Saved {
        name: "insights/first-failures.cwli",
        text: include_str!("../queries/insights/first-failures.cwli"),
    },
    Saved {
        name: "insights/records-for-trailblame.cwli",
        text: include_str!("../queries/insights/records-for-trailblame.cwli"),
    },
    Saved {
        name: "insights/token-requests-per-minute.cwli",
        text: include_str!("../queries/insights/token-requests-per-minute.cwli"),
    },
];

impl Saved {
    /// What it answers: the first lines of its comment, up to an empty one.
    pub fn answers(&self) -> String {
        let lines = self.text.lines().map(|line| {
            let line = line.trim_start_matches("--").trim_start_matches('#');
            line.trim()
        });
        lines
            .take_while(|line| !line.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_asked_for_is_what_is_kept() {
        assert_eq!(request_names()[..2], ["Token_POST", "InitiateAuth"]);
        assert!(global_change_names().contains(&"ChangeResourceRecordSets"));
        assert!(!regional_change_names().contains(&"ChangeResourceRecordSets"));
        for filter in [of_trail(), changes_of_trail()] {
            assert!(filter.pattern.len() <= 1024, "{}", filter.pattern);
            assert!(filter.insights.len() <= 9_000, "{}", filter.insights);
        }
    }

    fn saved(name: &str) -> &'static str {
        let found = SAVED.iter().find(|saved| saved.name == name);
        found.expect("a query").text
    }

    /// The names in the bracket behind each `marker`.
    fn listed(text: &'static str, marker: &str) -> BTreeSet<&'static str> {
        let lists = text.split(marker).skip(1);
        let lists = lists.filter_map(|rest| rest.split_once('[')?.1.split(']').next());
        lists
            .flat_map(|list| list.split('"').skip(1).step_by(2))
            .collect()
    }

    #[test]
    fn insights_is_asked_for_what_the_program_knows() {
        let records = saved("insights/records-for-trailblame.cwli");
        let (services, names): (BTreeSet<_>, BTreeSet<_>) = changes_of_others().unzip();
        assert_eq!(listed(records, "eventSource in"), services);
        assert_eq!(listed(records, "eventName in"), names);

        let failures = saved("insights/first-failures.cwli");
        assert_eq!(
            listed(failures, "eventName in"),
            BTreeSet::from(SIGN_IN_APIS)
        );
        assert!(!failures.contains("ispresent(errorCode)"));

        let left_out = listed(saved("insights/changes.cwli"), "eventName not in");
        let is_left_out = |name: &str| name.starts_with("Admin") || left_out.contains(name);
        assert!(SIGN_IN_APIS.iter().all(|name| is_left_out(name)));
        assert!(pool_change_names().iter().all(|name| !is_left_out(name)));
        for name in &left_out {
            assert!(is_sign_in_api(name) || !is_change(COGNITO, name), "{name}");
        }
        for name in ["UpdateUserAttributes", "DeleteUser", "SetUserMFAPreference"] {
            assert!(left_out.contains(name), "{name}");
        }
        for saved in SAVED
            .iter()
            .filter(|saved| saved.name.starts_with("insights/"))
        {
            assert!(saved.text.len() <= 9_000, "{}", saved.name);
        }
    }
}
