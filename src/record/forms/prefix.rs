//! JSON behind what a container's runtime (CRI) or syslog writes before each line.

use super::{Inner, lines::moment};

/// The JSON of a line, and the time before it.
pub fn of(line: &str) -> Option<Inner> {
    line.ends_with('}').then_some(())?;
    let at = line.find('{')?;
    let (front, json) = line.split_at_checked(at)?;
    let front = front.trim_end();
    let time = cri(front).or_else(|| syslog(front))?;
    Some(Inner {
        text: json.to_owned(),
        time,
        ..Inner::default()
    })
}

/// Where a container's lines come from.
const STREAMS: [&str; 2] = ["stdout", "stderr"];

/// A line that a container's runtime cut (`stdout P …`), joined with the next one of it; the times of
/// both were taken before.
pub fn joined(cut: &str, next: &str) -> Option<String> {
    let (stream, begin) = cut.split_once(" P ")?;
    let (of, rest) = next.split_once(' ')?;
    let (flag, rest) = rest.split_once(' ')?;
    let is_next = stream == of && STREAMS.contains(&of) && ["P", "F"].contains(&flag);
    is_next.then(|| format!("{stream} {flag} {begin}{rest}"))
}

type Time = Option<chrono::DateTime<chrono::Utc>>;

/// `2026-03-02T14:05:04.123456789Z stdout F`; the time may have been taken before.
fn cri(front: &str) -> Option<Time> {
    let front = front.strip_suffix(" F")?;
    let (time, stream) = front.rsplit_once(' ').unwrap_or(("", front));
    let time = match time {
        "" => None,
        time => Some(moment(time)?),
    };
    STREAMS.contains(&stream).then_some(time)
}

/// RFC 5424 (`<134>1 2026-03-02T14:05:04Z host app 123 - -`) or RFC 3164 (`Mar  2 14:05:04 host app[1]:`),
/// whose time has neither year nor zone.
fn syslog(front: &str) -> Option<Time> {
    let (front, has_priority) = match front
        .strip_prefix('<')
        .and_then(|rest| rest.split_once('>'))
    {
        Some((priority, rest)) => {
            let number = priority.parse::<u16>().ok();
            (rest, number.is_some_and(|number| number < 192))
        }
        None => (front, false),
    };
    let words: Vec<&str> = front.split_ascii_whitespace().collect();
    // What an application wrote before its JSON is for others to read.
    if has_priority && let ["1", time, _host, _app, _process, _message, data @ ..] = &words[..] {
        let data = data.join(" ");
        let is_data = data == "-" || (data.starts_with('[') && data.ends_with(']'));
        return is_data.then(|| moment(time));
    }
    let [month, day, clock, _host, tag] = &words[..] else {
        return None;
    };
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let is_clock = clock.len() >= 8 && clock.bytes().filter(|byte| *byte == b':').count() == 2;
    let is_day = day.parse::<u8>().is_ok_and(|day| day < 32);
    (MONTHS.contains(month) && is_day && is_clock && tag.ends_with(':')).then_some(None)
}
