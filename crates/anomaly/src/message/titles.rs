//! A few words for each kind.

use crate::{
    finding::{Finding, Kind},
    reason::Reason,
};

/// A few Turkish words for a kind.
pub const fn kind_title(kind: Kind) -> &'static str {
    match kind {
        Kind::ExpenseSpike => "Gider hesabında olağan dışı artış",
        Kind::LargeEntry => "Olağan dışı büyük kayıt",
        Kind::UnusualAccount => "Alışılmadık hesap kullanımı",
        Kind::NewCounterparty => "Yüksek tutarlı yeni cari",
        Kind::DormantCounterparty => "Uzun süre sonra yüksek tutarla dönen cari",
        Kind::UnusualCounterparty => "Carinin alışılmışından çok yüksek fatura",
        Kind::ChartMismatch => "Hesap planına uymayan kayıt",
        Kind::DuplicateEntry => "Aynı belge iki kez kaydedilmiş olabilir",
        Kind::DuplicateInvoice => "Aynı fatura iki kez kaydedilmiş olabilir",
        Kind::Benford => "Tutarların ilk rakamları olağan dağılmıyor",
        Kind::RoundAmounts => "Yuvarlak tutarlı faturalar",
        Kind::Timing => "Tatil gününde büyük kayıt",
        Kind::CashSplitting => "Bölünmüş nakit ödeme görüntüsü",
        Kind::SuspiciousSupplier => "Ödenmeyen yüksek tutarlı yeni tedarikçi",
        Kind::Ring => "Müşteriler arasında dönen satışlar",
        Kind::NumberGap => "Fatura numaralarında boşluk",
        Kind::KdvPattern => "Oranlarla açıklanamayan KDV",
        Kind::BackDating => "Geriye dönük tarihli kayıt",
        Kind::FutureDating => "İleri tarihli kayıt",
    }
}

/// The title of a finding: its kind and what it is about.
pub(super) fn title(finding: &Finding) -> String {
    let about = match &finding.reason {
        Reason::MonthAbovePath { account, month, .. }
        | Reason::MonthLeftUnpaid { account, month, .. } => {
            format!("{account}, {}", super::words::month(*month))
        }
        Reason::EntryAboveUsual { account, .. }
        | Reason::AccountHardlyUsed { account, .. }
        | Reason::Chart { account, .. }
        | Reason::Quiet { account, .. } => account.clone(),
        Reason::PartyNew { party, .. }
        | Reason::PartyBack { party, .. }
        | Reason::PartyAboveUsual { party, .. }
        | Reason::Round { party, .. }
        | Reason::Split { party, .. }
        | Reason::UnpaidNewSupplier { party, .. } => party.clone(),
        Reason::Same { reference: Some(reference), .. } => reference.clone(),
        Reason::Digits { of, .. } => super::sentences::subject(of),
        Reason::MissingNumbers { series, .. } => series.clone(),
        Reason::Same { .. }
        | Reason::Circle { .. }
        | Reason::KdvRate { .. }
        | Reason::RecordedLate { .. }
        | Reason::InFuture { .. } => super::words::day(finding.date),
    };
    format!("{}: {about}", kind_title(finding.kind))
}
