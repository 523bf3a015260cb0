//! The command line of the example.

use std::path::PathBuf;

use super::world::organisation::{Form, Organisation, Spread};

pub const USAGE: &str = "\
usage: world FOLDER
       world organisation FOLDER [--bytes 2GB] [--cognito 0.01] [--spread even|accounts]
             [--seed N] [--file-bytes 1.2MB] [--repeated 0] [--single]
             [--plain|--ndjson|--export]

The first writes the sample logs, the second an organisation's trail: so many bytes, inflated, of
which that share of the records are of user pools; what is true of it is printed as JSON.
  --spread    records of user pools in every file, or in the files of a few accounts
  --repeated  share of the records that are delivered twice
  --single    one file; without it, files as S3 holds them
  --plain     not compressed
  --ndjson    a record a line
  --export    as a log group is exported
";

pub enum Job {
    Sample(PathBuf),
    Organisation(PathBuf, Organisation),
}

pub fn parse(arguments: &[String]) -> Option<Job> {
    match arguments {
        [folder] if !folder.starts_with('-') && folder != "organisation" => {
            Some(Job::Sample(folder.into()))
        }
        [word, folder, options @ ..] if word == "organisation" && !folder.starts_with('-') => {
            Some(Job::Organisation(folder.into(), order(options)?))
        }
        _ => None,
    }
}

fn order(options: &[String]) -> Option<Organisation> {
    let mut order = Organisation::default();
    let mut options = options.iter().map(String::as_str);
    while let Some(option) = options.next() {
        match option {
            "--bytes" => order.bytes = size(options.next()?)?,
            "--file-bytes" => order.file_bytes = size(options.next()?)?,
            "--cognito" => order.cognito = share(options.next()?)?,
            "--repeated" => order.repeated = share(options.next()?)?,
            "--seed" => order.seed = options.next()?.parse().ok()?,
            "--spread" => order.spread = spread(options.next()?)?,
            "--single" => order.single = true,
            "--plain" => order.form = Form::Plain,
            "--ndjson" => order.form = Form::Lines,
            "--export" => order.form = Form::Export,
            _ => return None,
        }
    }
    Some(order)
}

fn spread(word: &str) -> Option<Spread> {
    match word {
        "even" => Some(Spread::Even),
        "accounts" => Some(Spread::Accounts),
        _ => None,
    }
}

fn share(text: &str) -> Option<f64> {
    let share = text.parse().ok()?;
    (0.0..=1.0).contains(&share).then_some(share)
}

/// Bytes such as `500MB`, in powers of ten.
fn size(text: &str) -> Option<u64> {
    let units = [("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("", 1.0)];
    let (number, unit) = units
        .iter()
        .find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit)))?;
    let bytes = number.parse::<f64>().ok()? * unit;
    (bytes >= 1.0).then_some(bytes as u64)
}
