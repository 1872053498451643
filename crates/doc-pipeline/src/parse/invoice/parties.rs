//! Who issued and who is billed, told apart by where they stand.

use crate::{
    evidence::{BoundingBox, Check},
    fields::{InvoiceFields, Party},
};

use super::{
    super::{
        fold::compact,
        label::Label,
        trail::{Nature, Spot, Trail},
        view::{Hit, Stretch, View, height, middle},
    },
    block::{Block, block_below, issuer_block},
    lines::Table,
    naming::{ends_like_a_firm, is_address, is_title},
};

/// Reads both parties.
pub(in super::super) fn read(
    view: &View,
    table: &Table,
    fields: &mut InvoiceFields,
    trail: &mut Trail,
) {
    let head_end = table.start.unwrap_or_else(|| view.rows.len().min(40));
    let customer_hit = view
        .labelled(Label::Customer)
        // `To` without a colon is a word of a sentence.
        .find(|hit| hit.row < head_end && (hit.colon || (hit.opens_cell && hit.text != "to")));
    let customer_block =
        customer_hit.map(|hit| block_below(view, hit, head_end)).unwrap_or_default();
    let supplier_hit = view
        .labelled(Label::Supplier)
        .find(|hit| hit.row < head_end && (hit.opens_cell || hit.colon));
    let supplier_block = match supplier_hit {
        Some(hit) => block_below(view, hit, head_end),
        None => issuer_block(view, customer_hit, &customer_block, head_end),
    };
    let mut supplier = party(view, &supplier_block, "/supplier", trail);
    if supplier_hit.is_none()
        && supplier.tax_number.is_none()
        && !supplier.name.as_deref().is_some_and(ends_like_a_firm)
    {
        firm_elsewhere(view, &customer_block, head_end, &mut supplier, trail);
    }
    let mut customer = party(view, &customer_block, "/customer", trail);
    // Numbers that no block holds: the first on the page is the issuer's.
    let numbers = tax_numbers(view, table);
    let unheld = |number: &str, other: &Party| other.tax_number.as_deref() != Some(number);
    if supplier.tax_number.is_none()
        && let Some((number, spot, _)) = numbers.iter().find(|(number, _, row)| {
            unheld(number, &customer) && customer_hit.is_none_or(|hit| *row < hit.row)
        })
    {
        put_number(&mut supplier, number, *spot, "/supplier", trail);
    }
    // An issuer at the right of its customer: of two numbers in the head the other one is its own.
    if supplier.tax_number.is_none() && customer.tax_number.is_some() {
        let others = || {
            let head = numbers.iter().filter(|(_, _, row)| *row < head_end);
            head.filter(|(number, ..)| unheld(number, &customer))
        };
        if let (Some((number, spot, _)), 1) = (others().next(), others().count()) {
            put_number(&mut supplier, number, *spot, "/supplier", trail);
            trail.doubt("/supplier/taxNumber");
        }
    }
    if customer.tax_number.is_none()
        && let Some((number, spot, _)) = numbers.iter().find(|(number, _, row)| {
            unheld(number, &supplier) && customer_hit.is_none_or(|hit| *row > hit.row)
        })
        && (customer_hit.is_some() || numbers.len() == 2)
    {
        put_number(&mut customer, number, *spot, "/customer", trail);
    }
    fields.supplier = (supplier != Party::default()).then_some(supplier);
    fields.customer = (customer != Party::default()).then_some(customer);
}

/// A head that names no firm: a cell with a legal form, in the head or as the full title of what the
/// head names.
fn firm_elsewhere(
    view: &View,
    customer: &Block,
    head_end: usize,
    party: &mut Party,
    trail: &mut Trail,
) {
    let first_word = party
        .name
        .as_deref()
        .and_then(|name| name.split(' ').next())
        .map(compact)
        .unwrap_or_default();
    for (index, row) in view.rows.iter().enumerate().take_while(|(_, row)| row.page == 1) {
        for cell in row.tokens.chunk_by(|a, b| a.cell == b.cell) {
            let text = super::super::view::join(cell);
            let own = customer.cells.iter().any(|(held, range)| {
                *held == index
                    && row.tokens.get(range.clone()).is_some_and(|held| {
                        held.first().map(|t| t.cell) == cell.first().map(|t| t.cell)
                    })
            });
            let same = !first_word.is_empty()
                && cell.first().is_some_and(|token| token.folded == first_word);
            let plain = cell.len() <= 8 && !text.contains([':', '(']) && !is_address(&text);
            if plain && !own && ends_like_a_firm(&text) && (same || index < head_end.min(12)) {
                trail.put("/supplier/name", Spot::in_row(row, cell), Nature::Words);
                party.name = Some(text);
                return;
            }
        }
    }
}

fn put_number(party: &mut Party, number: &str, spot: Option<Spot>, base: &str, trail: &mut Trail) {
    let pointer = format!("{base}/taxNumber");
    trail.put(pointer.as_str(), spot, Nature::Figure);
    trail.check(&pointer, Check::TaxNumberDigits, number.parse::<domain::TaxNumber>().is_ok());
    party.tax_number = Some(number.to_owned());
}

/// Ten or eleven digits at the head of a stretch, OCR's letters for digits forgiven.
fn tax_number_in(view: &View, stretch: &Stretch) -> Option<(String, Option<Spot>)> {
    let row = view.rows.get(stretch.0)?;
    let tokens = view.tokens(stretch);
    for (at, token) in tokens.iter().enumerate().take(8) {
        let digits: String = token
            .text
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| match c {
                'O' | 'o' if row.recognised => '0',
                'l' | 'I' if row.recognised => '1',
                other => other,
            })
            .collect();
        if matches!(digits.len(), 10 | 11)
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !token.text.contains([',', '%'])
        {
            return Some((digits, Spot::in_row(row, tokens.get(at..=at).unwrap_or_default())));
        }
        // `123 456 7890`
        let group = tokens.get(at..at + 3).unwrap_or_default();
        let joined: String = group.iter().map(|token| token.text.as_str()).collect();
        if joined.bytes().all(|b| b.is_ascii_digit())
            && matches!(joined.len(), 10 | 11)
            && group.iter().all(|token| token.text.len() >= 3)
        {
            return Some((joined, Spot::in_row(row, group)));
        }
    }
    None
}

fn tax_numbers(view: &View, table: &Table) -> Vec<(String, Option<Spot>, usize)> {
    let mut out: Vec<(String, Option<Spot>, usize)> = Vec::new();
    for hit in view
        .hits
        .iter()
        .filter(|hit| {
            matches!(hit.label, Label::TaxNumber | Label::TaxOffice) && !table.holds(hit.row)
        })
        .take(64)
    {
        let found = view.right(hit).iter().find_map(|stretch| tax_number_in(view, stretch));
        if let Some((number, spot)) = found
            && !out.iter().any(|(other, _, _)| *other == number)
        {
            out.push((number, spot, hit.row));
        }
    }
    out
}

/// The rows of the block that can be its name, with the index behind them.
pub(super) fn name_of(view: &View, block: &Block) -> Option<(Vec<Stretch>, usize)> {
    for (at, cell) in block.cells.iter().enumerate() {
        let text = view.text(cell);
        let folded = compact(&text);
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let labelled = view.hits_of(cell.0).iter().any(|hit| {
            hit.tokens.start == cell.1.start
                && (hit.colon || hit.label != Label::Other)
                && folded.len() < 60
                && hit.label != Label::Bank
        });
        if letters < 3 || is_title(&text) || is_profession(&text) || labelled {
            continue;
        }
        if is_address(&text) {
            // `Çağla Öztürk, Bağdat Cad. 300`: a name at the head of its address.
            match before_address(view, cell) {
                Some(name) => return Some((vec![name], at + 1)),
                None => continue,
            }
        }
        if let Some(next) = block.cells.get(at + 1)
            && is_brand_of(view, cell, next)
        {
            return Some((vec![next.clone()], at + 2));
        }
        let mut cells = vec![cell.clone()];
        // A long title goes on below, up to its legal form.
        if !ends_like_a_firm(&text)
            && let Some(next) = block.cells.get(at + 1)
            && ends_like_a_firm(&view.text(next))
            && !is_address(&view.text(next))
            && let (Some(own), Some(below)) = (view.rows.get(cell.0), view.rows.get(next.0))
            && middle(&below.bounds) - middle(&own.bounds) < height(&own.bounds) * 2.0
        {
            cells.push(next.clone());
        }
        let end = at + cells.len();
        return Some((cells, end));
    }
    None
}

/// The words before the first comma, where they are those of a name.
fn before_address(view: &View, cell: &Stretch) -> Option<Stretch> {
    let tokens = view.tokens(cell);
    let end = tokens.iter().position(|token| token.text.ends_with(','))? + 1;
    let name = (cell.0, cell.1.start..cell.1.start + end);
    let text = view.text(&name);
    let sound = !is_address(&text)
        && !text.contains(|c: char| c.is_ascii_digit() || c == ':')
        && (2..=6).contains(&end)
        && tokens.iter().take(end).all(|token| token.text.starts_with(char::is_uppercase));
    sound.then_some(name)
}

/// Whether a cell is nothing but what a person is by profession, as it stands over the name.
fn is_profession(text: &str) -> bool {
    const PROFESSIONS: [&str; 10] = [
        "malimusavir",
        "serbestmuhasebecimalimusavir",
        "smmm",
        "ymm",
        "yeminlimalimusavir",
        "avukat",
        "mimar",
        "noter",
        "muhendis",
        "danisman",
    ];
    PROFESSIONS.contains(&compact(text).as_str())
}

/// Whether a cell is a brand set over the firm's full title: larger print, or the title's first word.
fn is_brand_of(view: &View, cell: &Stretch, next: &Stretch) -> bool {
    let (brand, title) = (view.tokens(cell), view.tokens(next));
    let (Some(first), Some(below)) = (brand.first(), title.first()) else { return false };
    let is_title = ends_like_a_firm(&view.text(next)) && !is_address(&view.text(next));
    is_title
        && !ends_like_a_firm(&view.text(cell))
        && title.len() > brand.len()
        && (height(&first.bounds) > height(&below.bounds) * 1.35
            || brand.iter().zip(title).all(|(own, full)| own.folded == full.folded))
}

fn party(view: &View, block: &Block, base: &str, trail: &mut Trail) -> Party {
    let mut party = Party::default();
    let mut rest = 0;
    if let Some((cells, end)) = name_of(view, block) {
        rest = end;
        let named = |cell: &Stretch| view.text(&before_labels(view, cell));
        let mut name = cells.iter().map(named).collect::<Vec<_>>().join(" ");
        // A sender's line over the window of the envelope: firm - street - town.
        if let Some((head, _)) = name.split_once(" - ")
            && ends_like_a_firm(head)
        {
            name = head.to_owned();
        }
        name = without_title(&name).to_owned();
        party.name =
            Some(name.trim_matches(|c: char| matches!(c, ':' | ',' | ' ' | '|')).to_owned());
        if let Some((row, cell)) =
            cells.first().and_then(|cell| Some((view.rows.get(cell.0)?, cell)))
        {
            trail.put(format!("{base}/name"), Spot::in_row(row, view.tokens(cell)), Nature::Words);
        }
    }
    let mut address: Vec<String> = Vec::new();
    for (at, cell) in block.cells.iter().enumerate() {
        let hits: Vec<&Hit> = view
            .hits_of(cell.0)
            .iter()
            .filter(|hit| hit.tokens.start >= cell.1.start && hit.tokens.start < cell.1.end)
            .collect();
        for hit in &hits {
            let value = view.right(hit);
            let Some(stretch) = value.first() else { continue };
            match hit.label {
                Label::TaxOffice => {
                    if party.tax_office.is_none()
                        && let Some((office, stretch)) = office_in(view, stretch)
                            .map(|office| (office, stretch.clone()))
                            .or_else(|| office_before(view, cell, hit))
                    {
                        let stretch = &stretch;
                        trail.put(
                            format!("{base}/taxOffice"),
                            Spot::in_row(
                                view.rows.get(stretch.0).unwrap_or(&EMPTY),
                                view.tokens(stretch),
                            ),
                            Nature::Words,
                        );
                        party.tax_office = Some(office);
                    }
                    if party.tax_number.is_none()
                        && let Some((number, spot)) = tax_number_in(view, stretch)
                    {
                        put_number(&mut party, &number, spot, base, trail);
                    }
                }
                Label::TaxNumber if party.tax_number.is_none() => {
                    if let Some((number, spot)) = tax_number_in(view, stretch) {
                        put_number(&mut party, &number, spot, base, trail);
                    }
                }
                _ => {}
            }
        }
        if at >= rest
            && rest > 0
            && hits.first().is_none_or(|hit| hit.tokens.start > cell.1.start)
            && address.len() < 4
        {
            let text = view.text(cell);
            let folded = compact(&text);
            if folded.len() > 3
                && !is_title(&text)
                && !text.contains('@')
                && party.tax_number.is_none()
            {
                address.push(text);
            }
        }
    }
    if !address.is_empty() && party.name.is_some() {
        party.address = Some(address.join(" "));
    }
    party
}

/// A cell up to the first label within it: `Deniz Örnek VKN: 1234567890`.
fn before_labels(view: &View, cell: &Stretch) -> Stretch {
    let first = view
        .hits_of(cell.0)
        .iter()
        .map(|hit| (hit.tokens.start, hit.colon || matches!(hit.label, Label::TaxNumber)))
        .find(|(at, bounds)| *bounds && *at > cell.1.start && *at < cell.1.end);
    (cell.0, cell.1.start..first.map_or(cell.1.end, |(at, _)| at))
}

/// A name without the title of the document that was set beside it: `ACME A.Ş. CREDIT NOTE`.
fn without_title(name: &str) -> &str {
    let starts = name.match_indices(' ').map(|(at, _)| at);
    starts
        .filter_map(|at| Some((name.get(..at)?, name.get(at + 1..)?)))
        .find(|(head, tail)| is_title(tail) && head.chars().any(char::is_alphabetic))
        .map_or(name, |(head, _)| head)
}

static EMPTY: super::super::view::Row = super::super::view::Row {
    page: 1,
    recognised: false,
    bounds: BoundingBox { x0: 0.0, y0: 0.0, x1: 0.0, y1: 0.0 },
    tokens: Vec::new(),
};

/// `Osmangazi V.D. 3208371928`: the office before its mark.
fn office_before(view: &View, cell: &Stretch, hit: &Hit) -> Option<(String, Stretch)> {
    let before = (cell.0, cell.1.start..hit.tokens.start);
    if before.1.is_empty()
        || !matches!(hit.text.as_str(), "vd" | "vdno" | "vergid" | "vdairesi" | "vergidairesi")
    {
        return None;
    }
    office_in(view, &before).map(|office| (office, before))
}

/// The words of a tax office: the label's own cell, without the number that may follow.
fn office_in(view: &View, stretch: &Stretch) -> Option<String> {
    let tokens = view.tokens(stretch);
    let cell = tokens.first()?.cell;
    let words: Vec<&str> = tokens
        .iter()
        .take_while(|token| token.cell == cell && !token.text.chars().any(|c| c.is_ascii_digit()))
        .map(|token| token.text.as_str())
        .take_while(|word| !is_title(word) && *word != "-" && *word != "/")
        .collect();
    // A title may have been read into the same cell: e-ARŞİV FATURA.
    let mut words = words;
    while words.len() > 1 && words.last().is_some_and(|word| is_title(word)) {
        words.pop();
    }
    let text = words.join(" ");
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    (!text.is_empty()).then(|| text.to_owned())
}
