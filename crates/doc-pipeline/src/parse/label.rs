//! The closed list of labels, by what they announce.

use std::collections::HashMap;

use super::fold;

/// What a label announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Label {
    InvoiceNumber,
    IssueDate,
    IssueTime,
    DueDate,
    Ettn,
    Profile,
    InvoiceType,
    TaxNumber,
    TaxOffice,
    Customer,
    Supplier,
    /// Total of the lines before document discounts (Mal Hizmet Toplam Tutarı).
    Lines,
    /// Net, without tax.
    Net,
    Discount,
    /// KDV; may carry a rate.
    Kdv,
    /// Taxable amount of KDV; may carry a rate.
    KdvBase,
    Withholding,
    TaxInclusive,
    Payable,
    ExchangeRate,
    CurrencyOf,
    Iban,
    AccountNumber,
    Holder,
    Bank,
    Period,
    PeriodStart,
    PeriodEnd,
    Opening,
    Closing,
    /// Carried forward at a page break: ends a table's page.
    Carried,
    ReceiptNumber,
    Time,
    TotalKdv,
    Total,
    Payment,
    ContractNumber,
    ContractDate,
    StartDate,
    EndDate,
    ContractValue,
    /// A label that only bounds its neighbours' values.
    Other,
}

/// Words are compared without blanks, case and accents.
const LABELS: &[(Label, &[&str])] = &[
    (Label::InvoiceNumber, &["faturano", "faturanumarasi", "faturanosu", "belgeno", "belgenumarasi", "faturaserino",
        "faturasirano", "invoiceno", "invoicenumber", "invoicenr", "invoice#", "invoiceid", "fatno", "makbuzno",
        "rechnungsnummer", "rechnungsnr", "rechnungnr", "rechnungno", "factuurnummer", "factuurnr", "numerodefacture",
        "factureno", "bookingid", "billno", "billnumber", "invoice", "taxinvoiceno", "efaturano", "earsivfaturano"]),
    (Label::IssueDate, &["faturatarihi", "duzenlemetarihi", "duzenlenmetarihi", "tanzimtarihi", "belgetarihi",
        "invoicedate", "dateofissue", "issuedate", "issuedon", "dateissued", "billdate", "rechnungsdatum", "factuurdatum",
        "datedefacture", "faturatarih", "date", "datum", "invoiceissuedate", "billingdate", "tarih", "tarihi"]),
    (Label::IssueTime, &["duzenlemesaati", "duzenlemezamani", "faturasaati", "olusturmazamani"]),
    (Label::DueDate, &["sonodemetarihi", "vadetarihi", "odemevadesi", "vade", "duedate", "paymentdue", "dueby",
        "paymentduedate", "odemetarihi", "dueon", "vervaldatum", "falligam", "falligkeitsdatum", "sonodemegunu"]),
    (Label::Ettn, &["ettn", "etin", "ettno", "eitn", "ettnno"]),
    (Label::Profile, &["senaryo", "faturasenaryosu"]),
    (Label::InvoiceType, &["faturatipi", "faturaturu"]),
    (Label::TaxNumber, &["vkn", "tckn", "vergino", "vergikimlikno", "vergikimliknumarasi", "verginumarasi", "vknno",
        "tcknno", "tckimlikno", "tcno", "vkntckn", "tcknvkn", "tckimliknumarasi", "taxno", "taxid", "taxnumber",
        "vno", "vergidairesino", "hesapno/vkn", "mersis/vkn"]),
    (Label::TaxOffice, &["vergidairesi", "vergid", "taxoffice", "vdairesi"]),
    (Label::Customer, &["sayin", "alici", "musteri", "billto", "billedto", "soldto", "invoiceto", "customer", "client",
        "aliciunvani", "musteriunvani", "aliciadi", "musteriadi", "klant", "kunde", "buyer", "guestname", "preparedfor", "billtoaddress", "billingaddress", "aliciadisoyadi", "musteribilgileri", "alicibilgileri", "faturaadresi"]),
    (Label::Supplier, &["satici", "duzenleyen", "saticiunvani", "seller", "vendor", "billfrom", "soldby", "supplier"]),
    (Label::Lines, &["malhizmettoplamtutari", "malhizmettoplami", "malvehizmettoplamtutari", "toplammalhizmettutari",
        "malhizmettoplam", "brüttoplam", "bruttoplam", "malhizmettutaritoplami"]),
    (Label::Net, &["aratoplam", "kdvharictoplam", "kdvharictutar", "vergilerharictoplam", "vergilerharictutar",
        "vergiharictutar", "nettoplam", "nettutar", "matrah", "toplammatrah", "vergiharictoplam", "subtotal", "nettotal",
        "netamount", "totalexcludingvat", "totalexclvat", "totalexcltax", "untaxedamount", "taxableamount", "subtotaal",
        "zwischensumme", "nettobetrag", "summenetto", "gesamtnetto", "totaalexclbtw", "exclbtw", "exclusiefbtw", "totalht",
        "totalbeforetax", "vergilerharictoplamtutar", "totaalexclusiefbtw", "bedragexclbtw", "subtotaalexclbtw",
        "malhizmettoplamtutarikdvharic"]),
    (Label::Discount, &["toplamiskonto", "iskontotoplami", "toplamindirim", "iskonto", "indirim", "toplamiskontotutari",
        "discount", "totaldiscount", "indirimtutari"]),
    (Label::Kdv, &["hesaplanankdv", "kdv", "kdvtutari", "toplamkdv", "kdvtoplami", "katmadegervergisi",
        "hesaplanankatmadegervergisi", "hesaplanankdvtutari", "hesaplanangercekusuldekatmadegervergisi", "vat",
        "vatamount", "tax", "totaltax", "taxamount", "salestax", "totalvat", "btw", "mwst", "ust", "tva", "gst",
        "taxtotal", "kdvtutar", "hesaplanangercekusuldekdv", "btwbedrag", "umsatzsteuer"]),
    (Label::KdvBase, &["kdvmatrahi", "kdvmatrah", "matrahi"]),
    (Label::Withholding, &["tevkifat", "kdvtevkifat", "hesaplanankdvtevkifat", "tevkifattutari", "kdvtevkifattutari",
        "tevkifedilenkdv", "tevkifatakdv"]),
    (Label::TaxInclusive, &["vergilerdahiltoplamtutar", "vergilerdahiltoplam", "kdvdahiltoplam", "kdvdahiltutar",
        "vergidahiltoplam", "vergidahiltutar", "totalincludingvat", "totalinclvat", "totalinclusivetax", "totaalinclbtw",
        "totalttc", "totalincltax", "vergilerdahiltutar", "kdvdahiltoplamtutar"]),
    (Label::Payable, &["odenecektutar", "odenecektoplam", "odenecektoplamtutar", "geneltoplam", "odenecekgeneltoplam",
        "toplamtutar", "faturatutari", "grandtotal", "totaldue", "amountdue", "balancedue", "totalamount", "totalpayable",
        "amountpayable", "invoicetotal", "totalamountdue", "gesamtbetrag", "rechnungsbetrag", "endbetrag", "gesamtsumme",
        "tebetalen", "totaaltebetalen", "odenmesigerekentutar", "tahsiledilecektutar", "netodenecek", "total",
        "toplam", "yekun", "genelyekun", "totaal", "gesamt", "totaldueon", "totalamountdueon", "totalforthisinvoice",
        "tutar", "payableamount", "grandtotalinclvat", "finaltotal", "amountpaid", "totaalbedrag", "odenecek"]),
    (Label::ExchangeRate, &["dovizkuru", "kur", "hesaplamakuru", "exchangerate", "kurbilgisi", "dovizkurutl"]),
    (Label::CurrencyOf, &["parabirimi", "dovizcinsi", "dovizturu", "currency", "paracinsi", "hesapparabirimi",
        "hesapcinsi", "doviz", "dovizkodu"]),
    (Label::Iban, &["iban", "ibanno", "ibannumarasi", "ibannr"]),
    (Label::AccountNumber, &["hesapno", "hesapnumarasi", "accountno", "accountnumber", "hesapnumaraniz", "hesap"]),
    (Label::Holder, &["hesapsahibi", "musteriadisoyadi", "musteriadiunvani", "adsoyadunvan", "adisoyadi", "unvan",
        "unvani", "adisoyadiunvani", "musteriunvan", "accountholder", "accountname", "hesapadi", "adsoyad", "sayinmusterimiz",
        "customername", "musteriismi"]),
    (Label::Bank, &["banka", "bankaadi", "bank", "bankname"]),
    (Label::Period, &["donem", "ekstredonemi", "hesapozetidonemi", "tariharaligi", "islemtariharaligi", "statementperiod",
        "period", "hesaphareketleridonemi", "sorgutariharaligi", "baslangicbitistarihi", "sorgulamaaraligi"]),
    (Label::PeriodStart, &["baslangictarihi", "ilktarih", "from", "startdate", "donembaslangici", "donembasi"]),
    (Label::PeriodEnd, &["bitistarihi", "sontarih", "to", "enddate", "donemsonu", "donembitisi"]),
    (Label::Opening, &["acilisbakiyesi", "acilisbakiye", "devredenbakiye", "oncekibakiye", "devirbakiyesi", "baslangicbakiyesi",
        "donembasibakiye", "donembasibakiyesi", "openingbalance", "oncekidonembakiyesi", "beginningbalance", "previousbalance",
        "devirbakiye", "startingbalance", "balancebroughtforward", "ilkbakiye", "acilistutari"]),
    (Label::Closing, &["kapanisbakiyesi", "kapanisbakiye", "sonbakiye", "donemsonubakiye", "donemsonubakiyesi", "bitisbakiyesi",
        "closingbalance", "endingbalance", "guncelbakiye", "kalanbakiye", "hesapbakiyesi", "kullanilabilirbakiye",
        "newbalance"]),
    (Label::Carried, &["nakliyekun", "devredentoplam", "sayfatoplami", "naklen", "devreden", "devir", "oncekisayfadandevir",
        "carriedforward", "broughtforward", "aratoplamdevir", "sonrakisayfayadevir", "oncekisayfatoplami", "sayfayekunu"]),
    (Label::ReceiptNumber, &["fisno", "fisnumarasi", "receiptno", "fissirano", "receiptnumber", "billno", "belgefisno"]),
    (Label::Time, &["saat", "time", "saati"]),
    (Label::TotalKdv, &["topkdv", "toplamkdv", "kdvtoplam", "kdvtoplami"]),
    (Label::Total, &["toplam", "geneltoplam", "total", "grandtotal", "odenecektutar", "netamount", "totalamount", "top",
        "totalsales", "nettotal", "totaldue", "totalinclgst", "totalrounded", "roundedtotal", "totalrm", "totalamt",
        "totalsalesinclusiveofgst", "totalsalesinclusivegst", "totalinclusiveofgst", "totalsalesinclusive", "totalinclusivegst"]),
    (Label::Payment, &["nakit", "kredikarti", "bankakarti", "kredi", "cash", "card", "yemekkarti", "visa", "mastercard",
        "havale", "tutarkredi"]),
    (Label::ContractNumber, &["sozlesmeno", "sozlesmenumarasi", "contractno", "contractnumber"]),
    (Label::ContractDate, &["sozlesmetarihi", "imzatarihi", "contractdate", "tanzimtarihi", "kontrattarihi", "duzenlemetarihi"]),
    (Label::StartDate, &["baslangictarihi", "kirabaslangictarihi", "baslamatarihi", "isebaslamatarihi", "startdate",
        "sozlesmebaslangictarihi", "kiraninbaslangictarihi", "yururluktarihi", "effectivedate"]),
    (Label::EndDate, &["bitistarihi", "sozlesmebitistarihi", "sonaermetarihi", "enddate", "kirabitistarihi", "expirationdate"]),
    (Label::ContractValue, &["sozlesmebedeli", "toplambedel", "hizmetbedeli", "satisbedeli", "yillikkirabedeli", "kirabedeli",
        "aylikkirabedeli", "contractvalue", "aylikucret", "brutucret", "aylikbrutucret", "yillikkira", "aylikkira",
        "sozlesmetutari"]),
    (Label::Other, &["ozellestirmeno", "tel", "telefon", "fax", "faks", "eposta", "email", "web", "websitesi", "mersisno",
        "ticaretsicilno", "irsaliyeno", "irsaliyetarihi", "siparisno", "siparistarihi", "orderno", "ordernumber", "orderdate",
        "ordernummer", "orderdatum", "klantnummer", "kundennummer", "kundennr", "customerno", "customernumber", "accountid",
        "duedays", "sube", "subekodu", "subeadi", "musterino", "musterinumarasi", "not", "note", "ekuno", "zno", "adres",
        "address", "swift", "bic", "referans", "reference", "yalniz", "phone", "page", "sayfa", "ponumber", "pono",
        "gonderimtarihi", "teslimtarihi", "despatchno", "gonderimsekli", "kasano", "ispno", "gstno", "gstin", "vatno", "vatnumber",
        "vatregno", "btwnummer", "ustidnr", "steuernummer", "source", "printed", "printdate", "yazdirmatarihi", "islemtarihi",
        "checkin", "checkout", "checkindate", "checkoutdate", "dateofbooking", "bookingdate", "gumrukno", "paymentterms",
        "paymentreference", "deliverydate", "shippingdate", "shipdate", "incoterm", "kisi", "tarih ve saat", "dateofservice",
        "iadeyekonuolan", "odemesekli", "siparisnumarasi", "shipto", "deliverto", "teslimatadresi", "kdvorani", "istisnanedeni"]),
];

/// How long a compact label can be, letters.
pub(super) const LONGEST: usize = 42;

/// The labels of one kind of document, ready for look-up.
#[derive(Debug)]
pub(super) struct Lexicon {
    exact: HashMap<String, Label>,
    /// By length, for the fuzzy look-up of recognised text.
    by_length: Vec<Vec<(String, Label)>>,
}

impl Lexicon {
    /// The labels of the given meanings; a word with two meanings takes the earlier in the list.
    pub(super) fn of(wanted: &[Label]) -> Self {
        let mut exact = HashMap::new();
        let mut by_length = vec![Vec::new(); LONGEST + 3];
        for label in wanted {
            for (_, words) in LABELS.iter().filter(|(listed, _)| listed == label) {
                for word in *words {
                    let word = fold::compact(word);
                    if exact.contains_key(&word) {
                        continue;
                    }
                    exact.insert(word.clone(), *label);
                    if fold::allowance(word.len()) > 0
                        && let Some(bucket) = by_length.get_mut(word.len())
                    {
                        bucket.push((word, *label));
                    }
                }
            }
        }
        Self { exact, by_length }
    }

    /// The label that a compact text is; a bounded number of misread letters is allowed where the
    /// text was recognised from pixels.
    pub(super) fn find(&self, compact: &str, recognised: bool) -> Option<Label> {
        if let Some(label) = self.exact.get(compact) {
            return Some(*label);
        }
        if !recognised || fold::allowance(compact.len()) == 0 {
            return None;
        }
        let allowance = fold::allowance(compact.len());
        let lengths = compact.len().saturating_sub(allowance)..=compact.len() + allowance;
        lengths
            .filter_map(|length| self.by_length.get(length))
            .flatten()
            .find(|(word, _)| fold::within(word, compact, fold::allowance(word.len()).min(allowance)))
            .map(|(_, label)| *label)
    }
}

/// Labels that an invoice may carry.
pub(super) const INVOICE: &[Label] = &[
    Label::InvoiceNumber, Label::IssueDate, Label::IssueTime, Label::DueDate, Label::Ettn, Label::Profile,
    Label::InvoiceType, Label::TaxNumber, Label::TaxOffice, Label::Customer, Label::Supplier, Label::Lines, Label::Net,
    Label::Discount, Label::Withholding, Label::TaxInclusive, Label::Kdv, Label::KdvBase, Label::Payable,
    Label::ExchangeRate, Label::CurrencyOf, Label::Iban, Label::Carried, Label::Time, Label::Other, Label::Bank,
    Label::AccountNumber,
];

/// Labels that a bank statement may carry.
pub(super) const STATEMENT: &[Label] = &[
    Label::Iban, Label::Holder, Label::Customer, Label::AccountNumber, Label::Bank, Label::Period, Label::PeriodStart,
    Label::PeriodEnd, Label::Opening, Label::Closing, Label::Carried, Label::CurrencyOf, Label::TaxNumber,
    Label::TaxOffice, Label::Other,
];

/// Labels that a receipt may carry.
pub(super) const RECEIPT: &[Label] = &[
    Label::ReceiptNumber, Label::IssueDate, Label::Time, Label::TotalKdv, Label::Kdv, Label::Net, Label::Total, Label::Payment,
    Label::TaxNumber, Label::TaxOffice, Label::InvoiceNumber, Label::Discount, Label::Other,
];

/// Labels that a contract may carry.
pub(super) const CONTRACT: &[Label] = &[
    Label::ContractNumber, Label::ContractDate, Label::StartDate, Label::EndDate, Label::ContractValue, Label::TaxNumber,
    Label::TaxOffice, Label::Other,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_labels_and_forgives_only_recognised_text() {
        let lexicon = Lexicon::of(INVOICE);
        assert_eq!(lexicon.find("odenecektutar", false), Some(Label::Payable));
        assert_eq!(lexicon.find("odenecektutr", false), None);
        assert_eq!(lexicon.find("odenecektutr", true), Some(Label::Payable));
        assert_eq!(lexicon.find("vkm", true), None);
        assert_eq!(lexicon.find("aratoplam", false), Some(Label::Net));
    }
}
