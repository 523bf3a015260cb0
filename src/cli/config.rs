//! `trailblame.toml`: flags that need not be typed each time. What is typed wins over the
//! environment, and that over the file.
//!
//! Each value becomes the flag of its name, so that a file can say what flags can, and nothing else.

use std::{collections::BTreeMap, env, ffi::OsString, io::Write, path::PathBuf};

use anyhow::{Context, anyhow};
use clap::{ArgMatches, Args, Command, CommandFactory, Parser, Subcommand, parser::ValueSource};
use toml::{Table, Value};
use trailblame::ids::AppClientId;

use super::{Ended, Usage, output, read::Reading};

/// Explain the configuration.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trailblame config check
  trailblame config check --config ops/trailblame.toml

A configuration:
  [sources]                     # as the flags of that name, for every command
  profile = \"prod\"
  cloudtrail = true
  log-group = [\"/ecs/web\"]
  since = \"24h\"

  [report]                      # for one command
  format = [\"html\", \"json\"]
  output = \"reports/\"
  state = \"s3://example-ops/trailblame.json\"
  notify = [\"slack=env:SLACK_URL\"]

  [thresholds]
  false-alarms = 0.02           # per app client and week

  [clients]                     # names for display
  4billing0m2m0000000example = \"Billing\"")]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Check the file, and print where each value comes from and what would run.
    Check,
}

/// Names of app clients for display.
pub type Names = BTreeMap<AppClientId, String>;

/// Tables that are no command's.
const SOURCES: &str = "sources";
const THRESHOLDS: &str = "thresholds";
const CLIENTS: &str = "clients";
/// Flags that say what is read: any of them on the command line, or a PATH, takes the place of all
/// in the file.
const SELECTING: [&str; 4] = ["cloudtrail", "log-group", "athena", "archive"];
/// Flags that belong to what is read: they go with it.
const BOUNDS: [&str; 3] = ["since", "until", "history"];
const THRESHOLD_FLAGS: [&str; 1] = ["false-alarms"];

/// A configuration file.
#[derive(Debug, Default)]
pub struct Config {
    path: Option<PathBuf>,
    tables: Table,
    /// Names of app clients for display.
    pub names: Names,
}

/// A flag that was not typed, and where its value is from.
struct Given {
    flag: String,
    values: Vec<String>,
    from: String,
}

/// The command line with what the environment and the file add to it, and the configuration.
pub fn complete(typed: Vec<OsString>) -> anyhow::Result<(Vec<OsString>, Config)> {
    let command = whole();
    // What is missing may stand in the file; what is wrong is told by the second parsing.
    let matches = command
        .clone()
        .ignore_errors(true)
        .try_get_matches_from(&typed);
    let Ok(matches) = matches else {
        return Ok((typed, Config::default()));
    };
    let Some((name, own)) = matches.subcommand() else {
        return Ok((typed, Config::default()));
    };
    let named = matches.get_one::<PathBuf>("config").cloned();
    let config = Config::find(named, &command)?;
    let given = config.given(&command, name, Some(own));
    let mut all = typed;
    let end = all
        .iter()
        .position(|word| word == "--")
        .unwrap_or(all.len());
    let words = given.iter().flat_map(Given::words).map(OsString::from);
    all.splice(end..end, words.collect::<Vec<_>>());
    Ok((all, config))
}

impl Given {
    fn words(&self) -> Vec<String> {
        let flag = &self.flag;
        self.values
            .iter()
            .filter(|value| *value != "false")
            .map(|value| match value.as_str() {
                "true" => format!("--{flag}"),
                value => format!("--{flag}={value}"),
            })
            .collect()
    }
}

impl Config {
    /// The file that was named, or the user's, if there is one.
    fn find(named: Option<PathBuf>, command: &Command) -> anyhow::Result<Self> {
        let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let named = named.or_else(|| variable("TRAILBLAME_CONFIG").map(PathBuf::from));
        let home = || variable("HOME").map(|home| PathBuf::from(home).join(".config"));
        let own = variable("XDG_CONFIG_HOME").map(PathBuf::from).or_else(home);
        let own = own.map(|folder| folder.join("trailblame/trailblame.toml"));
        let path = match (named, own) {
            (Some(named), _) => named,
            (None, Some(own)) if own.is_file() => own,
            _ => return Ok(Self::default()),
        };
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("failed to read the configuration `{}`", path.display()))?;
        let tables: Table = text.parse().map_err(|error: toml::de::Error| {
            anyhow!(Usage {
                message: format!("`{}`: {}", path.display(), error.to_string().trim_end()),
                hint: None,
            })
        })?;
        let names = check(&tables, command).map_err(|mut usage| {
            usage.message = format!("`{}`: {}", path.display(), usage.message);
            usage
        })?;
        Ok(Self {
            path: Some(path),
            tables,
            names,
        })
    }

    /// The flags of a command that were not typed and have a value all the same.
    fn given(&self, command: &Command, name: &str, typed: Option<&ArgMatches>) -> Vec<Given> {
        let is_typed = |flag: &str| {
            let id = flag.replace('-', "_");
            let known = typed.filter(|typed| typed.try_contains_id(&id).is_ok());
            let source = known.and_then(|typed| typed.value_source(&id));
            source == Some(ValueSource::CommandLine)
        };
        let selects = is_typed("paths") || SELECTING.iter().any(|flag| is_typed(flag));
        let mut given = Vec::new();
        for flag in flags(command, name) {
            let of_selection = SELECTING.iter().chain(&BOUNDS).any(|name| *name == flag);
            if is_typed(&flag) || selects && of_selection {
                continue;
            }
            let variable = format!("TRAILBLAME_{}", flag.replace('-', "_").to_uppercase());
            if let Some(value) = env::var(&variable).ok().filter(|value| !value.is_empty()) {
                let switch = is_switch(command, name, &flag);
                let value = match value.as_str() {
                    "1" if switch => "true".to_owned(),
                    "0" if switch => "false".to_owned(),
                    _ => value,
                };
                given.push(Given {
                    flag,
                    values: vec![value],
                    from: variable,
                });
                continue;
            }
            let tables = [name, SOURCES, THRESHOLDS];
            let found = tables.iter().find_map(|table| {
                let value = self.tables.get(*table)?.as_table()?.get(&flag)?;
                Some((*table, value))
            });
            if let Some((table, value)) = found {
                given.push(Given {
                    flag,
                    values: texts(value).unwrap_or_default(),
                    from: format!("[{table}]"),
                });
            }
        }
        given
    }
}

/// The command line with the flags of all commands at each.
fn whole() -> Command {
    let mut command = super::Arguments::command();
    command.build();
    command
}

/// The long flags of a command.
fn flags(command: &Command, name: &str) -> Vec<String> {
    let found = command.find_subcommand(name);
    let arguments = found.into_iter().flat_map(Command::get_arguments);
    let longs = arguments.filter_map(|argument| argument.get_long());
    longs
        .filter(|flag| !["config", "help", "version"].contains(flag))
        .map(str::to_owned)
        .collect()
}

/// Whether a flag takes no value.
fn is_switch(command: &Command, name: &str, flag: &str) -> bool {
    let found = command.find_subcommand(name);
    let mut arguments = found.into_iter().flat_map(Command::get_arguments);
    let argument = arguments.find(|argument| argument.get_long() == Some(flag));
    argument.is_some_and(|argument| !argument.get_action().takes_values())
}

/// Texts of a value; `None` when it is of another kind.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Integer(number) => Some(vec![number.to_string()]),
        Value::Float(number) => Some(vec![number.to_string()]),
        Value::Boolean(is) => Some(vec![is.to_string()]),
        Value::Array(items) => {
            let items: Option<Vec<Vec<String>>> = items.iter().map(texts).collect();
            Some(items?.concat())
        }
        Value::Datetime(time) => Some(vec![time.to_string()]),
        Value::Table(_) => None,
    }
}

/// Refuses what no command knows.
fn check(tables: &Table, command: &Command) -> Result<Names, Usage> {
    let commands = command
        .get_subcommands()
        .map(|command| command.get_name().to_owned());
    let mut known: Vec<String> = commands
        .filter(|name| name != "config" && name != "help")
        .collect();
    known.extend([SOURCES, THRESHOLDS, CLIENTS].map(str::to_owned));
    for (name, value) in tables {
        let Some(table) = value.as_table().filter(|_| known.contains(name)) else {
            let what = if value.is_table() {
                "table"
            } else {
                "key outside of a table"
            };
            return Err(unknown(what, name, &known));
        };
        let keys = match name.as_str() {
            CLIENTS => {
                if let Some((client, _)) = table.iter().find(|(_, name)| !name.is_str()) {
                    return Err(usage(format!(
                        "the name of `{client}` in [clients] is no text"
                    )));
                }
                continue;
            }
            SOURCES => {
                let reading = Reading::augment_args(Command::new(SOURCES)).name(SOURCES);
                let whole = Command::new("all").subcommand(reading);
                flags(&whole, SOURCES)
            }
            THRESHOLDS => THRESHOLD_FLAGS.map(str::to_owned).to_vec(),
            name => flags(command, name),
        };
        for (key, value) in table {
            if !keys.contains(key) {
                return Err(unknown(&format!("key in [{name}]"), key, &keys));
            }
            if texts(value).is_none() {
                return Err(usage(format!("`{key}` in [{name}] is no value of a flag")));
            }
        }
    }
    let clients = tables.get(CLIENTS).and_then(Value::as_table);
    let names = clients.into_iter().flatten();
    let names =
        names.filter_map(|(id, name)| Some((AppClientId::new(id), name.as_str()?.to_owned())));
    Ok(names.collect())
}

fn usage(message: String) -> Usage {
    Usage {
        message,
        hint: None,
    }
}

fn unknown(what: &str, name: &str, known: &[String]) -> Usage {
    let near = known
        .iter()
        .map(|known| (strsim::jaro_winkler(name, known), known));
    let nearest = near.max_by(|a, b| a.0.total_cmp(&b.0));
    Usage {
        message: format!("unknown {what}: `{name}`"),
        hint: nearest.map(|(_, nearest)| format!("did you mean `{nearest}`?")),
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments, config: &Config, out: &mut impl Write) -> anyhow::Result<Ended> {
    let Action::Check = arguments.action;
    let command = whole();
    match &config.path {
        Some(path) => writeln!(out, "{}: good", path.display())?,
        None => writeln!(out, "no configuration file")?,
    }
    for name in [
        "investigate",
        "report",
        "postmortem",
        "changes",
        "failures",
        "pull",
    ] {
        let given = config.given(&command, name, None);
        let mut words = vec!["trailblame".to_owned(), name.to_owned()];
        words.extend(given.iter().flat_map(Given::words));
        let quoted: Vec<String> = words.iter().map(|word| output::quoted(word)).collect();
        writeln!(out, "\n{}", quoted.join(" "))?;
        for given in &given {
            writeln!(
                out,
                "  --{} is {} by {}",
                given.flag,
                given.values.join(", "),
                given.from
            )?;
        }
        if let Err(error) = super::Arguments::try_parse_from(&words) {
            let first = error.to_string();
            let first = first.lines().next().unwrap_or_default().to_owned();
            return Err(anyhow!(usage(format!("`{name}` would not run: {first}"))));
        }
    }
    if !config.names.is_empty() {
        writeln!(out, "\nnames:")?;
    }
    for (client, name) in &config.names {
        writeln!(out, "  {client} is {name}")?;
    }
    Ok(Ended::Well)
}
