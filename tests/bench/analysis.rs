//! What the analysis costs: `cargo bench --bench analysis`.
//!
//! Makes the counts of an organisation (400 app clients in 40 user pools, 30 days), seeded, and
//! prints CPU seconds of the stages by the number of non-empty rows, then of attribution by the
//! numbers of changes and of outages. `-- --rows N` measures so many rows only.

mod analysis {
    pub mod changes;
    pub mod cpu;
    pub mod minutes;
    pub mod organisation;
    pub mod traffic;
}

use analysis::{changes, cpu::seconds, organisation::Organisation, traffic};
use trailblame::{
    attribute::{self, Finding, Scene, Verdict},
    cognito::history::History,
    detect::{self, Ground},
    frame::{Bounds, Fold, Frames},
    record::{Located, Record},
};

const ROWS: [usize; 4] = [10_000, 100_000, 1_000_000, 5_000_000];
const OUTAGES: usize = 36;
const CHANGES: usize = 600;

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--rows");
    let asked = arguments.nth(1).map(|rows| rows.parse().expect("a number"));
    let all = asked.map_or(ROWS.to_vec(), |rows| vec![rows]);
    println!("CPU seconds, {OUTAGES} outages, {CHANGES} changes");
    head();
    for rows in all {
        print(&measure(rows, OUTAGES, CHANGES));
    }
    if asked.is_none() {
        println!("\nThe same with 100,000 rows and more changes and outages");
        head();
        for (outages, changes) in [(36, 600), (36, 2_400), (144, 600), (144, 2_400)] {
            print(&measure(100_000, outages, changes));
        }
    }
}

/// What one organisation cost.
struct Measured {
    rows: usize,
    outages: usize,
    changes: usize,
    frames: f64,
    history: f64,
    detect: f64,
    attribute: f64,
    found: usize,
    named: usize,
}

fn measure(rows: usize, outages: usize, changes: usize) -> Measured {
    let organisation = Organisation::new(outages);
    let fold = read(&organisation, rows, changes);
    let (frames_took, frames) = seconds(|| fold.finish(&[]));
    let rows = frames.cells.rows.len();
    let (history_took, history) = seconds(|| History::new(frames.changes.clone(), Vec::new()));
    let (detect_took, attribute_took, findings) = analyse(&frames, &history);
    let named = findings.iter();
    let named = named.filter(|finding| finding.verdict == Verdict::Change);
    Measured {
        rows,
        outages,
        changes: history.changes().len(),
        frames: frames_took,
        history: history_took,
        detect: detect_took,
        attribute: attribute_took,
        found: findings.len(),
        named: named.count(),
    }
}

fn read(organisation: &Organisation, rows: usize, idle: usize) -> Fold {
    let mut fold = Fold::new(Bounds::default());
    fold.begin("organisation");
    traffic::make(organisation, rows, &mut fold);
    for change in changes::make(organisation, idle) {
        fold.take(Ok(Located {
            offset: 0,
            raw: &[],
            record: Record::Change(Box::new(change)),
        }));
    }
    fold.end(0, None);
    fold
}

fn analyse(frames: &Frames, history: &History) -> (f64, f64, Vec<Finding>) {
    let config = detect::Config::default();
    let (detecting, (ground, incidents)) = seconds(|| {
        let ground = Ground::new(&frames.cells, &frames.coverage, frames.window)
            .with_callers(&frames.callers);
        let incidents = detect::detect(&ground, &config);
        (ground, incidents)
    });
    let scene = Scene {
        ground: &ground,
        history,
    };
    let (attributing, findings) = seconds(|| attribute::explain(incidents, &scene).findings);
    (detecting, attributing, findings)
}

fn head() {
    println!(
        "{:>10}{:>9}{:>9}{:>9}{:>9}{:>9}{:>11}{:>8}{:>8}",
        "rows", "outages", "changes", "frames", "history", "detect", "attribute", "found", "named"
    );
}

fn print(measured: &Measured) {
    println!(
        "{:>10}{:>9}{:>9}{:>9.3}{:>9.3}{:>9.3}{:>11.3}{:>8}{:>8}",
        measured.rows,
        measured.outages,
        measured.changes,
        measured.frames,
        measured.history,
        measured.detect,
        measured.attribute,
        measured.found,
        measured.named
    );
}
