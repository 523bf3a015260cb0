//! Loggers: how a line is written, as text or as JSON, in which clock, with which names.

use super::{
    super::{
        super::{
            chance::luck,
            model::{LogStyle, Millis, World},
        },
        choice::{label, of_luck},
        clock,
        json::{Object, object_text},
    },
    Entry, Level, Line,
    sdk::Language,
};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Logger {
    /// `2026-03-02 10:15:04,123 ERROR [main] auth - …` by the clock on the wall.
    LocalText,
    /// `2026-03-02T10:15:04.123Z ERROR …`
    IsoText,
    /// The platform knows when: `ERROR …`.
    Bare,
    Logrus,
    Pino,
    Winston,
    Zap,
    Logback,
    PythonJson,
    Ecs,
    Serilog,
}

pub const ALL: [Logger; 11] = [
    Logger::LocalText,
    Logger::IsoText,
    Logger::Bare,
    Logger::Logrus,
    Logger::Pino,
    Logger::Winston,
    Logger::Zap,
    Logger::Logback,
    Logger::PythonJson,
    Logger::Ecs,
    Logger::Serilog,
];

/// A service's logger: one that programs of this language have.
pub fn of(language: Language, place: usize) -> Logger {
    use Logger::{Bare, Ecs, IsoText, LocalText, Logback, Logrus, Pino, PythonJson, Serilog};
    let known: &[Logger] = match language {
        Language::Js => &[Pino, Logger::Winston, IsoText, Bare, LocalText, Ecs],
        Language::Go => &[Logger::Zap, Logrus, IsoText, Bare, LocalText],
        Language::Java => &[Logback, LocalText, IsoText, Bare, Ecs],
        Language::Python => &[PythonJson, LocalText, IsoText, Bare, Ecs],
        Language::Net => &[Serilog, IsoText, LocalText, Bare, Ecs],
    };
    let wanted = ALL[place % ALL.len()];
    match known.contains(&wanted) {
        true => wanted,
        false => known[place % known.len()],
    }
}

/// A service's logger.
pub struct Writer<'a> {
    logger: Logger,
    /// What text says of the thread.
    thread: &'static str,
    service: &'a str,
    zone: i32,
    /// How lines say the app client, where they do: by dots in JSON.
    client: &'static str,
    /// Whether each line of a stack trace is an event of its own.
    splits: bool,
}

impl<'a> Writer<'a> {
    pub fn new(world: &'a World, workload: usize, log: LogStyle, language: Language) -> Self {
        let luck = |question: &str| luck(world.seed, &[label(question), workload as u64]);
        let clients = [
            "clientId",
            "client_id",
            "oauth.client.id",
            "azp",
            "cognito.clientId",
        ];
        Self {
            logger: of(language, log.logger),
            thread: match language {
                Language::Java => "[main] ",
                _ => "",
            },
            service: &world.estate.workloads[workload].name,
            zone: log.zone,
            client: *of_luck::<&str>(&clients, luck("client in logs")),
            splits: luck("split lines") < 0.4,
        }
    }

    /// What is written of an entry: one message, or one for each line of it.
    pub fn lines(&self, at: Millis, task: usize, entry: &Entry) -> Vec<Line> {
        let text = self.text(at, entry);
        let line = |text: &str| Line {
            at,
            task,
            text: text.to_owned(),
        };
        match self.splits && text.contains('\n') {
            true => text.lines().map(line).collect(),
            false => vec![line(&text)],
        }
    }

    fn text(&self, at: Millis, entry: &Entry) -> String {
        let local = || clock::local(at, self.zone);
        match self.logger {
            Logger::LocalText => {
                let time = local().format("%Y-%m-%d %H:%M:%S,%3f");
                let level = level(entry, ["INFO ", "WARN ", "ERROR"]);
                self.plain(
                    entry,
                    &format!("{time} {level} {}{} - ", self.thread, entry.component),
                )
            }
            Logger::IsoText => {
                let level = level(entry, ["INFO", "WARN", "ERROR"]);
                self.plain(entry, &format!("{} {level} ", clock::millis(at)))
            }
            Logger::Bare => {
                let level = level(entry, ["INFO", "WARN", "ERROR"]);
                self.plain(entry, &format!("{level} "))
            }
            Logger::Logrus => {
                self.logrus(entry, &local().format("%Y-%m-%dT%H:%M:%S%:z").to_string())
            }
            Logger::Pino => self.pino(at, entry),
            Logger::Winston => self.winston(at, entry),
            Logger::Zap => self.zap(at, entry),
            Logger::Logback => self.logback(
                entry,
                &local().format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string(),
            ),
            Logger::PythonJson => {
                self.python(entry, &local().format("%Y-%m-%d %H:%M:%S,%3f").to_string())
            }
            Logger::Ecs => self.ecs(at, entry),
            Logger::Serilog => self.serilog(
                entry,
                &local().format("%Y-%m-%dT%H:%M:%S%.6f%:z").to_string(),
            ),
        }
    }

    /// A line of text, with the stack trace below.
    fn plain(&self, entry: &Entry, head: &str) -> String {
        let mut text = head.to_owned();
        text.push_str(&entry.message);
        for (name, value) in entry.fields.iter().filter(|(_, value)| !value.is_empty()) {
            text.push_str(&format!(" {name}={value}"));
        }
        if let Some(client) = &entry.client {
            let name = self.client.replace('.', "_");
            text.push_str(&format!(" {name}={client}"));
        }
        if let Some(stack) = &entry.stack {
            text.push('\n');
            text.push_str(stack);
        }
        text
    }

    fn logrus(&self, entry: &Entry, time: &str) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let level = level(entry, ["info", "warning", "error"]);
        let mut text = format!(
            "time=\"{time}\" level={level} msg={}",
            quoted(&entry.message)
        );
        for (name, value) in entry.fields.iter().filter(|(_, value)| !value.is_empty()) {
            text.push_str(&format!(" {name}={}", quoted(value)));
        }
        if let Some(stack) = &entry.stack {
            text.push_str(&format!(" stack={}", quoted(stack)));
        }
        if let Some(client) = &entry.client {
            text.push_str(&format!(" {}={client}", self.client));
        }
        text
    }

    fn pino(&self, at: Millis, entry: &Entry) -> String {
        object_text(|line| {
            line.number("level", level(entry, [30, 40, 50]));
            line.number("time", at);
            line.number("pid", 1);
            line.text("hostname", self.service);
            self.client(line, entry);
            if entry.stack.is_some() || !entry.fields.is_empty() {
                line.object("err", |err| {
                    err.text("message", &entry.message);
                    fields(err, entry);
                    stack(err, "stack", entry);
                });
            }
            line.text("msg", &entry.message);
        })
    }

    fn winston(&self, at: Millis, entry: &Entry) -> String {
        object_text(|line| {
            line.text("level", level(entry, ["info", "warn", "error"]));
            line.text("message", &entry.message);
            line.text("timestamp", &clock::millis(at));
            line.text("service", self.service);
            fields(line, entry);
            self.client(line, entry);
            stack(line, "stack", entry);
        })
    }

    fn zap(&self, at: Millis, entry: &Entry) -> String {
        object_text(|line| {
            line.text("level", level(entry, ["info", "warn", "error"]));
            line.raw(
                "ts",
                &format!("{}.{:03}4", at.div_euclid(1_000), at.rem_euclid(1_000)),
            );
            line.text("logger", entry.component);
            let caller = match entry.component {
                "auth" | "tokens" | "oauthproxy" => "auth/token.go:88",
                "db" => "store/query.go:140",
                _ => "server/server.go:57",
            };
            line.text("caller", caller);
            line.text("msg", &entry.message);
            fields(line, entry);
            self.client(line, entry);
            stack(line, "stacktrace", entry);
        })
    }

    fn logback(&self, entry: &Entry, time: &str) -> String {
        object_text(|line| {
            line.text("@timestamp", time);
            line.text("@version", "1");
            line.text("message", &entry.message);
            line.text("logger_name", entry.component);
            line.text("thread_name", "http-nio-8080-exec-3");
            line.text("level", level(entry, ["INFO", "WARN", "ERROR"]));
            if entry.client.is_some() {
                line.object("mdc", |mdc| self.client(mdc, entry));
            }
            fields(line, entry);
            stack(line, "stack_trace", entry);
        })
    }

    fn python(&self, entry: &Entry, time: &str) -> String {
        object_text(|line| {
            line.text("asctime", time);
            line.text("levelname", level(entry, ["INFO", "WARNING", "ERROR"]));
            line.text("name", entry.component);
            line.text("message", &entry.message);
            fields(line, entry);
            self.client(line, entry);
            stack(line, "exc_info", entry);
        })
    }

    fn ecs(&self, at: Millis, entry: &Entry) -> String {
        object_text(|line| {
            line.text("@timestamp", &clock::millis(at));
            line.text("log.level", level(entry, ["INFO", "WARN", "ERROR"]));
            line.text("message", &entry.message);
            line.text("ecs.version", "8.10.0");
            line.text("service.name", self.service);
            line.text("log.logger", entry.component);
            fields(line, entry);
            self.client(line, entry);
            stack(line, "error.stack_trace", entry);
        })
    }

    fn serilog(&self, entry: &Entry, time: &str) -> String {
        object_text(|line| {
            line.text("@t", time);
            line.text("@mt", &entry.message);
            if entry.level != Level::Info {
                line.text("@l", level(entry, ["", "Warning", "Error"]));
            }
            line.text("SourceContext", entry.component);
            fields(line, entry);
            self.client(line, entry);
            stack(line, "@x", entry);
        })
    }

    /// Writes the app client's id where this service has it.
    fn client(&self, line: &mut Object<'_>, entry: &Entry) {
        let Some(client) = &entry.client else {
            return;
        };
        let parts: Vec<&str> = self.client.split('.').collect();
        match parts[..] {
            [outer, middle, inner] => line.object(outer, |outer| {
                outer.object(middle, |middle| middle.text(inner, client));
            }),
            [outer, inner] => line.object(outer, |outer| outer.text(inner, client)),
            _ => line.text(self.client, client),
        }
    }
}

fn level<T: Copy>(entry: &Entry, [info, warn, error]: [T; 3]) -> T {
    match entry.level {
        Level::Info => info,
        Level::Warn => warn,
        Level::Error => error,
    }
}

fn fields(line: &mut Object<'_>, entry: &Entry) {
    for (name, value) in entry.fields.iter().filter(|(_, value)| !value.is_empty()) {
        match value.starts_with('{') {
            true => line.raw(name, value),
            false => line.text(name, value),
        }
    }
}

fn stack(line: &mut Object<'_>, name: &str, entry: &Entry) {
    if let Some(stack) = &entry.stack {
        line.text(name, stack);
    }
}
