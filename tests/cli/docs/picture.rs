//! The picture in the README: what `lint` shows on a terminal, as SVG.

use std::path::Path;

use super::console::{example, shown};
use super::{hold, page};

#[test]
fn the_picture_is_what_lint_shows_on_a_terminal() {
    let command = "gatelint lint --server octopus first.json";
    let folder = example();
    let colored = format!("{command} --color always");
    let output = shown(&colored, folder.path(), &[("LC_ALL", "C.UTF-8"), ("NO_COLOR", "")]);
    assert!(output.contains("\x1b[") && output.contains("minuet"), "{output}");
    // The bright colours in the place of the dark ones, which are hard to read on black.
    let mut palette = anstyle_svg::VGA;
    palette.0.copy_within(9.., 1);
    let terminal = anstyle_svg::Term::new().palette(palette);
    let picture = terminal.render_svg(&format!("$ {command}\n{output}"));
    // Hosts of code show pictures without scripts and without what lies elsewhere.
    assert!(!picture.contains("<script") && !picture.contains("href"), "{picture}");
    assert!(page("README.md").contains("](docs/lint.svg)"));
    hold(Path::new("docs/lint.svg"), &picture);
}
