//! Which texts were stopped at a limit, and which their author ended.

use data_anatomy_core::messages::diagnostic::Diagnostic;
use data_anatomy_corpus::ending::Ending;
use data_anatomy_corpus::generations::Generation;

use crate::references::document_lengths;

/// Of each text, whether it was stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endings {
    /// Whether each text was stopped, in order.
    pub are_stopped: Vec<bool>,
    /// Texts of which nobody says how they ended.
    n_unknown: usize,
    /// What these were taken to be stopped at, in characters, if they look it.
    longest: Option<u64>,
}

impl Endings {
    /// What is said of these texts. Where nothing is, but many texts are as long as the longest, they were stopped
    /// there and the others ended; else all may have been stopped.
    pub fn of(texts: &[Generation]) -> Self {
        let unknown = texts.iter().filter(|text| text.ending == Ending::Unknown);
        let lengths: Vec<u64> = unknown.map(|text| n_chars(&text.text)).collect();
        let longest = document_lengths::cut_to(&lengths);
        let is_stopped = |text: &Generation| match (text.ending, longest) {
            (Ending::Own, _) => false,
            (Ending::Stopped, _) | (Ending::Unknown, None) => true,
            (Ending::Unknown, Some(longest)) => {
                document_lengths::is_near(n_chars(&text.text), longest)
            }
        };
        let are_stopped = texts.iter().map(is_stopped).collect();
        Self { are_stopped, n_unknown: lengths.len(), longest }
    }

    /// What a reader must know of what was not said.
    pub fn doubt(&self) -> Option<Diagnostic> {
        let (n_unknown, n_texts) = (self.n_unknown, self.are_stopped.len());
        if n_unknown == 0 {
            return None;
        }
        let taken = match self.longest {
            Some(longest) => format!(
                "many are {longest} characters long, so these were taken for stopped there and the others for whole"
            ),
            None => "documents were cut as if all had been stopped; where most ended by themselves, --length-match \
                     none is nearer to the truth"
                .to_owned(),
        };
        let message = format!(
            "of {n_unknown} of {n_texts} texts nothing says whether the model ended them or a limit stopped them: \
             {taken}; give \"finish\": \"eos\" or \"length\" with each text"
        );
        Some(Diagnostic::note("endings_unknown", message))
    }
}

/// The length of a text in characters, without white space around it.
fn n_chars(text: &str) -> u64 {
    text.trim().chars().count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(endings: &[(usize, Ending)]) -> Vec<Generation> {
        let text = |&(length, ending): &(usize, Ending)| Generation {
            id: "1".to_owned(),
            prompt_id: None,
            text: "a".repeat(length),
            ending,
            n_tokens: None,
        };
        endings.iter().map(text).collect()
    }

    #[test]
    fn what_is_said_is_believed() {
        let endings = Endings::of(&texts(&[(9, Ending::Own), (5, Ending::Stopped)]));
        assert_eq!(endings.are_stopped, [false, true]);
        assert_eq!(endings.doubt(), None);
    }

    #[test]
    fn where_nothing_is_said_texts_of_the_greatest_length_were_stopped() {
        let of = |lengths: &[usize]| {
            let all: Vec<_> = lengths.iter().map(|&length| (length, Ending::Unknown)).collect();
            Endings::of(&texts(&all))
        };
        let clustered = of(&[900, 120, 899, 900, 30]);
        assert_eq!(clustered.are_stopped, [true, false, true, true, false]);
        let doubt = clustered.doubt().unwrap();
        assert!(doubt.message.starts_with("of 5 of 5 texts nothing says"), "{}", doubt.message);
        assert!(doubt.message.contains("many are 900 characters"), "{}", doubt.message);
        let spread = of(&[900, 120, 640, 30]);
        assert_eq!(spread.are_stopped, [true; 4]);
        assert!(spread.doubt().unwrap().message.contains("--length-match none"));
    }
}
