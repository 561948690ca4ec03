//! Tables and plots of anything: how numbers look, never which numbers.
//!
//! A [`table`] becomes text, Markdown, HTML or CSV, a [`shares_table`] is that of an estimate; a [`plot`] lays itself out and is painted on any back
//! end; a [`figure`] is a plot within a page.
//!
//! Imports [`numeric`](crate::numeric), [`messages`](crate::messages).

pub mod figure;
pub mod plot;
pub mod shares_table;
pub mod table;
