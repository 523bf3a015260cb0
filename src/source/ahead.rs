//! A long input read on a thread of its own, a little ahead of whoever takes it: while one piece is
//! parsed, the next is inflated.

use std::{
    io::{self, Read},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

/// So many pieces lie ready …
const AHEAD: usize = 4;
/// … of so many bytes.
const PIECE: usize = 256 << 10;

/// Opens an input on a thread of its own and lets `take` read it.
///
/// # Errors
///
/// What `take` says; it is told what opening and reading said.
pub fn read_ahead<R: Read, T>(
    open: impl FnOnce() -> io::Result<R> + Send,
    take: impl FnOnce(Ahead) -> io::Result<T>,
) -> io::Result<T> {
    thread::scope(|scope| {
        let (ready, pieces) = sync_channel(AHEAD);
        let (done, empty) = sync_channel(AHEAD + 1);
        scope.spawn(move || match open() {
            Ok(input) => fill(input, &ready, &empty),
            // Whoever would hear of it may be gone.
            Err(error) => drop(ready.send(Err(error))),
        });
        take(Ahead {
            pieces,
            done,
            piece: Vec::new(),
            at: 0,
        })
    })
}

/// What was read, in order.
#[derive(Debug)]
pub struct Ahead {
    pieces: Receiver<io::Result<Vec<u8>>>,
    /// Where pieces go to be filled again.
    done: SyncSender<Vec<u8>>,
    piece: Vec<u8>,
    /// What was taken of the piece.
    at: usize,
}

impl Read for Ahead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len() {
            let Ok(next) = self.pieces.recv() else {
                return Ok(0);
            };
            // Where nobody fills it again, it is not needed.
            let _ = self
                .done
                .try_send(std::mem::replace(&mut self.piece, next?));
            self.at = 0;
        }
        let read = self.piece.get(self.at..).unwrap_or_default().read(buffer)?;
        self.at += read;
        Ok(read)
    }
}

/// Hands out pieces of the input until it ends or nobody takes them.
fn fill(mut input: impl Read, ready: &SyncSender<io::Result<Vec<u8>>>, empty: &Receiver<Vec<u8>>) {
    loop {
        let mut piece = empty.try_recv().unwrap_or_default();
        piece.clear();
        let read = (&mut input).take(PIECE as u64).read_to_end(&mut piece);
        // What was read before it failed comes first.
        let ended = read.as_ref().map_or(true, |read| *read == 0);
        if !piece.is_empty() && ready.send(Ok(piece)).is_err() {
            return;
        }
        if let Err(error) = read {
            let _ = ready.send(Err(error));
        }
        if ended {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(
        open: impl FnOnce() -> io::Result<Box<dyn Read>> + Send,
    ) -> (Vec<u8>, io::Result<usize>) {
        let mut text = Vec::new();
        let read = read_ahead(open, |mut ahead| Ok(ahead.read_to_end(&mut text)));
        (text, read.expect("it was taken"))
    }

    #[test]
    fn what_is_taken_is_what_was_read() {
        let text: Vec<u8> = (0..3 * PIECE + 7).map(|at| (at % 251) as u8).collect();
        let input = text.clone();
        let (taken, read) = all(|| Ok(Box::new(io::Cursor::new(input))));
        assert_eq!(read.expect("it is read"), text.len());
        assert!(taken == text);
    }

    #[test]
    fn what_came_before_a_failure_comes_first() {
        struct Fails;
        impl Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("it is cut"))
            }
        }
        let (taken, read) = all(|| Ok(Box::new((&b"whole"[..]).chain(Fails))));
        assert_eq!(taken, b"whole");
        assert_eq!(read.expect_err("it fails").to_string(), "it is cut");
        let (taken, read) = all(|| Err(io::Error::other("there is none")));
        assert!(taken.is_empty());
        assert_eq!(read.expect_err("it fails").to_string(), "there is none");
    }

    #[test]
    fn nobody_waits_for_who_takes_no_more() {
        let taken = read_ahead(|| Ok(io::repeat(b'a')), |_| Ok(()));
        assert!(taken.is_ok());
    }
}
