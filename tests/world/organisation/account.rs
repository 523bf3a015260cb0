//! What an account owns in a Region, and who works in it during one file.

use super::super::{clock::Second, dice::Dice};

const THINGS: [&str; 16] = [
    "audit", "cart", "catalog", "invoices", "ledger", "media", "notify", "orders", "payments",
    "pricing", "returns", "reviews", "rota", "search", "shipping", "stock",
];
const PARTS: [&str; 10] = [
    "api", "cron", "export", "gateway", "import", "index", "report", "stream", "sync", "worker",
];
const STAGES: [&str; 3] = ["prod", "stage", "dev"];
const PEOPLE: [&str; 12] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "mallory",
    "niaj",
];
const HEX: &[u8] = b"0123456789abcdef";
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

pub struct Account {
    pub id: &'static str,
    pub region: &'static str,
    /// Names of services, such as `orders-api-prod`; functions, tables, queues and roles bear them.
    pub names: Vec<String>,
    pub keys: Vec<String>,
    /// UUIDs of versions, stacks and the like.
    pub ids: Vec<String>,
    pub instances: Vec<String>,
    /// 17 hexadecimal digits each, of volumes, networks and images.
    pub hexes: Vec<String>,
    /// Digests of container images.
    pub images: Vec<String>,
    /// By the position of the role's name.
    principals: Vec<String>,
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A function with its role.
    Function,
    /// A machine with its role.
    Instance,
    /// A job that assumed a role with an SDK.
    Job,
    /// The deploy pipeline.
    Deploy,
    /// A person in the console.
    Person,
    /// A program with an access key that never ends.
    User,
}

/// Credentials in use.
#[derive(Clone, Debug)]
pub struct Session {
    pub actor: Actor,
    pub role: String,
    pub principal: String,
    pub name: String,
    pub access_key: String,
    pub since: Second,
    pub address: String,
    pub agent: &'static str,
}

impl Account {
    pub fn new(id: &'static str, region: &'static str, seed: u64) -> Self {
        let mut dice = Dice::new(&format!("organisation {seed} account {id} {region}"));
        let names: Vec<String> = (0..60).map(|_| name(&mut dice)).collect();
        Self {
            id,
            region,
            keys: (0..12).map(|_| dice.uuid()).collect(),
            ids: (0..60).map(|_| dice.uuid()).collect(),
            instances: (0..80).map(|_| id_of("i", &mut dice)).collect(),
            hexes: (0..120).map(|_| dice.letters(HEX, 17)).collect(),
            images: (0..40).map(|_| dice.letters(HEX, 64)).collect(),
            principals: names.iter().map(|_| principal(&mut dice)).collect(),
            names,
        }
    }

    /// Fresh credentials, some minutes old.
    pub fn session(&self, actor: Actor, time: Second, dice: &mut Dice) -> Session {
        let own = dice.between(0, self.names.len() as i64 - 1) as usize;
        let name = &self.names[own];
        let (role, session) = match actor {
            Actor::Function => (format!("{name}-role"), name.clone()),
            Actor::Instance => (format!("{name}-node"), dice.pick(&self.instances).clone()),
            Actor::Job => (
                name.clone(),
                format!("botocore-session-{}", time - dice.between(0, 3599)),
            ),
            Actor::Deploy => ("Deploy".to_owned(), "ci".to_owned()),
            Actor::Person => (
                "AWSReservedSSO_Platform_0123456789EXAMPLE".to_owned(),
                format!("{}@example.com", dice.pick(&PEOPLE)),
            ),
            Actor::User => (String::new(), format!("{}-uploader", name)),
        };
        Session {
            actor,
            role,
            principal: self.principals[own].clone(),
            name: session,
            access_key: access_key(dice),
            since: time - dice.between(5, 3599),
            address: dice.address(),
            agent: dice.pick::<&str>(agents(actor)),
        }
    }
}

/// A fresh access key id of a session.
pub fn access_key(dice: &mut Dice) -> String {
    format!("ASIA{}EXAMPLE", dice.letters(BASE32, 9))
}

fn name(dice: &mut Dice) -> String {
    let thing = dice.pick(&THINGS);
    format!("{thing}-{}-{}", dice.pick(&PARTS), dice.pick(&STAGES))
}

fn id_of(kind: &str, dice: &mut Dice) -> String {
    format!("{kind}-{}", dice.letters(HEX, 17))
}

fn principal(dice: &mut Dice) -> String {
    format!("AROA{}EXAMPLE", dice.letters(BASE32, 10))
}

fn agents(actor: Actor) -> &'static [&'static str] {
    match actor {
        Actor::Function => &[
            "Boto3/1.37.4 md/Botocore#1.37.4 ua/2.0 os/linux#5.10.234 md/arch#aarch64 lang/python#3.12.9 md/pyimpl#CPython exec-env/AWS_Lambda_python3.12 cfg/retry-mode#legacy Botocore/1.37.4",
            "aws-sdk-js/3.758.0 ua/2.1 os/linux#5.10.234 lang/js md/nodejs#22.14.0 exec-env/AWS_Lambda_nodejs22.x m/E,n",
            "aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24.1 md/GOARCH#arm64 md/GOOS#linux exec-env/AWS_Lambda_provided.al2023",
        ],
        Actor::Instance => &[
            "aws-sdk-go/1.55.5 (go1.23.4; linux; amd64) amazon-ssm-agent/3.3.1611.0",
            "CWAgent/1.300053.0 (go1.23.5; linux; arm64) aws-sdk-go/1.48.6",
            "aws-sdk-java/2.30.35 md/io#async md/http#NettyNio ua/2.1 os/Linux#6.1.128 lang/java#21.0.6 md/OpenJDK_64-Bit_Server_VM md/vendor#Amazon.com_Inc. cfg/retry-mode#standard",
        ],
        Actor::Job | Actor::User => &[
            "aws-cli/2.24.10 md/awscrt#0.23.8 ua/2.0 os/linux#6.8.0 md/arch#x86_64 lang/python#3.12.6 md/installer#exe md/prompt#off",
            "Boto3/1.37.4 md/Botocore#1.37.4 ua/2.0 os/linux#6.1.128 md/arch#x86_64 lang/python#3.11.11 md/pyimpl#CPython cfg/retry-mode#standard Botocore/1.37.4",
            "aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.23.8 md/GOOS#linux md/GOARCH#amd64 api/eks#1.58.2 karpenter.sh-1.2.1",
        ],
        Actor::Deploy => &[
            "APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io) terraform-provider-aws/5.94.1 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.23.8 md/GOOS#linux md/GOARCH#amd64",
        ],
        Actor::Person => &[
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36",
            "AWS Internal",
        ],
    }
}
