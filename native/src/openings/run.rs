//! A whole run: documents, what the model expects after each, the study of it, and the files.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use data_anatomy_core::files::record::Context;
use data_anatomy_core::messages::diagnostic::Diagnostic;
use data_anatomy_core::openings::evidence::{Evidence, Expectation};
use data_anatomy_core::openings::reestimate::StoredOpenings;
use data_anatomy_core::openings::summary::OpeningsSummary;
use data_anatomy_job::clock;
use data_anatomy_job::files;
use data_anatomy_job::progress::Progress;
use data_anatomy_lm::author_choice::{Server, Who};
use data_anatomy_lm::model::{self, Model, ModelChoice};
use data_anatomy_lm::tokenizer::Tokenizer;
use serde_json::{Map, Value, json};

use super::beginnings::Beginnings;
use super::cells::Cells;
use super::config::config;
use super::expected::Expecting;
use super::leads::{self, Group};
use super::outputs;
use super::separator::{self, Separator, Tried};
use super::served::{self, Served};
use super::settings::Settings;
use super::study::carry_out;
use super::work_file::{Line, WorkFile};
use crate::references::References;
use crate::references::document_lengths::{self, Measured};
use crate::together::Together;
use crate::tool;

/// A run that ended.
#[derive(Debug)]
pub struct Finished {
    /// What was found.
    pub summary: OpeningsSummary,
    /// The folder that everything was written to.
    pub folder: PathBuf,
    /// Whether answers are missing that a server did not give.
    pub is_partial: bool,
    /// What a run of label shift of the same model, found beside it, says together with it.
    pub together: Option<Together>,
}

/// The mixture that a model was trained on, from what it expects at the beginning of the next document; everything is
/// written to the run's folder.
///
/// # Errors
/// If a setting is out of its range, an input is missing, malformed or too small, the model or the server fails, or the
/// folder cannot be written to. There is no summary then; what the model was asked is kept.
pub fn run(settings: &Settings, progress: &Progress) -> anyhow::Result<Finished> {
    settings.check()?;
    let threads = rayon::ThreadPoolBuilder::new().num_threads(settings.n_threads).build();
    let threads = threads.context("--n-jobs: cannot start the threads")?;
    let folder = settings.run_folder();
    threads.install(|| estimate(settings, &folder, progress))
}

/// Who is asked.
enum Asked<'s> {
    Model(Box<Model>),
    Server(&'s Server, Box<Tokenizer>),
}

impl Asked<'_> {
    fn open<'s>(settings: &'s Settings, progress: &Progress) -> anyhow::Result<Asked<'s>> {
        match &settings.author.who {
            None => bail!(model::NONE_NAMED),
            Some(Who::Model(name)) => {
                let choice = ModelChoice {
                    model: name.clone(),
                    revision: settings.author.revision.clone(),
                    device: settings.author.device.clone(),
                    precision: settings.author.precision,
                };
                Ok(Asked::Model(Box::new(Model::open(choice, progress)?)))
            }
            Some(Who::Server(server)) => {
                let folder = settings.tokenizer.as_deref().unwrap_or(Path::new("."));
                Ok(Asked::Server(server, Box::new(Tokenizer::open(folder)?)))
            }
        }
    }

    fn tokenizer(&self) -> &Tokenizer {
        match self {
            Self::Model(model) => &model.tokenizer,
            Self::Server(_, tokenizer) => tokenizer,
        }
    }

    fn n_vocab(&self) -> usize {
        match self {
            Self::Model(model) => model.blueprint.n_vocab,
            Self::Server(_, tokenizer) => tokenizer.n_ids(),
        }
    }

    fn description(&self) -> Map<String, Value> {
        match self {
            Self::Model(model) => model.description(),
            Self::Server(server, _) => Map::from_iter([
                ("endpoint".to_owned(), json!(server.url)),
                ("model".to_owned(), json!(server.model)),
            ]),
        }
    }
}

/// The run, with all its steps.
fn estimate(settings: &Settings, folder: &Path, progress: &Progress) -> anyhow::Result<Finished> {
    refuse_windows(&settings.documents.samples)?;
    let references = References::read(&settings.documents, settings.choices.seed)?;
    let asked = Asked::open(settings, progress)?;
    let mut settings = settings.clone();
    if let Asked::Model(model) = &asked {
        let room = model.blueprint.context.saturating_sub(1).max(1);
        settings.context = settings.context.min(room);
    }
    // Before there is a folder: what is refused leaves nothing behind.
    let candidates =
        separator::candidates(asked.tokenizer(), &settings.separator, settings.lead_in)?;
    files::make_folder(folder)?;
    let mut work =
        WorkFile::open(folder, &sections(&settings, &references, &asked), settings.force)?;
    let answered = if work.is_done() {
        Answered::default()
    } else {
        ask(&settings, &references, &asked, &candidates, &mut work, progress)?
    };
    let path = work.evidence();
    // From the stored values, so that it can be estimated again to the last bit.
    let evidence = Evidence::parse(&path.display().to_string(), &files::read(&path)?)?;
    let measured = (answered.n_tokens.as_deref())
        .map_or(Measured::Tokens(asked.tokenizer()), Measured::Counted);
    let lengths = document_lengths::find(&settings.documents, &references, measured)?;
    let mut stored = StoredOpenings::new(evidence, None)?;
    stored.lengths = lengths.as_ref().ok().map(|known| known.lengths.clone());
    let study = stored.study(&settings.choices)?;
    let replicates = carry_out(&study, progress);
    let mut diagnostics = references.doubts();
    diagnostics.extend(
        lengths.as_ref().err().map(|reason| Diagnostic::note("lengths_not_measured", reason)),
    );
    diagnostics.extend(doubt_of_listing(work.counts()));
    let inputs = json!({
        "reference": references.record(),
        "separators": work.counts().get("separators"),
        "listed": work.counts().get("listed"),
        "document_lengths": match &lengths {
            Ok(known) => json!({"source": known.source}),
            Err(reason) => json!({"unknown": reason}),
        },
    });
    let context = Context {
        tool: tool::record(),
        created: Some(clock::now()),
        config: config(&settings),
        inputs,
        diagnostics,
    };
    let mut summary = OpeningsSummary::of_study(&study, &replicates, context);
    let choices = (settings.choices.level, settings.choices.seed);
    let together = Together::find(folder, &summary.to_json(), choices);
    summary.diagnostics.extend(together.iter().flat_map(|both| both.diagnostics.clone()));
    outputs::write(folder, &settings.run_name, settings.plots, &summary)?;
    together.iter().try_for_each(Together::write)?;
    progress.say(&format!("written to {}", folder.display()));
    Ok(Finished {
        summary,
        folder: folder.to_owned(),
        is_partial: answered.n_missing > 0,
        together,
    })
}

/// What makes this run this run and no other.
fn sections(settings: &Settings, references: &References, asked: &Asked<'_>) -> Map<String, Value> {
    let mut config = asked.description();
    for (name, value) in [
        ("leads", json!(settings.n_leads)),
        ("context", json!(settings.context)),
        ("separator", json!(settings.separator.text())),
        ("lead_in", json!(settings.lead_in.name())),
        ("max_per_class", json!(settings.documents.max_per_class)),
        ("seed", json!(settings.choices.seed)),
    ] {
        config.insert(name.to_owned(), value);
    }
    if settings.author.server().is_some() {
        config.insert("listed".to_owned(), json!(settings.n_listed));
    }
    Map::from_iter([
        ("config".to_owned(), Value::Object(config)),
        ("tokenizer".to_owned(), json!(asked.tokenizer().rules())),
        ("inputs".to_owned(), references.record()),
    ])
}

/// What came of asking.
#[derive(Debug, Default)]
struct Answered {
    /// Answers that are still missing.
    n_missing: usize,
    /// Tokens of each reference document, where they were counted on the way.
    n_tokens: Option<Vec<u64>>,
}

/// Has the model asked for all that is missing, and the evidence written.
fn ask(
    settings: &Settings,
    references: &References,
    asked: &Asked<'_>,
    candidates: &[Separator],
    work: &mut WorkFile,
    progress: &Progress,
) -> anyhow::Result<Answered> {
    let (tokenizer, n_vocab) = (asked.tokenizer(), asked.n_vocab());
    let beginnings = Beginnings::count(references, tokenizer, n_vocab)?;
    let cells = Cells::of(&beginnings.first(), &beginnings.anywhere());
    let sizes = (settings.n_leads, settings.context);
    let groups = leads::groups(references, tokenizer, sizes, cells.n(), settings.choices.seed)?;
    let mut counts = Map::new();
    let (groups, shares, n_missing) = match asked {
        Asked::Model(model) => {
            let mut expecting =
                Expecting::load(model, settings.context, settings.batch_tokens, progress)?;
            let tried = separators(work, || {
                expecting.try_separators(candidates, &groups, &beginnings.distributions())
            })?;
            progress.say(&told(&tried));
            counts.insert("separators".to_owned(), json!(tried));
            let separator = &tried[0].separator;
            let groups = shown_to(groups, separator);
            expecting.answer(&groups, separator, &cells, work, progress)?;
            let shares = group_lines(work.lines(), groups.len());
            (groups, shares, 0)
        }
        Asked::Server(server, _) => {
            let separator = &candidates[0];
            let groups = shown_to(groups, separator);
            let served =
                Served::open(server, settings.n_listed, settings.choices.seed, tokenizer, &cells)?;
            let n_missing = served.answer(&groups, separator, settings.context, work, progress)?;
            let (shares, listed) = served::group_shares(&groups, work.lines(), cells.n())?;
            counts.insert("separators".to_owned(), json!([{ "separator": separator }]));
            counts.insert("listed".to_owned(), json!(listed));
            (groups, shares.into_iter().map(Some).collect(), n_missing)
        }
    };
    let evidence = Evidence {
        path: String::new(),
        taxonomy: references.taxonomy.clone(),
        cells: shown_cells(&cells, tokenizer),
        references: beginnings.references(&cells),
        nuisances: beginnings.nuisances(&cells),
        expectations: Vec::new(),
    };
    let mut text = evidence.head_lines();
    for (group, shares) in groups.iter().zip(shares) {
        let shares =
            shares.context("what the model expects after a group of lead-ins is missing")?;
        text += &evidence.expectation_line(&expectation(group, shares));
    }
    work.finish(&text, counts)?;
    Ok(Answered { n_missing, n_tokens: Some(beginnings.n_tokens) })
}

/// The groups that a separator has the model shown: all, or one without a document where none stands before.
fn shown_to(groups: Vec<Group>, separator: &Separator) -> Vec<Group> {
    if separator.after_documents {
        return groups;
    }
    let nothing = leads::Lead { id: String::new(), tail: Vec::new(), is_whole: true };
    vec![Group { after: usize::MAX, leads: vec![nothing] }]
}

#[expect(clippy::cast_precision_loss, reason = "a count of lead-ins")]
fn expectation(group: &Group, shares: Vec<f64>) -> Expectation {
    let is_after = group.after != usize::MAX;
    let leads = group.leads.iter().map(|lead| lead.id.clone()).filter(|id| !id.is_empty());
    Expectation {
        after: is_after.then_some(group.after),
        n_leads: group.leads.len() as f64,
        leads: leads.collect(),
        shares,
    }
}

/// What was tried, from the work file, or now.
fn separators(
    work: &mut WorkFile,
    try_now: impl FnOnce() -> anyhow::Result<Vec<Tried>>,
) -> anyhow::Result<Vec<Tried>> {
    for line in work.lines() {
        if let Line::Separators { tried } = line {
            return Ok(tried.clone());
        }
    }
    let tried = try_now()?;
    work.append(Line::Separators { tried: tried.clone() })?;
    Ok(tried)
}

/// What was chosen, and by how much, in a line.
fn told(tried: &[Tried]) -> String {
    let shown = |one: &Tried| {
        let place = if one.separator.after_documents {
            "after documents and"
        } else {
            "at the very start, after"
        };
        format!("{place} {} ({:.2} nats)", one.separator.name, one.surprise)
    };
    let others: Vec<String> = tried[1..].iter().map(shown).collect();
    let others =
        if others.is_empty() { String::new() } else { format!("; not {}", others.join(", ")) };
    format!("the model is least surprised of how documents begin {}{others}", shown(&tried[0]))
}

fn group_lines(lines: &[Line], n_groups: usize) -> Vec<Option<Vec<f64>>> {
    let mut all = vec![None; n_groups];
    for line in lines {
        if let Line::Group { number, shares } = line
            && let Some(slot) = all.get_mut(*number)
        {
            *slot = Some(shares.clone());
        }
    }
    all
}

/// What is shown for each cell.
fn shown_cells(cells: &Cells, tokenizer: &Tokenizer) -> Vec<String> {
    let mut shown: Vec<String> =
        cells.tokens().iter().map(|&token| tokenizer.shown(token)).collect();
    if cells.has_rest() {
        shown.push("(all others)".to_owned());
    }
    shown
}

/// Documents that were cut out of the middle have no beginnings.
fn refuse_windows(samples: &Path) -> anyhow::Result<()> {
    let manifest = samples.join("manifest.json");
    let Ok(bytes) = std::fs::read(&manifest) else { return Ok(()) };
    let Ok(manifest_value) = serde_json::from_slice::<Value>(&bytes) else { return Ok(()) };
    if manifest_value.pointer("/settings/window").and_then(Value::as_str) == Some("random") {
        bail!(
            "{}: the sample was made with --window random, so that its documents begin anywhere; openings needs their \
             true beginnings: make it again with --window head",
            manifest.display()
        );
    }
    Ok(())
}

/// How much of what a server expects it told.
fn doubt_of_listing(counts: &Map<String, Value>) -> Option<Diagnostic> {
    let listed = counts.get("listed")?.as_f64()?;
    let message = format!(
        "the server listed {:.0} % of what it expects; the rest is known by what it drew, one token after each lead-in, \
         which the intervals allow for",
        100.0 * listed
    );
    Some(Diagnostic::note("server_lists", message))
}
