//! Turkish tax numbers and IBANs with their check digits.
//!
//! VKN: the algorithm of the Gelir İdaresi Başkanlığı as published in python-stdnum `tr.vkn`.
//! TCKN: Nüfus ve Vatandaşlık İşleri, as in python-stdnum `tr.tckimlik`. IBAN: ISO 13616, mod 97.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Why a text is not a tax number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTaxNumber {
    /// Neither 10 nor 11 digits.
    #[error("a VKN has 10 and a TCKN 11 digits")]
    Length,
    /// Something else than ASCII digits.
    #[error("only digits are allowed")]
    NotDigits,
    /// The digits do not satisfy the check.
    #[error("the check digits do not agree")]
    CheckDigit,
}

fn digits<const N: usize>(text: &str) -> Result<[u32; N], InvalidTaxNumber> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(InvalidTaxNumber::NotDigits);
    }
    let mut out = [0; N];
    if text.len() != N {
        return Err(InvalidTaxNumber::Length);
    }
    for (slot, byte) in out.iter_mut().zip(text.bytes()) {
        *slot = u32::from(byte - b'0');
    }
    Ok(out)
}

/// Vergi kimlik numarası: 10 digits with a check digit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Vkn(String);

impl Vkn {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Vkn {
    type Err = InvalidTaxNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let d = digits::<10>(text)?;
        let mut sum = 0;
        for (position, digit) in (1_u32..).zip(&d[..9]) {
            let shifted = (digit + 10 - position) % 10;
            if shifted != 0 {
                let power = shifted * 2_u32.pow(10 - position) % 9;
                sum += if power == 0 { 9 } else { power };
            }
        }
        if (10 - sum % 10) % 10 == d[9] {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidTaxNumber::CheckDigit)
        }
    }
}

/// T.C. kimlik numarası: 11 digits, the first not zero, two check digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tckn(String);

impl Tckn {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Tckn {
    type Err = InvalidTaxNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let d = digits::<11>(text)?;
        let odd: u32 = d[..9].iter().step_by(2).sum();
        let even: u32 = d[1..8].iter().step_by(2).sum();
        let tenth = (odd * 7 + 10 * 10 - even) % 10;
        let eleventh = d[..10].iter().sum::<u32>() % 10;
        if d[0] != 0 && d[9] == tenth && d[10] == eleventh {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidTaxNumber::CheckDigit)
        }
    }
}

/// A number whose check digits agree: of a firm (VKN) or a person (TCKN).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TaxNumber {
    /// Vergi kimlik numarası.
    Vkn(Vkn),
    /// T.C. kimlik numarası.
    Tckn(Tckn),
}

impl TaxNumber {
    /// The digits.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Vkn(vkn) => vkn.as_str(),
            Self::Tckn(tckn) => tckn.as_str(),
        }
    }
}

impl FromStr for TaxNumber {
    type Err = InvalidTaxNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == 11 { text.parse().map(Self::Tckn) } else { text.parse().map(Self::Vkn) }
    }
}

/// An IBAN without blanks, in upper case, with valid mod-97 digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Iban(String);

impl Iban {
    /// The letters and digits, without blanks.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Iban {
    type Err = InvalidTaxNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let compact: String =
            text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        match compact.parse::<iban::Iban>() {
            Ok(iban) => Ok(Self(iban::IbanLike::electronic_str(&iban).to_owned())),
            Err(_) => Err(InvalidTaxNumber::CheckDigit),
        }
    }
}

macro_rules! as_text {
    ($($name:ident),*) => {$(
        impl TryFrom<String> for $name {
            type Error = InvalidTaxNumber;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(it: $name) -> Self {
                it.as_str().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    )*};
}

as_text!(Vkn, Tckn, Iban, TaxNumber);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn knows_published_examples() {
        assert!("4540536920".parse::<Vkn>().is_ok());
        assert_eq!("4540536921".parse::<Vkn>(), Err(InvalidTaxNumber::CheckDigit));
        assert!("17291716060".parse::<Tckn>().is_ok());
        assert_eq!("17291716050".parse::<Tckn>(), Err(InvalidTaxNumber::CheckDigit));
        assert_eq!("11111111111".parse::<Tckn>(), Err(InvalidTaxNumber::CheckDigit));
        for made_up in ["7469179581", "4126456600", "4064288971"] {
            assert!(made_up.parse::<Vkn>().is_ok(), "{made_up}");
        }
        for made_up in ["57157215924", "15693825830"] {
            assert!(made_up.parse::<Tckn>().is_ok(), "{made_up}");
        }
        assert!("TR33 0006 1005 1978 6457 8413 26".parse::<Iban>().is_ok());
        assert!("TR33 0006 1005 1978 6457 8413 27".parse::<Iban>().is_err());
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,40}") {
            let _ = text.parse::<TaxNumber>();
            let _ = text.parse::<Iban>();
        }

        #[test]
        fn nine_digits_have_exactly_one_check_digit(prefix in "[0-9]{9}") {
            let valid = (0..10).filter(|d| format!("{prefix}{d}").parse::<Vkn>().is_ok()).count();
            prop_assert_eq!(valid, 1);
        }
    }
}
