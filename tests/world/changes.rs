//! Calls that people and pipelines make, played in order of time: each call becomes a write with
//! request and response, and the settings of every moment are kept.

use std::rc::Rc;

use serde_json::{Value, json};

use super::{
    clock::{Second, spelled},
    config::{AppClient, MASK, Secret, Settings, State},
    dice::Dice,
    estate::{ACCOUNT, REGION, pool},
    people::Actor,
};

/// Part that a call plays in a story.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Role {
    Culprit,
    Decoy,
    Heals,
}

/// What somebody alters in settings.
pub type Edit = Rc<dyn Fn(&mut Settings)>;

pub fn edit(edit: impl Fn(&mut Settings) + 'static) -> Edit {
    Rc::new(edit)
}

/// A call that is going to be made.
#[derive(Clone)]
pub struct Planned {
    pub time: Second,
    by: &'static Actor,
    action: Action,
    refused: Option<(&'static str, String)>,
    part: Option<(&'static str, Role)>,
    apart: Option<&'static str>,
}

#[derive(Clone)]
pub enum Action {
    CreatePool {
        pool: &'static str,
        settings: Settings,
    },
    CreateClient {
        client: &'static str,
        secret: bool,
        settings: Settings,
    },
    /// Describes the app client, edits what came back, and sends all of it.
    Edit {
        client: &'static str,
        edit: Edit,
    },
    /// Sends only these members; the update resets the others.
    Send {
        client: &'static str,
        members: Settings,
    },
    /// Describes the user pool, edits what came back, and sends all of it.
    EditPool {
        pool: &'static str,
        edit: Edit,
    },
    DeleteClient {
        client: &'static str,
    },
    /// Takes the domain, and with it all pages and the token endpoint, away from a pool.
    DeleteDomain {
        pool: &'static str,
        domain: &'static str,
    },
    /// Puts a web ACL before a pool that blocks whatever comes, or takes it away.
    Block {
        pool: &'static str,
        blocks: bool,
    },
    /// Deploys code of a Lambda function that fails, or does not.
    Deploy {
        function: &'static str,
        fails: bool,
    },
    AddSecret {
        client: &'static str,
    },
    DeleteSecret {
        client: &'static str,
        secret: Secret,
    },
    /// A call that alters no setting of a pool or an app client.
    Other(Call),
}

/// A call as CloudTrail will show it.
#[derive(Clone)]
pub struct Call {
    pub source: &'static str,
    pub name: &'static str,
    pub region: &'static str,
    pub request: Value,
    pub response: Value,
    pub read_only: bool,
}

impl Call {
    /// A write of `source` that answers nothing.
    pub fn write(source: &'static str, name: &'static str, request: Value) -> Self {
        let response = Value::Null;
        Self {
            source,
            name,
            region: REGION,
            request,
            response,
            read_only: false,
        }
    }

    /// A write of Cognito that answers nothing.
    pub fn cognito(name: &'static str, request: Value) -> Self {
        Self::write("cognito-idp.amazonaws.com", name, request)
    }

    pub fn read(source: &'static str, name: &'static str, request: Value) -> Self {
        Self {
            read_only: true,
            ..Self::write(source, name, request)
        }
    }

    pub fn answered(self, response: Value) -> Self {
        Self { response, ..self }
    }
}

impl Planned {
    pub fn new(time: Second, by: &'static Actor, action: Action) -> Self {
        Self {
            time,
            by,
            action,
            refused: None,
            part: None,
            apart: None,
        }
    }

    /// Its ids come from a stream of its own, so that the others keep theirs.
    pub fn apart(self, stream: &'static str) -> Self {
        Self {
            apart: Some(stream),
            ..self
        }
    }

    /// AWS refuses the call, which then changes nothing.
    pub fn refused(self, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            refused: Some((code, message.into())),
            ..self
        }
    }

    /// The caller has no right to the call.
    pub fn denied(self, api: &str) -> Self {
        let arn = self.by.identity(self.time)["arn"].clone();
        let arn = arn.as_str().unwrap_or_default();
        let message = format!("User: {arn} is not authorized to perform: cognito-idp:{api}");
        self.refused("AccessDenied", message)
    }

    /// Whether it plays this part.
    pub fn is(&self, role: Role) -> bool {
        self.part.is_some_and(|(_, own)| own == role)
    }

    /// Whether it deletes this app client.
    pub fn deletes(&self, gone: &str) -> bool {
        matches!(&self.action, Action::DeleteClient { client } if *client == gone)
    }

    pub fn plays(self, story: &'static str, role: Role) -> Self {
        Self {
            part: Some((story, role)),
            ..self
        }
    }
}

/// A call that was made.
pub struct Write {
    pub time: Second,
    pub by: &'static Actor,
    pub call: Call,
    pub refused: Option<(&'static str, String)>,
    pub part: Option<(&'static str, Role)>,
    pub event_id: String,
    pub request_id: String,
}

impl Write {
    pub fn plays(&self, story: &str, role: Role) -> bool {
        self.part == Some((story, role))
    }
}

/// Settings over time.
#[derive(Default)]
pub struct History(Vec<(Second, State)>);

impl History {
    /// Settings that a request meets which ends in second `time`: a change of the same second does
    /// not reach it yet.
    pub fn at(&self, time: Second) -> &State {
        let later = self.0.partition_point(|(changed, _)| *changed < time);
        &self.0[later
            .checked_sub(1)
            .expect("no request before the account was made")]
        .1
    }
}

/// All calls made, and the settings they left.
#[derive(Default)]
pub struct Timeline {
    pub writes: Vec<Write>,
    pub history: History,
}

impl Timeline {
    pub fn run(mut planned: Vec<Planned>) -> Self {
        planned.sort_by_key(|planned| planned.time);
        let mut timeline = Self::default();
        let mut state = State::default();
        let mut dice = Dice::new("writes");
        for planned in planned {
            let call = match planned.refused {
                // A refused call is shown as it was sent, and leaves no trace.
                Some(_) => planned
                    .action
                    .apply(&mut state.clone(), planned.time)
                    .answered(Value::Null),
                None => planned.action.apply(&mut state, planned.time),
            };
            timeline.history.0.push((planned.time, state.clone()));
            let mut own = planned.apart.map(Dice::new);
            let ids = own.as_mut().unwrap_or(&mut dice);
            timeline.writes.push(Write {
                time: planned.time,
                by: planned.by,
                call,
                refused: planned.refused,
                part: planned.part,
                event_id: ids.uuid(),
                request_id: ids.uuid(),
            });
        }
        timeline
    }
}

impl Action {
    fn apply(&self, state: &mut State, time: Second) -> Call {
        match self {
            Self::CreatePool { pool, settings } => {
                state.pools.insert(pool, settings.clone());
                created_pool(pool, settings, time)
            }
            Self::CreateClient {
                client,
                secret,
                settings,
            } => {
                let created = AppClient {
                    id: client,
                    pool: pool(client),
                    settings: settings.clone(),
                    secrets: secret
                        .then_some((Secret::Original, time))
                        .into_iter()
                        .collect(),
                    created: time,
                    modified: time,
                    deleted: false,
                };
                let mut request = settings.json();
                request.insert("userPoolId".into(), json!(created.pool));
                request.insert("generateSecret".into(), json!(secret));
                let call = Call::cognito("CreateUserPoolClient", Value::Object(request));
                let call = call.answered(created.response());
                state.clients.insert(client, created);
                call
            }
            Self::Edit { client, edit } => {
                let mut sent = state.client(client).settings.clone();
                edit(&mut sent);
                updated(state, client, &sent, time)
            }
            Self::Send { client, members } => updated(state, client, members, time),
            Self::EditPool { pool, edit } => {
                let settings = state.pools.get_mut(pool).expect("the pool exists");
                edit(settings);
                let mut request = settings.json();
                request.insert("userPoolId".into(), json!(pool));
                Call::cognito("UpdateUserPool", Value::Object(request)).answered(json!({}))
            }
            Self::DeleteClient { client } => {
                let client = state
                    .clients
                    .get_mut(client)
                    .expect("the app client exists");
                client.deleted = true;
                let request = json!({"userPoolId": client.pool, "clientId": client.id});
                Call::cognito("DeleteUserPoolClient", request).answered(json!({}))
            }
            Self::DeleteDomain { pool, domain } => {
                state.unreachable.push(pool);
                let request = json!({"userPoolId": pool, "domain": domain});
                Call::cognito("DeleteUserPoolDomain", request).answered(json!({}))
            }
            Self::Block { pool, blocks } => {
                state.unreachable.retain(|other| other != pool);
                let arn = format!("arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{pool}");
                let waf = "wafv2.amazonaws.com";
                if !blocks {
                    let request = json!({"resourceArn": arn});
                    return Call::write(waf, "DisassociateWebACL", request);
                }
                state.unreachable.push(pool);
                let acl =
                    format!("arn:aws:wafv2:{REGION}:{ACCOUNT}:regional/webacl/strict/EXAMPLE");
                let request = json!({"webACLArn": acl, "resourceArn": arn});
                Call::write(waf, "AssociateWebACL", request)
            }
            Self::Deploy { function, fails } => {
                state.failing.retain(|other| other != function);
                if *fails {
                    state.failing.push(function);
                }
                let request = json!({"functionName": function, "publish": true});
                Call::write(
                    "lambda.amazonaws.com",
                    "UpdateFunctionCode20150331v2",
                    request,
                )
            }
            Self::AddSecret { client } => {
                let client = state
                    .clients
                    .get_mut(client)
                    .expect("the app client exists");
                client.secrets.push((Secret::Added, time));
                let request = json!({"userPoolId": client.pool, "clientId": client.id});
                Call::cognito("AddUserPoolClientSecret", request).answered(json!({
                    "clientSecretDescriptor": {
                        "clientSecretId": client.secret_id(Secret::Added),
                        "clientSecretValue": MASK,
                        "clientSecretCreateDate": spelled(time),
                    },
                }))
            }
            Self::DeleteSecret { client, secret } => {
                let client = state
                    .clients
                    .get_mut(client)
                    .expect("the app client exists");
                let request = json!({
                    "userPoolId": client.pool,
                    "clientId": client.id,
                    "clientSecretId": client.secret_id(*secret),
                });
                client.secrets.retain(|(known, _)| known != secret);
                Call::cognito("DeleteUserPoolClientSecret", request).answered(json!({}))
            }
            Self::Other(call) => call.clone(),
        }
    }
}

fn updated(state: &mut State, client: &str, sent: &Settings, time: Second) -> Call {
    let client = state
        .clients
        .get_mut(client)
        .expect("the app client exists");
    client.replace(sent, time);
    let call = Call::cognito("UpdateUserPoolClient", client.request(sent));
    call.answered(client.response())
}

fn created_pool(pool: &str, settings: &Settings, time: Second) -> Call {
    let mut response = settings.json();
    let name = response.remove("poolName");
    response.insert("name".into(), json!(name));
    response.insert("id".into(), json!(pool));
    let arn = format!("arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{pool}");
    response.insert("arn".into(), json!(arn));
    response.insert("creationDate".into(), json!(spelled(time)));
    response.insert("lastModifiedDate".into(), json!(spelled(time)));
    let request = Value::Object(settings.json());
    Call::cognito("CreateUserPool", request).answered(json!({"userPool": response}))
}
