//! What can be typed on the command line, and what is meant by it.
//!
//! Each file holds the arguments of a command or of several that share them; those of commands that run long end in a
//! method that turns them, once, into the settings of the run. Only [`commands`](crate::commands) looks in here.

mod arguments;
mod audit;
mod classifier;
mod demo;
mod estimation;
mod evaluate;
mod labelshift;
mod lm;
mod membership;
mod openings;
mod reestimate;
mod sample;
mod share;
mod specs;
mod threads;
mod unit;

pub use arguments::{Arguments, Command, kebab_case_flags};
pub use audit::AuditArgs;
pub use classifier::{ClassifierKind, EncoderArgs};
pub use demo::DemoArgs;
pub use estimation::{CalibrationKind, EstimatorKind};
pub use evaluate::{EvaluateArgs, ReportArgs, ViewArgs};
pub use labelshift::{
    CalibrationChoice, EchoArgs, LabelshiftArgs, SplitArgs, TypedLengthMatch, TypedSource,
};
pub use lm::{AuthorArgs, DrawingArgs, GenerateArgs, ModelArgs, Preset, ScoreArgs};
pub use membership::{
    AnalysisArgs, AttackArgs, AttackChoice, MembershipArgs, MinkppArgs, PoolArgs,
};
pub use openings::{BeginningsArgs, OpeningsArgs, TypedLeadIn};
pub use reestimate::{ReestimateArgs, StudyViewArgs};
pub use sample::{HubArgs, MergeWebArgs, SampleArgs, ShareKind, WindowKind};
pub use specs::SpecsAction;
pub use unit::UnitKind;
