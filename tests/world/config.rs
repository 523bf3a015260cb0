//! Settings of user pools and app clients, and what an update does to them: an own rendering of
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolClient.html>.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::clock::{HOUR, MINUTE, Second, spelled};

/// What stands for a value that CloudTrail hides.
pub const MASK: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Members of an update by their names in CloudTrail, such as `callbackURLs`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings(BTreeMap<String, Value>);

impl Settings {
    /// From a JSON object.
    pub fn of(members: Value) -> Self {
        match members {
            Value::Object(members) => Self(members.into_iter().collect()),
            other => panic!("settings are an object, not {other}"),
        }
    }

    pub fn set(&mut self, member: &str, value: Value) {
        self.0.insert(member.to_owned(), value);
    }

    /// Takes over `member` as `other` has it.
    pub fn copy(&mut self, member: &str, other: &Self) {
        let value = other.0.get(member).cloned();
        self.set(member, value.unwrap_or(Value::Null));
    }

    /// Adds `value` to the list `member`.
    pub fn add(&mut self, member: &str, value: &str) {
        let mut list = self.list(member);
        list.push(value.to_owned());
        self.set(member, json!(list));
    }

    /// Takes `value` off the list `member`.
    pub fn take(&mut self, member: &str, value: &str) {
        let list: Vec<String> = self
            .list(member)
            .into_iter()
            .filter(|item| item != value)
            .collect();
        self.set(member, json!(list));
    }

    /// These members alone.
    pub fn only(&self, members: &[&str]) -> Self {
        let held = self.0.iter();
        let held = held.filter(|(name, _)| members.contains(&name.as_str()));
        Self(
            held.map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )
    }

    /// Whether the list `member` holds `value`.
    pub fn lists(&self, member: &str, value: &str) -> bool {
        self.list(member).iter().any(|item| item == value)
    }

    pub fn is_on(&self, member: &str) -> bool {
        self.0.get(member) == Some(&Value::Bool(true))
    }

    /// How long a refresh token lives, in seconds.
    pub fn refresh_lives(&self) -> Option<Second> {
        let units = self.0.get("tokenValidityUnits");
        let unit = units.and_then(|units| units.get("refreshToken")?.as_str());
        let length = match unit {
            Some("minutes") => MINUTE,
            Some("hours") => HOUR,
            _ => 24 * HOUR,
        };
        Some(self.0.get("refreshTokenValidity")?.as_i64()? * length)
    }

    /// Whether the object `member` has a member `inner`.
    pub fn has(&self, member: &str, inner: &str) -> bool {
        self.0
            .get(member)
            .is_some_and(|value| value.get(inner).is_some())
    }

    /// The text that the object `member` has under `inner`.
    pub fn inner(&self, member: &str, inner: &str) -> Option<&str> {
        self.0.get(member)?.get(inner)?.as_str()
    }

    /// Takes `inner` out of the object `member`.
    pub fn drop_inner(&mut self, member: &str, inner: &str) {
        if let Some(Value::Object(object)) = self.0.get_mut(member) {
            object.remove(inner);
        }
    }

    /// Members that differ, each with its value in `self`; null where it is absent there.
    pub fn differing(&self, other: &Self) -> Vec<(String, Value)> {
        let names = self.0.keys().chain(other.0.keys());
        let mut names: Vec<_> = names
            .filter(|name| self.0.get(*name) != other.0.get(*name))
            .collect();
        names.sort();
        names.dedup();
        let value = |name: &String| self.0.get(name).cloned().unwrap_or(Value::Null);
        names
            .into_iter()
            .map(|name| (name.clone(), value(name)))
            .collect()
    }

    /// As a JSON object, empty lists left out as Cognito does.
    pub fn json(&self) -> Map<String, Value> {
        let full = self.0.iter().filter(|(_, value)| **value != json!([]));
        full.map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    fn list(&self, member: &str) -> Vec<String> {
        let items = self.0.get(member).and_then(Value::as_array);
        let items = items.into_iter().flatten().filter_map(Value::as_str);
        items.map(str::to_owned).collect()
    }
}

/// One of the secrets an app client may have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Secret {
    /// The one it was created with.
    Original,
    /// The one added later.
    Added,
    /// None that Cognito ever knew.
    Mistyped,
}

/// An app client at one moment.
#[derive(Clone, Debug)]
pub struct AppClient {
    pub id: &'static str,
    pub pool: &'static str,
    pub settings: Settings,
    /// Each with the time it was made.
    pub secrets: Vec<(Secret, Second)>,
    pub created: Second,
    pub modified: Second,
    pub deleted: bool,
}

impl AppClient {
    /// What an update that sends `sent` leaves: the members sent, and the default of all others.
    /// Only the name survives its omission.
    pub fn replace(&mut self, sent: &Settings, time: Second) {
        let mut settings = defaults();
        let name = self.settings.0.get("clientName").cloned();
        settings.set("clientName", name.unwrap_or(Value::Null));
        settings.0.extend(sent.0.clone());
        self.settings = settings;
        self.modified = time;
    }

    /// `responseElements` of a creation or an update: the whole new state.
    pub fn response(&self) -> Value {
        let mut client = self.settings.json();
        client.extend(self.identifiers());
        client.insert("creationDate".into(), json!(spelled(self.created)));
        client.insert("lastModifiedDate".into(), json!(spelled(self.modified)));
        if !self.secrets.is_empty() {
            client.insert("clientSecret".into(), json!(MASK));
        }
        json!({"userPoolClient": client})
    }

    /// `requestParameters` of an update that sends `sent`.
    pub fn request(&self, sent: &Settings) -> Value {
        let mut request = sent.json();
        request.extend(self.identifiers());
        Value::Object(request)
    }

    /// The id Cognito gives to `secret`.
    pub fn secret_id(&self, secret: Secret) -> String {
        let made = self.secrets.iter().find(|(known, _)| *known == secret);
        let (_, made) = made.expect("the app client has this secret");
        format!("{}--{made}", self.id)
    }

    fn identifiers(&self) -> [(String, Value); 2] {
        [
            ("userPoolId".into(), json!(self.pool)),
            ("clientId".into(), json!(self.id)),
        ]
    }
}

fn defaults() -> Settings {
    Settings::of(json!({
        "refreshTokenValidity": 30,
        "explicitAuthFlows": ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
        "allowedOAuthFlowsUserPoolClient": false,
        "preventUserExistenceErrors": "LEGACY",
        "enableTokenRevocation": true,
        "enablePropagateAdditionalUserContextData": false,
        "authSessionValidity": 3,
    }))
}

/// All settings at one moment.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub clients: BTreeMap<&'static str, AppClient>,
    pub pools: BTreeMap<&'static str, Settings>,
    /// User pools whose domain was deleted, or whose requests a web ACL blocks.
    pub unreachable: Vec<&'static str>,
    /// Lambda functions whose code fails.
    pub failing: Vec<&'static str>,
}

impl State {
    pub fn client(&self, id: &str) -> &AppClient {
        &self.clients[id]
    }

    pub fn pool_of(&self, client: &str) -> &Settings {
        &self.pools[self.client(client).pool]
    }
}
