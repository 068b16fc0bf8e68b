//! The command `bbstatus`.

fn main() {}
