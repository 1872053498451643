//! Statements of cards: most print spending without a sign and payments with a minus, which is the
//! reverse of an account's.

use crate::{fields::BankTransaction, parse::fold::compact};

/// Turns the signs round where the file writes spending as positive.
pub(super) fn settle_signs(movements: &mut [BankTransaction]) {
    if !spending_is_positive(movements) {
        return;
    }
    for movement in movements {
        movement.amount = -movement.amount;
    }
}

/// Payments tell: they lower the debt. Without one, most movements of a card are spending.
fn spending_is_positive(movements: &[BankTransaction]) -> bool {
    let (mut lowered, mut raised) = (0_usize, 0_usize);
    let (mut plus, mut minus) = (0_usize, 0_usize);
    for movement in movements {
        let negative = movement.amount.is_sign_negative();
        let text = compact(movement.description.as_deref().unwrap_or_default());
        // "Ödemeniz için teşekkürler", "Kart ödemesi"; instalments are "taksit".
        let is_payment = ["odemeniz", "kartodeme", "borcodeme", "otomatikodeme", "paymentreceived"]
            .iter()
            .any(|word| text.contains(word));
        if is_payment {
            lowered += usize::from(negative);
            raised += usize::from(!negative);
        }
        minus += usize::from(negative);
        plus += usize::from(!negative);
    }
    if lowered == raised { plus >= minus } else { lowered > raised }
}
