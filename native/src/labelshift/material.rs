//! What trains the classifier and what measures it: documents, echoes, or both.

use data_anatomy_corpus::split::Split;

use super::echoes::Echoes;
use super::length_match::LengthMatch;
use super::sources::Sources;
use crate::references::References;

/// A text whose category is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece<'i> {
    /// The document's own id, that of an echo behind `echo/`.
    pub id: String,
    /// What the classifier is given.
    pub text: &'i str,
    /// The whole document that it is a part or an echo of.
    pub source: &'i str,
    /// Its category, as a position in the taxonomy.
    pub class: usize,
}

/// Texts whose category is known, by what they are for.
#[derive(Debug, Default)]
pub struct Material<'i> {
    /// Texts that train.
    pub training: Vec<Piece<'i>>,
    /// Texts that measure.
    pub validation: Vec<Piece<'i>>,
    /// The fold of each text that measures.
    pub folds: Vec<usize>,
}

impl<'i> Material<'i> {
    /// Documents, cut where lengths are to match, and echoes, as the sources say. An echo stands where its
    /// document does.
    pub fn new(
        references: &'i References,
        split: &Split,
        echoes: &'i Echoes,
        cut: Option<&LengthMatch>,
        sources: Sources,
    ) -> Self {
        let mut material = Self::default();
        let document = |index: usize| {
            let source = references.documents[index].text.as_str();
            Piece {
                id: references.documents[index].id.clone(),
                text: cut.map_or(source, |cut| cut.cut(index, source)),
                source,
                class: references.classes[index],
            }
        };
        if sources.training.has_real() {
            material.training.extend(split.train.iter().map(|&index| document(index)));
        }
        if sources.calibration.has_real() {
            material.validation.extend(split.validation.iter().map(|&index| document(index)));
            material.folds.extend(&split.folds);
        }
        let mut fold_of = vec![None; references.documents.len()];
        for (&index, &fold) in split.validation.iter().zip(&split.folds) {
            fold_of[index] = Some(fold);
        }
        for echo in &echoes.echoes {
            let own = document(echo.document);
            let piece = Piece { id: format!("echo/{}", own.id), text: &echo.text, ..own };
            match fold_of[echo.document] {
                Some(fold) if sources.calibration.has_echoes() => {
                    material.validation.push(piece);
                    material.folds.push(fold);
                }
                None if sources.training.has_echoes() => material.training.push(piece),
                _ => {}
            }
        }
        material
    }
}
