//! Language models. Nothing here knows of estimation.

pub mod checkpoint;
mod json_file;
