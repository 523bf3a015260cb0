//! The settings of a user pool.

use serde_json::{Map, Value, json};

use super::{
    super::model::{Kind, Owner},
    founding::{Founding, owned},
    words,
};

pub fn draw(f: &mut Founding<'_>, pool: usize) {
    let id = f.estate.pools[pool].id.clone();
    let owner = Owner::Pool(pool);
    let mfa = *f.chance.pick(&["OFF", "OFF", "OPTIONAL", "OPTIONAL", "ON"]);
    let caller = sms_caller(f);
    let settings = pool_settings(f, pool, mfa, &caller);
    f.put(Kind::Pool, pool, owner, id.clone(), settings);
    let mut settings = json!({
        "MfaConfiguration": mfa,
        "SoftwareTokenMfaConfiguration": {"Enabled": mfa != "OFF"},
    });
    if mfa != "OFF" && f.chance.happens(0.5) {
        settings["SmsMfaConfiguration"] = json!({
            "SmsAuthenticationMessage": "Your code is {####}.",
            "SmsConfiguration": caller,
        });
    }
    if f.chance.happens(0.2) {
        let host = f.estate.pools[pool].hosts[0].clone();
        settings["WebAuthnConfiguration"] =
            json!({"RelyingPartyId": host, "UserVerification": "preferred"});
    }
    f.put(Kind::PoolMfa, pool, owner, id.clone(), settings);
    let settings = risk(f);
    f.put(Kind::RiskConfiguration, pool, owner, id, settings);
}

/// By which role and towards whom text messages are sent.
fn sms_caller(f: &mut Founding<'_>) -> Value {
    json!({
        "SnsCallerArn": format!("arn:aws:iam::{}:role/service-role/sms-{}", f.estate.account, words::lower(6, f.chance)),
        "ExternalId": f.chance.uuid(),
        "SnsRegion": f.estate.region,
    })
}

fn pool_settings(f: &mut Founding<'_>, pool: usize, mfa: &str, caller: &Value) -> Value {
    let verified: &[&str] = match f.chance.whole(0, 3) {
        0 => &["email", "phone_number"],
        _ => &["email"],
    };
    let tier = *f.chance.pick(&["ESSENTIALS", "ESSENTIALS", "PLUS", "LITE"]);
    let mode = match tier {
        "PLUS" => *f.chance.pick(&["AUDIT", "ENFORCED"]),
        _ => "OFF",
    };
    let mut settings = json!({
        "PoolName": f.estate.pools[pool].name,
        "Policies": policies(f),
        "LambdaConfig": lambda_config(f, pool),
        "MfaConfiguration": mfa,
        "AutoVerifiedAttributes": verified,
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": f.chance.happens(0.4)},
        "UserPoolAddOns": {"AdvancedSecurityMode": mode},
        "AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]},
        "EmailConfiguration": email(f),
        "SmsConfiguration": caller,
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
        "DeletionProtection": f.chance.pick(&["ACTIVE", "ACTIVE", "INACTIVE"]),
        "UserPoolTier": tier,
        "VerificationMessageTemplate": {
            "DefaultEmailOption": f.chance.pick(&["CONFIRM_WITH_CODE", "CONFIRM_WITH_LINK"]),
        },
        "UserPoolTags": {"stage": words::stage(f.chance), "cost-center": format!("{}", f.chance.whole(1000, 9999))},
    });
    if f.chance.happens(0.25) {
        settings["DeviceConfiguration"] = json!({
            "ChallengeRequiredOnNewDevice": f.chance.happens(0.5),
            "DeviceOnlyRememberedOnUserPrompt": true,
        });
    }
    settings
}

fn policies(f: &mut Founding<'_>) -> Value {
    json!({
        "PasswordPolicy": {
            "MinimumLength": f.chance.whole(8, 14),
            "RequireUppercase": f.chance.happens(0.7),
            "RequireLowercase": true,
            "RequireNumbers": f.chance.happens(0.8),
            "RequireSymbols": f.chance.happens(0.5),
            "TemporaryPasswordValidityDays": 7,
        },
        "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]},
    })
}

/// The functions of the pool by trigger.
fn lambda_config(f: &Founding<'_>, pool: usize) -> Value {
    let mut config = Map::new();
    for (_, function) in owned(&f.estate, Kind::Function, Owner::Pool(pool)) {
        let trigger = function["~Trigger"].as_str().unwrap_or_default();
        config.insert(trigger.to_owned(), function["~Arn"].clone());
        if trigger == "PreTokenGeneration" {
            let versioned = json!({"LambdaArn": function["~Arn"], "LambdaVersion": "V2_0"});
            config.insert("PreTokenGenerationConfig".to_owned(), versioned);
        }
    }
    Value::Object(config)
}

fn email(f: &mut Founding<'_>) -> Value {
    match f.chance.happens(0.6) {
        true => json!({
            "EmailSendingAccount": "DEVELOPER",
            "SourceArn": f.arn("ses", "identity/example.com"),
            "From": "no-reply@example.com",
        }),
        false => json!({"EmailSendingAccount": "COGNITO_DEFAULT"}),
    }
}

fn risk(f: &mut Founding<'_>) -> Value {
    let action = |f: &mut Founding<'_>| {
        let action = *f
            .chance
            .pick(&["NO_ACTION", "NO_ACTION", "MFA_IF_CONFIGURED"]);
        json!({"Notify": f.chance.happens(0.3), "EventAction": action})
    };
    json!({
        "CompromisedCredentialsRiskConfiguration": {
            "EventFilter": ["SIGN_IN", "PASSWORD_CHANGE"],
            "Actions": {"EventAction": "NO_ACTION"},
        },
        "AccountTakeoverRiskConfiguration": {"Actions": {
            "LowAction": action(f), "MediumAction": action(f), "HighAction": action(f),
        }},
        "RiskExceptionConfiguration": {"BlockedIPRangeList": [], "SkippedIPRangeList": []},
    })
}
