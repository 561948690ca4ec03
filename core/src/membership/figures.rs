//! The plots of a membership run: which data goes into which plot.

use super::histogram::Histogram;
use super::roc::AttackQuality;
use super::summary::CategoryRecord;
use crate::show::plot::{
    Bell, Bins, Densities, DensityPanel, GroupedBars, RocCurve, RocPlot, Series,
};
use crate::show::table::fixed;

/// The share of members in each category with its interval; intervals alone where the share is not
/// identifiable.
pub fn shares(name: &str, records: &[CategoryRecord]) -> GroupedBars {
    let ends = |record: &CategoryRecord| record.ci_lo.zip(record.ci_hi);
    GroupedBars {
        title: format!("Share of members per category: {name}"),
        axis_title: "share of the candidates that were trained on".to_owned(),
        categories: records.iter().map(|record| record.category.clone()).collect(),
        truth: None,
        series: vec![Series {
            name: "share of members".to_owned(),
            values: records.iter().map(|record| record.pi_hat.unwrap_or(f64::NAN)).collect(),
            intervals: records.iter().map(ends).collect(),
        }],
        tolerance: None,
    }
}

/// The scores of each category with the normal components fitted to them.
pub fn densities(name: &str, attack: &str, records: &[CategoryRecord]) -> Densities {
    Densities {
        title: format!("Scores of {attack}: {name}"),
        axis_title: format!("scores of {attack}; higher means more likely a member"),
        bars_name: "candidates".to_owned(),
        line_name: "known non-members".to_owned(),
        bells_name: "fitted normal components".to_owned(),
        panels: records.iter().map(panel).collect(),
    }
}

fn panel(record: &CategoryRecord) -> DensityPanel {
    let percent = |share: f64| format!("{} %", fixed(100.0 * share, 1));
    let note = match record.pi_hat {
        Some(share) => format!("{} members", percent(share)),
        None => "not identifiable".to_owned(),
    };
    let components = record.gmm.iter().flat_map(|mixture| &mixture.components);
    let bells = components.map(|component| Bell {
        weight: component.weight,
        mean: component.mean,
        deviation: component.variance.sqrt(),
    });
    DensityPanel {
        name: record.category.clone(),
        note,
        bars: bins(&record.candidates_histogram),
        line: bins(&record.nonmembers_histogram),
        bells: bells.collect(),
    }
}

fn bins(histogram: &Histogram) -> Bins {
    Bins { start: histogram.start, width: histogram.width, densities: histogram.densities.clone() }
}

/// ROC curves with their names, on a linear or a logarithmic axis of false alarms.
pub fn roc(title: &str, curves: &[(String, &AttackQuality)], is_logarithmic: bool) -> RocPlot {
    let curve = |(name, quality): &(String, &AttackQuality)| RocCurve {
        name: name.clone(),
        auroc: quality.auroc,
        interval: Some((quality.auroc_interval.lo(), quality.auroc_interval.hi())),
        points: quality.curve.iter().map(|point| (point.fpr, point.tpr)).collect(),
    };
    RocPlot { title: title.to_owned(), is_logarithmic, curves: curves.iter().map(curve).collect() }
}
