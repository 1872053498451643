//! Conditions that offices write themselves in the syntax of CEL (Common Expression Language), such as
//! `highRiskDocuments90 > 5 && "RING" in findingKinds`.
//!
//! The crate `cel` reads the text and says where everything stands; [`check`](Expression::check)
//! takes only the part of its language that depends on nothing but the documented [`variables()`]
//! (no functions, no dates, no assignments), gives every part a type, and points at what does not
//! fit. What is left is evaluated here, exactly and by one walk over a tree of bounded size: it
//! cannot fail, loop, or see anything else.

mod check;
mod term;
mod variables;

use serde::{Deserialize, Serialize};

use crate::{rule::Scope, score::Reason};
use term::Term;

pub use check::ExpressionError;
pub(crate) use variables::Variables;
pub use variables::{ValueType, Variable, variables};

/// A checked expression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub(crate) struct Expression {
    stored: Stored,
    term: Term,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    scope: Scope,
    text: String,
}

impl Expression {
    /// Reads and checks what an office wrote.
    pub(crate) fn check(scope: Scope, text: &str) -> Result<Self, ExpressionError> {
        let term = check::condition(scope, text)?;
        Ok(Self { stored: Stored { scope, text: text.to_owned() }, term })
    }

    /// Why the rule is triggered, if the expression holds. `variables` are those of its scope.
    pub(crate) fn holds(&self, variables: &Variables) -> Option<Reason> {
        self.term.holds(variables).then(|| Reason::Expression {
            source: self.stored.text.clone(),
            values: self
                .term
                .reads()
                .into_iter()
                .map(|number| variables.named(self.stored.scope, number))
                .collect(),
        })
    }
}

impl TryFrom<Stored> for Expression {
    type Error = ExpressionError;

    fn try_from(stored: Stored) -> Result<Self, Self::Error> {
        Self::check(stored.scope, &stored.text)
    }
}

impl From<Expression> for Stored {
    fn from(expression: Expression) -> Self {
        expression.stored
    }
}
