//! What methods are taken from.

use crate::label_shift::calibration::CalibrationMethod;
use crate::label_shift::estimate::Estimator;
use crate::membership::attack::Attack;

/// A publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// EM under label shift.
    Saerens,
    /// Bias-corrected temperature scaling.
    Alexandari,
    /// Temperature scaling.
    Guo,
    /// Probabilistic adjusted classify and count.
    Bella,
    /// Adjusted classify and count.
    Forman,
    /// The same for several categories, under label shift.
    Lipton,
    /// The attack by loss.
    Yeom,
    /// The attacks by ratios.
    Carlini,
    /// Min-K%.
    Shi,
    /// Min-K%++.
    ZhangMinK,
    /// `ReCaLL`.
    Xie,
    /// DC-PDD.
    ZhangDcPdd,
    /// Neighbourhood.
    Mattern,
    /// Blind baselines.
    Das,
    /// Mixture proportions by empirical likelihood.
    Qin,
    /// The binormal model.
    Dorfman,
    /// Two estimates of one thing.
    DerSimonian,
}

impl Reference {
    /// How it is cited.
    pub fn cited(self) -> &'static str {
        match self {
            Self::Saerens => "Saerens et al. 2002",
            Self::Alexandari => "Alexandari et al. 2020",
            Self::Guo => "Guo et al. 2017",
            Self::Bella => "Bella et al. 2010",
            Self::Forman => "Forman 2008",
            Self::Lipton => "Lipton et al. 2018",
            Self::Yeom => "Yeom et al. 2018",
            Self::Carlini => "Carlini et al. 2021",
            Self::Shi => "Shi et al. 2024",
            Self::ZhangMinK => "J. Zhang et al. 2025",
            Self::Xie => "Xie et al. 2024",
            Self::ZhangDcPdd => "W. Zhang et al. 2024",
            Self::Mattern => "Mattern et al. 2023",
            Self::Das => "Das et al. 2024",
            Self::Qin => "Qin 1999",
            Self::Dorfman => "Dorfman & Alf 1969",
            Self::DerSimonian => "DerSimonian & Laird 1986",
        }
    }

    /// All of it.
    pub fn full(self) -> &'static str {
        match self {
            Self::Saerens => {
                "Saerens, Latinne & Decaestecker (2002). Adjusting the outputs of a classifier to new a priori \
                 probabilities: a simple procedure. Neural Computation 14(1)."
            }
            Self::Alexandari => {
                "Alexandari, Kundaje & Shrikumar (2020). Maximum likelihood with bias-corrected calibration is \
                 hard-to-beat at label shift adaptation. ICML. arXiv 1901.06852."
            }
            Self::Guo => {
                "Guo, Pleiss, Sun & Weinberger (2017). On calibration of modern neural networks. ICML. arXiv 1706.04599."
            }
            Self::Bella => {
                "Bella, Ferri, Hernández-Orallo & Ramírez-Quintana (2010). Quantification via probability estimators. \
                 ICDM."
            }
            Self::Forman => {
                "Forman (2008). Quantifying counts and costs via classification. Data Mining and Knowledge Discovery 17(2)."
            }
            Self::Lipton => {
                "Lipton, Wang & Smola (2018). Detecting and correcting for label shift with black box predictors. ICML. \
                 arXiv 1802.03916."
            }
            Self::Yeom => {
                "Yeom, Giacomelli, Fredrikson & Jha (2018). Privacy risk in machine learning: analyzing the connection to \
                 overfitting. CSF. arXiv 1709.01604."
            }
            Self::Carlini => {
                "Carlini et al. (2021). Extracting training data from large language models. USENIX Security. arXiv \
                 2012.07805."
            }
            Self::Shi => {
                "Shi et al. (2024). Detecting pretraining data from large language models. ICLR. arXiv 2310.16789."
            }
            Self::ZhangMinK => {
                "J. Zhang et al. (2025). Min-K%++: improved baseline for detecting pre-training data from large language \
                 models. ICLR. arXiv 2404.02936."
            }
            Self::Xie => {
                "Xie et al. (2024). ReCaLL: membership inference via relative conditional log-likelihoods. EMNLP. arXiv \
                 2406.15968."
            }
            Self::ZhangDcPdd => {
                "W. Zhang et al. (2024). Pretraining data detection for large language models: a divergence-based \
                 calibration method. EMNLP. arXiv 2409.14781."
            }
            Self::Mattern => {
                "Mattern et al. (2023). Membership inference attacks against language models via neighbourhood comparison. \
                 Findings of ACL. arXiv 2305.18462."
            }
            Self::Das => {
                "Das, Zhang & Tramèr (2024). Blind baselines beat membership inference attacks for foundation models. arXiv \
                 2406.16201."
            }
            Self::Qin => {
                "Qin (1999). Empirical likelihood ratio based confidence intervals for mixture proportions. Annals of \
                 Statistics 27(4)."
            }
            Self::Dorfman => {
                "Dorfman & Alf (1969). Maximum-likelihood estimation of parameters of signal-detection theory and \
                 determination of confidence intervals: rating-method data. Journal of Mathematical Psychology 6(3)."
            }
            Self::DerSimonian => {
                "DerSimonian & Laird (1986). Meta-analysis in clinical trials. Controlled Clinical Trials 7(3)."
            }
        }
    }

    /// Where an attack was published.
    pub fn of_attack(attack: Attack) -> Self {
        match attack {
            Attack::Loss => Self::Yeom,
            Attack::Zlib | Attack::Lowercase | Attack::Reference => Self::Carlini,
            Attack::MinK => Self::Shi,
            Attack::MinKPlusPlus => Self::ZhangMinK,
            Attack::ReCall => Self::Xie,
            Attack::DcPdd => Self::ZhangDcPdd,
            Attack::Neighbourhood => Self::Mattern,
        }
    }

    /// What an estimator of label shift is taken from.
    pub fn of_estimator(estimator: Estimator) -> &'static [Self] {
        match estimator {
            Estimator::Em => &[Self::Saerens],
            Estimator::Pacc => &[Self::Bella],
            Estimator::Acc => &[Self::Forman, Self::Lipton],
            Estimator::Counting | Estimator::Seed => &[],
        }
    }

    /// What a calibration is taken from.
    pub fn of_calibration(calibration: CalibrationMethod) -> Option<Self> {
        match calibration {
            CalibrationMethod::None => None,
            CalibrationMethod::Temperature => Some(Self::Guo),
            CalibrationMethod::BiasCorrected => Some(Self::Alexandari),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The oracle is the table that stands beside the attacks themselves.
    #[test]
    fn attacks_cite_the_publication_that_their_own_table_names() {
        for attack in Attack::ALL {
            let (own, table) = (Reference::of_attack(attack).full(), attack.source());
            let (author, number) = table.split_once(", arXiv ").unwrap();
            assert!(own.contains(number), "{table}: {own}");
            let (name, year) = author.split_once(" et al. ").unwrap();
            assert!(own.contains(name) && own.contains(&format!("({year})")), "{table}: {own}");
        }
    }

    #[test]
    fn what_is_cited_is_found_by_name_and_year() {
        for estimator in Estimator::ALL {
            for reference in Reference::of_estimator(estimator) {
                let (names, year) = reference.cited().rsplit_once(' ').unwrap();
                let first = names.split([' ', ',']).next().unwrap();
                assert!(reference.full().starts_with(first), "{}", reference.full());
                assert!(reference.full().contains(&format!("({year})")), "{}", reference.full());
            }
        }
    }
}
