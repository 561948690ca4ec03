//! TEMPORARY until core::plot lands.
use data_anatomy_core::evaluation::Evaluation;
use data_anatomy_core::report_page::Figure;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlCanvasElement;

pub(crate) fn figures(_evaluation: &Evaluation) -> Vec<Figure> { Vec::new() }
#[wasm_bindgen]
pub fn plot_size(_plot: &str, _evaluation: &str, width: u32) -> Vec<u32> { vec![width, 300] }
#[wasm_bindgen]
pub fn plot_alt(_plot: &str, _evaluation: &str) -> String { "x".into() }
#[wasm_bindgen]
pub fn plot_svg(_plot: &str, _evaluation: &str, _width: u32, _height: u32, _style: &str) -> String { "<svg/>".into() }
#[wasm_bindgen]
pub fn draw_plot(_canvas: &HtmlCanvasElement, _plot: &str, _evaluation: &str, _style: &str) -> Result<(), JsValue> { Ok(()) }
