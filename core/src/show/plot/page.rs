//! The page that every plot begins with: its title, and the words where there is nothing to show.

use super::scene::{Anchor, Area, LINE, Scene};
use super::sizes::{FONT, MARGIN};
use super::text::wrap;
use super::theme::Theme;

/// Font size of the title.
const TITLE: f64 = 15.0;
/// Most lines a title may take.
const TITLE_LINES: usize = 3;

/// A fresh scene with the title on it, and the room that is left below.
pub(super) fn begin(title: &str, width: f64, height: f64, theme: &Theme) -> (Scene, Area) {
    let mut scene = Scene::new(width, height, *theme);
    let mut rest = Area {
        left: MARGIN,
        top: MARGIN,
        right: (width - MARGIN).max(MARGIN),
        bottom: (height - MARGIN).max(MARGIN),
    };
    for line in wrap(title, TITLE, rest.width(), TITLE_LINES) {
        let middle = rest.top + TITLE * LINE / 2.0;
        let label = scene.text(&line, (rest.left, middle), Anchor::Start, TITLE);
        if scene.label(label) {
            rest.top += TITLE * LINE;
        }
    }
    if rest.top > MARGIN {
        rest.top += 6.0;
    }
    (scene, rest)
}

/// The height of margins and title that [`begin`] takes at this width, plus the lower margin.
pub(super) fn height_around(title: &str, width: f64) -> f64 {
    let n_lines = wrap(title, TITLE, (width - 2.0 * MARGIN).max(0.0), TITLE_LINES).len();
    let title = TITLE * LINE * n_lines as f64;
    2.0 * MARGIN + title + if n_lines > 0 { 6.0 } else { 0.0 }
}

/// A framed page that says there is nothing to show.
pub(super) fn nothing(title: &str, width: f64, height: f64, theme: &Theme) -> Scene {
    let (mut scene, rest) = begin(title, width, height, theme);
    scene.outline(rest, 1.0, theme.axis);
    let mut label = scene.text("nothing to show", rest.center(), Anchor::Middle, FONT);
    label.color = theme.muted;
    scene.label(label);
    scene
}

/// The height of a page with nothing on it.
pub(super) const NOTHING_HEIGHT: f64 = 120.0;

/// The whole number below `value`, at least 0 and at most a million; 0 for NaN.
pub(super) fn whole(value: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let whole = value.floor().clamp(0.0, 1e6) as usize;
    whole
}
