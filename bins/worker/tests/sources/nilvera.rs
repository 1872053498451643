//! An account at Nilvera: three lists, and the UBL of each invoice.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use integrations::testing::{NilveraSource, Server};
use serde_json::{Value, json};

use super::{MANY, OTHER, OWN, Rows, Source, days_ago, hours_ago, invoice_row, kurus, lira};

/// An e-Fatura of one line with 20 % KDV.
pub(crate) fn ubl(ettn: &str, number: u32, day: NaiveDate, net: i64, parties: [&str; 2]) -> String {
    let (tax, price) = (net / 5, net / 2);
    let [net, tax, total, price] = [net, tax, net + tax, price].map(lira);
    let party = |number: &str| {
        format!(
            "<cac:Party><cac:PartyIdentification><cbc:ID schemeID=\"VKN\">{number}</cbc:ID>\
             </cac:PartyIdentification><cac:PartyName><cbc:Name>Firma {number}</cbc:Name></cac:PartyName>\
             <cac:PostalAddress><cbc:CitySubdivisionName>Kadıköy</cbc:CitySubdivisionName><cbc:CityName>\
             İstanbul</cbc:CityName><cac:Country><cbc:Name>Türkiye</cbc:Name></cac:Country>\
             </cac:PostalAddress></cac:Party>"
        )
    };
    let taxes = format!(
        "<cac:TaxTotal><cbc:TaxAmount currencyID=\"TRY\">{tax}</cbc:TaxAmount><cac:TaxSubtotal>\
         <cbc:TaxableAmount currencyID=\"TRY\">{net}</cbc:TaxableAmount><cbc:TaxAmount currencyID=\"TRY\">{tax}\
         </cbc:TaxAmount><cbc:Percent>20</cbc:Percent><cac:TaxCategory><cac:TaxScheme><cbc:Name>KDV</cbc:Name>\
         <cbc:TaxTypeCode>0015</cbc:TaxTypeCode></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal>\
         </cac:TaxTotal>"
    );
    let [supplier, customer] = parties.map(party);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Invoice \
         xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" \
         xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
         xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">\
         <cbc:UBLVersionID>2.1</cbc:UBLVersionID><cbc:CustomizationID>TR1.2</cbc:CustomizationID>\
         <cbc:ProfileID>TICARIFATURA</cbc:ProfileID><cbc:ID>ORN2026{number:09}</cbc:ID>\
         <cbc:CopyIndicator>false</cbc:CopyIndicator><cbc:UUID>{ettn}</cbc:UUID>\
         <cbc:IssueDate>{day}</cbc:IssueDate><cbc:InvoiceTypeCode>SATIS</cbc:InvoiceTypeCode>\
         <cbc:DocumentCurrencyCode>TRY</cbc:DocumentCurrencyCode><cbc:LineCountNumeric>1</cbc:LineCountNumeric>\
         <cac:AccountingSupplierParty>{supplier}</cac:AccountingSupplierParty>\
         <cac:AccountingCustomerParty>{customer}</cac:AccountingCustomerParty>{taxes}\
         <cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID=\"TRY\">{net}</cbc:LineExtensionAmount>\
         <cbc:TaxExclusiveAmount currencyID=\"TRY\">{net}</cbc:TaxExclusiveAmount>\
         <cbc:TaxInclusiveAmount currencyID=\"TRY\">{total}</cbc:TaxInclusiveAmount>\
         <cbc:PayableAmount currencyID=\"TRY\">{total}</cbc:PayableAmount></cac:LegalMonetaryTotal>\
         <cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode=\"C62\">2</cbc:InvoicedQuantity>\
         <cbc:LineExtensionAmount currencyID=\"TRY\">{net}</cbc:LineExtensionAmount>{taxes}\
         <cac:Item><cbc:Name>Hizmet</cbc:Name></cac:Item>\
         <cac:Price><cbc:PriceAmount currencyID=\"TRY\">{price}</cbc:PriceAmount></cac:Price>\
         </cac:InvoiceLine></Invoice>"
    )
}

pub(crate) fn ettn(number: u32) -> String {
    format!("6f1f9d0c-7a4e-4b62-9d35-{number:012x}")
}

pub(crate) struct Account {
    source: Arc<NilveraSource>,
    server: Server,
    rows: Rows,
}

impl Account {
    pub(crate) fn new() -> Self {
        let source = Arc::new(NilveraSource::default());
        let server = Server::start(Arc::clone(&source)).unwrap();
        let mut account = Self { source, server, rows: Rows::new() };
        let first = hours_ago(24 * 60);
        for number in 0..MANY {
            // Three of an instant, up to five days ago.
            account.issue(number, number, first + TimeDelta::minutes(i64::from(number / 3) * 9));
        }
        account
    }

    /// An invoice with amounts of its own.
    fn issue(&mut self, number: u32, amount: u32, created: DateTime<Utc>) {
        let (id, day, net) = (ettn(number), days_ago(u64::from(number % 50) + 5), kurus(amount));
        let kind = match number % 5 {
            0 => {
                let xml = ubl(&id, number, day, net, [OWN, OTHER]);
                self.source.add_sale(&id, created, xml);
                "SATIŞ"
            }
            1 => {
                let xml = ubl(&id, number, day, net, [OWN, OTHER]);
                self.source.add_archive(&id, created, xml);
                "SATIŞ"
            }
            _ => {
                let xml = ubl(&id, number, day, net, [OTHER, OWN]);
                self.source.add_purchase(&id, created, xml);
                "ALIŞ"
            }
        };
        self.rows.insert(id, invoice_row(day, kind, net, 2, OTHER));
    }
}

impl Source for Account {
    const CODE: &'static str = "NILVERA";
    const JOB: &'static str = "pull_invoices";

    fn config(&self) -> Value {
        let mut config = NilveraSource::config(&self.server.base());
        config["firstSyncDays"] = json!(90);
        config
    }

    fn server(&self) -> Option<&Server> {
        Some(&self.server)
    }

    fn rows(&self) -> Rows {
        self.rows.clone()
    }

    fn disturb(&mut self) {
        // In each of the lists, while they are read; one that the portal dates a day back.
        for number in MANY..MANY + 5 {
            self.issue(number, number, Utc::now());
        }
        self.issue(MANY + 5, 1, hours_ago(24));
    }

    fn go_on(&mut self) {
        self.issue(MANY + 10, 2, Utc::now());
        self.issue(MANY + 12, 3, Utc::now());
        // Issued once more with other amounts.
        self.issue(MANY + 4, 4, Utc::now());
    }
}
