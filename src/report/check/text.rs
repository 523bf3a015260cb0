//! A check for a person at a terminal: the first line is the answer.

use std::io::{self, Write};

use super::{Sentences, mark, shown_line, verdict_word};
use crate::{
    check::{Check, Checked, SettingCheck, Severity, Verdict},
    report::{
        escape,
        terminal::{Colour, Style, wrapped},
        words,
    },
};

const BOLD: &str = "1";
const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";

/// Writes it.
///
/// # Errors
///
/// What the output said.
pub fn write(check: &Check, style: Style, out: &mut impl Write) -> io::Result<()> {
    let sentences = Sentences::new(check, style.zone);
    let page = Page {
        sentences: &sentences,
        style,
    };
    let answer = match check.verdict {
        Verdict::Breaks => "1;31",
        Verdict::MayBreak | Verdict::CannotTell => "1;33",
        Verdict::Safe => "1;32",
    };
    page.text(&sentences.answer(), answer, "", out)?;
    for target in &check.targets {
        page.target(target, out)?;
    }
    if !check.problems.is_empty() {
        writeln!(out)?;
        page.text("Problems", BOLD, "", out)?;
        for problem in &check.problems {
            let code = match problem.severity {
                Severity::Error => RED,
                Severity::Warning => YELLOW,
                Severity::Note => "",
            };
            let text = format!("{}: {}", problem.severity.as_str(), problem.text);
            page.text(&text, code, "  ", out)?;
        }
    }
    writeln!(out)?;
    page.text(&sentences.coverage(), "", "", out)?;
    for gap in sentences.gaps() {
        page.text(&gap, "", "  ", out)?;
    }
    let others = [sentences.unchanged(), sentences.passed_over()];
    let mut others = others.into_iter().flatten();
    others.try_for_each(|sentence| page.text(&sentence, "", "", out))
}

struct Page<'a> {
    sentences: &'a Sentences<'a>,
    style: Style,
}

impl Page<'_> {
    fn target(&self, target: &Checked, out: &mut impl Write) -> io::Result<()> {
        writeln!(out)?;
        let of = [
            target.resource.as_ref().map(words::resource),
            target
                .pool
                .as_ref()
                .filter(|_| target.client.is_some())
                .map(|pool| format!("user pool {pool}")),
            target.account.clone(),
            target.region.clone(),
        ];
        let of: Vec<String> = of.into_iter().flatten().collect();
        let head = format!("{} ({})", target.name, target.action.as_str());
        self.text(&head, BOLD, "", out)?;
        if !of.is_empty() {
            self.text(&of.join(", "), "", "  ", out)?;
        }
        if target.settings.is_empty() {
            return self.text(
                "Nothing changes that a recorded request could meet.",
                "",
                "  ",
                out,
            );
        }
        target
            .settings
            .iter()
            .try_for_each(|setting| self.setting(target, setting, out))
    }

    fn setting(
        &self,
        target: &Checked,
        setting: &SettingCheck,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let line = shown_line(target, &setting.line);
        let code = match setting.verdict {
            Verdict::Breaks => RED,
            Verdict::MayBreak | Verdict::CannotTell => YELLOW,
            Verdict::Safe => GREEN,
        };
        let reset = if setting.by_omission {
            ", reset by omission"
        } else {
            ""
        };
        let head = format!(
            "{} {}: {}{reset}",
            mark(setting.verdict),
            line.setting,
            verdict_word(setting.verdict)
        );
        self.text(&head, code, "  ", out)?;
        let (before, after) = words::sides(&line);
        self.text(&format!("- {before}"), RED, "      ", out)?;
        self.text(&format!("+ {after}"), GREEN, "      ", out)?;
        let said = self.sentences.verdict(setting);
        said.iter()
            .try_for_each(|sentence| self.text(sentence, "", "    ", out))
    }

    fn text(&self, text: &str, code: &str, indent: &str, out: &mut impl Write) -> io::Result<()> {
        let text = escape::lines(text).replace('\n', " ");
        for line in wrapped(&text, indent, self.style) {
            match self.style.colour {
                Colour::Ansi if !code.is_empty() => writeln!(out, "\u{1b}[{code}m{line}\u{1b}[0m")?,
                Colour::Ansi | Colour::None => writeln!(out, "{line}")?,
            }
        }
        Ok(())
    }
}
