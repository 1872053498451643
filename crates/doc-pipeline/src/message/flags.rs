//! Sentences of flags. A code that is raised for several causes has one row per cause.

pub(super) const SENTENCES: &[(&str, &str)] = &[
    ("INVOICE_NUMBER_MISSING", "Fatura numarası okunamadı; numarayı belgeden elle girin."),
    ("ISSUE_DATE_MISSING", "Düzenleme tarihi okunamadı; tarihi belgeden elle girin."),
    (
        "DATE_INCONSISTENCY",
        "Vade tarihi ({value}) düzenleme tarihinden önce; tarihleri kontrol edin.",
    ),
    (
        "NEGATIVE_AMOUNT",
        "Ödenecek tutar eksi ({value}); belgenin iade olup olmadığını kontrol edin.",
    ),
    (
        "AMOUNT_MISMATCH",
        "Kalemlerin toplamı belgenin tutarıyla uyuşmuyor (fark {value}); kalemleri ve toplamı kontrol edin.",
    ),
    (
        "TOTALS_MISMATCH",
        "Matrah, KDV ve tevkifattan bulunan tutar ödenecek tutarla uyuşmuyor (fark {value}); tutarları kontrol edin.",
    ),
    (
        "DUPLICATE_INVOICE_NUMBER",
        "Aynı düzenleyenin aynı numaralı başka bir faturası kayıtlı; mükerrer kayıt olup olmadığını kontrol edin.",
    ),
    ("DUPLICATE_ETTN", "Aynı ETTN ile kayıtlı başka bir fatura var; mükerrer kayıt yapmayın."),
    ("DUPLICATE_CONTENT", "Aynı dosya daha önce yüklenmiş; mükerrer kayıt yapmayın."),
    ("HIGH_AMOUNT", "Tutar çok yüksek ({value}); belgeyi ayrıca kontrol edin."),
    (
        "HIGH_AMOUNT.transactions",
        "Ekstrede 100.000 TL üzerinde {value} hareket var; bu hareketleri kontrol edin.",
    ),
    (
        "MISSING_COUNTERPARTY_INFO",
        "Karşı tarafın adı ve vergi numarası okunamadı; bilgileri belgeden elle girin.",
    ),
    (
        "VAT_RATE_INCONSISTENCY",
        "Belgedeki KDV oranı ({value}) belge tarihinde geçerli oranlardan değil; oranı kontrol edin.",
    ),
    (
        "VAT_RATE_INCONSISTENCY.many",
        "Belgede ikiden fazla KDV oranı var ({value} oran); kalemlerin oranlarını kontrol edin.",
    ),
    (
        "AMOUNT_DATE_INCONSISTENCY.future",
        "Yüksek tutarlı belgenin tarihi ileri bir tarih ({value}); tarihi kontrol edin.",
    ),
    (
        "AMOUNT_DATE_INCONSISTENCY.old",
        "Yüksek tutarlı belge bir yıldan eski ({value}); dönemini kontrol edin.",
    ),
    (
        "AMOUNT_DATE_INCONSISTENCY.weekend",
        "Yüksek tutarlı belge hafta sonu düzenlenmiş ({value}); belgeyi kontrol edin.",
    ),
    ("FUTURE_DATE", "Belgenin tarihi ileri bir tarih ({value}); tarihi kontrol edin."),
    (
        "MISSING_BALANCE_INFO",
        "Ekstrenin açılış ve kapanış bakiyeleri okunamadı; bakiyeleri belgeden elle girin.",
    ),
    (
        "NEGATIVE_BALANCE",
        "Hesap artı bakiyeyle açılıp eksi bakiyeyle kapanmış ({value}); hareketleri kontrol edin.",
    ),
    (
        "BALANCE_CHAIN_BROKEN",
        "Ekstrede hareketler bakiyelerle uyuşmuyor (fark {value}); eksik veya yanlış okunan hareketleri tamamlayın.",
    ),
    ("MISSING_AMOUNT", "Fişin toplam tutarı okunamadı; tutarı belgeden elle girin."),
    ("MISSING_DATE", "Fişin tarihi okunamadı; tarihi belgeden elle girin."),
];
