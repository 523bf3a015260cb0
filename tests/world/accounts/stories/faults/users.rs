//! Users whom a script signs out or disables by the hundred.

use serde_json::json;

use super::super::{
    super::model::{MINUTE, Step, Tool, Trouble, Window},
    calls::COGNITO,
    draft::{Draft, pool as pool_of},
    harmless::object,
};
use super::{refused, span, told, trouble};

const REFRESH: [Step; 3] = [Step::Refresh, Step::ApiRefresh, Step::ApiRotate];

/// Many users of a pool are dealt with by a script: when, and which callers.
fn bulk(draft: &mut Draft, call: &'static str) -> Option<(Window, Vec<usize>, Vec<usize>)> {
    let clients = draft.clients();
    let clients: Vec<usize> = clients
        .into_iter()
        .filter(|place| REFRESH.iter().any(|step| draft.uses(*place, *step)))
        .collect();
    let pool = draft.world.estate.clients[*clients.first()?].pool;
    let estate = &draft.world.estate;
    let of_pool = clients
        .into_iter()
        .filter(|place| estate.clients[*place].pool == pool);
    let clients: Vec<usize> = of_pool.collect();
    let mut span = span(draft, &clients, &REFRESH, 40 * MINUTE)?;
    let mut callers: Vec<usize> = clients
        .iter()
        .flat_map(|place| draft.world.estate.clients[*place].callers.clone())
        .filter(|caller| draft.world.estate.callers[*caller].user.is_some())
        .collect();
    draft.chance.shuffle(&mut callers);
    callers.truncate(draft.chance.whole(40, 400) as usize);
    span.end = span.start + callers.len().max(20) as i64 * draft.chance.whole(300, 2_500);
    let by = draft.by(span.start, &[Tool::Script, Tool::Cli]);
    let pool_id = draft.world.estate.pools[pool].id.clone();
    for nth in 0..callers.len() as i64 {
        let after = nth * (span.length() / callers.len().max(1) as i64);
        let said =
            object(json!({"userPoolId": pool_id, "username": "HIDDEN_DUE_TO_SECURITY_REASONS"}));
        draft.mark(by.later(after), pool_of(pool), (COGNITO, call), said);
    }
    draft.busy.insert(pool);
    Some((span, clients, callers))
}

/// Users sign out everywhere, and sign in again one after another.
pub fn signed_out(draft: &mut Draft) -> Option<()> {
    let (span, clients, callers) = bulk(draft, "AdminUserGlobalSignOut")?;
    let mut causes = Vec::new();
    let mut start = span.start + span.length() / 2;
    for share in [0.9, 0.5, 0.25, 0.1] {
        let end = start + draft.chance.whole(10, 50) * MINUTE;
        for endpoint in [true, false] {
            let effect = match endpoint {
                true => refused("invalid_grant", "", 400),
                false => refused(
                    "NotAuthorizedException",
                    "Refresh Token has been revoked",
                    400,
                ),
            };
            let steps = REFRESH
                .into_iter()
                .filter(|step| step.is_endpoint() == endpoint);
            causes.push(trouble(
                draft,
                Trouble {
                    span: Window { start, end },
                    clients: clients.clone(),
                    steps: steps.collect(),
                    callers: callers.clone(),
                    share,
                    effect,
                },
            ));
        }
        start = end;
    }
    draft.tell(
        told("users are signed out by a script", span),
        "sign-outs",
        causes,
        false,
    );
    Some(())
}

/// Users are disabled by a script.
pub fn revoked(draft: &mut Draft) -> Option<()> {
    let (span, clients, callers) = bulk(draft, "AdminDisableUser")?;
    let end = draft.world.window.end;
    let causes = [true, false].map(|endpoint| {
        let effect = match endpoint {
            true => refused("invalid_grant", "", 400),
            false => refused("NotAuthorizedException", "User is disabled.", 400),
        };
        let steps = [
            &REFRESH[..],
            &[Step::Password, Step::SrpReply, Step::LoginPost],
        ]
        .concat();
        let steps = steps
            .into_iter()
            .filter(|step| step.is_endpoint() == endpoint);
        trouble(
            draft,
            Trouble {
                span: Window {
                    start: span.end,
                    end,
                },
                clients: clients.clone(),
                steps: steps.collect(),
                callers: callers.clone(),
                share: 1.0,
                effect,
            },
        )
    });
    draft.tell(
        told("users are disabled by a script", span),
        "sign-outs",
        causes.to_vec(),
        false,
    );
    Some(())
}
