//! What to ask AWS, and with whose credentials.

use std::{env, path::PathBuf, time::Duration};

use anyhow::{Context, anyhow};
use aws_config::{
    BehaviorVersion, Region as AwsRegion, SdkConfig, retry::RetryConfig, sts::AssumeRoleProvider,
    timeout::TimeoutConfig,
};
use aws_sdk_sts::config::SharedCredentialsProvider;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use clap::Args;
use trailblame::{
    archive::Archive,
    ids::{AccountId, Region},
    queries,
    report::words,
    source::aws::{Pace, Place, call::call_within, lookup},
};

use super::{Usage, athena, bounds, errand::Spans};

mod names;

/// What to ask AWS for.
#[derive(Debug, Args)]
#[command(next_help_heading = "AWS")]
pub struct Asking {
    /// Ask CloudTrail's event history (the default when no PATH and no other source is given).
    #[arg(long)]
    cloudtrail: bool,
    /// Read this CloudWatch log group, by name or ARN; repeatable.
    #[arg(long, value_name = "NAME_OR_ARN")]
    log_group: Vec<String>,
    /// Profile of the AWS configuration files.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Region, repeatable, or `all` [default: the profile's].
    #[arg(long, value_name = "REGION")]
    region: Vec<String>,
    /// Assume this role; repeatable, for several accounts.
    #[arg(long, value_name = "ARN")]
    role_arn: Vec<String>,
    /// External ID for the `--role-arn` at the same position; a single one applies to all.
    #[arg(long, value_name = "ID", requires = "role_arn")]
    external_id: Vec<String>,
    /// Override the AWS endpoint URL.
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
    /// Requests per second for each account, Region and API [default: half of AWS's quota].
    #[arg(long, value_name = "NUMBER")]
    max_rps: Option<f64>,
    /// Read the local archive only.
    #[arg(long)]
    archive: bool,
    /// Also save what is fetched to the archive.
    #[arg(long, conflicts_with = "archive")]
    save: bool,
    /// The local archive [default: `trailblame` in the user's data directory].
    #[arg(long, value_name = "DIR")]
    archive_dir: Option<PathBuf>,
    /// Do not call Cognito for the current settings.
    #[arg(long)]
    no_describe: bool,
    /// Time limit for looking up requests in each account and Region; then continue with what was read.
    #[arg(long, value_name = "DURATION", default_value = "10m")]
    max_lookup_time: String,
    #[command(flatten)]
    athena: athena::AthenaArguments,
}

/// What the arguments mean.
#[derive(Debug)]
pub struct Asked {
    /// Whether to ask CloudTrail's event history.
    pub cloudtrail: bool,
    /// Buckets to read.
    pub buckets: Vec<Bucket>,
    /// Athena's table to ask.
    pub athena: Option<athena::Asked>,
    /// Regions that were named.
    pub regions: Vec<String>,
    /// Log groups to read.
    pub log_groups: Vec<String>,
    /// Whether to put what is asked for into the archive.
    pub save: bool,
    /// Whether to read the archive and nothing else.
    pub archive_only: bool,
    /// Where the archive is.
    pub archive: Archive,
    /// Whether to ask Cognito for the settings as they are now.
    pub describe: bool,
    /// Requests per second, if not half of the quota.
    pub max_rps: Option<f64>,
    /// How long to look requests up.
    pub max_lookup_time: Duration,
    connection: Connection,
    roles: Vec<Role>,
}

/// With whose credentials to ask, and where.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    profile: Option<String>,
    region: Option<String>,
    endpoint_url: Option<String>,
}

/// `s3://bucket/prefix`.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// The bucket.
    pub name: String,
    /// What the keys begin with.
    pub prefix: String,
}

/// A role to ask with.
#[derive(Debug)]
struct Role {
    arn: String,
    external_id: Option<String>,
}

impl Asking {
    /// With whose credentials to ask, and where.
    pub fn connection(&self) -> Connection {
        let first = self.region.first();
        Connection {
            profile: self.profile.clone(),
            region: first.filter(|region| *region != "all").cloned(),
            endpoint_url: self.endpoint_url.clone(),
        }
    }

    /// Checks what was typed; `None` when nothing of AWS is asked for.
    pub fn resolve(self, has_paths: bool, buckets: Vec<Bucket>) -> Result<Option<Asked>, Usage> {
        let connection = self.connection();
        let athena = self.athena.resolve()?;
        let asks = athena.is_some() || !self.log_group.is_empty() || !buckets.is_empty();
        let other = has_paths || self.archive || asks;
        let cloudtrail = self.cloudtrail || !other;
        if !cloudtrail && !self.archive && !asks {
            return Ok(None);
        }
        let usage = |message: String, hint: &str| Usage {
            message,
            hint: Some(hint.to_owned()),
        };
        if athena.is_some() && (self.cloudtrail || !buckets.is_empty()) {
            return Err(usage(
                "`--athena` counts what `--cloudtrail` and buckets tell once more".to_owned(),
                "ask one source for a trail's records; log groups and files of applications may \
                 stand beside it",
            ));
        }
        names::check(&connection, &self.region)?;
        if let Some(rps) = self.max_rps.filter(|rps| !(0.01..=1000.0).contains(rps)) {
            return Err(usage(
                format!("invalid `--max-rps {rps}`: expected 0.01–1000"),
                "a pace is a number of requests per second from 0.01 to 1000",
            ));
        }
        let roles = self.role_arn.len();
        if self.external_id.len() > 1 && self.external_id.len() != roles {
            return Err(usage(
                format!("{} external ids for {roles} roles", self.external_id.len()),
                "give one `--external-id` for all roles, or one for each",
            ));
        }
        let external = |index: usize| self.external_id.get(index).or(self.external_id.first());
        let archive = archive(self.archive_dir.clone());
        let longest = bounds::duration("--max-lookup-time", &self.max_lookup_time)?;
        Ok(Some(Asked {
            cloudtrail,
            buckets,
            athena,
            log_groups: self.log_group,
            save: self.save,
            archive_only: self.archive,
            describe: !self.no_describe,
            archive,
            connection,
            regions: match self.region.iter().any(|region| region == "all") {
                true => queries::REGIONS.map(str::to_owned).to_vec(),
                false => self.region,
            },
            roles: self
                .role_arn
                .iter()
                .enumerate()
                .map(|(index, role)| Role {
                    arn: role.clone(),
                    external_id: external(index).cloned(),
                })
                .collect(),
            max_rps: self.max_rps,
            max_lookup_time: longest.to_std().unwrap_or(Duration::MAX),
        }))
    }
}

/// The archive in that folder, or where it is by default.
pub fn archive(folder: Option<PathBuf>) -> Archive {
    let folder = folder.or_else(data_directory);
    Archive::new(folder.unwrap_or_else(|| PathBuf::from(".trailblame")))
}

/// Where programs keep data of the user (XDG base directories); a container may have no such
/// place.
fn data_directory() -> Option<PathBuf> {
    let of = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let data = of("XDG_DATA_HOME").map(PathBuf::from);
    let home = || of("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    Some(data.or_else(home)?.join("trailblame"))
}

impl Asked {
    /// Whether this object lies in what is read of buckets.
    pub fn reads(&self, bucket: &str, key: &str) -> bool {
        let of = |region: &String| key.contains(&format!("/{region}/"));
        let is_region = self.regions.is_empty() || self.regions.iter().any(of);
        let mut buckets = self.buckets.iter();
        is_region && buckets.any(|own| own.name == bucket && key.starts_with(&own.prefix))
    }

    /// What the sources cannot show, whatever is asked.
    pub fn blind_spots(&self, spans: Spans) -> Vec<String> {
        if !self.cloudtrail {
            let start = words::date_time(spans.files.start);
            let more = match self.athena {
                Some(_) => "",
                None => ", `--cloudtrail` looks up 90 days",
            };
            let told = format!(
                "A change made before {start} was not looked for; `--history` reads further \
                 back{more}"
            );
            let wanted = spans.changes.map(|changes| changes.start);
            let unread = wanted.is_some_and(|wanted| wanted < spans.files.start);
            return unread.then_some(told).into_iter().collect();
        }
        let mut told = vec![
            "The event history was asked by event name: changes whose names this version does not \
             know were not seen"
                .to_owned(),
        ];
        let oldest = spans.at - lookup::KEPT;
        if spans.requests.is_some_and(|window| window.start < oldest) {
            told.push(format!(
                "CloudTrail keeps its event history for 90 days: nothing before {} was asked for; \
                 a trail's bucket or log group may hold more",
                words::date_time(oldest)
            ));
        }
        told
    }

    /// Each account and Region to ask.
    ///
    /// # Errors
    ///
    /// There are no credentials, or no Region is named.
    pub async fn places(&self) -> anyhow::Result<Vec<Place>> {
        let base = self.connection.load().await;
        let mut configurations = Vec::new();
        for role in &self.roles {
            let provider = AssumeRoleProvider::builder(&role.arn)
                .configure(&base)
                .session_name("trailblame");
            let provider = match &role.external_id {
                Some(id) => provider.external_id(id),
                None => provider,
            };
            let credentials = SharedCredentialsProvider::new(provider.build().await);
            let config = base.to_builder().credentials_provider(credentials).build();
            configurations.push(config);
        }
        if configurations.is_empty() {
            configurations.push(base);
        }
        let mut places = Vec::new();
        for config in configurations {
            let regions = self.regions_of(&config)?;
            let account = account(&config, &regions).await?;
            places.extend(regions.into_iter().map(|region| {
                Place {
                    account: account.clone(),
                    config: config
                        .to_builder()
                        .region(AwsRegion::new(region.clone()))
                        .build(),
                    region: Region::new(region),
                }
            }));
        }
        Ok(places)
    }

    fn regions_of(&self, config: &SdkConfig) -> anyhow::Result<Vec<String>> {
        let own = config.region().map(ToString::to_string);
        match (self.regions.is_empty(), own) {
            (false, _) => Ok(self.regions.clone()),
            (true, Some(region)) => Ok(vec![region]),
            (true, None) => Err(anyhow!(Usage {
                message: match &self.connection.profile {
                    Some(profile) => format!("no Region to ask: profile `{profile}` names none"),
                    None => "no Region to ask".to_owned(),
                },
                hint: Some(
                    "give --region eu-west-1, set AWS_REGION, or name a profile that has one \
                     (`aws configure list-profiles`)"
                        .to_owned()
                ),
            })),
        }
    }
}

impl Connection {
    /// The configuration that AWS's libraries take.
    pub async fn load(&self) -> SdkConfig {
        let http = Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(Duration::from_secs(30))
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .http_client(http)
            .timeout_config(timeouts)
            // Every try must wait for its turn, so trying again is `call`'s business.
            .retry_config(RetryConfig::disabled());
        if let Some(profile) = &self.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(url) = &self.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        if let Some(region) = &self.region {
            loader = loader.region(AwsRegion::new(region.clone()));
        }
        loader.load().await
    }
}

/// The first call is waited for by somebody who does not know yet whether anything works.
const AT_FIRST: Duration = Duration::from_secs(15);

/// The account that the credentials belong to.
async fn account(config: &SdkConfig, regions: &[String]) -> anyhow::Result<AccountId> {
    let mut builder = config.to_builder();
    if let Some(region) = regions.first() {
        builder = builder.region(AwsRegion::new(region.clone()));
    }
    let client = aws_sdk_sts::Client::new(&builder.build());
    let pace = Pace::new(10.0);
    let identity = call_within(AT_FIRST, &pace, "sts:GetCallerIdentity", || {
        client.get_caller_identity().send()
    });
    let identity = identity
        .await
        .context("couldn't identify the AWS account")?;
    let account = identity.account().context("AWS names no account")?;
    Ok(AccountId::new(account))
}
