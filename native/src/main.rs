//! The `data-anatomy` program.

fn main() {}
