//! What an audit is made with, and what each method is asked because of it.

use std::path::PathBuf;

use anyhow::ensure;
use data_anatomy_core::label_shift::reestimate::Choices;
use data_anatomy_core::membership::attack::Attack;
use data_anatomy_core::openings::reestimate::OpeningsChoices;
use data_anatomy_core::shares::unit::Unit;
use data_anatomy_lm::author_choice::{AuthorChoice, Who};
use data_anatomy_lm::model::ModelChoice;

use crate::labelshift;
use crate::membership;
use crate::openings;
use crate::references::DocumentSettings;
use crate::runs;

/// The folder in which the audit's folder is made, unless it is said.
pub const OUTPUT_FOLDER: &str = "out";

/// The name of an audit and of its folder, unless it is said.
pub const RUN_NAME: &str = "audit";

/// Everything that an audit depends on.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Reference documents.
    pub documents: DocumentSettings,
    /// The model, or the server.
    pub author: AuthorChoice,
    /// With a server: the folder of the model's tokenizer. Without one, a server is not asked for openings.
    pub tokenizer: Option<PathBuf>,
    /// Folder of documents that the model was certainly not trained on; without it, members are not looked for.
    pub nonmembers: Option<PathBuf>,
    /// How many texts the model writes (0: as many as label shift takes).
    pub n_texts: usize,
    /// The unit of the shares.
    pub unit: Unit,
    /// Seed of every random choice.
    pub seed: u64,
    /// Throw away what an earlier audit of this name made with other settings.
    pub force: bool,
    /// The folder in which the audit's folder is made.
    pub folder: PathBuf,
    /// The name of the audit and of its folder.
    pub run_name: String,
    /// Whether plots are drawn.
    pub plots: bool,
    /// Threads to use (0: all cores).
    pub n_threads: usize,
}

impl Settings {
    /// The defaults, for the reference documents in this folder and this model or server.
    pub fn new(samples: impl Into<PathBuf>, author: AuthorChoice) -> Self {
        Self {
            documents: DocumentSettings::new(samples),
            author,
            tokenizer: None,
            nonmembers: None,
            n_texts: 0,
            unit: Unit::default(),
            seed: Choices::default().seed,
            force: false,
            folder: OUTPUT_FOLDER.into(),
            run_name: RUN_NAME.to_owned(),
            plots: true,
            n_threads: 0,
        }
    }

    /// Refuses what no audit can be made with.
    ///
    /// # Errors
    /// If nobody is named who would answer, a folder is missing, members are looked for in a server's answers, or a method refuses its part.
    pub fn check(&self) -> anyhow::Result<()> {
        runs::check_name(&self.run_name)?;
        ensure!(
            self.author.who.is_some(),
            "name the model: --target-model FOLDER_OR_NAME, or --endpoint URL --model NAME"
        );
        ensure!(
            self.nonmembers.is_none() || self.model().is_some(),
            "--nonmembers: members are told by log-probabilities of every token, which a server does not give; give \
             --target-model, or leave --nonmembers out"
        );
        // Before hours of work, not after them.
        for folder in std::iter::once(&self.documents.samples).chain(&self.nonmembers) {
            ensure!(
                folder.is_dir(),
                "{}: expected a folder of documents, found none",
                folder.display()
            );
        }
        if let Some(openings) = self.openings() {
            openings.check()?;
        }
        self.labelshift().check()?;
        self.membership().map_or(Ok(()), |membership| membership.check())
    }

    /// The folder of the audit, in which each method has its own.
    pub fn run_folder(&self) -> PathBuf {
        self.folder.join(&self.run_name)
    }

    /// What openings is asked; none where a server's tokens are not known.
    pub fn openings(&self) -> Option<openings::settings::Settings> {
        if self.author.server().is_some() && self.tokenizer.is_none() {
            return None;
        }
        let usual = openings::settings::Settings::new(&self.documents.samples, self.author.clone());
        Some(openings::settings::Settings {
            documents: DocumentSettings { near_dup: 0.0, ..self.documents.clone() },
            tokenizer: self.tokenizer.clone(),
            choices: OpeningsChoices { unit: self.unit, seed: self.seed, ..usual.choices.clone() },
            force: self.force,
            folder: self.run_folder(),
            plots: self.plots,
            n_threads: self.n_threads,
            ..usual
        })
    }

    /// What label shift is asked.
    pub fn labelshift(&self) -> labelshift::settings::Settings {
        let usual = labelshift::settings::Settings::new(&self.documents.samples);
        labelshift::settings::Settings {
            documents: self.documents.clone(),
            n_texts: self.n_texts,
            writing: labelshift::settings::WritingSettings {
                author: self.author.clone(),
                force: self.force,
                ..usual.writing.clone()
            },
            choices: Choices { unit: self.unit, seed: self.seed, ..usual.choices.clone() },
            output: labelshift::settings::OutputSettings {
                folder: self.run_folder(),
                plots: self.plots,
                ..usual.output.clone()
            },
            n_threads: self.n_threads,
            ..usual
        }
    }

    /// What membership is asked; none without non-members.
    pub fn membership(&self) -> Option<membership::Settings> {
        let nonmembers = self.nonmembers.clone()?;
        let usual = membership::Settings::default();
        Some(membership::Settings {
            pools: membership::settings::PoolSettings {
                candidates: Some(self.documents.samples.clone()),
                nonmembers: Some(nonmembers),
                model: self.model(),
                merge_web: self.documents.merge_web,
                force: self.force,
                ..usual.pools
            },
            wanted: membership::settings::WantedAttacks::Named(vec![Attack::MinKPlusPlus]),
            seed: self.seed,
            outputs: membership::settings::OutputSettings {
                folder: self.run_folder(),
                in_one_folder: true,
                plots: self.plots,
                ..usual.outputs
            },
            ..usual
        })
    }

    /// The model, where it is not a server that answers.
    fn model(&self) -> Option<ModelChoice> {
        match self.author.who.as_ref()? {
            Who::Model(model) => Some(ModelChoice {
                model: model.clone(),
                revision: self.author.revision.clone(),
                device: self.author.device.clone(),
                precision: self.author.precision,
            }),
            Who::Server(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(who: Option<Who>) -> Settings {
        Settings::new("src", AuthorChoice { who, ..AuthorChoice::default() })
    }

    #[test]
    fn each_method_has_a_folder_in_that_of_the_audit_and_the_same_seed() {
        let settings = Settings {
            seed: 7,
            nonmembers: Some("src".into()),
            ..settings(Some(Who::Model("m".to_owned())))
        };
        let (openings, labelshift) = (settings.openings().unwrap(), settings.labelshift());
        let membership = settings.membership().unwrap();
        assert_eq!(openings.run_folder(), PathBuf::from("out/audit/openings"));
        assert_eq!(labelshift.output.folder, PathBuf::from("out/audit"));
        assert_eq!(membership.outputs.shared(), PathBuf::from("out/audit/membership"));
        assert_eq!((openings.choices.seed, labelshift.choices.seed, membership.seed), (7, 7, 7));
        assert!(settings.check().is_ok());
        assert!(Settings { nonmembers: None, ..settings }.membership().is_none());
    }

    #[test]
    fn nobody_to_ask_is_refused() {
        let told = settings(None).check().unwrap_err().to_string();
        assert!(told.contains("--target-model"), "{told}");
    }
}
