//! Where the state is kept between runs. Writes are conditional: of two runs at the same time one
//! is told that it must look again.

use std::{
    fs,
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
    super::{
        ask,
        aws::Connection,
        files::{self, Readers, beside},
        output,
    },
    state::State,
};

/// A place for the state.
pub enum Store {
    /// A file on this machine, beside it a lock and a copy.
    File(PathBuf),
    /// An object of S3.
    Object {
        runtime: Runtime,
        client: Client,
        bucket: String,
        key: String,
    },
}

/// What stands behind the name of the state: a copy of it, and what a run that writes it holds.
const COPY: &str = ".before";
const LOCK: &str = ".lock";

/// Which state was read; `None` when there was none.
pub type Version = Option<String>;

/// A state that was read.
pub struct Loaded {
    pub state: State,
    pub version: Version,
    /// Whether it stands so in its place: one that is damaged is to be written anew.
    pub is_sound: bool,
}

impl Loaded {
    fn none() -> Self {
        Self {
            state: State::default(),
            version: None,
            is_sound: true,
        }
    }
}

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
    pub fn load(&self) -> anyhow::Result<Loaded> {
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
        true => Ok(state.with_names_of_targets()),
        false => Err("it is of another version".to_owned()),
    }
}

fn read_file(path: &Path) -> anyhow::Result<Loaded> {
    let Some(text) = bytes(path)? else {
        return Ok(Loaded::none());
    };
    let version = Some(hash(&text));
    let why = match parsed(&text) {
        Ok(state) => {
            return Ok(Loaded {
                state,
                version,
                is_sound: true,
            });
        }
        Err(why) => why,
    };
    let before = bytes(&beside(&files::followed(path), COPY))?;
    let before = before.and_then(|text| parsed(&text).ok());
    let then = match &before {
        Some(_) => "going on from the copy beside it",
        None => "beginning anew: what was told may be told again",
    };
    output::tell(format_args!(
        "warning: the state `{}` is damaged ({why}); {then}",
        path.display()
    ));
    Ok(Loaded {
        state: before.unwrap_or_default(),
        version,
        is_sound: false,
    })
}

fn write_file(path: &Path, text: &str, version: &Version) -> anyhow::Result<bool> {
    let failed = || format!("failed to write the state `{}`", path.display());
    let path = &files::followed(path);
    let lock = files::private(&beside(path, LOCK)).with_context(failed)?;
    lock.lock().with_context(failed)?;
    if bytes(path)?.as_deref().map(hash) != *version {
        return Ok(false);
    }
    files::write(path, text.as_bytes(), Readers::Owner).with_context(failed)?;
    // The same once more, for when the first is damaged: an older one would not know what was sent.
    files::write(&beside(path, COPY), text.as_bytes(), Readers::Owner).with_context(failed)?;
    Ok(true)
}

async fn read_object(client: &Client, bucket: &str, key: &str) -> anyhow::Result<Loaded> {
    let failed = || format!("failed to read the state s3://{bucket}/{key}");
    let object = match client.get_object().bucket(bucket).key(key).send().await {
        Ok(object) => object,
        Err(error) => {
            let none = error
                .as_service_error()
                .is_some_and(GetObjectError::is_no_such_key);
            return match none {
                true => Ok(Loaded::none()),
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
        Ok(state) => Ok(Loaded {
            state,
            version,
            is_sound: true,
        }),
        Err(why) => {
            output::tell(format_args!(
                "warning: the state s3://{bucket}/{key} is damaged ({why}); beginning anew: what \
                 was told may be told again"
            ));
            Ok(Loaded {
                version,
                is_sound: false,
                ..Loaded::none()
            })
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
