//! What a worker can judge of an invoice: the rules of the official schematron that need no other
//! document, check digits, and arithmetic. Nothing here changes a value.

mod arithmetic;
mod identity;
mod kdv;
mod scenario;
mod withholding;

use domain::TaxNumber;

use super::{findings::Findings, judgement::Judgement, model::Document, taxes::Taxes};

/// Runs every check; `line_checks` receives the pointers of line values that were checked.
pub(super) fn run(
    document: &Document,
    taxes: &Taxes,
    client: Option<&TaxNumber>,
    findings: &mut Findings,
    judgement: &mut Judgement,
    line_checks: &mut Vec<String>,
) {
    identity::check(document, client, findings, judgement);
    arithmetic::check(document, taxes, findings, judgement, line_checks);
    kdv::check(document, taxes, findings, judgement);
    withholding::check(document, taxes, findings);
    scenario::check(document, findings);
}
