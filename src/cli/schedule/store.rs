//! Where the state is kept between runs. Writes are conditional: of two runs at the same time one
//! is told that it must look again.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow, bail};
use aws_sdk_s3::{
    Client, error::ProvideErrorMetadata, operation::get_object::GetObjectError,
    primitives::ByteStream,
};
use sha2::{Digest, Sha256};
use tokio::runtime::Runtime;
use trailblame::source::aws::{Pace, s3};

use super::{
    super::{ask, aws::Connection, output},
    state::State,
};

/// A place for the state.
pub enum Store {
    /// A file on this machine, beside it a lock and what stood in it before.
    File(PathBuf),
    /// An object of S3.
    Object {
        runtime: Runtime,
        client: Client,
        bucket: String,
        key: String,
    },
}

/// What the state was when it was read; `None` when there was none.
pub type Version = Option<String>;

impl Store {
    /// The place of that name.
    pub fn new(name: &str, connection: Connection) -> anyhow::Result<Self> {
        let Some(rest) = name.strip_prefix("s3://") else {
            return Ok(Self::File(PathBuf::from(name)));
        };
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() || key.is_empty() {
            bail!(super::super::Usage {
                message: format!("`--state {name}` names no object"),
                hint: Some("write s3://BUCKET/KEY".to_owned()),
            });
        }
        let runtime = ask::runtime()?;
        let client = runtime.block_on(async {
            let config = connection.load().await;
            s3::client(&config, &Pace::new(10.0), bucket).await
        });
        Ok(Self::Object {
            runtime,
            client,
            bucket: bucket.to_owned(),
            key: key.to_owned(),
        })
    }

    /// The state, and which it is.
    pub fn load(&self) -> anyhow::Result<(State, Version)> {
        match self {
            Self::File(path) => read_file(path),
            Self::Object {
                runtime,
                client,
                bucket,
                key,
            } => runtime.block_on(read_object(client, bucket, key)),
        }
    }

    /// Writes the state, unless it is another by now; says whether it did.
    pub fn store(&self, state: &State, version: &Version) -> anyhow::Result<bool> {
        let text = format!("{:#}\n", serde_json::to_value(state)?);
        match self {
            Self::File(path) => write_file(path, &text, version),
            Self::Object {
                runtime,
                client,
                bucket,
                key,
            } => runtime.block_on(write_object(client, bucket, key, text, version)),
        }
    }
}

fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(extension);
    PathBuf::from(name)
}

fn hash(text: &[u8]) -> String {
    format!("{:x?}", Sha256::digest(text))
}

fn bytes(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(error).with_context(|| format!("failed to read the state `{}`", path.display()))
        }
    }
}

fn parsed(bytes: &[u8]) -> Result<State, String> {
    let state: State = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    match state.is_known() {
        true => Ok(state),
        false => Err("it is of another version".to_owned()),
    }
}

fn read_file(path: &Path) -> anyhow::Result<(State, Version)> {
    let Some(text) = bytes(path)? else {
        return Ok((State::default(), None));
    };
    let version = Some(hash(&text));
    let why = match parsed(&text) {
        Ok(state) => return Ok((state, version)),
        Err(why) => why,
    };
    let before = bytes(&beside(path, ".before"))?;
    let before = before.and_then(|text| parsed(&text).ok());
    let then = match &before {
        Some(_) => "going on from the one before it",
        None => "beginning anew: what was told may be told again",
    };
    output::tell(format_args!(
        "warning: the state `{}` is damaged ({why}); {then}",
        path.display()
    ));
    Ok((before.unwrap_or_default(), version))
}

fn write_file(path: &Path, text: &str, version: &Version) -> anyhow::Result<bool> {
    let failed = || format!("failed to write the state `{}`", path.display());
    let lock = File::create(beside(path, ".lock")).with_context(failed)?;
    lock.lock().with_context(failed)?;
    let held = bytes(path)?;
    if held.as_deref().map(hash) != *version {
        return Ok(false);
    }
    // Only what can be read again is worth keeping.
    if held.is_some_and(|held| parsed(&held).is_ok()) {
        fs::copy(path, beside(path, ".before")).with_context(failed)?;
    }
    let new = beside(path, ".new");
    fs::write(&new, text).with_context(failed)?;
    File::open(&new)
        .and_then(|file| file.sync_all())
        .with_context(failed)?;
    fs::rename(&new, path).with_context(failed)?;
    Ok(true)
}

async fn read_object(client: &Client, bucket: &str, key: &str) -> anyhow::Result<(State, Version)> {
    let failed = || format!("failed to read the state s3://{bucket}/{key}");
    let object = match client.get_object().bucket(bucket).key(key).send().await {
        Ok(object) => object,
        Err(error) => {
            let none = error
                .as_service_error()
                .is_some_and(GetObjectError::is_no_such_key);
            return match none {
                true => Ok((State::default(), None)),
                false => Err(anyhow!(said(&error))).with_context(failed),
            };
        }
    };
    let version = object.e_tag().map(str::to_owned);
    let text = object
        .body
        .collect()
        .await
        .with_context(failed)?
        .into_bytes();
    match parsed(&text) {
        Ok(state) => Ok((state, version)),
        Err(why) => {
            output::tell(format_args!(
                "warning: the state s3://{bucket}/{key} is damaged ({why}); beginning anew: what \
                 was told may be told again"
            ));
            Ok((State::default(), version))
        }
    }
}

async fn write_object(
    client: &Client,
    bucket: &str,
    key: &str,
    text: String,
    version: &Version,
) -> anyhow::Result<bool> {
    let put = client
        .put_object()
        .bucket(bucket)
        .key(key)
        .content_type("application/json")
        .body(ByteStream::from(text.into_bytes()));
    let put = match version {
        Some(version) => put.if_match(version),
        None => put.if_none_match("*"),
    };
    match put.send().await {
        Ok(_) => Ok(true),
        // 412: it is another by now; 409: another is writing it.
        Err(error) if matches!(status(&error), Some(409 | 412)) => Ok(false),
        Err(error) => Err(anyhow!(said(&error)))
            .with_context(|| format!("failed to write the state s3://{bucket}/{key}")),
    }
}

type Refused<E> =
    aws_sdk_s3::error::SdkError<E, aws_smithy_runtime_api::client::orchestrator::HttpResponse>;

fn status<E>(error: &Refused<E>) -> Option<u16> {
    error
        .raw_response()
        .map(|response| response.status().as_u16())
}

fn said<E: ProvideErrorMetadata>(error: &Refused<E>) -> String {
    let code = error.code().unwrap_or("no answer");
    match error.message() {
        Some(message) => format!("{code}: {message}"),
        None => code.to_owned(),
    }
}
