//! Documents to measure with: the demo's, made distinct.

use std::path::Path;

use anyhow::Result;
use domain::TenantId;
use storage::{Body, LocalStore, ObjectStore, PutOptions, TenantScope};

use crate::platform::{Company, Office, Platform, Upload};

const XML: &str = include_str!("../../demo/cinar-satis-efatura.xml");
const PDF: &[u8] = include_bytes!("../../demo/gunes-alis-earsiv.pdf");
const SCAN: &[u8] = include_bytes!("../../demo/gunes-alis-taranmis.jpg");

/// What is uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Xml,
    Pdf,
    Scan,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Xml => "XML",
            Self::Pdf => "digital PDF",
            Self::Scan => "scan (OCR)",
        }
    }

    fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::Xml => ("fatura.xml", "application/xml"),
            Self::Pdf => ("fatura.pdf", "application/pdf"),
            Self::Scan => ("fatura.jpg", "image/jpeg"),
        }
    }

    /// Documents of one office. XML carries its own number; a PDF or a scan is the same document
    /// each time, so that few of them meet in one office's look-up of duplicates.
    fn for_each_office(self) -> usize {
        match self {
            Self::Xml => usize::MAX,
            Self::Pdf | Self::Scan => 10,
        }
    }

    fn bytes(self, number: usize) -> Vec<u8> {
        match self {
            Self::Xml => XML
                .replace("CNR2026000000184", &format!("CNR2026{number:09}"))
                .replace("20c4b1a70184", &format!("{number:012}"))
                .into_bytes(),
            Self::Pdf => PDF.to_vec(),
            Self::Scan => SCAN.to_vec(),
        }
    }
}

/// Uploads documents numbered `first..first + number`.
pub(super) async fn upload(
    platform: &Platform,
    folder: &Path,
    kind: Kind,
    first: usize,
    number: usize,
) -> Result<()> {
    let store = LocalStore::open(folder)?;
    let (file_name, mime_type) = kind.file();
    let numbers: Vec<usize> = (first..first + number).collect();
    for (office_number, numbers) in
        numbers.chunks(kind.for_each_office().min(number).max(1)).enumerate()
    {
        let tenant = format!("bench_office_{office_number}");
        let company = format!("{tenant}_company");
        let user = format!("{tenant}_user");
        platform
            .register(&Office {
                id: &tenant,
                name: "Ölçüm Bürosu",
                slug: &tenant,
                owner_id: &user,
                owner_name: "Ölçüm",
                owner_email: &format!("{tenant}@example.org"),
                companies: &[Company {
                    id: &company,
                    name: "Çınar Yapı Malzemeleri A.Ş.",
                    legal_type: "Anonim",
                    tax_number: "3182047150",
                }],
            })
            .await?;
        let scope = TenantScope::new(&TenantId::new(tenant.as_str()))?;
        let mut paths = Vec::new();
        for number in numbers {
            let path = format!("documents/doc_{number:013}_bench/{file_name}");
            let bytes = kind.bytes(*number);
            let length = i64::try_from(bytes.len())?;
            store.put(&scope.key(&path)?, Body::Bytes(bytes.into()), PutOptions::default()).await?;
            paths.push((path, length));
        }
        let uploads: Vec<_> = paths
            .iter()
            .map(|(path, bytes)| Upload {
                tenant: &tenant,
                company: &company,
                user: &user,
                kind: "INVOICE",
                file_name,
                storage_path: path,
                mime_type,
                bytes: *bytes,
            })
            .collect();
        platform.upload_all(&uploads).await?;
    }
    Ok(())
}
