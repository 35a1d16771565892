//! Charts as SVG or PNG, drawn by the same code as on the pages: the charts of the web client run in a script engine.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, Result, anyhow};
use clap::ValueEnum;
use headway_app::insight::{
    Scope,
    outlook::{self, ForecastAsk, Question},
};
use headway_http::{
    client_file,
    insight::charts::{CHARTS, chart_data, forecast_data},
};
use resvg::{tiny_skia, usvg};
use rquickjs::{CatchResultExt, Context, Function, Object, Runtime};

/// The script with the charts of the web client.
const SCRIPT: &str = "charts.js";

/// What pictures are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PictureFormat {
    /// Drawn at any size.
    #[default]
    Svg,
    /// Points, for where SVG is not taken.
    Png,
}

/// The colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Theme {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

/// How charts are drawn.
#[derive(Clone, Copy, Debug)]
pub struct Drawing {
    pub format: PictureFormat,
    pub theme: Theme,
    pub seed: u32,
    pub until: Option<headway_domain::time::Day>,
    pub items: Option<u32>,
}

const WIDTH: u32 = 960;
const HEIGHT: u32 = 480;
/// Points a unit of the picture, so that text is sharp on today's screens.
const SCALE: f32 = 2.0;
/// The engine's stack: the charts' library goes deep.
const STACK: usize = 8 << 20;

/// Draws all charts of a scope into a folder; gives the files that were written.
pub fn draw(scope: &Scope, folder: &Path, drawing: Drawing) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("failed to create the folder {}", folder.display()))?;
    let mut charts = Vec::new();
    for chart in CHARTS {
        if let Some(data) = chart_data(chart, scope) {
            charts.push((chart, chart.replace('_', "-"), data?));
        }
    }
    for (question, file) in questions(scope, drawing) {
        let asked = ForecastAsk {
            question,
            target: None,
            split: (1.0, 1.0),
            seed: Some(drawing.seed),
            work_type: None,
        };
        charts.push(("forecast", file.to_owned(), forecast_data(outlook::forecast_of(scope, &asked)?)?));
    }
    let fonts = (drawing.format == PictureFormat::Png).then(fonts);
    // The engine needs more stack than the main thread may have left.
    let engine = std::thread::scope(|threads| {
        let work = || -> Result<Vec<(String, String)>> {
            let engine = Engine::new()?;
            charts
                .iter()
                .map(|(chart, file, data)| Ok((file.clone(), engine.svg(chart, data, drawing.theme)?)))
                .collect()
        };
        let thread = std::thread::Builder::new().stack_size(2 * STACK).spawn_scoped(threads, work)?;
        thread.join().map_err(|_| anyhow!("the script engine broke down"))?
    });
    let mut written = Vec::new();
    for (file, svg) in engine? {
        let (extension, bytes) = match &fonts {
            None => ("svg", svg.into_bytes()),
            Some(fonts) => {
                ("png", png(&svg, fonts).with_context(|| format!("failed to draw the chart {file}"))?)
            }
        };
        let path = folder.join(format!("{file}.{extension}"));
        std::fs::write(&path, bytes).with_context(|| format!("failed to write {}", path.display()))?;
        written.push(path);
    }
    Ok(written)
}

fn questions(scope: &Scope, drawing: Drawing) -> Vec<(Question, &'static str)> {
    let until = drawing.until.unwrap_or_else(|| scope.today.plus(30));
    let open = scope.items().filter(|(_, _, item)| item.is_in_progress()).count();
    let items = drawing.items.unwrap_or_else(|| u32::try_from(open).unwrap_or(u32::MAX));
    let mut questions = vec![(Question::HowMany(until), "forecast-how-many")];
    if items > 0 {
        questions.push((Question::Count(items), "forecast-when"));
    }
    questions
}

/// The script engine with the charts in it.
struct Engine {
    context: Context,
}

impl Engine {
    fn new() -> Result<Self> {
        let script = client_file(SCRIPT).ok_or_else(|| {
            anyhow!(
                "failed to draw charts: this program was built without them; run `npm run build:charts` in web and \
                 build it again"
            )
        })?;
        let runtime = Runtime::new().context("failed to start the script engine")?;
        runtime.set_max_stack_size(STACK);
        let context = Context::full(&runtime).context("failed to start the script engine")?;
        context.with(|it| {
            it.eval::<(), _>(script.as_ref())
                .catch(&it)
                .map_err(|error| anyhow!("failed to load the charts: {error}"))
        })?;
        Ok(Engine { context })
    }

    fn svg(&self, chart: &str, data: &str, theme: Theme) -> Result<String> {
        let theme = match theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        self.context.with(|it| {
            let render = || -> rquickjs::Result<String> {
                let charts: Object<'_> = it.globals().get("headwayCharts")?;
                let render: Function<'_> = charts.get("render")?;
                render.call((chart, data, theme, WIDTH, HEIGHT))
            };
            render().catch(&it).map_err(|error| anyhow!("failed to draw the chart {chart}: {error}"))
        })
    }
}

/// The fonts of this machine. Charts ask for Inter; where it is missing, any font without serifs does.
fn fonts() -> Arc<usvg::fontdb::Database> {
    const PREFERRED: [&str; 6] =
        ["Inter", "Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial", "Helvetica"];
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_system_fonts();
    let has = |name: &str| fonts.faces().any(|face| face.families.iter().any(|(family, _)| family == name));
    let sans = PREFERRED.into_iter().find(|name| has(name)).map(str::to_owned);
    let any =
        || fonts.faces().next().and_then(|face| face.families.first()).map(|(family, _)| family.clone());
    if let Some(sans) = sans.or_else(any) {
        fonts.set_sans_serif_family(sans);
    }
    Arc::new(fonts)
}

fn png(svg: &str, fonts: &Arc<usvg::fontdb::Database>) -> Result<Vec<u8>> {
    let options = usvg::Options {
        fontdb: Arc::clone(fonts),
        font_family: "sans-serif".to_owned(),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options)?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or_else(|| anyhow!("the chart has no size"))?;
    let mut picture = tiny_skia::Pixmap::new(size.width(), size.height())
        .ok_or_else(|| anyhow!("the chart has no size"))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(SCALE, SCALE), &mut picture.as_mut());
    Ok(picture.encode_png()?)
}
