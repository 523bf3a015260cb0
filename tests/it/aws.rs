//! The program against a server that answers as AWS does, and misbehaves on purpose.

mod archive;
mod athena;
mod logs;
mod lookup;
mod s3;
#[path = "aws/stand_in/stand_in.rs"]
mod stand_in;
