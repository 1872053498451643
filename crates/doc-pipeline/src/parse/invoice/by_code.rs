//! What the QR code says: exact values for what was recognised from pixels, and a check of what is
//! printed.

use std::fmt::Display;

use domain::Severity;

use crate::{
    evidence::Check,
    fields::{InvoiceFields, KdvRate, Party},
    finding::Finding,
    message::finding,
};

use super::super::{code::Code, trail::Trail};

struct Settle<'a> {
    trail: &'a mut Trail,
    findings: &'a mut Vec<Finding>,
}

impl Settle<'_> {
    /// Takes the code's value where nothing or something recognised stands; holds a printed one
    /// against it.
    fn value<T: PartialEq + Display>(
        &mut self,
        slot: &mut Option<T>,
        said: Option<T>,
        (pointer, name): (&str, &'static str),
    ) {
        let Some(said) = said else { return };
        match slot {
            Some(own) if *own == said => self.trail.check(pointer, Check::QrCode, true),
            Some(own) if !self.trail.is_recognised(pointer) => {
                self.trail.check(pointer, Check::QrCode, false);
                self.findings.push(finding(
                    "QR_CODE_MISMATCH",
                    Severity::High,
                    [
                        ("field", name.into()),
                        ("found", own.to_string().into()),
                        ("other", said.to_string().into()),
                    ],
                ));
            }
            _ => {
                *slot = Some(said);
                self.trail.by_code(pointer);
            }
        }
    }
}

/// Holds the fields against the code.
pub(super) fn apply(
    code: &Code,
    fields: &mut InvoiceFields,
    trail: &mut Trail,
    findings: &mut Vec<Finding>,
) {
    let mut settle = Settle { trail, findings };
    settle.value(
        &mut fields.invoice_number,
        code.number.clone(),
        ("/invoiceNumber", "Fatura numarası"),
    );
    settle.value(&mut fields.issue_date, code.issue_date, ("/issueDate", "Düzenleme tarihi"));
    // Upper or lower case is the same ETTN.
    let same = |own: &Option<String>| {
        own.as_ref().zip(code.ettn.as_ref()).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
    };
    let ettn = if same(&fields.ettn) { fields.ettn.clone() } else { code.ettn.clone() };
    settle.value(&mut fields.ettn, ettn, ("/ettn", "ETTN"));
    settle.value(&mut fields.profile, code.profile.clone(), ("/profile", "Senaryo"));
    settle.value(
        &mut fields.invoice_type,
        code.invoice_type.clone(),
        ("/invoiceType", "Fatura tipi"),
    );
    settle.value(&mut fields.total_amount, code.payable, ("/totalAmount", "Ödenecek tutar"));
    settle.value(
        &mut fields.tax_inclusive_amount,
        code.tax_inclusive,
        ("/taxInclusiveAmount", "Vergiler dahil tutar"),
    );
    settle.value(&mut fields.net_amount, code.net(), ("/netAmount", "Vergiler hariç tutar"));
    settle.value(&mut fields.tax_amount, code.tax(), ("/taxAmount", "KDV tutarı"));
    if fields.currency.is_none() {
        fields.currency = code.currency;
    }
    rates(code, fields, &mut settle);
    party(
        code.supplier.as_ref(),
        &mut fields.supplier,
        "/supplier/taxNumber",
        "Satıcı VKN/TCKN",
        &mut settle,
    );
    party(
        code.customer.as_ref(),
        &mut fields.customer,
        "/customer/taxNumber",
        "Alıcı VKN/TCKN",
        &mut settle,
    );
}

fn party(
    said: Option<&String>,
    party: &mut Option<Party>,
    pointer: &str,
    name: &'static str,
    settle: &mut Settle<'_>,
) {
    let Some(said) = said else { return };
    let own = party.get_or_insert_default();
    settle.value(&mut own.tax_number, Some(said.clone()), (pointer, name));
}

fn rates(code: &Code, fields: &mut InvoiceFields, settle: &mut Settle<'_>) {
    let same = fields.kdv_breakdown.len() == code.rates.len()
        && fields.kdv_breakdown.iter().all(|own| code.rates.contains_key(&own.rate.normalize()));
    if same {
        for (index, own) in fields.kdv_breakdown.iter_mut().enumerate() {
            let Some((base, tax)) = code.rates.get(&own.rate.normalize()) else { continue };
            let pointer = format!("/kdvBreakdown/{index}/taxAmount");
            settle.value(&mut own.tax_amount, *tax, (&pointer, "KDV tutarı"));
            let pointer = format!("/kdvBreakdown/{index}/taxableAmount");
            if own.taxable_amount.is_none() {
                settle.value(&mut own.taxable_amount, *base, (&pointer, "KDV matrahı"));
            }
        }
        return;
    }
    let printed = (0..fields.kdv_breakdown.len())
        .any(|index| !settle.trail.is_recognised(&format!("/kdvBreakdown/{index}/taxAmount")));
    if printed || code.tax().is_none() {
        return;
    }
    settle.trail.forget("/kdvBreakdown/");
    fields.kdv_breakdown = code
        .rates
        .iter()
        .map(|(rate, (base, tax))| KdvRate {
            rate: *rate,
            taxable_amount: *base,
            tax_amount: *tax,
            exemption_code: None,
            exemption_reason: None,
        })
        .collect();
    for index in 0..fields.kdv_breakdown.len() {
        settle.trail.by_code(&format!("/kdvBreakdown/{index}/taxAmount"));
        settle.trail.by_code(&format!("/kdvBreakdown/{index}/taxableAmount"));
    }
}
