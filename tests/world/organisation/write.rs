//! Puts the files where S3 would have them, on all cores.

use std::{
    collections::BTreeMap,
    io,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::{
    super::{
        clock::{MINUTE, folder, stamp},
        dice::Dice,
    },
    Organisation, Outage,
    file::{self, Form, Tally, Text},
    layout::{Layout, Slot},
    output::Disk,
};

/// What was written, and what should be said of it.
#[derive(Clone, Debug)]
pub struct Written {
    pub files: u64,
    /// Bytes as they lie on the disk, and inflated.
    pub bytes: u64,
    pub inflated: u64,
    /// Records, each once, and how many of them come again.
    pub records: u64,
    pub repeats: u64,
    /// Records of user pools, and those of them that are attempts to get tokens, each once.
    pub cognito: u64,
    pub attempts: u64,
    /// Requests to the token endpoint by app client and status, each once.
    pub tokens: BTreeMap<(String, u16), u64>,
    pub outage: Option<Outage>,
}

pub fn write(order: &Organisation, folder: &Path) -> io::Result<Written> {
    let layout = Layout::of(order);
    let disk = Disk::default();
    let tally = if order.single {
        in_one(order, &layout, &disk, folder)?
    } else {
        in_many(order, &layout, &disk, folder)?
    };
    Ok(told(layout, tally, &disk))
}

fn in_many(order: &Organisation, layout: &Layout, disk: &Disk, folder: &Path) -> io::Result<Tally> {
    let next = AtomicUsize::new(0);
    let total = Mutex::new(Ok(Tally::default()));
    let work = || {
        while let Some(slot) = layout.slots.get(next.fetch_add(1, Ordering::Relaxed)) {
            let result = one(order, layout, slot, disk, folder);
            let mut total = total.lock().expect("no worker panics");
            match (&mut *total, result) {
                (Ok(total), Ok(tally)) => *total += tally,
                (Ok(_), Err(error)) => *total = Err(error),
                (Err(_), _) => return,
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    total.into_inner().expect("no worker panics")
}

/// A file, and another with what comes again.
fn one(
    order: &Organisation,
    layout: &Layout,
    slot: &Slot,
    disk: &Disk,
    folder: &Path,
) -> io::Result<Tally> {
    let Text { text, again, tally } = file::of(order, layout, slot);
    for (late, records) in [(6 * MINUTE, text), (19 * MINUTE, again)] {
        if records.is_empty() {
            continue;
        }
        let path = folder.join(path(order, layout, slot, late));
        let mut output = disk.create(&path, order.form)?;
        for part in [order.form.head(), &records, order.form.tail()] {
            output.write(part)?;
        }
        output.finish()?;
    }
    Ok(tally)
}

fn in_one(order: &Organisation, layout: &Layout, disk: &Disk, folder: &Path) -> io::Result<Tally> {
    let mut output = disk.create(
        &folder.join(format!("trail.{}", extension(order.form))),
        order.form,
    )?;
    let mut total = Tally::default();
    let mut before = order.form.head();
    for slot in &layout.slots {
        let Text { text, again, tally } = file::of(order, layout, slot);
        for records in [text, again].iter().filter(|records| !records.is_empty()) {
            output.write(before)?;
            output.write(records)?;
            before = order.form.separator();
        }
        total += tally;
    }
    output.write(order.form.tail())?;
    output.finish()?;
    Ok(total)
}

/// Path of a file that is delivered so many seconds after its last record.
fn path(order: &Organisation, layout: &Layout, slot: &Slot, late: i64) -> String {
    let account = &layout.accounts[slot.account];
    let (id, region) = (account.id, account.region);
    if order.form == Form::Export {
        let (index, late) = (slot.index, late / MINUTE);
        return format!("exports/trail/{id}_CloudTrail_{region}_{index}_{late}/000000.gz");
    }
    let time = slot.to / 1000 + late;
    let label = format!("organisation {} name {} {late}", order.seed, slot.index);
    let rand = Dice::new(&label).alphanumeric(16);
    let (day, stamp, extension) = (folder(time), stamp(time), extension(order.form));
    format!(
        "AWSLogs/{id}/CloudTrail/{region}/{day}/{id}_CloudTrail_{region}_{stamp}_{rand}.{extension}"
    )
}

fn extension(form: Form) -> &'static str {
    match form {
        Form::Delivered => "json.gz",
        Form::Plain => "json",
        Form::Lines => "jsonl.gz",
        Form::Export => "log.gz",
    }
}

fn told(layout: Layout, tally: Tally, disk: &Disk) -> Written {
    let streams = layout.pools.streams.iter().zip(&tally.tokens);
    let tokens = streams.flat_map(|(stream, [accepted, refused])| {
        [(200, *accepted), (400, *refused)]
            .map(|(status, count)| ((stream.client.clone(), status), count))
    });
    let mut by_client = BTreeMap::new();
    for (key, count) in tokens.filter(|(_, count)| *count > 0) {
        *by_client.entry(key).or_default() += count;
    }
    Written {
        files: disk.files(),
        bytes: disk.bytes(),
        inflated: disk.inflated(),
        records: tally.records,
        repeats: tally.repeats,
        cognito: tally.cognito,
        attempts: tally.attempts,
        tokens: by_client,
        outage: layout.pools.outage,
    }
}
