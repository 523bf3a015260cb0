//! The app client whose name a log bears, or the service of its lines: `/ecs/billing-portal` and a client
//! `BillingPortal`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    frame::symbols::{Symbol, Symbols},
    record::Change,
};

/// Words that say where something runs or what it is, and not whose it is.
const NOISE: [&str; 14] = [
    "app",
    "application",
    "aws",
    "client",
    "container",
    "ecs",
    "eks",
    "fargate",
    "log",
    "logs",
    "service",
    "svc",
    "task",
    "tasks",
];

/// So many of the last components of a path may bear the name: folders above are the reader's.
const COMPONENTS: usize = 4;

/// Names of app clients, as words.
#[derive(Default)]
pub struct Names {
    /// No client where two of them have borne the name.
    clients: BTreeMap<Vec<String>, Option<Symbol>>,
}

/// Where a write tells of a client's name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Write {
    client_name: Option<String>,
    user_pool_client: Option<Box<Write>>,
}

impl Names {
    /// Learns the name that a change gives its client.
    pub fn learn(&mut self, symbols: &mut Symbols, change: &Change) {
        let Some(client) = change.client.as_deref().filter(|_| change.error.is_none()) else {
            return;
        };
        let client = symbols.intern(client);
        for text in [&change.request, &change.response].into_iter().flatten() {
            let named = text.contains("clientName");
            let write = named
                .then(|| serde_json::from_str::<Write>(text).ok())
                .flatten();
            let Some(name) = write.and_then(Write::name) else {
                continue;
            };
            let words = words(&name);
            if !words.is_empty() {
                let known = self.clients.entry(words).or_insert(Some(client));
                *known = known.filter(|known| *known == client);
            }
        }
    }

    /// The client whose name a log bears, the last component that bears one first.
    pub fn client(&self, log: &str) -> Option<Symbol> {
        if self.clients.is_empty() {
            return None;
        }
        let components = log.rsplit(['/', ':', '=']).filter(|part| !part.is_empty());
        let mut components = components.take(COMPONENTS);
        components.find_map(|part| *self.clients.get(&words(part))?)
    }
}

impl Write {
    fn name(self) -> Option<String> {
        self.client_name
            .or_else(|| self.user_pool_client.and_then(|client| client.name()))
    }
}

/// The words of a name in lower case; `billing-portal`, `BillingPortal` and the pod
/// `billing-portal-7d9f8b6c54-x2x9z` have the same.
fn words(name: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(name.len() + 4);
    let mut previous = ' ';
    for c in name.chars() {
        if previous.is_lowercase() && c.is_uppercase() {
            spaced.push(' ');
        }
        spaced.extend(c.to_lowercase());
        previous = c;
    }
    let words = spaced.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty() && !NOISE.contains(word) && !is_id(word))
        .map(str::to_owned)
        .collect()
}

/// Whether a word was made by a machine: a task's or a pod's id.
fn is_id(word: &str) -> bool {
    word.len() >= 5 && word.bytes().any(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Record, message};

    fn change(client: &str, name: &str) -> Change {
        let record = format!(
            r#"{{"eventVersion":"1.11","eventTime":"2026-03-02T10:15:04Z","eventSource":"cognito-idp.amazonaws.com","eventName":"UpdateUserPoolClient","awsRegion":"eu-west-1","eventID":"{client}-EXAMPLE","eventType":"AwsApiCall","managementEvent":true,"readOnly":false,"recipientAccountId":"111122223333","requestParameters":{{"userPoolId":"eu-west-1_EXAMPLE","clientId":"{client}"}},"responseElements":{{"userPoolClient":{{"clientId":"{client}","clientName":"{name}"}}}}}}"#
        );
        match message::parse(&record, &Default::default()) {
            Ok(Record::Change(change)) => *change,
            other => panic!("{other:?} is no change"),
        }
    }

    #[track_caller]
    fn check(log: &str, expected: Option<&str>) {
        let mut symbols = Symbols::default();
        let mut names = Names::default();
        for (client, name) in [
            ("1portal0example", "BillingPortal"),
            ("2web00000example", "web-client"),
            ("3old00000example", "twice"),
            ("4new00000example", "twice"),
            ("5app00000example", "app-client"),
        ] {
            names.learn(&mut symbols, &change(client, name));
        }
        let found = names.client(log).map(|client| symbols.text(client));
        assert_eq!(found, expected, "{log}");
    }

    #[test]
    fn a_log_bears_the_name_of_one_client() {
        for (log, expected) in [
            (
                "/ecs/billing-portal:task/0123456789example",
                Some("1portal0example"),
            ),
            (
                "/aws/eks/prod:billing-portal-7d9f8b6c54-x2x9z",
                Some("1portal0example"),
            ),
            ("logs/ecs-web-client/000000.gz", Some("2web00000example")),
            (":ecs-web-client/0", Some("2web00000example")),
            (
                "/ecs/all:task/1 service=billing-portal",
                Some("1portal0example"),
            ),
            ("/ecs/web-client:1 service=cart", Some("2web00000example")),
            ("/ecs/billing:task/1", None),
            ("/ecs/billing-portal-worker:task/1", None),
            ("/ecs/twice:task/1", None),
            ("/ecs/app:task/1", None),
            ("/home/web/a/b/c/page.json", None),
        ] {
            check(log, expected);
        }
    }
}
