//! A program that is judged: runs it on an account and reads what it prints.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{answer::Answer, truth::about, worlds::World};

/// Who has not answered by then has no answer.
const PATIENCE: Duration = Duration::from_secs(300);
/// So much of what it says on stderr is told when it fails.
const SAID: usize = 200;

pub struct Program {
    pub name: String,
    /// The words before and after the folder of the logs.
    before: Vec<OsString>,
    after: Vec<OsString>,
}

impl Program {
    /// One that has the command line of `trailblame`.
    pub fn ours(path: &Path) -> Self {
        Self {
            name: stem(path),
            before: vec![path.into(), "investigate".into()],
            after: vec!["--format".into(), "json".into()],
        }
    }

    /// The sketch, a Python file.
    pub fn sketch(path: PathBuf) -> Self {
        Self {
            name: stem(&path),
            before: vec!["python3".into(), path.into()],
            after: Vec::new(),
        }
    }

    /// What it says of a world, or why it says nothing. What it printed is kept by its name.
    ///
    /// # Errors
    ///
    /// It cannot be started, or what it prints cannot be kept.
    pub fn answer(&self, world: &World) -> io::Result<Result<Answer, String>> {
        fs::create_dir_all(&world.answers)?;
        let printed = world.answers.join(format!("answer-{}.json", self.name));
        let said = world.answers.join(format!("stderr-{}.txt", self.name));
        let mut words = self.before.iter();
        let mut child = Command::new(words.next().expect("a program"))
            .args(words)
            .arg(world.folder.join("input"))
            .args(&self.after)
            .stdin(Stdio::null())
            .stdout(File::create(&printed)?)
            .stderr(File::create(&said)?)
            .spawn()
            .map_err(|error| about(Path::new(&self.before[0]), error))?;
        let status = wait(&mut child)?;
        // As with any reader of its JSON, the document counts and not the status.
        let answer = serde_json::from_slice(&fs::read(&printed)?);
        Ok(match (status, answer) {
            (Some(_), Ok(answer)) => {
                fs::remove_file(&said)?;
                Ok(answer)
            }
            (None, _) => Err(format!("no answer in {} s", PATIENCE.as_secs())),
            (Some(status), Err(error)) => {
                let text = String::from_utf8_lossy(&fs::read(&said)?).into_owned();
                let text: String = text.trim().chars().take(SAID).collect();
                Err(format!("no answer ({status}): {error}; {text}"))
            }
        })
    }
}

/// Its status; `None` if it had to be stopped.
fn wait(child: &mut Child) -> io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (2 * pause).min(Duration::from_millis(20));
    }
}

fn stem(path: &Path) -> String {
    let name = path.file_stem().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
