//! Documents of invented firms.

use std::path::Path;

/// A document of the demo.
pub(crate) fn demo(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../xtask/demo");
    std::fs::read(folder.join(name)).unwrap()
}

/// A small e-Fatura whose number, ETTN and content are its own.
pub(crate) fn invoice_xml(number: u32) -> String {
    let text = String::from_utf8(demo("cinar-satis-efatura.xml")).unwrap();
    text.replace("CNR2026000000184", &format!("CNR2026{number:09}")).replace(
        "6f1f9d0c-7a4e-4b62-9d35-20c4b1a70184",
        &format!("6f1f9d0c-7a4e-4b62-9d35-{number:012}"),
    )
}
