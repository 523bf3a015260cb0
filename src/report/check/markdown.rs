//! A check as a comment on a pull request: GitHub Markdown, short enough for one.

use std::io::{self, Write};

use super::{Sentences, mark, shown_line, verdict_word};
use crate::{
    attribute::{phrase::thousands, utc},
    check::{Check, Checked, SettingCheck, Verdict},
    report::{
        escape::{cut, markdown, markdown_code, spans},
        words,
    },
};

/// So many settings are shown in full; a comment on GitHub holds 65,536 characters.
const MOST: usize = 40;
const LONGEST_VALUE: usize = 300;

/// Writes it.
///
/// # Errors
///
/// What the output said.
pub fn write(check: &Check, out: &mut impl Write) -> io::Result<()> {
    let sentences = Sentences::new(check, utc);
    writeln!(
        out,
        "### {} {}\n",
        mark(check.verdict),
        sentence(&sentences.answer())
    )?;
    let settings: Vec<(&Checked, &SettingCheck)> = check.settings().collect();
    if !settings.is_empty() {
        writeln!(
            out,
            "| | resource | setting | refused | of | a day | last seen (UTC) |"
        )?;
        writeln!(out, "|---|---|---|---:|---:|---:|---|")?;
        for (target, setting) in settings.iter().take(MOST) {
            row(check, target, setting, out)?;
        }
        more(settings.len(), out)?;
        writeln!(out)?;
    }
    for problem in &check.problems {
        writeln!(
            out,
            "- **{}**: {}",
            problem.severity.as_str(),
            sentence(&problem.text)
        )?;
    }
    if !check.problems.is_empty() {
        writeln!(out)?;
    }
    let harmful = settings
        .iter()
        .filter(|(_, setting)| setting.verdict > Verdict::Safe);
    for (target, setting) in harmful.take(MOST) {
        details(&sentences, target, setting, out)?;
    }
    writeln!(out, "{}", sentence(&sentences.coverage()))?;
    for more in [sentences.unchanged(), sentences.passed_over()]
        .into_iter()
        .flatten()
    {
        writeln!(out, "{}", sentence(&more))?;
    }
    Ok(())
}

fn row(
    check: &Check,
    target: &Checked,
    setting: &SettingCheck,
    out: &mut impl Write,
) -> io::Result<()> {
    let day = |time: chrono::DateTime<chrono::Utc>| time.format("%Y-%m-%d %H:%M").to_string();
    let omission = if setting.by_omission {
        " (reset by omission)"
    } else {
        ""
    };
    writeln!(
        out,
        "| {} {} | {} | {}{omission} | {} | {} | {} | {} |",
        mark(setting.verdict),
        verdict_word(setting.verdict),
        code(&target.name),
        code(setting.line.setting.as_str()),
        thousands(setting.refused),
        thousands(setting.of),
        thousands((setting.refused as f64 / check.days()).round() as u64),
        setting.last_seen.map(day).unwrap_or_default(),
    )
}

fn more(all: usize, out: &mut impl Write) -> io::Result<()> {
    match all.saturating_sub(MOST) {
        0 => Ok(()),
        more => writeln!(out, "\n… and {more} more settings, less harmful ones."),
    }
}

/// What is known of one setting, folded.
fn details(
    sentences: &Sentences<'_>,
    target: &Checked,
    setting: &SettingCheck,
    out: &mut impl Write,
) -> io::Result<()> {
    let line = shown_line(target, &setting.line);
    let (before, after) = words::sides(&line);
    writeln!(
        out,
        "<details><summary>{} {} of {}</summary>\n",
        mark(setting.verdict),
        code(line.setting.as_str()),
        code(&target.name)
    )?;
    writeln!(out, "- before: {}", code(&cut(&before, LONGEST_VALUE)))?;
    writeln!(out, "- after: {}", code(&cut(&after, LONGEST_VALUE)))?;
    for said in sentences.verdict(setting) {
        writeln!(out, "- {}", sentence(&said))?;
    }
    writeln!(out, "\n</details>\n")
}

fn code(text: &str) -> String {
    format!("`{}`", markdown_code(text))
}

/// A sentence of ours: what stands between backticks is code, the rest is text.
fn sentence(text: &str) -> String {
    let parts = spans(text).map(|(part, is_code)| match is_code {
        true => code(part),
        false => markdown(part),
    });
    parts.collect()
}
