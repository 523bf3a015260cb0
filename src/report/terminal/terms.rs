//! Lines with a label before each, each in one line where one of its forms fits.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use unicode_width::UnicodeWidthStr;

use super::{BOLD, DIM, LONGEST_TEXT, Style};
use crate::report::{escape, outline::Term};

pub(super) fn write(terms: &[Term], style: Style, out: &mut impl Write) -> io::Result<()> {
    let label = terms
        .iter()
        .map(|term| term.label.width())
        .max()
        .unwrap_or(0);
    let indent = label + 2;
    let room = style.table_width().saturating_sub(indent);
    for term in terms {
        let lines = match term.is_command {
            true => vec![style.paint(BOLD, &command(&term.forms))],
            false => lines(&term.forms, room),
        };
        let padding = label - term.label.width();
        write!(out, "{}{:padding$}", style.paint(DIM, term.label), "")?;
        for (at, line) in lines.iter().enumerate() {
            let indent = if at == 0 { 2 } else { indent };
            writeln!(out, "{:indent$}{line}", "")?;
        }
    }
    Ok(())
}

/// A command stays whole, however long.
fn command(forms: &[String]) -> String {
    forms
        .first()
        .map(|text| escape::terminal(text))
        .unwrap_or_default()
}

/// The longest form that fits in a line, else the shortest in several.
fn lines(forms: &[String], room: usize) -> Vec<String> {
    let forms: Vec<String> = forms.iter().map(|text| escape::terminal(text)).collect();
    let fits = forms.iter().find(|text| text.width() <= room);
    match (fits, forms.last()) {
        (Some(text), _) => vec![text.clone()],
        (None, Some(shortest)) => {
            let shortest = escape::cut(shortest, LONGEST_TEXT);
            let lines = textwrap::wrap(&shortest, room);
            lines.into_iter().map(Cow::into_owned).collect()
        }
        (None, None) => vec![String::new()],
    }
}
