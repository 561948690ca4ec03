//! What holds of every plot, at any size and for any data.

use std::convert::Infallible;

use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontTransform,
};
use proptest::prelude::*;

use super::*;

/// A back end that keeps the boxes of all it is asked to draw, in device pixels.
pub(super) struct Recorder {
    size: (u32, u32),
    shapes: Vec<Area>,
    texts: Vec<(String, Area)>,
}

type Outcome = Result<(), DrawingErrorKind<Infallible>>;

impl Recorder {
    pub(super) fn of(plot: &dyn Plot, size: (u32, u32), style: &Style) -> Self {
        let mut recorder = Self { size, shapes: Vec::new(), texts: Vec::new() };
        draw(plot, &mut recorder, style).unwrap();
        recorder
    }

    fn shape(&mut self, corners: &[BackendCoord], air: u32) -> Outcome {
        let air = f64::from(air);
        let xs = || corners.iter().map(|corner| f64::from(corner.0));
        let ys = || corners.iter().map(|corner| f64::from(corner.1));
        self.shapes.push(Area {
            left: xs().fold(f64::INFINITY, f64::min) - air,
            top: ys().fold(f64::INFINITY, f64::min) - air,
            right: xs().fold(f64::NEG_INFINITY, f64::max) + air,
            bottom: ys().fold(f64::NEG_INFINITY, f64::max) + air,
        });
        Ok(())
    }

    /// Everything lies on the canvas up to `slack` device pixels, and no text covers another.
    pub(super) fn check(&self, slack: f64) {
        let canvas = Area {
            left: -slack,
            top: -slack,
            right: f64::from(self.size.0) + slack,
            bottom: f64::from(self.size.1) + slack,
        };
        for shape in &self.shapes {
            assert!(canvas.contains(shape), "{shape:?} outside of {:?}", self.size);
        }
        for (text, area) in &self.texts {
            assert!(canvas.contains(area), "`{text}` at {area:?} outside of {:?}", self.size);
        }
        // Positions are rounded to whole pixels, so that neighbours may come a pixel closer.
        let shrunk = |area: &Area| Area {
            left: area.left + 1.0,
            top: area.top + 1.0,
            right: area.right - 1.0,
            bottom: area.bottom - 1.0,
        };
        for (position, (text, area)) in self.texts.iter().enumerate() {
            for (other, other_area) in &self.texts[..position] {
                let apart = !shrunk(area).overlaps(&shrunk(other_area));
                assert!(apart, "`{text}` covers `{other}` at {:?}", self.size);
            }
        }
    }

    pub(super) fn says(&self, text: &str) -> bool {
        self.texts.iter().any(|(said, _)| said == text)
    }
}

impl DrawingBackend for Recorder {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Outcome {
        Ok(())
    }

    fn present(&mut self) -> Outcome {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, _: BackendColor) -> Outcome {
        self.shape(&[at], 0)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        _: &S,
        fill: bool,
    ) -> Outcome {
        assert!(fill, "outlines are drawn as four rectangles");
        self.shape(&[upper_left, bottom_right], 0)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Outcome {
        self.shape(&path.into_iter().collect::<Vec<_>>(), style.stroke_width() / 2)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        _: &S,
        _: bool,
    ) -> Outcome {
        self.shape(&[center], radius)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        _: &S,
    ) -> Outcome {
        self.shape(&corners.into_iter().collect::<Vec<_>>(), 0)
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        at: BackendCoord,
    ) -> Outcome {
        let width = text_width(text, style.size());
        let half_height = style.size() * 0.5;
        let start = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => -width / 2.0,
            HPos::Right => -width,
        };
        let (x, y) = (f64::from(at.0), f64::from(at.1));
        let area = match style.transform() {
            FontTransform::None => {
                Area::spanning((x + start, y - half_height), (x + start + width, y + half_height))
            }
            FontTransform::Rotate270 => {
                Area::spanning((x - half_height, y - start), (x + half_height, y - start - width))
            }
            _ => panic!("no plot turns text so"),
        };
        self.texts.push((text.to_owned(), area));
        Ok(())
    }
}

/// Any characters at all, up to this many.
pub(super) fn texts(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), 0..=most).prop_map(String::from_iter)
}

/// Shares of which few are large, the same for the same `seed`.
fn shares(n: usize, seed: usize) -> Vec<f64> {
    let weights: Vec<f64> = (0..n).map(|at| 1.0 / ((at * 7 + seed * 3) % n + 1) as f64).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

fn names(n: usize, length: usize) -> Vec<String> {
    let fill = "abcdefghij ".repeat(length / 11 + 1);
    (0..n).map(|at| format!("{at} {}", fill[..length].trim())).collect()
}

/// One plot of each kind.
fn plots(n_categories: usize, n_runs: usize, name_length: usize) -> [Box<dyn Plot>; 4] {
    let categories = names(n_categories, name_length);
    let truth = shares(n_categories, 0);
    let run = |(position, name): (usize, String)| {
        let values = shares(n_categories, position + 1);
        let interval = |value: &f64| Some((value * 0.8, value * 1.3));
        Series { name, intervals: values.iter().map(interval).collect(), values }
    };
    let series: Vec<Series> = names(n_runs, name_length).into_iter().enumerate().map(run).collect();
    let title = "A title that takes more than one line where there is little room".to_owned();
    let point = |at: usize| ScatterPoint {
        name: categories[at].clone(),
        predicted: truth[at],
        observed: shares(n_categories, 1)[at],
        interval: Some((truth[at] * 0.5, truth[at] * 1.5)),
    };
    let bars = GroupedBars {
        title: title.clone(),
        axis_title: "share of tokens".to_owned(),
        categories: categories.clone(),
        truth: Some(Series::new("ground truth", truth.clone())),
        series: series.clone(),
        tolerance: Some(0.02),
    };
    let scatter = Scatter {
        title: title.clone(),
        predicted_title: "predicted by the estimate and the confusion matrix".to_owned(),
        observed_title: "observed: mean of the probabilities".to_owned(),
        points: (0..n_categories).map(point).collect(),
    };
    let heatmap = Heatmap {
        title: title.clone(),
        reading: RowReading::Confusion,
        categories: categories.clone(),
        rows: (0..n_categories).map(|row| shares(n_categories, row)).collect(),
    };
    let errors = ErrorBars { title, categories, truth, series, tolerance: Some(0.02) };
    [Box::new(bars), Box::new(errors), Box::new(heatmap), Box::new(scatter)]
}

#[test]
fn everything_lies_inside_and_no_label_covers_another() {
    for (n_categories, n_runs) in [(2, 1), (6, 3), (7, 20), (87, 1), (87, 20)] {
        for width in [320, 768, 1440] {
            for plot in plots(n_categories, n_runs, 60) {
                for scale in [1.0, 1.25, 2.0, 3.0] {
                    let size = plot.preferred_size(width);
                    let style = Style::fitting(Theme::LIGHT, scale, size);
                    let device = style.device_size(size);
                    assert!(device.0.max(device.1) <= MAX_SIDE, "{device:?}");
                    Recorder::of(&*plot, device, &style).check(2.0 * scale);
                }
            }
        }
    }
}

#[test]
fn all_categories_and_runs_are_named_at_the_preferred_size() {
    for (n_categories, n_runs) in [(2, 1), (6, 3), (7, 20), (87, 20)] {
        for width in [320, 768, 1440] {
            let style = Style { theme: Theme::DARK, scale: 1.0 };
            for plot in plots(n_categories, n_runs, 60).iter().take(2) {
                let recorder = Recorder::of(&**plot, plot.preferred_size(width), &style);
                let starting = |at: usize| {
                    let start = format!("{at} ");
                    let starts = |text: &&(String, Area)| text.0.starts_with(&start);
                    recorder.texts.iter().filter(starts).count()
                };
                // Categories and runs are numbered alike: as many names start with a number.
                for at in 0..n_categories.max(n_runs) {
                    let expected = usize::from(at < n_categories) + usize::from(at < n_runs);
                    assert_eq!(starting(at), expected, "number {at} at {width} pixels");
                }
            }
        }
    }
}

#[test]
fn short_names_are_never_cut() {
    let style = Style { theme: Theme::LIGHT, scale: 1.0 };
    for width in [320, 768, 1440] {
        // Names in a scatter plot give way to points, and say so.
        for plot in plots(6, 3, 6).iter().take(3) {
            let recorder = Recorder::of(&**plot, plot.preferred_size(width), &style);
            for name in names(6, 6) {
                assert!(recorder.says(&name), "`{name}` at {width} pixels");
            }
        }
    }
}

#[test]
fn bars_are_as_long_as_their_values() {
    let plot = GroupedBars {
        categories: vec!["a".to_owned(), "b".to_owned()],
        series: vec![Series::new("run", vec![0.25, 0.75])],
        ..GroupedBars::default()
    };
    let scene = plot.scene(400.0, 300.0, &Theme::LIGHT);
    let edge = Theme::LIGHT.look(0).edge;
    let heights: Vec<f64> = scene
        .marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Rect { area, fill } if *fill == edge => Some(area.height()),
            _ => None,
        })
        .skip(1) // the key in the legend
        .collect();
    assert_eq!(heights.len(), 2);
    assert!((heights[1] / heights[0] - 3.0).abs() < 1e-9, "{heights:?}");
}

#[test]
fn scatter_points_on_the_diagonal_lie_on_it() {
    let point = |share: f64| ScatterPoint {
        name: "a".to_owned(),
        predicted: share,
        observed: share,
        interval: None,
    };
    let plot = Scatter { points: vec![point(0.1), point(0.4)], ..Scatter::default() };
    let scene = plot.scene(400.0, 420.0, &Theme::LIGHT);
    let centers: Vec<(f64, f64)> = scene
        .marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Disc { center, .. } => Some(*center),
            _ => None,
        })
        .collect();
    let (first, last) = (centers[0], centers[centers.len() - 1]);
    assert!(last.0 - first.0 > 50.0);
    assert!(((last.0 - first.0) - (first.1 - last.1)).abs() < 1e-9, "{centers:?}");
}

#[test]
fn tables_hold_the_plotted_values() {
    let [bars, errors, heatmap, scatter] = plots(3, 1, 4);
    let row = |plot: &dyn Plot| plot.table().rows[1].clone();
    let (truth, run) = (shares(3, 0)[1], shares(3, 1)[1]);
    let interval = [Some(run * 0.8), Some(run * 1.3)];
    assert_eq!(row(&*bars).values, [Some(truth), Some(run), interval[0], interval[1]]);
    assert_eq!(row(&*errors).values[0], Some(run - truth));
    assert_eq!(row(&*heatmap).values, shares(3, 1).into_iter().map(Some).collect::<Vec<_>>());
    assert_eq!(row(&*scatter).values[..2], [Some(truth), Some(run)]);
    for plot in plots(3, 1, 4) {
        let table = plot.table();
        assert!(table.rows.iter().all(|row| row.values.len() + 1 == table.columns.len()));
    }
}

#[test]
fn words_state_the_finding() {
    let series = |values: [f64; 2]| Series::new("run", values.to_vec());
    let categories = vec!["web".to_owned(), "code".to_owned()];
    let bars = GroupedBars {
        categories: categories.clone(),
        truth: Some(Series::new("the paper", vec![0.7, 0.3])),
        series: vec![series([0.6, 0.4]), Series::new("better", vec![0.69, 0.31])],
        ..GroupedBars::default()
    };
    assert_eq!(
        bars.alt_text(),
        "Of 2 categories, web has the largest share in the paper: 70.0%; 2 runs are 1.0 to \
         10.0 percentage points off on average."
    );
    let errors = ErrorBars {
        categories: categories.clone(),
        truth: vec![0.7, 0.3],
        series: bars.series.clone(),
        tolerance: Some(0.02),
        ..ErrorBars::default()
    };
    assert_eq!(
        errors.alt_text(),
        "The largest error is +10.0 percentage points, of run in code; 2 of 4 estimates are within \
         ±2.0 points of the truth."
    );
    let heatmap =
        Heatmap { categories, rows: vec![vec![0.9, 0.1], vec![0.3, 0.7]], ..Heatmap::default() };
    assert_eq!(
        heatmap.alt_text(),
        "Of 2 classes, 80.0% of a class is classified correctly on average, least of code: 70.0%; \
         most often confused: 30.0% of code is taken for web."
    );
    let following = Heatmap { reading: RowReading::Following, ..heatmap };
    assert_eq!(
        following.alt_text(),
        "After documents of one of 2 categories the model expects 80.0% of the same on average; \
         of others most: 30.0% web after code."
    );
    assert_eq!(following.table().columns[0], "after");
}

#[test]
fn hostile_names_are_escaped_in_svg() {
    let hostile = "<img src=x onerror=alert(1)>\"'&\u{0}\u{202E}</text><script>";
    let plot = GroupedBars {
        title: hostile.to_owned(),
        axis_title: hostile.to_owned(),
        categories: vec![hostile.to_owned()],
        truth: Some(Series::new(hostile, vec![0.5])),
        series: vec![Series::new(hostile, vec![0.5])],
        tolerance: None,
    };
    let text = svg(&plot, 1440, 600, Theme::LIGHT);
    assert!(text.contains("&lt;img src=x onerror=alert(1)&gt;&quot;&apos;&amp;\u{FFFD}"));
    assert!(!text.contains("<img") && !text.contains("<script"));
    check_xml(&text);
}

/// Checks that tags nest, attributes are quoted and no character is one XML forbids.
fn check_xml(text: &str) {
    let forbidden = |letter: char| {
        (letter < ' ' && letter != '\n') || matches!(letter, '\u{FFFE}' | '\u{FFFF}')
    };
    assert!(!text.contains(forbidden));
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        assert!(!rest[..start].contains('>'), "a stray `>` before {:.40}", &rest[start..]);
        let end = start + rest[start..].find('>').unwrap();
        let tag = &rest[start + 1..end];
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?} left open");
    assert_eq!(rest.trim(), "");
}

#[test]
fn small_svg_matches_its_golden_file() {
    let plot = GroupedBars {
        title: "Two".to_owned(),
        axis_title: "share".to_owned(),
        categories: vec!["web".to_owned(), "code".to_owned()],
        truth: Some(Series::new("truth", vec![0.7, 0.3])),
        series: vec![Series {
            name: "run".to_owned(),
            values: vec![0.6, 0.4],
            intervals: vec![Some((0.55, 0.66)), None],
        }],
        tolerance: Some(0.02),
    };
    let golden = include_str!("../../../../tests/golden/plot/two_categories.svg");
    assert_eq!(svg(&plot, 320, 200, Theme::LIGHT), golden, "look at it before you accept it");
}

#[test]
fn values_that_are_no_numbers_are_left_out() {
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, 0.5];
    let categories = names(odd.len(), 3);
    let intervals = odd.iter().map(|value| Some((*value, f64::NAN))).collect();
    let series = Series { name: "odd".to_owned(), values: odd.to_vec(), intervals };
    let bars = GroupedBars {
        categories: categories.clone(),
        truth: Some(Series::new("truth", odd.to_vec())),
        series: vec![series.clone()],
        tolerance: Some(f64::NAN),
        ..GroupedBars::default()
    };
    let errors = ErrorBars {
        categories: categories.clone(),
        truth: odd.iter().rev().copied().collect(),
        series: vec![series],
        tolerance: Some(f64::INFINITY),
        ..ErrorBars::default()
    };
    let heatmap = Heatmap { categories, rows: vec![odd.to_vec(); 3], ..Heatmap::default() };
    let point = |value: &f64| ScatterPoint {
        predicted: *value,
        observed: -*value,
        interval: Some((*value, *value)),
        ..ScatterPoint::default()
    };
    let scatter = Scatter { points: odd.iter().map(point).collect(), ..Scatter::default() };
    let plots: [&dyn Plot; 4] = [&bars, &errors, &heatmap, &scatter];
    for plot in plots {
        let size = plot.preferred_size(480);
        Recorder::of(plot, size, &Style { theme: Theme::LIGHT, scale: f64::NAN }).check(2.0);
        let _ = (plot.alt_text(), plot.table());
    }
    assert_eq!(bars.table().rows[0].values[0], None);
}

#[test]
fn empty_plots_say_so() {
    let plots: [&dyn Plot; 4] =
        [&GroupedBars::default(), &ErrorBars::default(), &Heatmap::default(), &Scatter::default()];
    for plot in plots {
        let style = Style { theme: Theme::LIGHT, scale: 1.0 };
        let recorder = Recorder::of(plot, plot.preferred_size(320), &style);
        assert!(recorder.says("nothing to show"));
        assert_eq!(plot.alt_text(), "Nothing to show.");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_size_or_count_panics_or_spills(
        n_categories in 0usize..40,
        n_runs in 0usize..14,
        name_length in 0usize..60,
        (width, height) in (0u32..1200, 0u32..1200),
        scale in 0.2..4.0f64,
    ) {
        for plot in plots(n_categories, n_runs, name_length) {
            let style = Style { theme: Theme::DARK, scale };
            Recorder::of(&*plot, (width, height), &style).check(4.0 * scale + 2.0);
        }
    }

    #[test]
    fn svg_is_well_formed_for_any_name(name in texts(32), value in 0.0..1.0f64) {
        let plot = GroupedBars {
            title: name.clone(),
            categories: vec![name.clone(), "other".to_owned()],
            series: vec![Series::new(name, vec![value, 1.0 - value])],
            ..GroupedBars::default()
        };
        check_xml(&svg(&plot, 500, 300, Theme::DARK));
    }
}
