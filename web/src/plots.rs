//! The plots of an evaluation: on a canvas, as SVG, in words.

use data_anatomy_core::evaluation::Evaluation;
use data_anatomy_core::plot::{ErrorBars, GroupedBars, Plot, Series, Style, Theme, draw, svg};
use data_anatomy_core::report_page::Figure;
use plotters_canvas::CanvasBackend;
use serde::Deserialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlCanvasElement;

use crate::failure::plain_error;
use crate::workspace::parse_evaluation;

/// Names of the plots, in the order of the page.
const PLOTS: [&str; 2] = ["comparison", "errors"];

/// Width of the plots in the readable part of a report, in pixels.
const REPORT_WIDTH: u32 = 960;

/// How to draw.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Look {
    /// Device pixels to a CSS pixel.
    scale: f64,
    /// `light` or `dark`.
    theme: ThemeName,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ThemeName {
    Light,
    Dark,
}

impl ThemeName {
    fn theme(self) -> Theme {
        match self {
            Self::Light => Theme::LIGHT,
            Self::Dark => Theme::DARK,
        }
    }
}

/// Returns `[width, height]` in CSS pixels at which the plot reads well when `width` are free.
///
/// # Errors
/// If there is no such plot, or the text is not that of an evaluation.
#[wasm_bindgen]
pub fn plot_size(plot: &str, evaluation: &str, width: u32) -> Result<Vec<u32>, JsValue> {
    let (width, height) = untitled(plot, evaluation)?.preferred_size(width);
    Ok(vec![width, height])
}

/// Returns the finding of the plot in one sentence.
///
/// # Errors
/// As [`plot_size`].
#[wasm_bindgen]
pub fn plot_alt(plot: &str, evaluation: &str) -> Result<String, JsValue> {
    Ok(untitled(plot, evaluation)?.alt_text())
}

/// Draws the plot over the whole canvas; `look` is JSON: `{scale, theme}`.
///
/// # Errors
/// As [`plot_size`], or if the canvas cannot be drawn on.
#[wasm_bindgen]
pub fn draw_plot(
    canvas: HtmlCanvasElement,
    plot: &str,
    evaluation: &str,
    look: &str,
) -> Result<(), JsValue> {
    let Look { scale, theme } = serde_json::from_str(look).map_err(plain_error)?;
    let plot = untitled(plot, evaluation)?;
    let mut backend = CanvasBackend::with_canvas_object(canvas)
        .ok_or_else(|| plain_error("the canvas has no 2D context"))?;
    draw(&*plot, &mut backend, &Style { theme: theme.theme(), scale }).map_err(plain_error)
}

/// Returns the plot with its title as an SVG document, `width` CSS pixels wide.
///
/// # Errors
/// As [`plot_size`].
#[wasm_bindgen]
pub fn plot_svg(plot: &str, evaluation: &str, width: u32) -> Result<String, JsValue> {
    let drawn = find(plot, &parse_evaluation(evaluation)?, true)?;
    let (width, height) = drawn.preferred_size(width);
    Ok(svg(&*drawn, width, height, Theme::LIGHT))
}

/// Draws the plot with its title over a canvas that is made to fit: for a picture file.
///
/// # Errors
/// As [`draw_plot`].
#[wasm_bindgen]
pub fn draw_picture(
    canvas: HtmlCanvasElement,
    plot: &str,
    evaluation: &str,
    width: u32,
    scale: f64,
) -> Result<(), JsValue> {
    let drawn = find(plot, &parse_evaluation(evaluation)?, true)?;
    let size = drawn.preferred_size(width);
    let style = Style::fitting(Theme::LIGHT, scale, size);
    let (device_width, device_height) = style.device_size(size);
    canvas.set_width(device_width);
    canvas.set_height(device_height);
    let mut backend = CanvasBackend::with_canvas_object(canvas)
        .ok_or_else(|| plain_error("the canvas has no 2D context"))?;
    draw(&*drawn, &mut backend, &style).map_err(plain_error)
}

/// The plots of the readable part of a report.
pub(crate) fn figures(evaluation: &Evaluation) -> Vec<Figure> {
    let plots = PLOTS.into_iter().filter_map(|name| find(name, evaluation, true).ok());
    plots
        .map(|plot| {
            let (width, height) = plot.preferred_size(REPORT_WIDTH);
            Figure { caption: plot.alt_text(), svg: svg(&*plot, width, height, Theme::LIGHT) }
        })
        .collect()
}

/// The plot without a title: on the page its heading stands above it.
fn untitled(plot: &str, evaluation: &str) -> Result<Box<dyn Plot>, JsValue> {
    find(plot, &parse_evaluation(evaluation)?, false)
}

fn find(plot: &str, evaluation: &Evaluation, titled: bool) -> Result<Box<dyn Plot>, JsValue> {
    let title = |text: &str| {
        if titled { format!("{text}: {}", evaluation.spec.name) } else { String::new() }
    };
    match plot {
        "comparison" => Ok(Box::new(comparison(evaluation, title("Estimate and truth")))),
        "errors" => Ok(Box::new(errors(evaluation, title("Error of the estimates")))),
        _ => Err(plain_error(format!("no such plot: `{plot}`"))),
    }
}

fn comparison(evaluation: &Evaluation, title: String) -> GroupedBars {
    let categories = categories(evaluation);
    let unit = evaluation.spec.unit.map_or_else(String::new, |unit| format!(" of {unit}"));
    GroupedBars {
        title,
        axis_title: format!("share{unit}"),
        truth: Some(Series::new(&*evaluation.spec.name, truth(evaluation, &categories))),
        series: series(evaluation, &categories),
        categories,
        tolerance: Some(evaluation.tolerance),
    }
}

fn errors(evaluation: &Evaluation, title: String) -> ErrorBars {
    let categories = categories(evaluation);
    ErrorBars {
        title,
        truth: truth(evaluation, &categories),
        series: series(evaluation, &categories),
        categories,
        tolerance: Some(evaluation.tolerance),
    }
}

/// The categories of all runs, each once: runs may be compared on finer and coarser ones.
fn categories(evaluation: &Evaluation) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in evaluation.runs.iter().flat_map(|run| &run.scheme.categories) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// The published share of each category, as any run that has it was compared with.
fn truth(evaluation: &Evaluation, categories: &[String]) -> Vec<f64> {
    let share = |name: &String| {
        evaluation.runs.iter().find_map(|run| {
            let position = run.scheme.categories.iter().position(|other| other == name)?;
            run.ground_truth.get(position).copied()
        })
    };
    categories.iter().map(|name| share(name).unwrap_or(f64::NAN)).collect()
}

/// A series for each run; what a run was not compared on is missing.
fn series(evaluation: &Evaluation, categories: &[String]) -> Vec<Series> {
    let runs = evaluation.runs.iter();
    runs.map(|run| {
        let position = |name| run.scheme.categories.iter().position(|other| other == name);
        let estimate = |name| position(name).and_then(|at| run.estimate.get(at).copied());
        let interval = |name| {
            let interval = *run.intervals.as_ref()?.get(position(name)?)?;
            Some((interval.lo(), interval.hi()))
        };
        Series {
            name: run.name.clone(),
            values: categories.iter().map(|name| estimate(name).unwrap_or(f64::NAN)).collect(),
            intervals: categories.iter().map(interval).collect(),
        }
    })
    .collect()
}
