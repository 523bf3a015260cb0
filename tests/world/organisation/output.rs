//! Files being written, compressed or not, and how much went into all of them.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use flate2::{Compression, GzBuilder, write::GzEncoder};

use super::file::Form;

/// Counts for all workers.
#[derive(Default)]
pub struct Disk {
    files: AtomicU64,
    bytes: AtomicU64,
    inflated: AtomicU64,
}

pub struct Output<'a> {
    to: Encoder,
    disk: &'a Disk,
}

enum Encoder {
    Plain(BufWriter<File>),
    Gzip(Box<GzEncoder<BufWriter<File>>>),
}

impl Disk {
    pub fn create(&self, path: &Path, form: Form) -> io::Result<Output<'_>> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let file = BufWriter::new(File::create_new(path)?);
        // With a header that names no file, time or system; at the level of the `gzip` command.
        let gzip = GzBuilder::new().mtime(0).operating_system(255);
        let to = match form {
            Form::Plain => Encoder::Plain(file),
            _ => Encoder::Gzip(Box::new(gzip.write(file, Compression::new(6)))),
        };
        Ok(Output { to, disk: self })
    }

    pub fn files(&self) -> u64 {
        self.files.load(Relaxed)
    }

    /// Bytes as they lie on the disk.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    pub fn inflated(&self) -> u64 {
        self.inflated.load(Relaxed)
    }
}

impl Output<'_> {
    pub fn write(&mut self, text: &str) -> io::Result<()> {
        self.disk.inflated.fetch_add(text.len() as u64, Relaxed);
        match &mut self.to {
            Encoder::Plain(file) => file.write_all(text.as_bytes()),
            Encoder::Gzip(gzip) => gzip.write_all(text.as_bytes()),
        }
    }

    pub fn finish(self) -> io::Result<()> {
        let file = match self.to {
            Encoder::Plain(file) => file,
            Encoder::Gzip(gzip) => gzip.finish()?,
        };
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        self.disk.files.fetch_add(1, Relaxed);
        self.disk.bytes.fetch_add(file.metadata()?.len(), Relaxed);
        Ok(())
    }
}
