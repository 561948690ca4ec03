//! `attacks.json` and `attacks.csv`: how well each attack tells members from others.

use data_anatomy_core::membership::roc::{AttackQuality, FALSE_POSITIVE_RATES};
use data_anatomy_core::show::table::{Cell, Column, Table};
use serde_json::{Value, json};

use super::analysis::AttackResult;
use super::collected::Collected;

/// What all categories together are called.
const ALL: &str = "all";

/// The categories that attacks are measured on: each, and all together.
fn rows(categories: &[String]) -> impl Iterator<Item = &str> {
    categories.iter().map(String::as_str).chain([ALL])
}

/// All of it, for programs.
pub fn json(collected: &Collected, results: &[AttackResult], level: f64) -> Value {
    let categories = collected.categories();
    let attack = |result: &AttackResult| {
        let quality = rows(&categories).zip(&result.quality);
        let quality: Vec<Value> = quality
            .map(|(category, quality)| json!({"category": category, "quality": quality}))
            .collect();
        json!({"attack": result.attack, "source": result.attack.source(), "per_category": quality})
    };
    let skipped = |skipped: &super::passes::Skipped| json!({"attack": skipped.attack, "remedy": skipped.remedy});
    json!({
        "schema_version": 1,
        "method": "membership_attacks",
        "compared": collected.compared().words(),
        "level": level,
        "attacks": results.iter().map(attack).collect::<Vec<_>>(),
        "skipped": collected.skipped.iter().map(skipped).collect::<Vec<_>>(),
    })
}

/// One row for each attack and category, numbers in full where it is written as CSV.
pub fn table(collected: &Collected, results: &[AttackResult]) -> Table {
    let mut columns = vec![
        Column::words("attack", "the attack"),
        Column::words("category", "the category"),
        Column::numbers(collected.compared().count_name(), collected.compared().words()),
        Column::numbers("n_nonmembers", "documents they are told from"),
        Column::numbers("auroc", "area under the ROC curve"),
        Column::numbers("ci_lo", "lower end of its interval"),
        Column::numbers("ci_hi", "upper end of its interval"),
    ];
    for rate in FALSE_POSITIVE_RATES {
        let title = format!("tpr_at_{}%", 100.0 * rate);
        columns.push(Column::numbers(&title, "share found at this share of false alarms"));
    }
    let mut table = Table::new("Attacks", columns);
    let categories = collected.categories();
    for result in results {
        for (category, quality) in rows(&categories).zip(&result.quality) {
            let names = vec![Cell::text(result.attack.name()), Cell::text(category)];
            let numbers = quality
                .as_ref()
                .map_or_else(|| vec![Cell::empty(); 5 + FALSE_POSITIVE_RATES.len()], cells);
            table.rows.push([names, numbers].concat());
        }
    }
    table
}

/// One row for each attack: its quality on all documents together.
pub fn overview(collected: &Collected, results: &[AttackResult]) -> Table {
    let mut whole = table(collected, results);
    whole.rows.retain(|row| row.get(1).is_some_and(|cell| cell.shown() == ALL));
    whole
}

#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 documents")]
fn cells(quality: &AttackQuality) -> Vec<Cell> {
    let number = |value: f64| Cell::number(value, 3);
    let n_compared = quality.n_members.or(quality.n_candidates);
    let mut cells = vec![
        Cell::optional(n_compared.map(|n| n as f64), |n| Cell::number(n, 0)),
        Cell::number(quality.n_nonmembers as f64, 0),
        number(quality.auroc),
        number(quality.auroc_interval.lo()),
        number(quality.auroc_interval.hi()),
    ];
    cells.extend(quality.tpr_at_fpr.iter().map(|at| number(at.tpr)));
    cells
}
