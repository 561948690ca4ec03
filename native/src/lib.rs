//! The native side of data-anatomy: command line, corpora, classifiers, files.

pub mod demo;
