//! Two readings of one page made one: digits from the pass that knows both languages, words from the
//! Turkish one. Agreement raises confidence; where the digits differ both readings are kept.

use crate::text::Word;

/// What is believed of a word whose digits the two readings disagree on.
const DISPUTED: f32 = 0.4;
/// Confidence from which a word that only the second reading has is taken.
const ALONE: f32 = 0.5;
/// How much surer the first reading must be to keep its letters.
const SURER: f32 = 0.3;

/// Merges the readings of one page. `figures` decides about digits, `letters` about words.
pub(super) fn merge(figures: &[Word], letters: Vec<Word>) -> Vec<Word> {
    let matches = matched(figures, &letters);
    let mut partners: Vec<Vec<usize>> = vec![Vec::new(); figures.len()];
    let mut held: Vec<Vec<usize>> = vec![Vec::new(); letters.len()];
    for (figure, letter) in matches {
        if let (Some(partners), Some(held)) = (partners.get_mut(figure), held.get_mut(letter)) {
            partners.push(letter);
            held.push(figure);
        }
    }
    let mut done = vec![false; figures.len()];
    let mut merged = Vec::with_capacity(figures.len());
    for index in 0..figures.len() {
        if done.get(index) != Some(&false) {
            continue;
        }
        let (group, others) = connected(index, &partners, &held);
        for member in &group {
            if let Some(done) = done.get_mut(*member) {
                *done = true;
            }
        }
        let of = |words: &[Word], indexes: &[usize]| -> Vec<Word> {
            let mut found: Vec<Word> =
                indexes.iter().filter_map(|index| words.get(*index).cloned()).collect();
            found.sort_by(|a, b| a.bounds.x0.total_cmp(&b.bounds.x0));
            found
        };
        merged.extend(chosen(of(figures, &group), of(&letters, &others)));
    }
    // What the first reading did not see at all.
    let alone = letters.into_iter().zip(held).filter(|(word, held)| {
        held.is_empty() && word.confidence >= ALONE && word.text.chars().any(char::is_alphanumeric)
    });
    merged.extend(alone.map(|(word, _)| word));
    merged
}

/// The words of both readings that stand in each other's place.
fn connected(
    start: usize,
    partners: &[Vec<usize>],
    held: &[Vec<usize>],
) -> (Vec<usize>, Vec<usize>) {
    let (mut own, mut other) = (vec![start], Vec::new());
    let mut at = 0;
    // Groups are a few words; a stain read as a heap of words ends here.
    while let Some(index) = own.get(at).copied().filter(|_| own.len() < 12) {
        at += 1;
        for letter in partners.get(index).into_iter().flatten() {
            if !other.contains(letter) {
                other.push(*letter);
                for figure in held.get(*letter).into_iter().flatten() {
                    if !own.contains(figure) {
                        own.push(*figure);
                    }
                }
            }
        }
    }
    (own, other)
}

fn chosen(figures: Vec<Word>, letters: Vec<Word>) -> Vec<Word> {
    if letters.is_empty() {
        return figures;
    }
    let text = |words: &[Word]| words.iter().map(|word| word.text.as_str()).collect::<String>();
    let least = |words: &[Word]| words.iter().map(|word| word.confidence).fold(1.0_f32, f32::min);
    let (own, other) = (text(&figures), text(&letters));
    let (sure, other_sure) = (least(&figures), least(&letters));
    let agreed = 1.0 - (1.0 - sure) * (1.0 - other_sure);
    let raised = |words: Vec<Word>| -> Vec<Word> {
        let raise = |word: Word| Word { confidence: word.confidence.max(agreed), ..word };
        words.into_iter().map(raise).collect()
    };
    let has_digits = |text: &str| text.chars().any(|letter| letter.is_ascii_digit());
    if own == other {
        // The finer split: `26,43` and `TL` are two words.
        let words = if letters.len() > figures.len() { letters } else { figures };
        // Dots and accents are lost by both alike, so that agreement says little about words.
        return if has_digits(&own) { raised(words) } else { words };
    }
    if !has_digits(&own) && !has_digits(&other) {
        return if sure > other_sure + SURER { figures } else { letters };
    }
    if figure(&own) == figure(&other) {
        return raised(figures);
    }
    match (figures.as_slice(), letters.as_slice()) {
        // Digits among letters are read better by one language than by two, which takes `0` for `d`
        // and `3` for `8` there.
        ([word], [second]) if is_uuid_like(&word.text) && is_uuid_like(&second.text) => {
            vec![Word {
                confidence: second.confidence.min(DISPUTED),
                other: Some(word.text.clone()),
                ..second.clone()
            }]
        }
        ([word], [second]) => vec![Word {
            confidence: word.confidence.min(DISPUTED),
            other: Some(second.text.clone()),
            ..word.clone()
        }],
        _ => figures
            .into_iter()
            .map(|word| {
                let disputed = has_digits(&word.text);
                let most = if disputed { DISPUTED } else { 1.0 };
                Word { confidence: word.confidence.min(most), ..word }
            })
            .collect(),
    }
}

/// Whether a word has the form of an ETTN, however its letters were read.
fn is_uuid_like(text: &str) -> bool {
    let parts: Vec<usize> = text.split(['-', '—', '–']).map(|part| part.chars().count()).collect();
    matches!(parts.as_slice(), &[first, 4, 4, 4, last]
        if (7..=10).contains(&first) && (11..=14).contains(&last))
}

/// What of a text makes its value: digits and the marks between them.
fn figure(text: &str) -> String {
    let kept: String =
        text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '/')).collect();
    kept.trim_matches(['.', ',']).to_owned()
}

/// Pairs of words of both readings that overlap by half of the narrower one.
fn matched(figures: &[Word], letters: &[Word]) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> = (0..letters.len()).collect();
    let top = |index: &usize| letters.get(*index).map_or(0.0, |word| word.bounds.y0);
    order.sort_by(|a, b| top(a).total_cmp(&top(b)));
    let tallest = letters.iter().map(|word| word.bounds.y1 - word.bounds.y0).fold(0.0, f32::max);
    let mut pairs = Vec::new();
    for (index, word) in figures.iter().enumerate() {
        let from = order.partition_point(|other| top(other) < word.bounds.y0 - tallest);
        for other in order.iter().skip(from) {
            let Some(second) = letters.get(*other) else { continue };
            if second.bounds.y0 > word.bounds.y1 {
                break;
            }
            let (a, b) = (&word.bounds, &second.bounds);
            let across = a.x1.min(b.x1) - a.x0.max(b.x0);
            let down = a.y1.min(b.y1) - a.y0.max(b.y0);
            let narrower = (a.x1 - a.x0).min(b.x1 - b.x0);
            let lower = (a.y1 - a.y0).min(b.y1 - b.y0);
            if across > narrower * 0.5 && down > lower * 0.5 {
                pairs.push((index, *other));
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::BoundingBox;

    fn word(text: &str, x0: f32, x1: f32, confidence: f32) -> Word {
        let bounds = BoundingBox { x0, x1, y0: 10.0, y1: 20.0 };
        Word { text: text.to_owned(), bounds, confidence, other: None }
    }

    #[test]
    fn an_ettn_is_taken_from_one_language_and_left_for_review() {
        let (figures, letters) =
            ("348d5feb-fbfa-4e14-a22e-bfbca1efdfed", "348d5feb-fbfa-4e14-a22e-bfbcalefdfe0");
        let merged = merge(&[word(figures, 0.0, 90.0, 0.9)], vec![word(letters, 0.0, 90.0, 0.8)]);
        assert_eq!(texts(&merged), [letters]);
        assert!(merged[0].confidence <= DISPUTED);
        assert_eq!(merged[0].other.as_deref(), Some(figures));
    }

    fn texts(words: &[Word]) -> Vec<&str> {
        words.iter().map(|word| word.text.as_str()).collect()
    }

    #[test]
    fn words_come_from_one_reading_and_digits_from_the_other() {
        let figures = vec![
            word("Odenecek", 0.0, 40.0, 0.8),
            word("1.355,76", 50.0, 90.0, 0.9),
            word("%20", 100.0, 120.0, 0.9),
        ];
        let letters = vec![
            word("Ödenecek", 0.0, 40.0, 0.9),
            word("1.355,76", 50.0, 90.0, 0.9),
            word("X20", 100.0, 120.0, 0.6),
            word("TL", 130.0, 140.0, 0.9),
            word("~", 150.0, 152.0, 0.9),
        ];
        let merged = merge(&figures, letters);
        assert_eq!(texts(&merged), ["Ödenecek", "1.355,76", "%20", "TL"]);
        assert!(merged[1].confidence > 0.98, "agreement raises confidence");
        assert!(merged[2].confidence > 0.9, "the digits agree");
    }

    #[test]
    fn a_digit_that_differs_is_kept_both_ways_and_doubted() {
        let merged = merge(
            &[word("-241.632,34", 0.0, 60.0, 0.95)],
            vec![word("-247.632,34", 0.0, 60.0, 0.9)],
        );
        assert_eq!(texts(&merged), ["-241.632,34"]);
        assert_eq!(merged[0].other.as_deref(), Some("-247.632,34"));
        assert!(merged[0].confidence <= DISPUTED);
    }

    #[test]
    fn words_split_in_one_reading_alone_are_one_place() {
        let merged = merge(
            &[word("26,43TL", 0.0, 60.0, 0.9)],
            vec![word("26,43", 0.0, 40.0, 0.9), word("TL", 44.0, 60.0, 0.9)],
        );
        assert_eq!(texts(&merged), ["26,43", "TL"]);
        let merged = merge(
            &[word("12", 0.0, 20.0, 0.9), word("34", 24.0, 44.0, 0.9)],
            vec![word("1284", 0.0, 44.0, 0.9)],
        );
        assert_eq!(texts(&merged), ["12", "34"]);
        assert!(merged.iter().all(|word| word.confidence <= DISPUTED));
    }
}
