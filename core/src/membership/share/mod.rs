//! The share of members among candidates, estimated beside documents known to be none.
//!
//! Candidates are a mixture of members and non-members, and only the latter are known by themselves.
//! Without any assumption on the scores of members the share could always be 1: members might score
//! just as the candidates do. What is assumed here is little, and is written down:
//!
//! On the scale where non-members are standard normal, members are about normal with a mean
//! `δ >= 0` and a deviation `τ` that is likely near 1: `ln τ` deviates from 0 by
//! [`SPREAD_DEVIATION`]. This is the binormal model of ROC analysis (Dorfman & Alf 1969), and depends
//! on the order of the scores alone but for the tails. The distribution of non-members itself is left
//! free: it is known through their scores only, members are a tilt of it, and its uncertainty is
//! carried along by the likelihood. So this is the semiparametric mixture of Qin (1999, Annals of Statistics 27(4),
//! "Empirical likelihood ratio based confidence intervals for mixture proportions") with his density
//! ratio `exp(α + βh)` extended by a quadratic term.
//!
//! The scores of members may also be those of non-members moved up and stretched as they are, whatever
//! their shape: the same where non-members are normal, and another thing where they are skewed, as
//! log-likelihoods are, or have heavy tails. Which of the two holds cannot be known beforehand, so the
//! likelihood is maximised over both, and the interval holds what either makes likely.
//!
//! The interval is made of the shares whose profile likelihood, maximised over everything else, is
//! within the chi-squared quantile of the maximum; 0 is held to a quantile of its own, since without
//! members their scores have no distribution. Where an attack tells nothing the interval is all of
//! [0, 1], as it must be: no signal may mean no members, or an attack that does not work.
//!
//! Why not another estimator: `bench/examples/membership.rs` compares this with Storey's, with that
//! of Garg et al. (2021, "best bin") and with the beta-kernel boundary of PTDI (arXiv 2510.09717).
//! They bound the share from below and are far below it unless members are well apart: for a share
//! of 0.8 and an AUROC of 0.7 they say 0.44, 0.49 and 0.65 on average.

mod estimate;
mod g_and_h;
mod likelihood;
mod normal_scores;
mod scores;
mod search;

#[cfg(test)]
mod tests;

pub use estimate::{MIN_DOCUMENTS, NoShare, ShareEstimate, WIDEST};
pub use scores::Scores;
pub use search::SPREAD_DEVIATION;
