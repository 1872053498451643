//! Till receipts.

use chrono::NaiveDate;
use domain::{Severity, round_to_kurus};
use rust_decimal::Decimal;

use crate::{
    evidence::Check,
    fields::{KdvRate, Party, ReceiptFields},
    finding::Finding,
    message::finding,
};

use super::{
    fold::compact,
    invoice::ends_like_a_firm,
    label::{Label, RECEIPT},
    number::Amount,
    percent::{kdv_rate, percent},
    trail::{Nature, Spot, Trail},
    unread,
    view::{Hit, Row, View, join},
};

type Placed<T> = (T, Option<Spot>);

/// Reads a receipt.
pub(super) fn read(rows: Vec<Row>) -> (ReceiptFields, Trail, Vec<Finding>) {
    let view = View::new(rows, &RECEIPT);
    let mut fields = ReceiptFields::default();
    let mut trail = view.trail();
    let mut findings = Vec::new();
    if let Some((amount, spot)) = total(&view) {
        fields.amount = Some(amount.value);
        fields.currency = amount.currency;
        trail.put("/amount", spot, Nature::Figure);
    }
    if let Some((date, spot)) = date(&view) {
        fields.date = Some(date);
        trail.put("/date", spot, Nature::Figure);
    }
    if let Some((time, spot)) = time(&view) {
        fields.time = Some(time);
        trail.put("/time", spot, Nature::Figure);
    }
    kdv(&view, &mut fields, &mut trail);
    merchant(&view, &mut fields, &mut trail, &mut findings);
    if let Some((number, spot)) = receipt_number(&view) {
        fields.receipt_number = Some(number);
        trail.put("/receiptNumber", spot, Nature::Figure);
    }
    payment(&view, &mut fields, &mut trail);
    if fields.currency.is_none()
        && (fields.merchant.as_ref().is_some_and(|party| party.tax_number.is_some())
            || view.labelled(Label::TotalKdv).next().is_some())
    {
        // A Turkish till prints lira and no sign.
        fields.currency = Some(domain::Currency::TRY);
    }
    item_rates(&view, &fields, &mut trail);
    if fields.date.is_none() {
        unread::date(&view, Label::IssueDate, "Fiş tarihi", |_| true, &mut findings);
    }
    if fields.amount.is_none() {
        unread::amount(&view, Label::Total, "Fiş toplamı", |_| true, &mut findings);
    }
    unread::open_dates(&trail, [("/date".to_owned(), "Fiş tarihi", fields.date)], &mut findings);
    (fields, trail, findings)
}

fn amount_beside(view: &View, hit: &Hit) -> Option<Placed<Amount>> {
    let right = view.right(hit);
    right.iter().chain(right.is_empty().then(|| view.below(hit)).flatten().iter()).find_map(
        |stretch| {
            let (amount, place) =
                view.amounts(stretch).into_iter().rfind(|(amount, _)| amount.money_like)?;
            Some((amount, Spot::in_row(view.rows.get(place.0)?, view.tokens(&place))))
        },
    )
}

/// The total: the last line so labelled that is no subtotal and no tax.
fn total(view: &View) -> Option<Placed<Amount>> {
    let found: Vec<(&Hit, Placed<Amount>)> = view
        .labelled(Label::Total)
        .filter(|hit| hit.opens_cell || hit.colon || hit.tokens.start == 0)
        .filter_map(|hit| Some((hit, amount_beside(view, hit)?)))
        .filter(|(_, (amount, _))| !amount.value.is_zero())
        .collect();
    let strong = |hit: &Hit| !matches!(hit.text.as_str(), "top" | "totalamount" | "totalsales");
    // Of several totals (before rounding, after rounding) the last that the payment repeats, else the
    // one printed most often, else the last.
    let paid: Vec<Decimal> = view
        .labelled(Label::Payment)
        .filter_map(|hit| Some(amount_beside(view, hit)?.0.value))
        .collect();
    let repeated = found.iter().rfind(|(_, (amount, _))| paid.contains(&amount.value));
    let rounded = found.iter().rfind(|(hit, _)| hit.text.contains("rounded"));
    repeated
        .or(rounded)
        .or_else(|| found.iter().find(|(hit, _)| strong(hit)))
        .or(found.last())
        .map(|(_, placed)| *placed)
}

fn date(view: &View) -> Option<Placed<NaiveDate>> {
    let in_tokens = |row: &Row, from: usize| {
        (from..row.tokens.len()).find_map(|at| {
            let (date, used) =
                view.order.read_at(row.tokens.iter().skip(at).map(|token| token.text.as_str()))?;
            Some((date, Spot::in_row(row, row.tokens.get(at..at + used).unwrap_or_default())))
        })
    };
    view.labelled(Label::IssueDate)
        .find_map(|hit| in_tokens(view.rows.get(hit.row)?, hit.tokens.end))
        .or_else(|| view.rows.iter().find_map(|row| in_tokens(row, 0)))
}

fn clock(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| !c.is_ascii_digit());
    let text = text.rsplit_once('-').map_or(text, |(_, time)| time);
    let (hours, rest) = text.split_once(':')?;
    let minutes = rest.get(..2)?;
    let (h, m): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours.len() <= 2 && h < 24 && m < 60).then(|| format!("{h:02}:{m:02}"))
}

fn time(view: &View) -> Option<Placed<String>> {
    let labelled = view.labelled(Label::Time).find_map(|hit| {
        view.right(hit).iter().find_map(|stretch| {
            view.tokens(stretch).iter().find_map(|token| {
                Some((
                    clock(&token.text)?,
                    Spot::in_row(view.rows.get(stretch.0)?, std::slice::from_ref(token)),
                ))
            })
        })
    });
    labelled.or_else(|| {
        view.rows.iter().find_map(|row| {
            row.tokens.iter().find_map(|token| {
                Some((clock(&token.text)?, Spot::in_row(row, std::slice::from_ref(token))))
            })
        })
    })
}

fn kdv(view: &View, fields: &mut ReceiptFields, trail: &mut Trail) {
    if let Some((amount, spot)) =
        view.labelled(Label::TotalKdv).filter_map(|hit| amount_beside(view, hit)).last()
    {
        fields.tax_amount = Some(amount.value);
        trail.put("/taxAmount", spot, Nature::Figure);
    }
    let mut rates: Vec<(Decimal, Decimal, Option<Spot>)> = Vec::new();
    for hit in view.labelled(Label::Kdv) {
        let Some((amount, spot)) = amount_beside(view, hit) else { continue };
        // `KDV DAHİL TOPLAM`: what is not less than the total is no part of it.
        if fields.amount.is_some_and(|total| amount.value >= total && !total.is_zero()) {
            continue;
        }
        let recognised = view.rows.get(hit.row).is_some_and(|row| row.recognised);
        let rate =
            view.right(hit).first().and_then(|stretch| view.tokens(stretch).first()).and_then(
                |token| {
                    percent(&token.text).or_else(|| {
                        kdv_rate(&token.text, recognised).filter(|_| !token.text.contains(','))
                    })
                },
            );
        match rate {
            Some(rate) if !rates.iter().any(|(own, _, _)| *own == rate) => {
                rates.push((rate, amount.value, spot));
            }
            None if fields.tax_amount.is_none() => {
                fields.tax_amount = Some(amount.value);
                trail.put("/taxAmount", spot, Nature::Figure);
            }
            _ => {}
        }
    }
    rates.sort_by_key(|(rate, _, _)| *rate);
    let sum: Decimal = rates.iter().map(|(_, amount, _)| *amount).sum();
    let stated = fields.tax_amount;
    if stated.is_none()
        && let Some((_, _, spot)) = rates.first()
    {
        // No sum of the rates is printed: they are it.
        fields.tax_amount = Some(sum);
        let derived = |spot: Spot| Spot { derived: rates.len() > 1, ..spot };
        trail.put("/taxAmount", spot.map(derived), Nature::Figure);
    }
    for (index, (rate, amount, spot)) in rates.iter().enumerate() {
        let pointer = format!("/kdvBreakdown/{index}/taxAmount");
        trail.put(pointer.as_str(), *spot, Nature::Figure);
        if let Some(tax) = stated {
            // One rate repeats the whole.
            if tax == sum && rates.len() == 1 {
                trail.agrees(&pointer, Check::KdvByRate);
            } else {
                trail.check(&pointer, Check::KdvByRate, tax == sum);
            }
        }
        fields.kdv_breakdown.push(KdvRate {
            rate: *rate,
            taxable_amount: None,
            tax_amount: Some(*amount),
            exemption_code: None,
            exemption_reason: None,
        });
    }
    if rates.len() > 1 && stated == Some(sum) {
        trail.check("/taxAmount", Check::KdvByRate, true);
    }
}

/// A receipt's lines carry their rates: their sum is the total and the KDV in them the KDV.
fn item_rates(view: &View, fields: &ReceiptFields, trail: &mut Trail) {
    let first_total = view
        .hits
        .iter()
        .filter(|hit| matches!(hit.label, Label::Total | Label::TotalKdv))
        .map(|hit| hit.row)
        .min();
    let Some(end) = first_total else { return };
    let (mut gross, mut by_line, mut lines) = (Decimal::ZERO, Decimal::ZERO, 0_u32);
    let mut by_rate: Vec<(Decimal, Decimal)> = Vec::new();
    let kdv_in = |gross: Decimal, rate: Decimal| {
        gross.checked_mul(rate)?.checked_div(Decimal::ONE + rate).map(round_to_kurus)
    };
    for (index, row) in view.rows.iter().enumerate().take(end) {
        let whole = (index, 0..row.tokens.len());
        let Some((amount, place)) =
            view.amounts(&whole).into_iter().rfind(|(amount, _)| amount.money_like)
        else {
            continue;
        };
        if place.1.end < row.tokens.len() || view.hits_of(index).iter().any(|hit| hit.colon) {
            continue;
        }
        let rate =
            row.tokens.get(..place.1.start).unwrap_or_default().iter().rev().find_map(|token| {
                percent(&token.text).or_else(|| {
                    kdv_rate(&token.text, row.recognised)
                        .filter(|_| row.recognised && token.text.len() >= 3)
                })
            });
        let Some(rate) = rate else { continue };
        let (Some(sum), Some(part)) = (gross.checked_add(amount.value), kdv_in(amount.value, rate))
        else {
            return;
        };
        gross = sum;
        by_line += part;
        lines += 1;
        match by_rate.iter_mut().find(|(own, _)| *own == rate) {
            Some((_, sum)) => *sum += amount.value,
            None => by_rate.push((rate, amount.value)),
        }
    }
    if lines == 0 {
        return;
    }
    if fields.amount == Some(gross) {
        // Tills round each rate's sum or each line; a kuruş besides may be a misread digit.
        let tax = by_rate
            .iter()
            .try_fold(Decimal::ZERO, |sum, (rate, gross)| sum.checked_add(kdv_in(*gross, *rate)?));
        let ties = fields.tax_amount.is_some_and(|stated| Some(stated) == tax || stated == by_line);
        if ties {
            trail.check("/taxAmount", Check::KdvByRate, true);
        }
        // A single line repeats the total; the KDV in it does not.
        if lines > 1 || ties {
            trail.check("/amount", Check::LinesSumToNet, true);
        } else {
            trail.agrees("/amount", Check::LinesSumToNet);
        }
    }
}

fn merchant(
    view: &View,
    fields: &mut ReceiptFields,
    trail: &mut Trail,
    findings: &mut Vec<Finding>,
) {
    let mut party = Party::default();
    let skip = |text: &str| {
        let folded = compact(text);
        folded.chars().filter(|c| c.is_alphabetic()).count() < 3
            || matches!(
                folded.as_str(),
                "tesekkurederiz"
                    | "hosgeldiniz"
                    | "receipt"
                    | "taxinvoice"
                    | "bilgifisi"
                    | "efatura"
                    | "welcome"
            )
    };
    let named = |(index, row): &(usize, &Row)| {
        !skip(&join(&row.tokens))
            && !view.hits_of(*index).iter().any(|hit| hit.colon && hit.tokens.start == 0)
    };
    let head = || view.rows.iter().enumerate().take(8).filter(named);
    // A firm's title stands below its brand.
    let first = head()
        .take(4)
        .find(|(_, row)| ends_like_a_firm(&join(&row.tokens)))
        .or_else(|| head().next());
    if let Some((index, row)) = first {
        let text = join(&row.tokens);
        // A title that goes on: `BEREKET MARKETÇİLİK` over `GIDA SAN. TİC. A.Ş.`
        let above = index
            .checked_sub(1)
            .and_then(|above| Some((above, view.rows.get(above)?)))
            .filter(|(above, other)| {
                row.tokens.first().is_some_and(|token| is_trade(&token.folded))
                    && named(&(*above, *other))
            });
        let name = above
            .map_or_else(|| text.clone(), |(_, other)| format!("{} {text}", join(&other.tokens)));
        party.name = Some(name);
        let tokens = above.map_or(&[][..], |(_, other)| &other.tokens).iter().chain(&row.tokens);
        trail.put("/merchant/name", Spot::of(row.page, row.recognised, tokens), Nature::Words);
    }
    // `YILDIRIM V.D. 3423803805`: the office before, the number behind the label.
    for (index, row) in view.rows.iter().enumerate().take(15) {
        let number = row.tokens.iter().enumerate().find_map(|(at, token)| {
            let digits: String = token
                .text
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|c| match c {
                    'O' | 'o' if row.recognised => '0',
                    'I' | 'l' if row.recognised => '1',
                    other => other,
                })
                .collect();
            (matches!(digits.len(), 10 | 11) && digits.bytes().all(|b| b.is_ascii_digit()))
                .then_some((at, digits))
        });
        let Some((at, number)) = number else { continue };
        let before = row.tokens.get(..at).unwrap_or_default();
        let office_mark = before
            .iter()
            .position(|token| matches!(token.folded.as_str(), "vd" | "v" | "vergi" | "vdno"));
        let labelled = office_mark.is_some()
            || view
                .hits_of(index)
                .iter()
                .any(|hit| matches!(hit.label, Label::TaxNumber | Label::TaxOffice));
        if !labelled {
            continue;
        }
        trail.put(
            "/merchant/taxNumber",
            Spot::in_row(row, row.tokens.get(at..=at).unwrap_or_default()),
            Nature::Figure,
        );
        let valid = number.parse::<domain::TaxNumber>().is_ok();
        trail.check("/merchant/taxNumber", Check::TaxNumberDigits, valid);
        if !valid {
            findings.push(finding(
                "TAX_NUMBER_CHECK_DIGITS",
                Severity::Medium,
                [("party", "Satıcı".into()), ("found", number.clone().into())],
            ));
        }
        party.tax_number = Some(number);
        if let Some(mark) = office_mark.filter(|mark| *mark > 0) {
            party.tax_office = Some(join(row.tokens.get(..mark).unwrap_or_default()));
        }
        break;
    }
    fields.merchant = (party != Party::default()).then_some(party);
}

/// Words for a branch of trade, with which no name begins: the line before has its beginning.
fn is_trade(word: &str) -> bool {
    const TRADES: [&str; 22] = [
        "gida",
        "san",
        "sanayi",
        "tic",
        "ticaret",
        "ins",
        "insaat",
        "turizm",
        "tekstil",
        "paz",
        "pazarlama",
        "dagitim",
        "nak",
        "nakliyat",
        "otomotiv",
        "petrol",
        "urunleri",
        "ltd",
        "limited",
        "as",
        "ith",
        "ve",
    ];
    TRADES.contains(&word)
}

fn receipt_number(view: &View) -> Option<Placed<String>> {
    view.labelled(Label::ReceiptNumber)
        .chain(view.labelled(Label::InvoiceNumber).filter(|hit| hit.text != "invoice"))
        .find_map(|hit| {
            view.right(hit).iter().find_map(|stretch| {
                let token = view
                    .tokens(stretch)
                    .iter()
                    .find(|token| token.text.chars().any(|c| c.is_ascii_digit()))?;
                let text = token.text.trim_matches(|c: char| !c.is_alphanumeric());
                Some((
                    text.to_owned(),
                    Spot::in_row(view.rows.get(stretch.0)?, std::slice::from_ref(token)),
                ))
            })
        })
}

fn payment(view: &View, fields: &mut ReceiptFields, trail: &mut Trail) {
    let Some(hit) = view.labelled(Label::Payment).find(|hit| amount_beside(view, hit).is_some())
    else {
        return;
    };
    let Some(row) = view.rows.get(hit.row) else { return };
    let tokens = row.tokens.get(hit.tokens.clone()).unwrap_or_default();
    fields.payment_method =
        Some(join(tokens).trim_matches(|c: char| !c.is_alphanumeric()).to_owned());
    trail.put("/paymentMethod", Spot::in_row(row, tokens), Nature::Listed);
}
