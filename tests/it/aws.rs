//! The program against a server that answers as AWS does, and misbehaves on purpose.

mod archive;
mod athena;
mod athena_state;
mod logs;
mod logs_state;
mod lookup;
mod objects;
mod s3;
mod server;
mod state;
