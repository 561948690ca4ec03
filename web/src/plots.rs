//! The plots of an evaluation: on a canvas, as SVG, in words.

use data_anatomy_core::evaluate::figures::EvaluationPlot;
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

/// Returns `[width, height]` in CSS pixels at which the plot reads well when `width` are free.
///
/// # Errors
/// If there is no such plot, or the text is not that of an evaluation.
#[wasm_bindgen]
pub fn plot_size(plot: &str, evaluation: &str, width: u32) -> Result<Vec<u32>, JsValue> {
    let (width, height) = find(plot, evaluation)?.preferred_size(width);
    Ok(vec![width, height])
}

/// Returns the finding of the plot in one sentence.
///
/// # Errors
/// As [`plot_size`].
#[wasm_bindgen]
pub fn plot_alt(plot: &str, evaluation: &str) -> Result<String, JsValue> {
    Ok(find(plot, evaluation)?.alt_text())
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
    draw_on(canvas, &*find(plot, evaluation)?, &Style { theme: theme.into(), scale })
}

/// Returns the plot as an SVG document, of the size of the plots that the command line writes.
///
/// # Errors
/// As [`plot_size`].
#[wasm_bindgen]
pub fn plot_svg(plot: &str, evaluation: &str) -> Result<String, JsValue> {
    Ok(Figure::of(&*find(plot, evaluation)?).svg)
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
    evaluation: &str,
    scale: f64,
) -> Result<(), JsValue> {
    let plot = find(plot, evaluation)?;
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

fn find(plot: &str, evaluation: &str) -> Result<Box<dyn Plot>, JsValue> {
    let kind = EvaluationPlot::named(plot)
        .ok_or_else(|| plain_error(format!("no such plot: `{plot}`")))?;
    Ok(kind.of(&parse_evaluation(evaluation)?))
}
