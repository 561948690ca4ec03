//! Scientific papers in LaTeX, and abstracts in plain text.

use super::draft::Draft;

#[rustfmt::skip]
const STATEMENTS: &[&str] = &[
    "We study the problem of estimating the ‹gauge› of ‹quality› ‹things› from ‹few› noisy observations.",
    "Let $‹letter›_i$ denote the ‹gauge› of the $i$-th ‹thing› and let $‹greek› > 0$ be fixed.",
    "In contrast to earlier work~\\cite{‹last›‹n:1988-2021›}, we do not assume that the ‹measure› is known.",
    "Our results suggest that ‹acting› reduces the ‹measure› by up to $‹n:4-60›\\%$.",
    "It follows from Lemma~\\ref{lem:‹snake measure›} that the bound is tight up to a factor of $O(\\log ‹letter›)$.",
    "The experiments of Section~\\ref{sec:‹snake stuff›} use data collected ‹place› between ‹n:1990-2004› and ‹n:2005-2020›.",
    "Figure~\\ref{fig:‹snake measure›} shows the dependence of the ‹gauge› on the ‹measure›.",
    "The error bars indicate one standard deviation over ‹n:5-100› independent runs.",
    "We model ‹stuff› as a stationary process with covariance $c(s) = \\exp(-|s| / ‹greek›)$.",
    "A similar effect was reported by ‹last› and ‹last›~\\cite{‹last›‹n:1988-2021›} for ‹quality› ‹things›.",
    "Without loss of generality we may assume that $\\|‹letter›\\|_2 \\le 1$.",
    "The remaining discrepancy of $‹n:1-9›.‹n:1-9›\\sigma$ is attributed to ‹stuff›.",
];
#[rustfmt::skip]
const EQUATIONS: &[&str] = &[
    "\\begin{equation}\\label{eq:‹snake measure›}\n  ‹letter›_{i+1} = ‹letter›_i - ‹greek› \\nabla f(‹letter›_i) + \\xi_i\n\\end{equation}",
    "\\begin{align}\n  \\mathbb{E}[‹letter›] &= \\sum_{i=1}^{n} p_i ‹letter›_i \\\\\n  \\mathrm{Var}(‹letter›) &\\le \\frac{‹greek›^2}{n}\n\\end{align}",
    "$$ \\frac{\\partial ‹letter›}{\\partial t} = ‹greek› \\frac{\\partial^2 ‹letter›}{\\partial x^2} + q(x, t) $$",
    "\\[ P(‹letter› > ‹letter›_0) = 1 - \\int_{0}^{‹letter›_0} g(s)\\,ds = 0.‹n:11-98›. \\]",
    "\\begin{theorem}\nIf $‹greek› < ‹n:1-9›/‹n:10-30›$, then the estimator of \\eqref{eq:‹snake measure›} is consistent.\n\\end{theorem}",
    "\\begin{proof}\nApply the triangle inequality to $|‹letter› - \\hat{‹letter›}|$ and let $n \\to \\infty$.\n\\end{proof}",
];
#[rustfmt::skip]
const PLAIN: &[&str] = &[
    "We present a new method for measuring the ‹gauge› of ‹quality› ‹things›.",
    "Using a sample of ‹n:40-9000› ‹things› observed ‹place›, we find that the ‹gauge› depends on the ‹measure›.",
    "The method is based on ‹stuff› and requires no prior knowledge of the ‹measure›.",
    "Our estimate of ‹n:1-90›.‹n:1-9› is in agreement with the value of ‹last› et al. (‹n:1988-2021›).",
    "We discuss implications for ‹topic› and outline how to ‹act› at scale.",
    "The dependence on ‹stuff› remains significant after correcting for the ‹measure›.",
    "These results hold for ‹quality› as well as ‹quality› ‹things›.",
    "A Monte Carlo simulation with ‹n:2-90›,000 runs confirms the approximation.",
    "To our knowledge this is the first study of ‹stuff› that takes the ‹measure› into account.",
];

/// Sections of a paper, with mathematics.
pub(super) fn paper(draft: &mut Draft) {
    if draft.chance(35) {
        draft.line("\\title{On the ‹Gauge› of ‹Quality› ‹Things›}\n\\author{‹first› ‹last› and ‹first› ‹last›}\n\\begin{abstract}");
        draft.paragraph(PLAIN, (2, 4), "\n\\end{abstract}\n\n");
    }
    while draft.is_short() {
        if draft.chance(50) {
            draft.line("\\section{‹Introduction|Main result|Numerical experiments|Discussion|Preliminaries|The ‹measure› of ‹things››}");
        }
        draft.paragraph(STATEMENTS, (2, 4), "\n");
        if draft.chance(70) {
            draft.block_of(EQUATIONS);
        }
    }
}

/// An abstract in plain text.
pub(super) fn plain_abstract(draft: &mut Draft) {
    while draft.is_short() {
        draft.paragraph(PLAIN, (3, 5), "\n");
        if draft.chance(30) {
            draft.paragraph(STATEMENTS, (1, 1), "\n");
        }
    }
}
