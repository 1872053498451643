//! Sentences of errors: what happened and what to do.

use crate::error::{Limit, ReadError};

/// The sentence stored for people (`documents.processing_error_message`).
pub fn for_error(error: &ReadError) -> String {
    match error {
        ReadError::Empty => "Dosya boş; belgeyi yeniden yükleyin.".to_owned(),
        ReadError::Unsupported(name) => unsupported(name),
        ReadError::Encrypted => {
            "Belge parola ile korunuyor; parolasını kaldırıp yeniden yükleyin.".to_owned()
        }
        ReadError::Corrupt(_) => {
            "Dosya bozuk veya eksik; belgeyi kaynağından yeniden indirip tekrar yükleyin.".to_owned()
        }
        ReadError::ForbiddenXml => {
            "Dosya güvenlik nedeniyle okunmadı: e-belgelerde bulunmaması gereken tanımlar içeriyor. Belgenin aslını düzenleyenden isteyin."
                .to_owned()
        }
        ReadError::LimitExceeded(limit) => limit_exceeded(*limit).to_owned(),
        ReadError::NoText => {
            "Belgede okunabilir metin bulunamadı; daha net bir tarama veya belgenin aslını yükleyin.".to_owned()
        }
        ReadError::NoStatement(_) => {
            "Dosyada hesap hareketi veya bakiye bulunamadı; ekstreyi bankanızdan yeniden indirip yükleyin.".to_owned()
        }
        ReadError::AmbiguousArchive(_) => {
            "Sıkıştırılmış dosyada veya zarfta belge yok; belgenin kendisini yükleyin.".to_owned()
        }
        ReadError::OcrUnavailable(_) => {
            "Taranmış belgeleri okuyacak yazılım sunucuda kurulu değil; sistem yöneticinizden Tesseract ile Türkçe dil paketini kurmasını isteyin."
                .to_owned()
        }
        ReadError::OcrFailed(_) => {
            "Taranmış belge okunamadı; yeniden yükleyin, sorun sürerse daha net bir tarama yükleyin.".to_owned()
        }
        ReadError::ProcessFailed(_) => {
            "Belge okunurken beklenmeyen bir sorun oldu; belgeyi yeniden yükleyin, sorun sürerse sistem yöneticinize bildirin."
                .to_owned()
        }
    }
}

/// The value of [`ReadError::Unsupported`] is a type's name or a document's; both are matched here.
fn unsupported(name: &str) -> String {
    let (what, advice) = match name {
        "HTML" => (
            "Hesap hareketi tablosu içermeyen web sayfaları (HTML)",
            "belgenin PDF veya XML aslını yükleyin",
        ),
        "HEIC" => {
            ("HEIC biçimindeki fotoğraflar", "fotoğrafı JPEG veya PNG olarak kaydedip yükleyin")
        }
        "Excel (XLSX)" | "Excel (XLS)" => (
            "Hesap hareketi tablosu içermeyen Excel dosyaları",
            "ekstrenin tarih, açıklama ve tutar sütunları olan halini, faturanın PDF veya XML biçimini yükleyin",
        ),
        "text" => (
            "Hesap hareketi tablosu içermeyen metin dosyaları",
            "belgenin PDF veya XML aslını yükleyin",
        ),
        "XML" => (
            "Bu XML dosyası bir e-Fatura, e-Arşiv veya başka bir e-belge değil; bu tür XML dosyaları",
            "belgenin PDF veya e-belge XML aslını yükleyin",
        ),
        "ZIP" => ("İç içe sıkıştırılmış dosyalar", "içindeki belgeyi ayrı yükleyin"),
        _ => ("Bu türdeki dosyalar", "belgeyi PDF, XML, JPEG veya PNG olarak yükleyin"),
    };
    format!("{what} henüz okunmuyor; {advice}.")
}

fn limit_exceeded(limit: Limit) -> &'static str {
    match limit {
        Limit::InputBytes => {
            "Dosya izin verilen boyuttan büyük; belgeyi bölerek veya küçülterek yükleyin."
        }
        Limit::Pages => "Belgenin sayfa sayısı izin verilenden fazla; belgeyi bölerek yükleyin.",
        Limit::Pixels => "Görüntü izin verilenden büyük; daha düşük çözünürlükte tarayıp yükleyin.",
        Limit::Glyphs | Limit::Output => {
            "Belgede izin verilenden fazla metin var; belgeyi bölerek yükleyin."
        }
        Limit::Memory | Limit::Cpu => {
            "Belge okunamayacak kadar karmaşık; belgeyi sadeleştirerek veya bölerek yükleyin."
        }
        Limit::Wall => {
            "Belge izin verilen sürede okunamadı; bölerek veya sadeleştirerek yeniden yükleyin."
        }
        Limit::Xml => {
            "e-Belge izin verilenden büyük veya karmaşık; belgenin aslını düzenleyenden isteyin."
        }
        Limit::Archive => {
            "Sıkıştırılmış dosya izin verilenden büyük veya çok sayıda dosya içeriyor; belgeyi tek başına yükleyin."
        }
    }
}
