//! Who made a call, as its record tells.

use std::fmt::Write as _;

use super::{
    super::clock::iso,
    account::{Account, Actor, Session},
    calls::By,
};

/// Writes `userIdentity`.
pub fn write(out: &mut String, by: By, account: &Account, session: &Session) {
    let Session {
        role,
        principal,
        name,
        access_key,
        since,
        ..
    } = session;
    let account = account.id;
    if let By::Service(host) = by {
        let _ = write!(out, r#"{{"type":"AWSService","invokedBy":"{host}"}}"#);
        return;
    }
    if session.actor == Actor::User {
        // Ids of users begin otherwise than those of roles and sessions.
        let (principal, access_key) = (&principal[4..], &access_key[4..]);
        let _ = write!(
            out,
            r#"{{"type":"IAMUser","principalId":"AIDA{principal}","arn":"arn:aws:iam::{account}:user/{name}","accountId":"{account}","accessKeyId":"AKIA{access_key}","userName":"{name}"}}"#,
        );
        return;
    }
    let _ = write!(
        out,
        r#"{{"type":"AssumedRole","principalId":"{principal}:{name}","arn":"arn:aws:sts::{account}:assumed-role/{role}/{name}","accountId":"{account}","accessKeyId":"{access_key}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"{principal}","arn":"arn:aws:iam::{account}:role/{role}","accountId":"{account}","userName":"{role}"}},"attributes":{{"creationDate":"{}","mfaAuthenticated":"false"}}"#,
        iso(*since),
    );
    if session.actor == Actor::Instance {
        out.push_str(r#","ec2RoleDelivery":"2.0""#);
    }
    out.push('}');
    if let By::For(_, host) = by {
        let _ = write!(out, r#","invokedBy":"{host}""#);
    }
    out.push('}');
}

/// Address and user agent of the caller.
pub fn origin(by: By, session: &Session) -> (&str, &str) {
    match by {
        By::Service(host) | By::For(_, host) => (host, host),
        By::Actor(_) => (&session.address, session.agent),
    }
}
