//! Names that nobody asks for, known again by the bytes around them.
//!
//! A trail holds few names, each very often. What was taken apart once, and looked up among those that
//! are asked for, is afterwards told by one comparison.

use std::ops::Range;

use super::{NAME, Told, memory};

/// So many names are remembered; a newer one takes the place of an older.
const PLACES: usize = 256;
/// So many bytes behind `eventName":"` tell names apart, mostly.
const TELLING: usize = 16;

/// Names that were met and that nobody asks for.
#[derive(Debug)]
pub struct Names {
    known: Vec<Known>,
}

/// A name with what stands around it.
#[derive(Debug, Default)]
struct Known {
    /// From the end of `eventTime` to that of `awsRegion`; empty where nothing is known.
    text: Box<[u8]>,
    /// Where in it `eventName` begins, and what else is told.
    at: usize,
    source: Range<usize>,
    name: Range<usize>,
    region: Range<usize>,
}
