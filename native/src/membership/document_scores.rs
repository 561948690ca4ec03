//! `document_scores.csv`: every document with its score by every attack.

use std::io::{self, Write};

use data_anatomy_core::show::table::csv_field;

use super::collected::Collected;
use super::evidence::PoolScores;
use super::folders::Pool;

/// Writes one line per document; `member` is empty where it is not known.
///
/// # Errors
/// If the file cannot be written.
pub fn write(file: &mut impl Write, collected: &Collected) -> io::Result<()> {
    write!(file, "pool,doc_id,category,member")?;
    for attack in &collected.attacks {
        write!(file, ",{}", attack.name())?;
    }
    write!(file, "\r\n")?;
    let is_member = |number: usize| collected.is_member.as_ref().map(|known| known[number]);
    write_pool(file, Pool::Candidates, &collected.candidates, is_member)?;
    write_pool(file, Pool::Nonmembers, &collected.nonmembers, |_| Some(false))?;
    write_pool(file, Pool::Members, &collected.members, |_| Some(true))
}

fn write_pool(
    file: &mut impl Write,
    pool: Pool,
    scores: &PoolScores,
    is_member: impl Fn(usize) -> Option<bool>,
) -> io::Result<()> {
    for number in 0..scores.n_documents() {
        let (id, category) =
            (csv_field(&scores.doc_ids[number]), csv_field(&scores.categories[number]));
        let member = is_member(number).map(|known| known.to_string()).unwrap_or_default();
        write!(file, "{},{id},{category},{member}", pool.folder())?;
        for of_attack in &scores.scores {
            match of_attack[number] {
                Some(score) => write!(file, ",{score}")?,
                None => write!(file, ",")?,
            }
        }
        write!(file, "\r\n")?;
    }
    Ok(())
}
