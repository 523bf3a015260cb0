//! A scan through one JSON value: where it ends, or where a container's array begins.

/// A JSON object with one of these arrays at its first level is a container: its elements are the
/// pieces.
const CONTAINERS: [&[u8]; 5] = [b"Records", b"Events", b"events", b"logEvents", b"results"];

/// Whether a container may begin in a value.
pub fn names_container(value: &[u8]) -> bool {
    CONTAINERS
        .iter()
        .any(|name| memchr::memmem::find(value, name).is_some())
}

/// What lies at the start of the buffer.
pub enum Next {
    /// A whole value or line ends here.
    End(usize),
    /// A container's array begins here (behind its bracket).
    Opens(usize, &'static str),
    /// More bytes are needed.
    More,
    /// Broken; go on from here.
    Broken(usize, &'static str),
}

/// Where a scan through a JSON value stands.
#[derive(Default)]
pub struct Scan {
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// Whether the value stands at the top level and may be a container.
    top: bool,
    /// Start and end of the last string at the first level, quotes excluded.
    key: Option<(usize, usize)>,
    string_start: usize,
    colon: bool,
    line_start: bool,
}

impl Scan {
    /// Before a value at the top level, which may be a container.
    pub fn at_top() -> Self {
        Self {
            top: true,
            ..Self::default()
        }
    }

    /// Inside an object whose container was left.
    pub fn in_object() -> Self {
        Self {
            depth: 1,
            ..Self::default()
        }
    }

    /// The same scan, for a value that is no longer of interest as a container.
    pub fn skipping(self) -> Self {
        Self { top: false, ..self }
    }

    /// Whether the value has ended.
    pub fn is_over(&self) -> bool {
        self.depth == 0
    }

    /// Goes on through `bytes` from `at`.
    pub fn go(&mut self, bytes: &[u8], at: &mut usize) -> Next {
        while let Some(&byte) = bytes.get(*at) {
            if self.in_string && !self.escaped {
                // Nothing of interest up to the next quote, escape or line end.
                let rest = bytes.get(*at..).unwrap_or_default();
                match memchr::memchr3(b'"', b'\\', b'\n', rest) {
                    Some(0) => {}
                    Some(skip) => {
                        *at += skip;
                        continue;
                    }
                    None => {
                        *at = bytes.len();
                        return Next::More;
                    }
                }
            }
            let here = *at;
            if self.may_be_new_record(byte) {
                match bytes.get(here + 1) {
                    Some(b'"') => return Next::Broken(here, "ends inside a record"),
                    Some(_) => {}
                    None => return Next::More,
                }
            }
            *at += 1;
            if self.in_string && byte == b'\n' {
                return Next::Broken(*at, "has a line end inside a string");
            }
            self.line_start = byte == b'\n';
            if let Some(name) = self.container(bytes, byte) {
                return Next::Opens(*at, name);
            }
            self.note(byte, here);
            self.take(byte);
            if self.depth == 0 && !self.in_string {
                return Next::End(*at);
            }
        }
        Next::More
    }

    /// A line that begins with `{"` inside a value of the top level: the value before was cut.
    fn may_be_new_record(&self, byte: u8) -> bool {
        self.line_start && byte == b'{' && self.top && self.depth > 0 && !self.in_string
    }

    /// The container whose array begins with this byte.
    fn container(&self, bytes: &[u8], byte: u8) -> Option<&'static str> {
        let opens = byte == b'[' && self.top && self.depth == 1 && self.colon && !self.in_string;
        let (start, end) = self.key.filter(|_| opens)?;
        let key = bytes.get(start..end)?;
        let name = CONTAINERS.into_iter().find(|name| *name == key)?;
        std::str::from_utf8(name).ok()
    }

    /// Remembers the last string of the first level and whether a colon followed it.
    fn note(&mut self, byte: u8, at: usize) {
        if self.depth != 1 || self.escaped {
            return;
        }
        match byte {
            b'"' if !self.in_string => {
                self.string_start = at + 1;
                self.colon = false;
            }
            b'"' => self.key = Some((self.string_start, at)),
            b':' if !self.in_string => self.colon = true,
            // Behind its value a key opens nothing.
            _ if !self.in_string && !byte.is_ascii_whitespace() => self.colon = false,
            _ => {}
        }
    }

    /// Takes one byte's effect on strings and nesting.
    pub fn take(&mut self, byte: u8) {
        if self.in_string {
            match (self.escaped, byte) {
                (true, _) => self.escaped = false,
                (false, b'\\') => self.escaped = true,
                (false, b'"') => self.in_string = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}
