//! Whether texts of different prompts have one mixture.

use crate::label_shift::analysis::LabelShift;
use crate::numeric::matrix::Matrix;
use crate::numeric::rng::RandomStream;

/// The calibrated probabilities of the texts, and which prompt each is from.
#[derive(Debug)]
pub(super) struct Prompts {
    /// Probabilities less their means over all texts, `[n_texts, n_classes]`.
    centred: Matrix,
    /// The prompt of each text, numbered from 0.
    prompt_of: Vec<usize>,
    /// How many texts each prompt has.
    sizes: Vec<f64>,
    spread: f64,
    intraclass: f64,
}

impl Prompts {
    /// The texts of an analysis by prompt; none where there are fewer than two prompts or no prompt
    /// has two texts.
    pub(super) fn of(analysis: &LabelShift) -> Option<Self> {
        let generations = analysis.problem.generations();
        let numbers = generations.prompts.as_ref()?;
        let mut distinct = numbers.clone();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() < 2 || distinct.len() == numbers.len() {
            return None;
        }
        let prompt_of: Vec<usize> = numbers
            .iter()
            .map(|number| distinct.binary_search(number).unwrap_or_default())
            .collect();
        let mut sizes = vec![0.0; distinct.len()];
        prompt_of.iter().for_each(|&prompt| sizes[prompt] += 1.0);
        let mut centred = Matrix::zeros(numbers.len(), generations.scores.n_classes());
        for text in 0..numbers.len() {
            let row = centred.row_mut(text);
            analysis.calibration().posterior(generations.scores.row(text), row);
            row.iter_mut().zip(&analysis.soft_means).for_each(|(entry, mean)| *entry -= mean);
        }
        let mut prompts = Self { centred, prompt_of, sizes, spread: 0.0, intraclass: 0.0 };
        prompts.spread = prompts.between(&prompts.prompt_of);
        prompts.intraclass = prompts.correlation();
        Some(prompts)
    }

    /// The sum over prompts of the squared distance of their mean probabilities from those of all
    /// texts, times their texts.
    pub(super) fn spread(&self) -> f64 {
        self.spread
    }

    /// The part of the variance between texts that lies between prompts (the intraclass correlation
    /// of an analysis of variance, at least 0).
    pub(super) fn intraclass(&self) -> f64 {
        self.intraclass
    }

    /// The spread when texts are dealt to the prompts at random.
    pub(super) fn permuted_spread(&self, stream: &mut RandomStream) -> f64 {
        let mut shuffled = self.prompt_of.clone();
        stream.shuffle(&mut shuffled);
        self.between(&shuffled)
    }

    /// As many independent texts as tell as much of the mixture: the number of texts over the design
    /// effect `1 + (m - 1) r`, with `m` the mean size of a text's prompt and `r` the intraclass
    /// correlation (Kish 1965, Survey Sampling, section 5.4).
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and the number of texts"
    )]
    pub(super) fn n_independent(&self) -> usize {
        let n_texts = self.prompt_of.len() as f64;
        let mean_size = self.sizes.iter().map(|size| size * size).sum::<f64>() / n_texts;
        let effect = 1.0 + (mean_size - 1.0).max(0.0) * self.intraclass;
        (n_texts / effect).round().max(1.0) as usize
    }

    fn between(&self, prompt_of: &[usize]) -> f64 {
        let n_classes = self.centred.n_cols();
        let mut sums = Matrix::zeros(self.sizes.len(), n_classes);
        for (row, &prompt) in self.centred.rows().zip(prompt_of) {
            sums.row_mut(prompt).iter_mut().zip(row).for_each(|(sum, entry)| *sum += entry);
        }
        let squares = |row: &[f64]| row.iter().map(|entry| entry * entry).sum::<f64>();
        sums.rows().zip(&self.sizes).map(|(row, size)| squares(row) / size).sum()
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    fn correlation(&self) -> f64 {
        let (n_texts, n_prompts) = (self.prompt_of.len() as f64, self.sizes.len() as f64);
        let total: f64 = self.centred.values().iter().map(|entry| entry * entry).sum();
        let between = self.spread / (n_prompts - 1.0);
        let within = (total - self.spread).max(0.0) / (n_texts - n_prompts);
        let squares: f64 = self.sizes.iter().map(|size| size * size).sum();
        let usual_size = (n_texts - squares / n_texts) / (n_prompts - 1.0);
        let correlation = (between - within) / (between + (usual_size - 1.0) * within);
        if correlation.is_finite() { correlation.clamp(0.0, 1.0) } else { 0.0 }
    }
}
