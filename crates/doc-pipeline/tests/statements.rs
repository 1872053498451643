//! Statement files of banks, all formats: movements with the right signs, balances, keys.

mod statement_files;

use doc_pipeline::{Context, Fields, Media, ReadError, read_in_process};
use statement_files::{files, own, read_file};

#[test]
fn prints() {
    let folder = std::env::var("FIX").unwrap();
    for file in files(std::path::Path::new(&folder)) {
        let bytes = read_file(&file);
        match read_in_process(&bytes, &Context::default()) {
            Ok(read) => {
                let codes: Vec<_> = read
                    .findings
                    .iter()
                    .map(|f| {
                        format!(
                            "{}{:?}",
                            f.code,
                            f.values.values().take(3).map(ToString::to_string).collect::<Vec<_>>()
                        )
                    })
                    .collect();
                let what = match &read.fields {
                    Fields::BankStatement(f) => format!(
                        "{} tx, {:?}→{:?} {:?} {:?} acc {:?}{:?} first {:?}",
                        f.transactions.len(),
                        f.starting_balance.map(|d| d.to_string()),
                        f.ending_balance.map(|d| d.to_string()),
                        f.currency,
                        f.bank_name,
                        f.iban,
                        f.account_number,
                        f.transactions.first().map(|t| (
                            t.date,
                            t.amount.to_string(),
                            t.reference.clone(),
                            t.description
                                .clone()
                                .unwrap_or_default()
                                .chars()
                                .take(60)
                                .collect::<String>(),
                            t.time.clone()
                        ))
                    ),
                    other => format!("{:?}", other.kind()),
                };
                println!(
                    "{}: {:?} {what}\n      {codes:?}",
                    file.file_name().unwrap().display(),
                    read.media
                );
            }
            Err(error) => println!("{}: ERROR {error}", file.file_name().unwrap().display()),
        }
    }
}
