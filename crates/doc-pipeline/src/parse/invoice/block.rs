//! The block of lines that a party stands in: below its label, or at the head of the page.

use crate::evidence::BoundingBox;

use super::{
    super::{
        label::Label,
        view::{Hit, Stretch, View, height, overlap, union},
    },
    parties::name_of,
};

/// A party's cells, top to bottom.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) cells: Vec<Stretch>,
    bounds: Option<BoundingBox>,
    page: u32,
}

/// The cells below a label that stand in its column, until a gap or another block.
pub(super) fn block_below(view: &View, hit: &Hit, end: usize) -> Block {
    let mut block =
        Block { page: view.rows.get(hit.row).map_or(1, |row| row.page), ..Block::default() };
    // The rest of the label's own line opens the block.
    if let Some(stretch) = view.right(hit).first()
        && stretch.0 == hit.row
        && let Some(cell) = first_cell(view, &(hit.row, stretch.1.start..row_end(view, hit.row)))
        // `Alıcı      Teslim Şekli: FOB`: a label of another column, not the party.
        && (hit.colon || !view.tokens(&cell).iter().any(|token| token.text.ends_with(':')))
    {
        push(view, &mut block, cell);
    }
    let column = hit.bounds;
    let mut last = hit.bounds.y1;
    for index in hit.row + 1..end.min(hit.row + 30) {
        let Some(row) = view.rows.get(index).filter(|row| row.page == block.page) else { break };
        let line = height(&row.bounds);
        let at = row.tokens.iter().position(|token| {
            (token.bounds.x0 - column.x0).abs() < line * 3.0
                && overlap(&token.bounds, &row.bounds) > 0.0
        });
        let Some(at) = at else { continue };
        if row.bounds.y0 - last > line * 3.0 {
            break;
        }
        if view.hits_of(index).iter().any(|other| {
            matches!(other.label, Label::Ettn | Label::Customer | Label::Supplier)
                && other.tokens.start == at
        }) {
            break;
        }
        if let Some(cell) = view.cell_at(index, at) {
            let from = cell.1.start.max(at);
            push(view, &mut block, cut(view, (index, from..cell.1.end)));
            last = row.bounds.y1;
        }
    }
    block
}

/// The issuer without a label stands on top: above the customer's label in its column, else at the
/// head of the first page.
pub(super) fn issuer_block(
    view: &View,
    customer: Option<&Hit>,
    other: &Block,
    end: usize,
) -> Block {
    let end = customer.map_or(end, |hit| hit.row.min(end));
    let mut block = Block { page: 1, ..Block::default() };
    let left = customer.map_or_else(
        || view.rows.iter().take(end).map(|row| row.bounds.x0).fold(f32::MAX, f32::min),
        |hit| hit.bounds.x0,
    );
    for index in 0..end.min(40) {
        let Some(row) = view.rows.get(index) else { break };
        let Some(first) = row.tokens.first() else { continue };
        if (first.bounds.x0 - left).abs() > height(&row.bounds) * 4.0 {
            continue;
        }
        if let Some(cell) = view.cell_at(index, 0) {
            push(view, &mut block, cut(view, cell));
        }
    }
    // No head on the left: whatever stands first.
    if name_of(view, &block).is_none() {
        for index in 0..end.min(12) {
            if other.cells.iter().any(|(row, _)| *row == index) {
                continue;
            }
            if let Some(cell) = view.cell_at(index, 0) {
                push(view, &mut block, cut(view, cell));
            }
        }
    }
    block
}

fn push(view: &View, block: &mut Block, cell: Stretch) {
    for token in view.tokens(&cell) {
        block.bounds = Some(block.bounds.map_or(token.bounds, |all| union(&all, &token.bounds)));
    }
    if !cell.1.is_empty() {
        block.cells.push(cell);
    }
}

fn row_end(view: &View, row: usize) -> usize {
    view.rows.get(row).map_or(0, |row| row.tokens.len())
}

fn first_cell(view: &View, stretch: &Stretch) -> Option<Stretch> {
    let tokens = view.tokens(stretch);
    let cell = tokens.first()?.cell;
    let count = tokens.iter().take_while(|token| token.cell == cell).count();
    Some(cut(view, (stretch.0, stretch.1.start..stretch.1.start + count)))
}

/// Ends a cell where a label of the document (not of a party) begins in it.
fn cut(view: &View, (row, range): Stretch) -> Stretch {
    let cell = (row, range);
    let party = |label: Label| {
        matches!(
            label,
            Label::TaxNumber | Label::TaxOffice | Label::Customer | Label::Supplier | Label::Other
        )
    };
    let end = view
        .hits_of(cell.0)
        .iter()
        .filter(|hit| {
            !party(hit.label)
                && hit.colon
                && hit.tokens.start > cell.1.start
                && hit.tokens.start < cell.1.end
        })
        .map(|hit| hit.tokens.start)
        .min()
        .unwrap_or(cell.1.end);
    (cell.0, cell.1.start..end)
}
