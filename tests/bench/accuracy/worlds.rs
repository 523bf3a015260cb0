//! The accounts that programs are judged on, each in a folder: `input/` as it is delivered, and
//! `truth.json`. They are written once, and again when what writes them changes.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    thread,
};

use crate::{
    command::{Options, repository},
    plain, threads,
    truth::{self, about},
    world::{
        accounts,
        incidents::{
            Mismatch,
            classes::{CLASSES, Class},
            make,
        },
    },
};

/// While days are counted, so many worlds are written before it is seen whether they are enough.
const BATCH: u64 = 64;

/// How worlds are made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Set {
    /// By rules that have nothing to do with those of the program.
    Disagreeing,
    /// By the documented rules, as the authors of the program read them.
    Plain,
}

impl Set {
    pub const ALL: [Self; 2] = [Self::Disagreeing, Self::Plain];

    pub fn name(self) -> &'static str {
        match self {
            Self::Disagreeing => "disagreeing",
            Self::Plain => "plain",
        }
    }

    /// Whether a file, by its path in the repository, has a part in making them.
    fn is_made_by(self, source: &str) -> bool {
        let of_accounts = source.starts_with("tests/world/accounts");
        match self {
            Self::Disagreeing => of_accounts,
            Self::Plain => !of_accounts,
        }
    }
}

/// A world that is on the disk.
pub struct World {
    pub seed: Option<u64>,
    pub kind: String,
    pub folder: PathBuf,
    /// Where the answers of programs are kept.
    pub answers: PathBuf,
}

/// The worlds of a set that are asked for.
pub fn of(set: Set, options: &Options) -> io::Result<Vec<World>> {
    let shelf = Shelf::open(set, options)?;
    let first = options.first;
    let Some(days) = options.days else {
        return shelf.take(first, options.worlds as u64);
    };
    let (mut worlds, mut covered) = (Vec::new(), 0.0);
    for batch in 0.. {
        for world in shelf.take(first + batch * BATCH, BATCH)? {
            covered += truth::read(&world.folder.join("truth.json"))?.window.days();
            worlds.push(world);
            if covered >= days {
                return Ok(worlds);
            }
        }
    }
    Ok(worlds)
}

/// The worlds that somebody else wrote: every folder of `folder` that has a truth.
pub fn given(folder: &Path, options: &Options) -> io::Result<Vec<World>> {
    let mut worlds = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| about(folder, error))? {
        let entry = entry?;
        let kind = entry.file_name().to_string_lossy().into_owned();
        if entry.path().join("truth.json").is_file() {
            worlds.push(World {
                seed: None,
                folder: entry.path(),
                answers: options.keep.join("given").join(&kind),
                kind,
            });
        }
    }
    worlds.sort_by(|a, b| a.folder.cmp(&b.folder));
    Ok(worlds)
}

/// Where the worlds of a set are kept.
struct Shelf<'a> {
    set: Set,
    kind: Option<&'a str>,
    folder: PathBuf,
    /// What made the worlds that are good.
    version: String,
    /// Folders that are there, by seed.
    known: BTreeMap<u64, PathBuf>,
}

impl<'a> Shelf<'a> {
    fn open(set: Set, options: &'a Options) -> io::Result<Self> {
        let kind = options.kind.as_deref();
        // Of a kind, a seed gives another world.
        let name = match kind {
            Some(kind) => format!("{}-{}", set.name(), slug(kind)),
            None => set.name().to_owned(),
        };
        let folder = options.keep.join(name);
        fs::create_dir_all(&folder)?;
        let mut known = BTreeMap::new();
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let seed = name.to_str().and_then(|name| name.split_once('-'));
            if let Some(seed) = seed.and_then(|(seed, _)| seed.parse().ok()) {
                known.insert(seed, entry.path());
            }
        }
        Ok(Self {
            set,
            kind,
            folder,
            version: version(set)?,
            known,
        })
    }

    /// The worlds of so many seeds.
    fn take(&self, first: u64, count: u64) -> io::Result<Vec<World>> {
        let seeds: Vec<u64> = (first..first + count).collect();
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let taking = format!("{} worlds", self.set.name());
        let taken = threads::each(cores, &seeds, &taking, |seed| self.one(*seed));
        taken.into_iter().collect()
    }

    fn one(&self, seed: u64) -> io::Result<World> {
        let known = self.known.get(&seed);
        let is_good = |folder: &&PathBuf| {
            let version = fs::read_to_string(folder.join("version"));
            version.is_ok_and(|version| version == self.version)
        };
        let folder = match known.filter(is_good) {
            Some(folder) => folder.clone(),
            None => {
                known.map_or(Ok(()), fs::remove_dir_all)?;
                self.write(seed)?
            }
        };
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let kind = name.split_once('-').map_or("", |(_, kind)| kind);
        Ok(World {
            seed: Some(seed),
            kind: kind.to_owned(),
            answers: folder.clone(),
            folder,
        })
    }

    fn write(&self, seed: u64) -> io::Result<PathBuf> {
        let (folder, truth) = match self.set {
            Set::Disagreeing => {
                let (world, truth) = accounts::draw(seed, self.kind);
                let folder = self.make(seed, world.kind)?;
                accounts::write(&world, &folder.join("input"))?;
                (folder, truth.json(&world))
            }
            Set::Plain => {
                let case = make(self.class(seed)?, seed, Mismatch::default(), None);
                let folder = self.make(seed, case.class.name)?;
                plain::write(&case, &folder.join("input"))?;
                (folder, plain::truth(&case))
            }
        };
        fs::write(folder.join("truth.json"), format!("{truth:#}\n"))?;
        // Last: who finds it finds the rest.
        fs::write(folder.join("version"), &self.version)?;
        Ok(folder)
    }

    fn make(&self, seed: u64, kind: &str) -> io::Result<PathBuf> {
        let folder = self.folder.join(format!("{seed}-{}", slug(kind)));
        fs::create_dir_all(folder.join("input"))?;
        Ok(folder)
    }

    /// The class of a seed: each in turn.
    fn class(&self, seed: u64) -> io::Result<&'static Class> {
        let asked = self.kind.unwrap_or_default();
        let classes: Vec<&Class> = CLASSES
            .iter()
            .filter(|class| class.name.contains(asked))
            .collect();
        let place = seed.checked_rem(classes.len() as u64);
        place
            .map(|place| classes[place as usize])
            .ok_or_else(|| io::Error::other(format!("no plain class is called `{asked}`")))
    }
}

/// A hash of all that makes the worlds of a set: of the sources, of which Cargo builds the bench anew.
fn version(set: Set) -> io::Result<String> {
    let mut sources = vec![repository().join("tests/bench/accuracy/plain.rs")];
    let mut folders = vec![repository().join("tests/world")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| about(&folder, error))? {
            let path = entry?.path();
            match path.is_dir() {
                true => folders.push(path),
                false => sources.push(path),
            }
        }
    }
    sources.sort();
    // FNV-1a: any fixed hash would do, std's is not promised to stay the same.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for path in sources {
        let name = path.strip_prefix(repository()).unwrap_or(&path);
        let name = name.to_string_lossy().replace('\\', "/");
        if set.is_made_by(&name) {
            for byte in name.bytes().chain(fs::read(&path)?) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    Ok(format!("{hash:016x}\n"))
}

/// A text as the name of a folder.
fn slug(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("-").to_lowercase()
}
