//! Printed despatch notes (sevk irsaliyesi): known by their title, so that they are taken for no
//! invoice, and read by the labels and tables that they share with invoices.

use domain::Severity;

use crate::{
    evidence::Check,
    fields::{DespatchLine, EDocumentFields, InvoiceFields, Party},
    finding::Finding,
    message::finding,
};

use super::{
    fold::fold,
    invoice::{
        columns, head,
        lines::{Table, quantity_of},
        parties,
    },
    label::{DESPATCH, Label, Lexicon},
    table::{Body, Column, headings, records, vocabulary},
    trail::{Nature, Spot, Trail},
    view::{Hit, Row, Token, View, join},
};

/// Rows in which a title stands.
const HEAD: usize = 20;
/// Plates and drivers of one note, and its lines.
const MOST_VEHICLES: usize = 16;
const MOST_LINES: usize = 100_000;

const TITLES: [&str; 7] = [
    "sevk irsaliyesi",
    "tasima irsaliyesi",
    "e-irsaliye",
    "e irsaliye",
    "delivery note",
    "despatch advice",
    "despatch note",
];

/// Whether the document's title says that it is a despatch note, and nothing that it is to be paid.
pub(super) fn is_note(rows: &[Row]) -> bool {
    let head = rows.get(..HEAD.min(rows.len())).unwrap_or_default();
    let titled = head.iter().any(|row| {
        row.tokens.chunk_by(|a, b| a.cell == b.cell).any(|cell| {
            let text = fold(&join(cell));
            // A title stands alone: `İrsaliye No: …` is a reference of an invoice.
            TITLES.iter().any(|title| text.contains(title))
                && cell.len() <= 4
                && !text.contains(':')
        })
    });
    titled
        && !rows.iter().take(400).any(|row| {
            let text = fold(&join(&row.tokens));
            ["fatura no", "faturano", "odenecek tutar", "genel toplam", "amount due", "invoice no"]
                .iter()
                .any(|sign| text.contains(sign))
                || text.split(' ').any(|word| word == "fatura" || word == "invoice")
        })
}

/// Reads a despatch note: number, dates, parties, carrier, lines.
pub(super) fn read(rows: Vec<Row>) -> (EDocumentFields, Trail, Vec<Finding>) {
    let view = View::new(rows, &Lexicon::of(DESPATCH));
    let mut trail = view.trail();
    let mut fields = EDocumentFields {
        edocument_type: "despatch_advice".to_owned(),
        ..EDocumentFields::default()
    };
    let table = lines(&view, &mut fields, &mut trail);
    if let Some((number, spot)) = head::number(&view, &table, Label::DespatchNumber) {
        fields.document_number = Some(number);
        trail.put("/documentNumber", spot, Nature::Figure);
    }
    if let Some((ettn, spot)) = head::ettn(&view) {
        fields.ettn = Some(ettn);
        trail.put("/ettn", spot, Nature::Figure);
        trail.agrees("/ettn", Check::EttnFormat);
    }
    let issued = [Label::DespatchIssued, Label::IssueDate];
    if let Some((date, spot)) =
        issued.into_iter().find_map(|label| head::date(&view, &table, label))
    {
        fields.issue_date = Some(date);
        trail.put("/issueDate", spot, Nature::Figure);
    }
    if let Some((date, spot)) = head::date(&view, &table, Label::DespatchDate) {
        fields.despatch_date = Some(date);
        trail.put("/despatchDate", spot, Nature::Figure);
    }
    parties(&view, &table, &mut fields, &mut trail);
    carriage(&view, &mut fields, &mut trail);
    let number = fields.document_number.clone().unwrap_or_else(|| "–".to_owned());
    let finding = finding(
        "EDOCUMENT_NOT_INVOICE",
        Severity::Medium,
        [("type", "sevk irsaliyesi".into()), ("number", number.into())],
    );
    (fields, trail, vec![finding])
}

/// Sender and receiver stand where the parties of an invoice do.
fn parties(view: &View, table: &Table, fields: &mut EDocumentFields, trail: &mut Trail) {
    let mut invoice = InvoiceFields::default();
    parties::read(view, table, &mut invoice, trail);
    for (from, to) in [("/supplier", "/sender"), ("/customer", "/receiver")] {
        for key in ["name", "taxNumber", "taxOffice"] {
            trail.repeat(&format!("{to}/{key}"), &format!("{from}/{key}"));
        }
        trail.forget(from);
    }
    fields.sender = invoice.supplier;
    fields.receiver = invoice.customer;
}

/// Plates, drivers and the carrier's name, behind their labels.
fn carriage(view: &View, fields: &mut EDocumentFields, trail: &mut Trail) {
    for hit in view.labelled(Label::Plate).take(MOST_VEHICLES) {
        let below = view.below(hit);
        let plate = view.right(hit).iter().chain(below.iter()).find_map(|stretch| {
            let row = view.rows.get(stretch.0)?;
            let (plate, used) = plate(view.tokens(stretch))?;
            Some((plate, Spot::in_row(row, view.tokens(stretch).get(..used)?)))
        });
        if let Some((plate, spot)) = plate.filter(|(plate, _)| !fields.plates.contains(plate)) {
            trail.put(format!("/plates/{}", fields.plates.len()), spot, Nature::Figure);
            fields.plates.push(plate);
        }
    }
    let words = |hit: &Hit| {
        let stretch = view.right(hit).into_iter().next().or_else(|| view.below(hit))?;
        let row = view.rows.get(stretch.0)?;
        let tokens = view.tokens(&stretch);
        let cell = tokens.first()?.cell;
        let count = tokens
            .iter()
            .take_while(|token| {
                token.cell == cell && !token.text.contains(|c: char| c.is_ascii_digit())
            })
            .count();
        let tokens = tokens.get(..count)?;
        let text = join(tokens);
        let named = text.chars().filter(|c| c.is_alphabetic()).count() >= 3;
        named.then(|| (text, Spot::in_row(row, tokens)))
    };
    for hit in view.labelled(Label::Driver).take(MOST_VEHICLES) {
        if let Some((name, spot)) = words(hit).filter(|(name, _)| !fields.drivers.contains(name)) {
            trail.put(format!("/drivers/{}", fields.drivers.len()), spot, Nature::Words);
            fields.drivers.push(name);
        }
    }
    if let Some((name, spot)) = view.labelled(Label::Carrier).find_map(words) {
        trail.put("/carrier/name", spot, Nature::Words);
        fields.carrier = Some(Party { name: Some(name), ..Party::default() });
    }
}

/// `34 ABC 123`, whole or in parts: two digits of the province, up to three letters, the rest digits.
fn plate(tokens: &[Token]) -> Option<(String, usize)> {
    (1..=tokens.len().min(3)).rev().find_map(|used| {
        let joined: String = tokens
            .get(..used)?
            .iter()
            .flat_map(|token| token.text.chars())
            .filter(|c| c.is_alphanumeric())
            .collect();
        let is_plate = joined.is_ascii() && (7..=9).contains(&joined.len()) && {
            let middle = joined.get(2..)?.trim_start_matches(|c: char| c.is_ascii_uppercase());
            let letters = joined.len() - 2 - middle.len();
            joined.get(..2)?.bytes().all(|b| b.is_ascii_digit())
                && (1..=3).contains(&letters)
                && (2..=5).contains(&middle.len())
                && middle.bytes().all(|b| b.is_ascii_digit())
        };
        is_plate.then_some((joined, used))
    })
}

/// A line of goods is where a quantity stands under its heading.
struct Goods<'a> {
    view: &'a View,
}

impl Body for Goods<'_> {
    fn anchors(&self, _: &Row, columns: &[(Column, Token)]) -> bool {
        let quantity: Vec<Token> = columns
            .iter()
            .filter(|(column, _)| *column == Column::Quantity)
            .map(|(_, token)| token.clone())
            .collect();
        quantity_of(&quantity, self.view.numbers).is_some()
    }

    fn ends(&self, index: usize) -> bool {
        self.view.hits_of(index).first().is_some_and(|hit| {
            hit.tokens.start == 0
                && matches!(
                    hit.label,
                    Label::Payable
                        | Label::Carrier
                        | Label::Plate
                        | Label::Driver
                        | Label::DespatchDate
                        | Label::Ettn
                )
        })
    }

    fn skips(&self, index: usize) -> bool {
        let hits = self.view.hits_of(index);
        hits.iter().any(|hit| hit.label == Label::Carried && hit.opens_cell)
    }
}

fn lines(view: &View, fields: &mut EDocumentFields, trail: &mut Trail) -> Table {
    let words = vocabulary(columns::WORDS);
    let headings = headings(&view.rows, &words, |columns| {
        let has = |column: Column| columns.contains(&column);
        has(Column::Quantity) && (has(Column::Description) || has(Column::Code))
    });
    let (records, used) = records(&view.rows, &headings, &Goods { view });
    for record in records.iter().take(MOST_LINES) {
        let base = format!("/lines/{}", fields.lines.len());
        let mut line = DespatchLine::default();
        let quantity = record.tokens(Column::Quantity);
        if let Some((amount, unit, range)) = quantity_of(quantity, view.numbers) {
            let tokens = quantity.get(range).unwrap_or_default();
            let spot = Spot::of(record.page, record.recognised, tokens);
            trail.put(format!("{base}/quantity"), spot, Nature::Figure);
            line.quantity = Some(amount);
            line.unit = unit;
        }
        let unit = record.text(Column::Unit);
        if !unit.is_empty() {
            line.unit = Some(unit);
        }
        let description = record.tokens(Column::Description);
        if !description.is_empty() {
            let spot = Spot::of(record.page, record.recognised, description);
            trail.put(format!("{base}/description"), spot, Nature::Words);
            line.description = Some(join(description));
        }
        fields.lines.push(line);
    }
    Table { rows: used.into_iter().collect(), start: headings.first().map(|own| own.rows.start) }
}
