//! Names that nobody asks for, known again by the bytes around them.
//!
//! A trail holds few names, each very often. What was once taken apart and looked up among those that
//! are asked for is afterwards told by one comparison.

use std::ops::Range;

use super::order::{PLAIN, Stamp, Told};

/// So many names are remembered at most; a new one takes the place of an old one.
const PLACES: usize = 256;
/// So many bytes behind the key tell names apart, mostly.
const TELLING: usize = 16;
/// Compared at once, without a look at how long a text is: all have one to two pieces.
const PIECE: usize = 64;

/// Names that were met and that nobody asks for.
#[derive(Debug, Default)]
pub struct Names {
    known: Vec<Known>,
    /// Whether the records of this list are known to be of several accounts.
    pub mixes_accounts: bool,
}

/// A name with what stands around it, from behind the time to behind the Region.
#[derive(Clone, Debug)]
struct Known {
    start: [u8; PIECE],
    end: [u8; PIECE],
    /// How long it is; so much that none is where nothing is known.
    length: usize,
    /// Where `eventName` and the Region stand in it.
    name: usize,
    region: Range<usize>,
}

impl Names {
    /// Begins a list. What is told of it does not depend on the lists that were met before.
    pub fn begin_list(&mut self) {
        self.mixes_accounts = false;
    }

    /// What stands around the `eventName` at `at`, if nobody asks for it.
    #[inline]
    pub fn unwanted<'a>(&mut self, list: &'a [u8], at: usize) -> Option<Stamp<'a>> {
        let place = place(list, at);
        if let Some(known) = self.known.get(place?)
            && let Some(stamp) = known.stamp(list, at)
        {
            return Some(stamp);
        }
        self.learned(list, at, place?)
    }

    /// The same of a name that is not known yet.
    #[inline(never)]
    fn learned<'a>(&mut self, list: &'a [u8], at: usize, place: usize) -> Option<Stamp<'a>> {
        let told = PLAIN.told(list, at).filter(Told::is_unwanted)?;
        if let Some(known) = Known::new(&told, list, at) {
            self.known.resize(PLACES, Known::NONE);
            *self.known.get_mut(place)? = known;
        }
        Some(told.stamp)
    }
}

/// Where the `eventName` at `at` is remembered; `None` where there is none in order.
#[inline]
fn place(list: &[u8], at: usize) -> Option<usize> {
    let name = list.get(at + PLAIN.behind_name()..)?;
    let telling: &[u8; TELLING] = name.first_chunk()?;
    let telling = u128::from_le_bytes(*telling);
    let telling = (telling as u64) ^ ((telling >> 64) as u64).rotate_left(32);
    // An odd number without pattern (the golden ratio): the highest bits of a product depend on all.
    let mixed = telling.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    Some((mixed >> 32) as usize % PLACES)
}

impl Known {
    const NONE: Self = Self {
        start: [0; PIECE],
        end: [0; PIECE],
        length: usize::MAX,
        name: 0,
        region: 0..0,
    };

    fn new(told: &Told<'_>, list: &[u8], at: usize) -> Option<Self> {
        let name = PLAIN.source.len() + told.source.len() + PLAIN.before_name();
        let text = list.get(at.checked_sub(name)?..)?;
        let region = name + PLAIN.behind_name() + told.name.len() + PLAIN.region.len();
        let region = region..region + told.stamp.region.len();
        let length = region.end + PLAIN.quote.len();
        (length <= 2 * PIECE).then_some(Self {
            start: *text.first_chunk()?,
            end: *text.get(..length)?.last_chunk()?,
            length,
            name,
            region,
        })
    }

    /// What stands around the `eventName` at `at`, if it is this one.
    #[inline]
    fn stamp<'a>(&self, list: &'a [u8], at: usize) -> Option<Stamp<'a>> {
        let (before, text) = list.split_at_checked(at.checked_sub(self.name)?)?;
        let text = text.get(..self.length)?;
        let is_known =
            is_same(text.first_chunk()?, &self.start) && is_same(text.last_chunk()?, &self.end);
        Some(Stamp {
            time: is_known.then(|| PLAIN.time_at_end(before))??,
            region: text.get(self.region.clone())?,
        })
    }
}

/// Whether two pieces are equal, without the call and the branches of a comparison of any length.
#[inline]
fn is_same(one: &[u8; PIECE], other: &[u8; PIECE]) -> bool {
    let pairs = one.iter().zip(other);
    pairs.fold(0, |odd, (one, other)| odd | (one ^ other)) == 0
}

#[cfg(test)]
mod tests {
    use super::{super::NAME, *};

    fn list(source: &str, name: &str, region: &str, time: &str) -> Vec<u8> {
        let text = format!(
            r#"{{"eventTime":"{time}","eventSource":"{source}","eventName":"{name}","awsRegion":"{region}","x":1}}"#
        );
        text.into_bytes()
    }

    /// What is told of the name in a list, having met others.
    fn told(names: &mut Names, list: &[u8]) -> Option<(String, String)> {
        let at = memchr::memmem::find(list, NAME).expect("a name");
        let stamp = names.unwanted(list, at)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Some((text(stamp.time), text(stamp.region)))
    }

    const TIME: &str = "2026-03-02T10:00:07Z";

    #[test]
    fn a_name_is_known_again() {
        let mut names = Names::default();
        let is = |time: &str| Some((time.to_owned(), "eu-west-1".to_owned()));
        for time in [TIME, TIME, "2026-03-02T10:00:08Z"] {
            let list = list("kms.amazonaws.com", "Decrypt", "eu-west-1", time);
            assert_eq!(told(&mut names, &list), is(time));
        }
    }

    #[test]
    fn each_is_told_as_by_somebody_who_met_none() {
        let mut names = Names::default();
        let mut unwanted = 0;
        for source in ["kms", "cognito-idp", "s3", "lambda", "s3\\"] {
            for name in [
                "Decrypt",
                "UpdateFunctionCode20150331v2",
                "Put",
                "Put\\",
                "",
            ] {
                for region in ["eu-west-1", "", "a\\"] {
                    for time in [TIME, "2026-03-02T10:00:0"] {
                        let source = format!("{source}.amazonaws.com");
                        let list = list(&source, name, region, time);
                        let alone = told(&mut Names::default(), &list);
                        unwanted += u32::from(alone.is_some());
                        for _ in 0..2 {
                            assert_eq!(told(&mut names, &list), alone, "{source} {name} {region}");
                        }
                    }
                }
            }
        }
        assert!(unwanted > 0);
    }
}
