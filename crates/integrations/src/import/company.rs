//! Whose record it is.

use std::collections::HashMap;

use domain::TaxNumber;
use domain::books::{BookCompany, NewCompany};

use super::Reason;
use crate::record::PartyIdentity;

/// Longest name of a company, in characters.
const NAME_CHARS: usize = 255;

/// The company that an integration belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnCompany {
    /// `client_companies.id`.
    pub id: String,
    /// Its number as stored, which may be none.
    pub tax_number: String,
}

impl OwnCompany {
    fn number(&self) -> Option<TaxNumber> {
        digits(&self.tax_number).parse().ok()
    }
}

/// The digits of a number as people type it.
pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The company of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resolved {
    /// `client_companies.id`.
    pub(super) id: String,
    /// The record names a number that is not this company's.
    pub(super) names_another: bool,
}

/// The companies of one page, those included that the page makes.
#[derive(Debug, Default)]
pub(super) struct Companies {
    known: HashMap<String, String>,
    own: Option<OwnCompany>,
    new: Vec<NewCompany>,
}

impl Companies {
    pub(super) fn new(own: Option<OwnCompany>) -> Self {
        Self { own, ..Self::default() }
    }

    pub(super) fn add(&mut self, companies: &[BookCompany]) {
        for company in companies {
            // The oldest comes first and stays.
            self.known.entry(company.tax_number.clone()).or_insert_with(|| company.id.clone());
        }
    }

    /// Whether it is the integration's own company or another one of the office.
    pub(super) fn is_ours(&self, number: &TaxNumber) -> bool {
        self.own_number().as_ref() == Some(number) || self.known.contains_key(number.as_str())
    }

    /// The number of the integration's own company.
    pub(super) fn own_number(&self) -> Option<TaxNumber> {
        self.own.as_ref().and_then(OwnCompany::number)
    }

    /// By its number, then the integration's own, then a new one if the number is valid.
    pub(super) fn resolve(
        &mut self,
        party: &PartyIdentity,
        new_id: &mut (dyn FnMut() -> String + Send),
    ) -> Result<Resolved, Reason> {
        let number = party.valid_tax_number();
        if let Some(id) = number.as_ref().and_then(|number| self.known.get(number.as_str())) {
            return Ok(Resolved { id: id.clone(), names_another: false });
        }
        if let Some(own) = &self.own {
            // Somebody has said whose integration it is; that the record says otherwise is told.
            let names_another =
                matches!((number, own.number()), (Some(named), Some(own)) if named != own);
            return Ok(Resolved { id: own.id.clone(), names_another });
        }
        let number = number.ok_or(Reason::CompanyUnknown)?;
        let id = new_id();
        let name = party.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        self.known.insert(number.as_str().to_owned(), id.clone());
        self.new.push(NewCompany {
            id: id.clone(),
            name: name.unwrap_or(number.as_str()).chars().take(NAME_CHARS).collect(),
            legal_type: legal_type(&number, name.unwrap_or_default()),
            tax_number: number,
        });
        Ok(Resolved { id, names_another: false })
    }

    /// Those that were made since the last call.
    pub(super) fn take_new(&mut self) -> Vec<NewCompany> {
        std::mem::take(&mut self.new)
    }
}

/// A TCKN is a person's; a firm's title says what it is (TTK art. 46).
fn legal_type(number: &TaxNumber, name: &str) -> &'static str {
    if matches!(number, TaxNumber::Tckn(_)) {
        return "Şahıs";
    }
    let letters: String = name.chars().filter(|c| c.is_alphabetic()).collect();
    let upper = letters.to_uppercase();
    if upper.ends_with("AŞ")
        || upper.ends_with("AS")
        || upper.contains("ANONİM")
        || upper.contains("ANONIM")
    {
        "Anonim"
    } else {
        "Limited"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(number: Option<&str>, name: &str) -> PartyIdentity {
        PartyIdentity {
            name: Some(name.to_owned()),
            tax_number: number.map(str::to_owned),
            external_id: None,
        }
    }

    fn of(number: &str) -> OwnCompany {
        OwnCompany { id: "own".to_owned(), tax_number: number.to_owned() }
    }

    fn resolve(
        own: Option<OwnCompany>,
        party: &PartyIdentity,
    ) -> (Result<Resolved, Reason>, usize) {
        let mut companies = Companies::new(own);
        companies
            .add(&[BookCompany { id: "known".to_owned(), tax_number: "4540536920".to_owned() }]);
        let resolved = companies.resolve(party, &mut || "new".to_owned());
        (resolved, companies.take_new().len())
    }

    #[test]
    fn by_number_then_own_then_new_and_never_a_guess() {
        let found =
            |id: &str, new, names_another| (Ok(Resolved { id: id.to_owned(), names_another }), new);
        let ok = |id: &str, new| found(id, new, false);
        let known = party(Some("4540536920"), "Bilinen");
        assert_eq!(resolve(None, &known), ok("known", 0));
        assert_eq!(resolve(Some(of("1234567890")), &known), ok("known", 0));
        // Another firm's number: the integration's own company has it, and that is told.
        let other = party(Some("17291716060"), "Ayşe Örnek");
        let mut companies = Companies::new(Some(of("4540536920")));
        let resolved = companies.resolve(&other, &mut String::new).expect("own");
        assert_eq!(resolved, Resolved { id: "own".to_owned(), names_another: true });
        assert_eq!(resolve(Some(of("TEMP-1700000000000")), &other), ok("own", 0));
        assert_eq!(resolve(None, &other), ok("new", 1));
        // Without a valid number: the integration's own, or nobody's.
        for number in [None, Some("4540536921"), Some("TEMP-1")] {
            assert_eq!(resolve(Some(of("4540536920")), &party(number, "X")), ok("own", 0));
            let nobody = resolve(None, &party(number, "Bilinen"));
            assert_eq!(nobody, (Err(Reason::CompanyUnknown), 0), "{number:?}");
        }
    }

    #[test]
    fn a_company_is_made_once_with_the_type_that_its_title_says() {
        let mut companies = Companies::new(None);
        let mut ids = (1..).map(|n| n.to_string());
        let mut new_id = move || ids.next().unwrap_or_default();
        let firm = party(Some("4540536920"), "Çınar Yapı Malzemeleri A.Ş.");
        for party in [&firm, &firm, &party(Some("17291716060"), "Ayşe Örnek")] {
            companies.resolve(party, &mut new_id).expect("a company");
        }
        let new = companies.take_new();
        let kinds: Vec<_> = new.iter().map(|company| company.legal_type).collect();
        assert_eq!(kinds, ["Anonim", "Şahıs"]);
        assert!(companies.take_new().is_empty());
    }
}
