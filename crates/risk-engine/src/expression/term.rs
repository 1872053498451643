//! A checked expression as a tree, and its value.

use std::fmt;

use rust_decimal::Decimal;

use super::variables::Variables;

/// A value of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Bool(bool),
    Number(Decimal),
    Text(String),
    Texts(Vec<String>),
    Numbers(Vec<Decimal>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Number(number) => number.normalize().fmt(f),
            Self::Text(text) => write!(f, "\"{text}\""),
            Self::Texts(texts) => write!(f, "[{}]", texts.join(", ")),
            Self::Numbers(numbers) => {
                let numbers: Vec<String> =
                    numbers.iter().map(|one| one.normalize().to_string()).collect();
                write!(f, "[{}]", numbers.join(", "))
            }
        }
    }
}

/// An order between two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A calculation with two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Calculation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// A part of a checked expression; the types fit.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Term {
    Constant(Value),
    /// By its number within the scope.
    Variable(usize),
    Not(Box<Term>),
    Negative(Box<Term>),
    Both(Box<Term>, Box<Term>),
    Either(Box<Term>, Box<Term>),
    Equal(Box<Term>, Box<Term>),
    Ordered(Order, Box<Term>, Box<Term>),
    Calculated(Calculation, Box<Term>, Box<Term>),
    In(Box<Term>, Box<Term>),
    If(Box<Term>, Box<Term>, Box<Term>),
}

impl Term {
    /// Whether the condition holds.
    pub(super) fn holds(&self, variables: &Variables) -> bool {
        match self {
            Self::Not(one) => !one.holds(variables),
            Self::Both(one, other) => one.holds(variables) && other.holds(variables),
            Self::Either(one, other) => one.holds(variables) || other.holds(variables),
            Self::Equal(one, other) => one.value(variables) == other.value(variables),
            Self::Ordered(order, one, other) => {
                let (one, other) = (one.number(variables), other.number(variables));
                match order {
                    Order::Less => one < other,
                    Order::LessOrEqual => one <= other,
                    Order::Greater => one > other,
                    Order::GreaterOrEqual => one >= other,
                }
            }
            Self::In(one, list) => match (one.value(variables), list.value(variables)) {
                (Value::Text(text), Value::Texts(texts)) => texts.contains(&text),
                (Value::Number(number), Value::Numbers(numbers)) => numbers.contains(&number),
                _ => false,
            },
            Self::If(condition, one, other) => {
                if condition.holds(variables) { one } else { other }.holds(variables)
            }
            other => matches!(other.value(variables), Value::Bool(true)),
        }
    }

    /// Sums and products beyond what a decimal holds stay at its bound: what is compared with them is
    /// an amount of at most 15 digits, so no comparison turns out otherwise.
    fn number(&self, variables: &Variables) -> Decimal {
        match self {
            Self::Negative(one) => -one.number(variables),
            Self::Calculated(calculation, one, other) => {
                let (one, other) = (one.number(variables), other.number(variables));
                let bound = |negative| if negative { Decimal::MIN } else { Decimal::MAX };
                let signs_differ = one.is_sign_negative() != other.is_sign_negative();
                match calculation {
                    Calculation::Add => {
                        one.checked_add(other).unwrap_or(bound(one.is_sign_negative()))
                    }
                    Calculation::Subtract => {
                        one.checked_sub(other).unwrap_or(bound(one.is_sign_negative()))
                    }
                    Calculation::Multiply => one.checked_mul(other).unwrap_or(bound(signs_differ)),
                    // The divisor is a constant that is not zero.
                    Calculation::Divide => one.checked_div(other).unwrap_or(bound(signs_differ)),
                }
            }
            Self::If(condition, one, other) => {
                if condition.holds(variables) { one } else { other }.number(variables)
            }
            Self::Constant(Value::Number(number)) => *number,
            Self::Variable(number) => match variables.get(*number) {
                Value::Number(number) => number,
                _ => Decimal::ZERO,
            },
            _ => Decimal::ZERO,
        }
    }

    fn value(&self, variables: &Variables) -> Value {
        match self {
            Self::Constant(value) => value.clone(),
            Self::Variable(number) => variables.get(*number),
            Self::Negative(_) | Self::Calculated(..) => Value::Number(self.number(variables)),
            Self::If(condition, one, other) => {
                if condition.holds(variables) { one } else { other }.value(variables)
            }
            _ => Value::Bool(self.holds(variables)),
        }
    }

    /// The variables that it names, in the order of their first use.
    pub(super) fn reads(&self) -> Vec<usize> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect(&self, found: &mut Vec<usize>) {
        match self {
            Self::Constant(_) => {}
            Self::Variable(number) => {
                if !found.contains(number) {
                    found.push(*number);
                }
            }
            Self::Not(one) | Self::Negative(one) => one.collect(found),
            Self::Both(one, other)
            | Self::Either(one, other)
            | Self::Equal(one, other)
            | Self::Ordered(_, one, other)
            | Self::Calculated(_, one, other)
            | Self::In(one, other) => {
                one.collect(found);
                other.collect(found);
            }
            Self::If(condition, one, other) => {
                condition.collect(found);
                one.collect(found);
                other.collect(found);
            }
        }
    }
}
