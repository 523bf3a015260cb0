//! Who calls AWS: people, pipelines and services, as CloudTrail tells of them.

use serde_json::{Value, json};

use super::{
    clock::{Second, iso},
    estate::ACCOUNT,
};

pub struct Actor {
    who: Who,
    pub address: &'static str,
    pub agent: &'static str,
}

enum Who {
    Role {
        role: &'static str,
        session: &'static str,
    },
    User(&'static str),
    Service,
}

const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io) terraform-provider-aws/5.94.1 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.23.8 md/GOARCH#amd64 api/cognitoidentityprovider#1.51.4";
const CLI: &str = "aws-cli/2.24.10 md/awscrt#0.23.8 ua/2.0 os/linux#6.8.0 md/arch#x86_64 lang/python#3.12.6 md/installer#exe md/prompt#off";
const BROWSER: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36";

/// Terraform, run by the deploy pipeline.
pub const DEPLOY: Actor = role("Deploy", "ci", "203.0.113.7", TERRAFORM);
/// The release pipeline's shell scripts.
pub const RELEASE: Actor = role("Release", "github-actions", "203.0.113.19", CLI);
/// A platform engineer in the console.
pub const ALICE: Actor = role(
    "AWSReservedSSO_Platform_0123456789EXAMPLE",
    "alice",
    "198.51.100.23",
    BROWSER,
);
/// A mobile developer with the AWS CLI.
pub const BOB: Actor = role(
    "AWSReservedSSO_Developer_9876543210EXAMPLE",
    "bob",
    "198.51.100.41",
    CLI,
);
/// The engineer on call, who looks, and puts things right.
pub const CAROL: Actor = role("OnCall", "carol", "198.51.100.77", CLI);
/// A contractor whose rights do not reach far.
pub const DAVE: Actor = Actor {
    who: Who::User("dave"),
    address: "192.0.2.150",
    agent: CLI,
};
/// The inventory job that reads settings.
pub const INVENTORY: Actor = role(
    "Inventory",
    "inventory",
    "203.0.113.88",
    "Boto3/1.37.4 md/Botocore#1.37.4 ua/2.0 os/linux#5.10 md/arch#aarch64 lang/python#3.12.9",
);
/// AWS Lambda acting for the account.
pub const LAMBDA: Actor = service("lambda.amazonaws.com");
/// CloudTrail acting for the account.
pub const CLOUDTRAIL: Actor = service("cloudtrail.amazonaws.com");

const fn role(
    role: &'static str,
    session: &'static str,
    address: &'static str,
    agent: &'static str,
) -> Actor {
    let who = Who::Role { role, session };
    Actor {
        who,
        address,
        agent,
    }
}

const fn service(host: &'static str) -> Actor {
    Actor {
        who: Who::Service,
        address: host,
        agent: host,
    }
}

impl Actor {
    /// Whether the call was made with the credentials of a console session.
    pub fn in_console(&self) -> bool {
        self.agent == BROWSER
    }

    /// `userIdentity` of a call at `time`.
    pub fn identity(&self, time: Second) -> Value {
        match self.who {
            Who::Role { role, session } => json!({
                "type": "AssumedRole",
                "principalId": format!("AROA{:.8}EXAMPLE:{session}", role.to_uppercase()),
                "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}"),
                "accountId": ACCOUNT,
                "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
                "sessionContext": {
                    "sessionIssuer": {
                        "type": "Role",
                        "principalId": format!("AROA{:.8}EXAMPLE", role.to_uppercase()),
                        "arn": format!("arn:aws:iam::{ACCOUNT}:role/{role}"),
                        "accountId": ACCOUNT,
                        "userName": role,
                    },
                    "attributes": {
                        // Sessions begin on the quarter of an hour before.
                        "creationDate": iso(time - time % 900),
                        "mfaAuthenticated": "false",
                    },
                },
            }),
            Who::User(name) => json!({
                "type": "IAMUser",
                "principalId": format!("AIDA{}EXAMPLE", name.to_uppercase()),
                "arn": format!("arn:aws:iam::{ACCOUNT}:user/{name}"),
                "accountId": ACCOUNT,
                "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
                "userName": name,
            }),
            Who::Service => json!({"type": "AWSService", "invokedBy": self.address}),
        }
    }
}
