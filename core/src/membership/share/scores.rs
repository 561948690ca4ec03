//! What a share is estimated from.

/// Scores of one attack on documents of one kind; higher means more likely a member.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores<'run> {
    /// Of the documents whose share of members is sought.
    pub candidates: &'run [f64],
    /// Of documents known not to be members.
    pub nonmembers: &'run [f64],
    /// Of documents known to be members; may be empty. They say how well the attack works, which
    /// narrows the interval more than anything else.
    pub members: &'run [f64],
}
