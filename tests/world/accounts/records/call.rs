//! CloudTrail's records of sign-in by the API.

use super::super::model::{Attempt, Nature, Outcome, Step, World};
use super::{
    answer,
    choice::{HEX, letters},
    envelope::{COGNITO, Call},
    identity,
    json::object_text,
    request::{event_id, own_id, subject},
    sender,
    style::{MASK, Responses, Style},
};

/// Appends the record of a call that signs somebody in.
pub fn write(world: &World, style: &Style, attempt: &Attempt, text: &mut String) {
    let estate = &world.estate;
    let refusal = match &attempt.outcome {
        Outcome::Refused { by, answer } => Some(answer::of_call(world, attempt, *by, answer)),
        _ => None,
    };
    let ok = attempt.outcome.is_ok();
    let identity = identity_of(world, style, attempt);
    let additional = ok.then(|| object_text(|data| data.text("sub", &subject(world, attempt))));
    let additional = additional.filter(|_| attempt.step != Step::Srp);
    let response = match ok && style.responses != Responses::None {
        true => response(attempt.step),
        false => "null".to_owned(),
    };
    Call {
        at: attempt.at,
        service: COGNITO,
        name: name(attempt.step),
        region: &estate.region,
        address: sender::address(world, &style.by_tasks, attempt),
        agent: &sender::agent(world, attempt),
        identity_json: &identity,
        error: refusal
            .as_ref()
            .map(|refusal| (refusal.code.as_deref(), refusal.message.as_deref())),
        request_json: &request(world, attempt),
        response_json: &response,
        additional_json: additional.as_deref(),
        request_id: &own_id(world, attempt, 4),
        event_id: &event_id(world, attempt),
        read_only: false,
        from_console: false,
    }
    .write(world, style, text);
}

fn name(step: Step) -> &'static str {
    match step {
        Step::SrpReply => "RespondToAuthChallenge",
        Step::AdminPassword => "AdminInitiateAuth",
        Step::ApiRotate => "GetTokensFromRefreshToken",
        _ => "InitiateAuth",
    }
}

/// Backends sign their calls; who signs in by an SDK is nobody of the account.
fn identity_of(world: &World, style: &Style, attempt: &Attempt) -> String {
    let client = &world.estate.clients[attempt.client];
    if attempt.step != Step::AdminPassword && client.nature != Nature::Admin {
        return style.nobody_at_api.clone();
    }
    let workload = &world.estate.workloads[client.workload];
    let task = sender::task(world, attempt).map_or_else(
        || {
            format!(
                "i-0{}",
                letters(world.seed, &[attempt.caller as u64], HEX, 16)
            )
        },
        |task| workload.tasks[task].0.clone(),
    );
    let arn = format!(
        "arn:aws:sts::{}:assumed-role/{}-task/{}",
        world.estate.account,
        workload.name,
        task.rsplit('/').next().unwrap_or(&task)
    );
    identity::of_arn(world, &arn, attempt.at, None)
}

fn request(world: &World, attempt: &Attempt) -> String {
    let client = &world.estate.clients[attempt.client];
    object_text(|request| {
        if attempt.step == Step::AdminPassword {
            request.text("userPoolId", &world.estate.pools[client.pool].id);
        }
        match attempt.step {
            Step::ApiRotate => request.text("refreshToken", MASK),
            Step::SrpReply => {
                request.text("challengeName", "PASSWORD_VERIFIER");
                request.text("challengeResponses", MASK);
                request.text("session", MASK);
            }
            step => {
                let flow = match step {
                    Step::Srp => "USER_SRP_AUTH",
                    Step::AdminPassword => "ADMIN_USER_PASSWORD_AUTH",
                    Step::ApiRefresh => "REFRESH_TOKEN_AUTH",
                    _ => "USER_PASSWORD_AUTH",
                };
                request.text("authFlow", flow);
                request.text("authParameters", MASK);
            }
        }
        request.text("clientId", &client.id);
    })
}

fn response(step: Step) -> String {
    object_text(|response| {
        if step == Step::Srp {
            response.text("challengeName", "PASSWORD_VERIFIER");
            response.text("challengeParameters", MASK);
            return;
        }
        response.object("authenticationResult", |result| {
            result.text("accessToken", MASK);
            result.number("expiresIn", 3_600);
            result.text("tokenType", "Bearer");
            if step != Step::ApiRefresh {
                result.text("refreshToken", MASK);
            }
            result.text("idToken", MASK);
        });
        response.raw("challengeParameters", "{}");
    })
}
