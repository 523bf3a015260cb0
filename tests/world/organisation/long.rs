//! Long members of records: policies inside JSON texts, scripts, lists.

use std::fmt::Write as _;

use super::super::dice::Dice;

const ACTIONS: [&str; 18] = [
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "s3:GetObject",
    "s3:PutObject",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
    "sns:Publish",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "ssm:PutParameter",
    "secretsmanager:PutSecretValue",
    "iam:PutRolePolicy",
    "cognito-idp:AdminGetUser",
    "cognito-idp:UpdateUserPoolClient",
    "lambda:UpdateFunctionCode",
];
const SCRIPT: [&str; 6] = [
    r"set -euo pipefail\n",
    r#"if ! grep -q \"maxclients\" /etc/app/app.conf; then\n  printf 'maxclients=%d\\n' 100 \u003e\u003e /etc/app/app.conf\nfi\n"#,
    r"systemctl restart app.service \u0026\u0026 systemctl is-active app.service\n",
    r#"curl --silent --fail \"https://packages.example.com/agent-${VERSION}.tar.gz\" | tar -xz -C /opt/agent\n"#,
    r"# Größe der Partition prüfen\ndf -h / | awk 'NR==2 {print $5}'\n",
    r#"aws cognito-idp describe-user-pool --user-pool-id \"$POOL\" --output json \u003e pool.json\n"#,
];

/// A policy document, escaped, some hundred bytes to some thousand.
pub fn policy(out: &mut String, dice: &mut Dice, name: &str) {
    out.push_str(r#"{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n"#);
    let last = dice.between(1, 6);
    for statement in 1..=last {
        out.push_str(r#"    {\n      \"Effect\": \"Allow\",\n      \"Action\": ["#);
        for _ in 0..dice.between(1, 8) {
            let _ = write!(out, r#"\n        \"{}\","#, dice.pick(&ACTIONS));
        }
        let _ = write!(
            out,
            r#"\n        \"sts:TagSession\"\n      ],\n      \"Resource\": \"arn:aws:*:*:*:{name}-{statement}/*\"\n    }}{}\n"#,
            if statement == last { "" } else { "," },
        );
    }
    out.push_str(r"  ]\n}");
}

/// What a rule of AWS Config found, 60 to 200 resources.
pub fn evaluations(out: &mut String, dice: &mut Dice, time: &str, account: &str) {
    for position in 0..dice.between(60, 200) {
        if position > 0 {
            out.push(',');
        }
        let compliance = if dice.chance(0.9) {
            "COMPLIANT"
        } else {
            "NON_COMPLIANT"
        };
        let _ = write!(
            out,
            r#"{{"complianceResourceType":"AWS::EC2::Volume","complianceResourceId":"vol-{}","complianceType":"{compliance}","annotation":"account {account}: volumes are to be encrypted","orderingTimestamp":"{time}"}}"#,
            dice.letters(b"0123456789abcdef", 17),
        );
    }
}

/// A shell script of 10 to 40 kB, escaped.
pub fn script(out: &mut String, dice: &mut Dice) {
    let until = out.len() + dice.between(10_000, 40_000) as usize;
    while out.len() < until {
        out.push_str(dice.pick::<&str>(&SCRIPT));
        let _ = write!(out, r"# step {}\n", dice.between(1, 99_999));
    }
}

/// Containers of a task, each with an environment of many variables.
pub fn containers(out: &mut String, dice: &mut Dice, name: &str) {
    for container in 0..dice.between(3, 8) {
        if container > 0 {
            out.push(',');
        }
        let _ = write!(
            out,
            r#"{{"name":"{name}-{container}","image":"registry.example.com/{name}@sha256:{}","essential":true,"environment":["#,
            dice.letters(b"0123456789abcdef", 64),
        );
        for variable in 0..dice.between(30, 80) {
            let comma = if variable == 0 { "" } else { "," };
            let _ = write!(
                out,
                r#"{comma}{{"name":"SETTING_{variable}","value":"https://{name}-{}.example.com/v{}"}}"#,
                dice.between(1, 999),
                dice.between(1, 9),
            );
        }
        out.push_str("]}");
    }
}
