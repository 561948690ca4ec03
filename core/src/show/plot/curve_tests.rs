//! What holds of densities and ROC curves, at any size and for any data.

use proptest::prelude::*;

use super::tests::Recorder;
use super::*;

const SIZES: [(u32, u32); 5] = [(1, 1), (90, 60), (320, 480), (960, 700), (1600, 300)];

fn panel(name: &str, scale: f64) -> DensityPanel {
    let bins = |start: f64| Bins { start, width: 0.5, densities: vec![0.2, 0.6, 0.9, 0.3] };
    DensityPanel {
        name: name.to_owned(),
        note: "40.0 % members".to_owned(),
        bars: bins(-1.0),
        line: bins(-1.5),
        bells: vec![
            Bell { weight: 0.6, mean: -0.5, deviation: 0.4 * scale },
            Bell { weight: 0.4, mean: 0.5, deviation: 0.2 },
        ],
    }
}

fn densities(n_panels: usize) -> Densities {
    Densities {
        title: "Scores of Min-K%++: run".to_owned(),
        axis_title: "scores of Min-K%++".to_owned(),
        bars_name: "candidates".to_owned(),
        line_name: "known non-members".to_owned(),
        bells_name: "fitted normal components".to_owned(),
        panels: (0..n_panels).map(|index| panel(&format!("category {index}"), 1.0)).collect(),
    }
}

fn roc(is_logarithmic: bool) -> RocPlot {
    let curve = |name: &str, middle: f64| RocCurve {
        name: name.to_owned(),
        auroc: 0.5 * (1.0 + middle),
        interval: Some((0.5, 0.9)),
        points: vec![(0.0, 0.0), (0.0, 0.1), (0.01, 0.3), (0.4, middle), (1.0, 1.0)],
    };
    RocPlot {
        title: "ROC curves: run".to_owned(),
        is_logarithmic,
        curves: vec![curve("Min-K%++", 0.8), curve("Loss", 0.6)],
    }
}

#[test]
fn everything_lies_on_the_canvas_and_no_label_covers_another() {
    for plot in [&densities(1) as &dyn Plot, &densities(87), &roc(true), &roc(false)] {
        let preferred = plot.preferred_size(960);
        for size in SIZES.into_iter().chain([preferred]) {
            let style = Style { theme: Theme::LIGHT, scale: 1.0 };
            Recorder::of(plot, size, &style).check(1.5);
        }
    }
}

#[test]
fn panels_and_curves_are_named_where_there_is_room() {
    let style = Style { theme: Theme::DARK, scale: 1.0 };
    let plot = densities(5);
    let drawn = Recorder::of(&plot, plot.preferred_size(960), &style);
    for words in ["category 4", "40.0 % members", "candidates", "known non-members"] {
        assert!(drawn.says(words), "{words}");
    }
    let plot = roc(true);
    let drawn = Recorder::of(&plot, plot.preferred_size(960), &style);
    for words in ["Min-K%++ (AUROC 0.900)", "chance", "0.1%", "10%", "members found"] {
        assert!(drawn.says(words), "{words}");
    }
}

#[test]
fn tables_hold_what_is_drawn() {
    let table = roc(false).table();
    assert_eq!(table.columns.len(), table.rows[0].values.len() + 1);
    assert_eq!(table.text(table.rows[0].values[4]), "30.0%", "TPR at 1 % FPR: a step, not a line");
    assert_eq!(table.text(table.rows[0].values[3]), "10.0%", "TPR at 0.1 % FPR");
    let table = densities(2).table();
    assert_eq!(table.columns.len(), table.rows[1].values.len() + 1);
    assert_eq!(table.text(table.rows[1].values[1]), "−0.500");
    assert!(roc(false).alt_text().contains("0.900, of Min-K%++"));
    assert!(densities(2).alt_text().contains("2 categories"));
}

#[test]
fn nothing_to_draw_says_so() {
    let style = Style { theme: Theme::LIGHT, scale: 1.0 };
    for plot in [&Densities::default() as &dyn Plot, &RocPlot::default()] {
        assert!(Recorder::of(plot, (300, 200), &style).says("nothing to show"));
        assert_eq!(plot.alt_text(), "Nothing to show.");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_data_draw_outside(
        numbers in prop::collection::vec(prop::num::f64::ANY, 12),
        width in 1..900u32,
        height in 1..600u32,
    ) {
        let bins = Bins { start: numbers[0], width: numbers[1], densities: numbers[2..6].to_vec() };
        let bell = Bell { weight: numbers[6], mean: numbers[7], deviation: numbers[8] };
        let panel = DensityPanel { bars: bins, bells: vec![bell], ..panel("x", numbers[9]) };
        let plot = Densities { panels: vec![panel], ..densities(0) };
        let style = Style { theme: Theme::LIGHT, scale: 1.0 };
        Recorder::of(&plot, (width, height), &style).check(1.5);
        let points = numbers.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        let curve = RocCurve { auroc: numbers[0], points, ..RocCurve::default() };
        for is_logarithmic in [false, true] {
            let plot = RocPlot { curves: vec![curve.clone()], is_logarithmic, ..roc(false) };
            Recorder::of(&plot, (width, height), &style).check(1.5);
            prop_assert!(!plot.alt_text().is_empty() && !plot.table().rows.is_empty());
        }
    }
}
