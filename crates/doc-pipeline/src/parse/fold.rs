//! Letters made comparable: Turkish-aware folding and bounded edit distance.

/// Folds one letter: Turkish and Western accents go, every i (İ, I, ı, i) is the same letter, case
/// goes. Combining marks fold to nothing.
pub(crate) fn letter(c: char) -> Option<char> {
    Some(match c {
        'İ' | 'I' | 'ı' | 'i' | 'î' | 'Î' | 'í' | 'ï' => 'i',
        'ş' | 'Ş' | 'ș' | 'Ș' => 's',
        'ğ' | 'Ğ' => 'g',
        'ü' | 'Ü' | 'û' | 'Û' | 'ú' => 'u',
        'ö' | 'Ö' | 'ó' | 'ô' => 'o',
        'ç' | 'Ç' => 'c',
        'â' | 'Â' | 'á' | 'à' | 'ä' | 'Ä' => 'a',
        'é' | 'É' | 'è' | 'ê' | 'ë' => 'e',
        '\u{300}'..='\u{36f}' => return None,
        other if other.is_ascii() => other.to_ascii_lowercase(),
        other => other.to_lowercase().next().unwrap_or(other),
    })
}

/// Folds a text; blanks and punctuation stay.
pub(crate) fn fold(text: &str) -> String {
    text.chars().filter_map(letter).collect()
}

/// Folds a text to its letters and digits alone, so that `Fatura No.` and `FATURANO` are equal.
pub(crate) fn compact(text: &str) -> String {
    text.chars().filter_map(letter).filter(|c| c.is_alphanumeric()).collect()
}

/// How many misread letters a label of that length may hold and still be known. Short labels must
/// be exact: `VKN` is one letter away from too many words.
pub(super) const fn allowance(length: usize) -> usize {
    match length {
        0..=5 => 0,
        6..=11 => 1,
        _ => 2,
    }
}

/// The letters of a folded text as bits (several may share one). Each edit of a text changes at most two
/// of them, so that texts whose bits differ in more than twice the edits allowed need not be compared.
pub(super) fn letters(text: &str) -> u64 {
    text.chars().fold(0, |bits, c| bits | 1 << (u32::from(c) % 64))
}

/// Whether two folded texts differ by at most `most` edits (banded, so linear in the length).
pub(super) fn within(a: &str, b: &str, most: usize) -> bool {
    if a == b {
        return true;
    }
    // Folded text is nearly all ASCII: a byte each.
    if most == 0 || a.len().abs_diff(b.len()) > most * 3 {
        return false;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if most == 0 || a.len().abs_diff(b.len()) > most || a.len() > 80 {
        return false;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut best = i + 1;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, y) in b.iter().enumerate() {
            let (Some(&left), Some(&up)) = (row.get(j), row.get(j + 1)) else { return false };
            let value = (diagonal + usize::from(x != y)).min(left + 1).min(up + 1);
            diagonal = up;
            best = best.min(value);
            if let Some(slot) = row.get_mut(j + 1) {
                *slot = value;
            }
        }
        if best > most {
            return false;
        }
    }
    row.last().is_some_and(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_turkish_i_is_the_same_letter() {
        assert_eq!(fold("FİŞ fiş FIŞ fış"), "fis fis fis fis");
        assert_eq!(compact("Vergi Dairesi / V.D. Iğdır"), "vergidairesivdigdir");
        assert_eq!(fold("i\u{307}s"), "is");
    }

    proptest::proptest! {
        #[test]
        fn what_differs_in_too_many_letters_is_too_far(a in "[a-z0-9üş]{0,14}", b in "[a-z0-9üş]{0,14}", most in 0_usize..4) {
            if within(&a, &b, most) {
                proptest::prop_assert!((letters(&a) ^ letters(&b)).count_ones() as usize <= 2 * most);
            }
        }
    }

    #[test]
    fn distance_is_bounded() {
        assert!(within("faturatarini", "faturatarihi", 1));
        assert!(!within("faturatarini", "faturatarihi", 0));
        assert!(!within("net", "vkn", 1));
        assert!(within("odenecektutr", "odenecektutar", 1));
    }
}
