//! The pages that define each measure, inside the binary: what a number on screen means is the text that is tested.

use headway_domain::insight::Measure;
use rust_embed::RustEmbed;

use super::wire;

#[derive(RustEmbed)]
#[folder = "../../docs/metrics/"]
struct Pages;

/// The page of a measure.
pub fn definition(measure: Measure) -> wire::MeasureDefinition {
    let name = format!("{}.md", measure.code().replace('_', "-"));
    let page =
        Pages::get(&name).map(|page| String::from_utf8_lossy(&page.data).into_owned()).unwrap_or_default();
    let title = page.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or(measure.code()).to_owned();
    wire::MeasureDefinition { measure: measure.code().to_owned(), title, definition: page }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_a_page() {
        for measure in Measure::ALL {
            let page = definition(measure);
            assert!(page.definition.len() > 200, "docs/metrics has no page for {}", measure.code());
            assert_ne!(page.title, measure.code());
        }
    }
}
