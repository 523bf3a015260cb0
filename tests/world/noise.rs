//! Calls that belong to no story: routine changes of the fortnight before, and other services.

use serde_json::{Value, json};

use super::{
    changes::{Action, Call, Planned, edit},
    clock::{DAY, HOUR, MINUTE, before},
    dice::Dice,
    estate::{ACCOUNT, BILLING, CATALOG, INTRANET, MOBILE, PORTAL, SHOP, STAFF, WEBSHOP, pool},
    people::{ALICE, Actor, BOB, CLOUDTRAIL, DAVE, DEPLOY, INVENTORY, LAMBDA, RELEASE},
};

pub fn plan() -> Vec<Planned> {
    let mut plan = fortnight();
    plan.extend(services());
    plan
}

/// Harmless changes of other days, which only carry the settings forward.
fn fortnight() -> Vec<Planned> {
    let unchanged = |client| Action::Edit {
        client,
        edit: edit(|_| {}),
    };
    vec![
        Planned::new(before(12, "13:44:02"), &DEPLOY, unchanged(BILLING)),
        Planned::new(before(12, "13:44:03"), &DEPLOY, unchanged(WEBSHOP)),
        Planned::new(
            before(7, "09:31:50"),
            &ALICE,
            Action::Edit {
                client: INTRANET,
                edit: edit(|settings| {
                    settings.add("logoutURLs", "https://intranet.example.com/signed-out")
                }),
            },
        ),
        Planned::new(
            before(5, "16:02:37"),
            &BOB,
            Action::Edit {
                client: MOBILE,
                edit: edit(|settings| settings.add("callbackURLs", "myshop://callback/beta")),
            },
        ),
        Planned::new(before(5, "16:05:12"), &DAVE, unchanged(PORTAL))
            .denied("UpdateUserPoolClient"),
        Planned::new(
            before(3, "10:12:26"),
            &DEPLOY,
            Action::Edit {
                client: WEBSHOP,
                edit: edit(|settings| {
                    settings.add(
                        "callbackURLs",
                        "https://beta.shop.example.com/api/auth/callback/cognito",
                    )
                }),
            },
        ),
        Planned::new(before(3, "10:12:27"), &DEPLOY, unchanged(CATALOG)),
    ]
}

/// The day's calls of and to other services.
fn services() -> Vec<Planned> {
    let mut dice = Dice::new("noise");
    let mut plan = Vec::new();
    let mut every = |minutes: i64, by: &'static Actor, call: fn(&mut Dice) -> Call| {
        let mut time = DAY + dice.between(0, minutes * MINUTE);
        while time < DAY + 24 * HOUR {
            plan.push(Planned::new(time, by, Action::Other(call(&mut dice))));
            time += dice.between(minutes * 40, minutes * 80);
        }
    };
    every(8, &LAMBDA, |_| {
        let key =
            format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/1111aaaa-22bb-33cc-44dd-5555eeee6666");
        let request = json!({"encryptionAlgorithm": "SYMMETRIC_DEFAULT", "keyId": key});
        Call::read("kms.amazonaws.com", "Decrypt", request)
    });
    every(15, &LAMBDA, |dice| {
        let function = *dice.pick(&["cart-indexer", "invoice-render", "rota-planner"]);
        let request = json!({
            "roleArn": format!("arn:aws:iam::{ACCOUNT}:role/{function}"),
            "roleSessionName": function,
        });
        Call::read("sts.amazonaws.com", "AssumeRole", request)
    });
    every(45, &CLOUDTRAIL, |_| {
        let request = json!({"bucketName": "trail-example", "acl": ""});
        Call::read("s3.amazonaws.com", "GetBucketAcl", request)
    });
    every(50, &INVENTORY, |dice| {
        let client = *dice.pick(&[BILLING, CATALOG, INTRANET, MOBILE, PORTAL, WEBSHOP]);
        let request = json!({"userPoolId": pool(client), "clientId": client});
        Call::read(
            "cognito-idp.amazonaws.com",
            "DescribeUserPoolClient",
            request,
        )
    });
    every(120, &INVENTORY, |dice| {
        let request = json!({"userPoolId": *dice.pick(&[SHOP, STAFF])});
        Call::read("cognito-idp.amazonaws.com", "DescribeUserPool", request)
    });
    every(360, &INVENTORY, |_| {
        let call = Call::read("iam.amazonaws.com", "ListRoles", Value::Null);
        // IAM is global and keeps its trail in one Region.
        Call {
            region: "us-east-1",
            ..call
        }
    });
    every(150, &RELEASE, |dice| {
        let function = *dice.pick(&["cart-indexer", "invoice-render", "rota-planner"]);
        let request = json!({"functionName": function, "publish": true, "dryRun": false});
        Call::write(
            "lambda.amazonaws.com",
            "UpdateFunctionCode20150331v2",
            request,
        )
    });
    every(400, &DEPLOY, |_| {
        let request = json!({
            "name": "office-addresses",
            "scope": "REGIONAL",
            "addresses": ["203.0.113.0/24"],
        });
        Call::write("wafv2.amazonaws.com", "UpdateIPSet", request)
    });
    plan
}
