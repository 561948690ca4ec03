//! The plots of an evaluation, and of a study's result: on a canvas, as SVG, in words.
//!
//! Behind each plot stands the text that it is drawn from: an evaluation, or `{run, summary}` of a study.

use data_anatomy_core::evaluate::estimates::RunEstimate;
use data_anatomy_core::evaluate::figures::EvaluationPlot;
use data_anatomy_core::page::study_plot::{StudyPlot, StudyResult};
use data_anatomy_core::show::figure::{Figure, WIDTH};
use data_anatomy_core::show::plot::{Plot, Style, Theme, draw};
use plotters_canvas::CanvasBackend;
use serde::Deserialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlCanvasElement;

use crate::failure::plain_error;
use crate::workspace::parse_evaluation;

/// How to draw.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Look {
    /// Device pixels to a CSS pixel.
    scale: f64,
    theme: ThemeName,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ThemeName {
    Light,
    Dark,
}

impl From<ThemeName> for Theme {
    fn from(name: ThemeName) -> Self {
        match name {
            ThemeName::Light => Self::LIGHT,
            ThemeName::Dark => Self::DARK,
        }
    }
}

/// Returns the names of the plots that there are of a study's result, in the order in which they are shown.
///
/// # Errors
/// If the text is not that of a result.
#[wasm_bindgen]
pub fn study_plots(data: &str) -> Result<Vec<String>, JsValue> {
    let plots = parse_result(data)?.plots();
    Ok(plots.into_iter().map(|plot| plot.name().to_owned()).collect())
}

/// Returns `[width, height]` in CSS pixels at which the plot reads well when `width` are free.
///
/// # Errors
/// If there is no such plot, or the text is of another kind.
#[wasm_bindgen]
pub fn plot_size(plot: &str, data: &str, width: u32) -> Result<Vec<u32>, JsValue> {
    let (width, height) = find(plot, data)?.preferred_size(width);
    Ok(vec![width, height])
}

/// Returns the finding of the plot in one sentence.
///
/// # Errors
/// As [`plot_size`].
#[wasm_bindgen]
pub fn plot_alt(plot: &str, data: &str) -> Result<String, JsValue> {
    Ok(find(plot, data)?.alt_text())
}

/// Draws the plot over the whole canvas; `look` is JSON: `{scale, theme}`.
///
/// # Errors
/// As [`plot_size`], or if the canvas cannot be drawn on.
#[wasm_bindgen]
pub fn draw_plot(
    canvas: HtmlCanvasElement,
    plot: &str,
    data: &str,
    look: &str,
) -> Result<(), JsValue> {
    let Look { scale, theme } = serde_json::from_str(look).map_err(plain_error)?;
    draw_on(canvas, &*find(plot, data)?, &Style { theme: theme.into(), scale })
}

/// Returns the plot as an SVG document, of the size of the plots that the command line writes.
///
/// # Errors
/// As [`plot_size`].
#[wasm_bindgen]
pub fn plot_svg(plot: &str, data: &str) -> Result<String, JsValue> {
    Ok(Figure::of(&*find(plot, data)?).svg)
}

/// Draws the plot over a canvas that is made to fit, `scale` pixels to each of the SVG's: for a
/// picture file.
///
/// # Errors
/// As [`draw_plot`].
#[wasm_bindgen]
pub fn draw_picture(
    canvas: HtmlCanvasElement,
    plot: &str,
    data: &str,
    scale: f64,
) -> Result<(), JsValue> {
    let plot = find(plot, data)?;
    let size = plot.preferred_size(WIDTH);
    let style = Style::fitting(Theme::LIGHT, scale, size);
    let (width, height) = style.device_size(size);
    canvas.set_width(width);
    canvas.set_height(height);
    draw_on(canvas, &*plot, &style)
}

fn draw_on(canvas: HtmlCanvasElement, plot: &dyn Plot, style: &Style) -> Result<(), JsValue> {
    let mut backend = CanvasBackend::with_canvas_object(canvas)
        .ok_or_else(|| plain_error("the canvas has no 2D context"))?;
    draw(plot, &mut backend, style).map_err(plain_error)
}

/// The plot of one run of [`data_anatomy_core::evaluate::estimates::Estimates`].
const ESTIMATE: &str = "estimate";

fn find(plot: &str, data: &str) -> Result<Box<dyn Plot>, JsValue> {
    let none = || plain_error(format!("no such plot: `{plot}`"));
    if plot == ESTIMATE {
        let run: RunEstimate = serde_json::from_str(data).map_err(plain_error)?;
        return Ok(Box::new(run.plot()));
    }
    match (EvaluationPlot::named(plot), StudyPlot::named(plot)) {
        (Some(kind), _) => Ok(kind.of(&parse_evaluation(data)?)),
        (_, Some(kind)) => kind.of(&parse_result(data)?).ok_or_else(none),
        _ => Err(none()),
    }
}

fn parse_result(text: &str) -> Result<StudyResult, JsValue> {
    serde_json::from_str(text).map_err(plain_error)
}
