//! One or two sentences for each reason.

use super::words::{amount, day, factor, lira, month, per_cent};
use crate::{
    amount::Kurus,
    finding::{Base, Finding, Quantity},
    reason::{ChartRule, QuietDay, Reason, SameAs, Subject},
};

pub(super) fn sentence(finding: &Finding) -> String {
    let observed = amount(finding.observed).map(lira).unwrap_or_default();
    let date = day(finding.date);
    match &finding.reason {
        Reason::MonthAbovePath { account, month: of, factor: times, bills } => format!(
            "{account} hesabında bir carinin {} faturaları {bills} adet, toplam {observed}; önceki \
             ayların gidişine göre beklenenin {} katı{}.",
            month(*of),
            factor(*times),
            usual(finding.base, "ay"),
        ),
        Reason::MonthLeftUnpaid { account, month: of, unpaid, bills, days } => format!(
            "{account} hesabında bir carinin {} faturaları {bills} adet, alışılmıştan fazla; bunların \
             {unpaid} tanesi ({observed}), carinin faturaları hep ödenirken, {days} gündür ödenmedi{}.",
            month(*of),
            usual(finding.base, "ay"),
        ),
        Reason::EntryAboveUsual { account, factor: times } => format!(
            "{account} hesabına {date} tarihinde {observed} kaydedildi; hesabın alışılmış kaydının {} \
             katı{}.",
            factor(*times),
            usual(finding.base, "kayıt"),
        ),
        Reason::AccountHardlyUsed { account, months_used: 0, months } => format!(
            "{account} hesabı {months} aylık geçmişte hiç kullanılmamışken {date} tarihinde belgesiz \
             {observed} ile çalıştı."
        ),
        Reason::AccountHardlyUsed { account, months_used, months } => format!(
            "{account} hesabı {months} aylık geçmişin yalnızca {months_used} ayında kullanılmışken {date} \
             tarihinde belgesiz {observed} ile çalıştı."
        ),
        Reason::PartyNew { party, share } => format!(
            "{party} numaralı cariden ilk kez {date} tarihinde fatura geldi ve tutarı son üç ayın \
             alımlarının {} kadarı ({}).",
            per_cent(*share),
            stake(finding),
        ),
        Reason::PartyBack { party, silent_days, factor: times } => format!(
            "{party} numaralı cari {silent_days} gün sonra {date} tarihinde yeniden göründü; tutar {} ve \
             kendi eski faturalarının {} katı.",
            stake(finding),
            factor(*times),
        ),
        Reason::PartyAboveUsual { party, factor: times } => format!(
            "{party} numaralı carinin {date} tarihli {observed} tutarındaki faturası, kendi alışılmış \
             faturasının {} katı{}.",
            factor(*times),
            usual(finding.base, "fatura"),
        ),
        Reason::Chart { rule, account } => {
            format!("{date} tarihli {observed} tutarındaki kayıtta {}.", chart(*rule, account))
        }
        Reason::Same { same_as, days_apart, party, reference } => {
            same(*same_as, *days_apart, party.as_deref(), reference.as_deref(), &observed)
        }
        Reason::Digits { of, n, decades, excess, p, .. } => {
            let digits: Vec<String> = excess
                .iter()
                .map(|digit| {
                    format!(
                        "{} ({}, beklenen {})",
                        digit.digits,
                        per_cent(digit.share),
                        per_cent(digit.expected)
                    )
                })
                .collect();
            format!(
                "{} için son on iki aydaki {n} tutarın ilk rakamları Benford dağılımından ve bu \
                 büyüklükteki tutarlardan beklenenden sapıyor. Fazla görülen rakamlar: {}. Tutarlar {} \
                 basamağa yayılıyor; rastlantı olasılığı binde {} veya daha az.",
                subject(of),
                digits.join("; "),
                factor(*decades),
                factor((p * 1000.0).max(0.1)),
            )
        }
        Reason::Round { party, round, of, usual_share } => format!(
            "{party} numaralı carinin son iki aydaki {of} faturasının {round} tanesi yuvarlak tutarlı \
             (toplam {}); firmanın bütün faturalarında bu oran {}.",
            stake(finding),
            per_cent(*usual_share),
        ),
        Reason::Quiet { day: QuietDay::Holiday, holiday, account } => format!(
            "{date} günü resmî tatilken ({}) {account} hesabına elle {observed} kaydedildi{}.",
            holiday.as_deref().unwrap_or("resmî tatil"),
            usual(finding.base, "elle kayıt"),
        ),
        Reason::Quiet { day: QuietDay::Sunday, account, .. } => format!(
            "Pazar günleri kayıt yapmayan firmada {date} pazar günü {account} hesabına elle {observed} \
             kaydedildi{}.",
            usual(finding.base, "elle kayıt"),
        ),
        Reason::Split { party, payments, days, limit } => format!(
            "{party} numaralı cariye {} kasadan {payments} ödeme yapıldı: her biri {} sınırının altında, \
             toplamı {observed}.",
            if *days == 0 { "aynı gün".to_owned() } else { format!("{} gün içinde", days + 1) },
            lira(*limit),
        ),
        Reason::UnpaidNewSupplier { party, bills, share, unpaid_days } => format!(
            "{party} numaralı yeni tedarikçi {bills} fatura kesti (toplam {}, dönemin alımlarının {} \
             kadarı); ilk faturanın üzerinden {unpaid_days} gün geçti, hiç ödeme yok.",
            stake(finding),
            per_cent(*share),
        ),
        Reason::Circle { companies, days, difference } => format!(
            "{} firma arasında satış zinciri başladığı yere döndü: {} gün içinde, en az {observed} ve \
             tutarlar arasında en çok {} fark ile.",
            companies.len(),
            days + 1,
            per_cent(*difference),
        ),
        Reason::MissingNumbers { series, missing } => {
            let range = match &finding.evidence {
                crate::finding::Evidence::NumberRange { first, last } if first != last => {
                    format!("{first} ile {last} arası")
                }
                crate::finding::Evidence::NumberRange { first, .. } => first.clone(),
                _ => series.clone(),
            };
            format!(
                "{series} serisinde {missing} fatura numarası ne kayıtlarda ne iptallerde var: {range}."
            )
        }
        Reason::KdvRate { rate, is_stated } => format!(
            "{date} tarihli belgede {} KDV oranı {} ve o tarihteki oranlarla açıklanamıyor (KDV {}).",
            if *is_stated { "yazılan" } else { "tutarlardan bulunan" },
            per_cent(f64::from(*rate) / 10_000.0),
            stake(finding),
        ),
        Reason::RecordedLate { recorded_on, days } => format!(
            "{} günü, en eskisi {days} gün öncesine tarihlenmiş {} kayıt yapıldı; ilgili dönemin KDV \
             beyan süresi geçmişti (toplam {}).",
            day(*recorded_on),
            finding.entries.len(),
            stake(finding),
        ),
        Reason::InFuture { days } => {
            format!("Kayıt {days} gün ileri tarihli ({}).", stake(finding))
        }
    }
}

/// `770.04 hesabı`, `1234567890 numaralı cari`.
pub(super) fn subject(of: &Subject) -> String {
    match of {
        Subject::Account(account) => format!("{account} hesabı"),
        Subject::Counterparty(party) => format!("{party} numaralı cari"),
    }
}

fn stake(finding: &Finding) -> String {
    lira(finding.at_stake.unwrap_or(Kurus::ZERO))
}

/// ` (son 12 ayın ortancası 1.000,00 TL)`, or nothing.
fn usual(base: Option<Base>, of: &str) -> String {
    match base {
        Some(Base { n, median: Quantity::Amount(median), .. }) => {
            format!(" ({n} {of} içinde ortanca {})", lira(median))
        }
        _ => String::new(),
    }
}

fn chart(rule: ChartRule, account: &str) -> String {
    match rule {
        ChartRule::Unbalanced => "borç ve alacak toplamları eşit değil".to_owned(),
        ChartRule::BothSides => {
            format!("{account} satırında borç ve alacak birlikte ya da eksi yazılmış")
        }
        ChartRule::ZeroLine => format!("{account} satırının tutarı yok"),
        ChartRule::MalformedAccount => {
            format!("{account} kodu üç haneli bir ana hesapla başlamıyor")
        }
        ChartRule::UnknownAccount => format!("{account} hesabı firmanın hesap planında yok"),
        ChartRule::InactiveAccount => {
            format!("{account} hesabı kapatılmış olduğu hâlde kullanılmış")
        }
        ChartRule::MemorandumMixed => {
            format!("nazım hesap ({account}) bilanço ya da gelir tablosu hesaplarıyla karışmış")
        }
        ChartRule::InputKdvInSale => {
            format!(
                "satışın KDV'si 391 yerine indirilecek KDV hesabına ({account}) alacak yazılmış"
            )
        }
        ChartRule::OutputKdvInPurchase => {
            format!("alışın KDV'si 191 yerine hesaplanan KDV hesabına ({account}) borç yazılmış")
        }
        ChartRule::CostInRevenueAccount => {
            format!("gider ya da alış, satış hesabına ({account}) borç yazılmış")
        }
        ChartRule::CollectionSidesSwapped => format!(
            "müşteri hesabı ({account}) borçlandırılıp para çıkışı yazılmış; iadesi ya da fazla ödemesi \
             olmayan müşteride bu, tahsilatın ters kaydıdır"
        ),
        ChartRule::PaymentSidesSwapped => format!(
            "satıcı hesabı ({account}) alacaklandırılıp para girişi yazılmış; iadesi ya da fazla ödemesi \
             olmayan satıcıda bu, ödemenin ters kaydıdır"
        ),
        ChartRule::ClosingOutsideYearEnd => {
            format!("dönem sonu hesabı ({account}) yıl sonu dışında bir günde çalışmış")
        }
    }
}

fn same(
    same_as: SameAs,
    days_apart: i64,
    party: Option<&str>,
    reference: Option<&str>,
    observed: &str,
) -> String {
    let of = party.map(|party| format!("{party} numaralı carinin ")).unwrap_or_default();
    let number = reference.map(|number| format!("{number} numaralı ")).unwrap_or_default();
    let how = match same_as {
        SameAs::Exact => "aynı numara ve tutarla",
        SameAs::OtherSpelling => "aynı tutarla ve numarası başka biçimde yazılarak",
        SameAs::NoNumber => "aynı tutarla, biri numarasız olarak",
        SameAs::NearAmount => "aynı numara ve kuruş farkıyla",
    };
    let when =
        if days_apart == 0 { "aynı gün".to_owned() } else { format!("{days_apart} gün arayla") };
    format!("{of}{number}{observed} tutarındaki belgesi {when} {how} iki kez kayıtlı.")
}
