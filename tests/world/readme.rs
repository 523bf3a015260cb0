//! The page that stands beside the logs.

use super::{
    clock::{Second, iso},
    truth::{Kind, Truth, Verdict},
};

const INTRODUCTION: &str = "\
# Sample logs

An invented AWS account on an invented day, 2026-03-02, as AWS would have logged it: two Cognito user
pools with ten app clients in eu-west-1. Nobody and nothing in it exists.

- `AWSLogs/`: the trail's bucket as CloudTrail delivers it: late, unordered, some records twice. Besides
  the day of traffic it holds the configuration changes of the fortnight before. Sign-ins by browser
  leave their pages in it: of the shop's domain the classic ones (`OAuth2_Authorize_GET`, `Login_GET`,
  `CognitoAuthentication`), of the staff's managed login (`login_POST`) and, for the intranet, the
  callback of an identity provider (`OAuth2Response_GET`). A refused authorize request is a redirect like
  an accepted one, and no login page follows it. Where the callback URL is not on the list, the browser
  lands on an error page instead: that of the shop leaves a record (`Error_GET`; a few people open an
  outdated link), that of managed login none.
- `application/`: logs of three of the applications: two S3 exports of log groups, one answer of
  `FilterLogEvents`. The other applications keep no log.
- `plans/`: [plans](plans/README.md) for the morning after, by hand: some break the account, some do not.

All else, and this page, is written by one command, byte for byte the same each time:

```
cargo run --release --example world -- sample-logs
```

The program that does it (`tests/world/`) simulates callers, settings and Cognito's rules, and knows from
the simulation what the answers are.

";

const INCIDENTS: &str = "\
## What happened

| story | app client | what happened | shows as | onset | end | failed | verdict |
|---|---|---|---|---|---|---|---|
";

const BORDERS: &str = "
Times are UTC. An absence begins with the change that caused it, and ends with the last sign-in that was
lost. `failed` counts refused requests in the trail that are neither redirects nor pages. Requests of the
kind that failed last succeeded before the onset, and first succeeded after the end, at:

| story | last success | first success again |
|---|---|---|
";

const BLAME: &str = "
## Which change did it

| story | guilty event | guilty setting | healed by | decoys |
|---|---|---|---|---|
";

pub fn render(truth: &[Truth]) -> String {
    let mut page = INTRODUCTION.to_owned();
    page.push_str(INCIDENTS);
    page.extend(truth.iter().map(incident));
    page.push_str(BORDERS);
    page.extend(truth.iter().map(borders));
    page.push_str(BLAME);
    page.extend(truth.iter().map(blame));
    page
}

fn incident(truth: &Truth) -> String {
    let shows = match truth.kind {
        Kind::Failures => format!("`{}`", truth.error.unwrap_or("failures")),
        Kind::Absence => "silence".to_owned(),
    };
    let verdict = match truth.verdict {
        Verdict::Change => "`change`",
        Verdict::NoChange => "`no_change`",
    };
    let onset = clock(truth.onset);
    let end = clock(truth.end);
    let clients = truth.clients.join(", ");
    format!(
        "| {} | `{clients}` of `{}` | {} | {shows} | {onset} | {end} | {} | {verdict} |\n",
        truth.story, truth.user_pool, truth.tale, truth.failed,
    )
}

fn borders(truth: &Truth) -> String {
    let last = clock(truth.last_success);
    let first = clock(truth.recovery);
    format!("| {} | {last} | {first} |\n", truth.story)
}

fn blame(truth: &Truth) -> String {
    let event = |id: &Option<String>| {
        id.as_ref()
            .map_or("none".to_owned(), |id| format!("`{id}`"))
    };
    let settings: Vec<String> = truth
        .guilty_settings
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    let settings = if settings.is_empty() {
        "none".to_owned()
    } else {
        settings.join(", ")
    };
    format!(
        "| {} | {} | {settings} | {} | {} |\n",
        truth.story,
        event(&truth.culprit),
        event(&truth.healed_by),
        truth.decoys.len(),
    )
}

fn clock(time: Second) -> String {
    iso(time)[11..19].to_owned()
}
