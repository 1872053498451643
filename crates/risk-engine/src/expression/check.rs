//! Reads an expression and gives every part a type.

use cel::{
    common::ast::{CallExpr, Expr, IdedExpr, ListExpr, LiteralValue, SourceInfo, operators},
    parser::{ParseErrors, Parser},
};
use rust_decimal::Decimal;

use super::{
    term::{Calculation, Order, Term, Value},
    variables::{ValueType, number_of, variables},
};
use crate::rule::Scope;

/// Longest expression in characters.
const LONGEST: usize = 1_000;
/// Deepest nesting of brackets. The reader calls itself several times for each level, and its own limit
/// comes into force only after it has done so.
const DEEPEST: usize = 8;
/// Most signs that stand before a part or ask for a choice; they nest without brackets.
const MOST_SIGNS: usize = 40;
/// Significant digits of a number with a fraction that reading it by way of a binary number keeps.
const DIGITS_KEPT: usize = 15;

/// What is wrong with an expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {what}")]
pub struct ExpressionError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub what: String,
}

/// The tree of a condition, whose types fit.
pub(super) fn condition(scope: Scope, text: &str) -> Result<Term, ExpressionError> {
    if text.chars().count() > LONGEST {
        let what = format!("the expression has more than {LONGEST} characters");
        return Err(ExpressionError { line: 1, column: 1, what });
    }
    nesting(text)?;
    let (expression, source) = Parser::new()
        .error_recovery_limit(3)
        .parse_with_source_info(text)
        .map_err(|errors| unreadable(&errors))?;
    let checker = Checker { scope, text, source: &source };
    let (term, found) = checker.part(&expression)?;
    checker.must_be(&expression, ValueType::Bool, found)?;
    Ok(term)
}

/// The first of the reader's errors; it counts columns from 0 or 1 as they come, so both are shown as
/// it has them.
fn unreadable(errors: &ParseErrors) -> ExpressionError {
    let Some(first) = errors.errors.first() else {
        return ExpressionError { line: 1, column: 1, what: "cannot be read".to_owned() };
    };
    let place = |number: isize| usize::try_from(number).unwrap_or(0).max(1);
    let what = first.msg.lines().next().unwrap_or("cannot be read").to_owned();
    ExpressionError { line: place(first.pos.0), column: place(first.pos.1), what }
}

/// Refuses what the reader might not survive. To know which brackets are brackets, texts must be plain:
/// no escapes, no triple quotes, no comments, and each ends on its own line.
fn nesting(text: &str) -> Result<(), ExpressionError> {
    let wrong = |at, what: String| Err(ExpressionError { what, ..at_byte(text, at) });
    for unwanted in ["\\", "\"\"\"", "\'\'\'", "//"] {
        if let Some(at) = text.find(unwanted) {
            return wrong(at, format!("{unwanted} is not allowed"));
        }
    }
    let (mut depth, mut signs, mut quote) = (0_usize, 0_usize, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(_), '\n' | '\r') => return wrong(at, "a text must end on its line".to_owned()),
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, '!' | '-' | '?') => signs += 1,
            _ => {}
        }
        if depth > DEEPEST {
            return wrong(at, format!("brackets nest deeper than {DEEPEST} levels"));
        }
        if signs > MOST_SIGNS {
            return wrong(at, format!("more than {MOST_SIGNS} of ! - ?"));
        }
    }
    Ok(())
}

/// The place of a byte; nothing is said of it yet.
fn at_byte(text: &str, offset: usize) -> ExpressionError {
    let before = text.get(..offset).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    ExpressionError { line, column, what: String::new() }
}

struct Checker<'a> {
    scope: Scope,
    text: &'a str,
    source: &'a SourceInfo,
}

type Typed = (Term, ValueType);

impl Checker<'_> {
    fn wrong(&self, part: &IdedExpr, what: impl Into<String>) -> ExpressionError {
        let start = self.source.offset_for(part.id).map_or(0, |(start, _)| start as usize);
        ExpressionError { what: what.into(), ..at_byte(self.text, start) }
    }

    fn must_be(
        &self,
        part: &IdedExpr,
        wanted: ValueType,
        found: ValueType,
    ) -> Result<(), ExpressionError> {
        if wanted == found {
            return Ok(());
        }
        Err(self.wrong(part, format!("must be {wanted}, and is {found}")))
    }

    fn part(&self, part: &IdedExpr) -> Result<Typed, ExpressionError> {
        match &part.expr {
            Expr::Literal(literal) => self.literal(part, literal),
            Expr::Ident(name) => self.variable(part, name),
            Expr::List(list) => self.list(part, list),
            Expr::Call(call) => self.call(part, call),
            Expr::Select(_) => Err(self.wrong(part, "no value has parts to be chosen with a dot")),
            Expr::Comprehension(_) => Err(self.wrong(part, "loops over lists are not allowed")),
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                Err(self
                    .wrong(part, "only true, false, numbers, texts and lists of them are values"))
            }
        }
    }

    fn literal(&self, part: &IdedExpr, literal: &LiteralValue) -> Result<Typed, ExpressionError> {
        let number = |number: Decimal| (Value::Number(number), ValueType::Number);
        let (value, value_type) = match literal {
            LiteralValue::Boolean(value) => (Value::Bool(*value.inner()), ValueType::Bool),
            LiteralValue::Int(value) => number((*value.inner()).into()),
            LiteralValue::UInt(value) => number((*value.inner()).into()),
            LiteralValue::Double(value) => number(self.fraction(part, *value.inner())?),
            LiteralValue::String(text) => (Value::Text(text.inner().to_owned()), ValueType::Text),
            LiteralValue::Bytes(_) | LiteralValue::Null => {
                return Err(self.wrong(part, "neither null nor bytes are values"));
            }
        };
        Ok((Term::Constant(value), value_type))
    }

    /// The decimal that was written. The reader gives it as a binary number, whose shortest decimal is
    /// what was written as long as it has few enough digits.
    fn fraction(&self, part: &IdedExpr, binary: f64) -> Result<Decimal, ExpressionError> {
        let text = binary.to_string();
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let exact = text.parse::<Decimal>().ok().filter(|_| digits <= DIGITS_KEPT);
        exact.ok_or_else(|| {
            self.wrong(part, format!("a number may have at most {DIGITS_KEPT} digits"))
        })
    }

    fn variable(&self, part: &IdedExpr, name: &str) -> Result<Typed, ExpressionError> {
        if let Some((number, value_type)) = number_of(self.scope, name) {
            return Ok((Term::Variable(number), value_type));
        }
        let names: Vec<&str> = variables(self.scope).iter().map(|one| one.name).collect();
        Err(self.wrong(part, format!("no variable {name:?}; there are {}", names.join(", "))))
    }

    fn list(&self, part: &IdedExpr, list: &ListExpr) -> Result<Typed, ExpressionError> {
        let (mut texts, mut numbers) = (Vec::new(), Vec::new());
        for element in &list.elements {
            match self.part(element)?.0 {
                Term::Constant(Value::Text(text)) => texts.push(text),
                Term::Constant(Value::Number(number)) => numbers.push(number),
                _ => return Err(self.wrong(element, "a list holds texts or numbers")),
            }
        }
        match (texts.is_empty(), numbers.is_empty()) {
            (false, true) => Ok((Term::Constant(Value::Texts(texts)), ValueType::Texts)),
            (true, false) => Ok((Term::Constant(Value::Numbers(numbers)), ValueType::Numbers)),
            (true, true) => Err(self.wrong(part, "an empty list contains nothing")),
            (false, false) => Err(self.wrong(part, "a list holds texts or numbers, not both")),
        }
    }

    fn call(&self, part: &IdedExpr, call: &CallExpr) -> Result<Typed, ExpressionError> {
        use operators::{
            ADD, CONDITIONAL, DIVIDE, EQUALS, GREATER, GREATER_EQUALS, IN, LESS, LESS_EQUALS,
            LOGICAL_AND, LOGICAL_NOT, LOGICAL_OR, MULTIPLY, NEGATE, NOT_EQUALS, SUBSTRACT,
        };
        let unknown = || {
            let name = &call.func_name;
            Err(self.wrong(part, format!("{name:?} is not allowed: there are no functions")))
        };
        if call.target.is_some() {
            return unknown();
        }
        let boxed = |part: &IdedExpr, wanted| self.of_type(part, wanted).map(Box::new);
        match (call.func_name.as_str(), call.args.as_slice()) {
            (LOGICAL_NOT, [one]) => Ok((Term::Not(boxed(one, ValueType::Bool)?), ValueType::Bool)),
            (NEGATE, [one]) => {
                let one = self.of_type(one, ValueType::Number)?;
                let term = match one {
                    Term::Constant(Value::Number(number)) => Term::Constant(Value::Number(-number)),
                    other => Term::Negative(Box::new(other)),
                };
                Ok((term, ValueType::Number))
            }
            (name @ (LOGICAL_AND | LOGICAL_OR), [one, other]) => {
                let (one, other) = (boxed(one, ValueType::Bool)?, boxed(other, ValueType::Bool)?);
                let both = name == LOGICAL_AND;
                let term = if both { Term::Both(one, other) } else { Term::Either(one, other) };
                Ok((term, ValueType::Bool))
            }
            (name @ (EQUALS | NOT_EQUALS), [one, other]) => {
                let (left, left_type) = self.part(one)?;
                let (right, right_type) = self.part(other)?;
                self.must_be(other, left_type, right_type)?;
                let equal = Term::Equal(Box::new(left), Box::new(right));
                let term = if name == EQUALS { equal } else { Term::Not(Box::new(equal)) };
                Ok((term, ValueType::Bool))
            }
            (name @ (LESS | LESS_EQUALS | GREATER | GREATER_EQUALS), [one, other]) => {
                let order = match name {
                    LESS => Order::Less,
                    LESS_EQUALS => Order::LessOrEqual,
                    GREATER => Order::Greater,
                    _ => Order::GreaterOrEqual,
                };
                let one = boxed(one, ValueType::Number)?;
                let other = boxed(other, ValueType::Number)?;
                Ok((Term::Ordered(order, one, other), ValueType::Bool))
            }
            (name @ (ADD | SUBSTRACT | MULTIPLY | DIVIDE), [one, other]) => {
                let calculation = match name {
                    ADD => Calculation::Add,
                    SUBSTRACT => Calculation::Subtract,
                    MULTIPLY => Calculation::Multiply,
                    _ => Calculation::Divide,
                };
                let left = boxed(one, ValueType::Number)?;
                let right = boxed(other, ValueType::Number)?;
                let divides = matches!(*right, Term::Constant(Value::Number(n)) if !n.is_zero());
                if calculation == Calculation::Divide && !divides {
                    return Err(self.wrong(other, "must be a number that is written here, not 0"));
                }
                Ok((Term::Calculated(calculation, left, right), ValueType::Number))
            }
            (IN, [one, list]) => {
                let (item, item_type) = self.part(one)?;
                let (list_term, list_type) = self.part(list)?;
                match (item_type, list_type) {
                    (ValueType::Text, ValueType::Texts)
                    | (ValueType::Number, ValueType::Numbers) => {
                        Ok((Term::In(Box::new(item), Box::new(list_term)), ValueType::Bool))
                    }
                    (ValueType::Number, _) => {
                        self.must_be(list, ValueType::Numbers, list_type).and_then(|()| unknown())
                    }
                    _ => {
                        self.must_be(one, ValueType::Text, item_type)?;
                        self.must_be(list, ValueType::Texts, list_type).and_then(|()| unknown())
                    }
                }
            }
            (CONDITIONAL, [condition, one, other]) => {
                let condition = boxed(condition, ValueType::Bool)?;
                let (left, left_type) = self.part(one)?;
                let (right, right_type) = self.part(other)?;
                self.must_be(other, left_type, right_type)?;
                Ok((Term::If(condition, Box::new(left), Box::new(right)), left_type))
            }
            _ => unknown(),
        }
    }

    fn of_type(&self, part: &IdedExpr, wanted: ValueType) -> Result<Term, ExpressionError> {
        let (term, found) = self.part(part)?;
        self.must_be(part, wanted, found)?;
        Ok(term)
    }
}
