//! Sentences of findings.

pub(super) const SENTENCES: &[(&str, &str)] = &[
    // The file.
    (
        "MEDIA_TYPE_MISMATCH",
        "Dosyanın içeriği {found}, ancak yüklenirken bildirilen tür {declared}; dosyanın doğru belge olduğunu kontrol edin.",
    ),
    (
        "FILE_INCOMPLETE",
        "Dosyanın sonu eksik; belgenin bir bölümü okunamamış olabilir. Belgeyi kaynağından yeniden indirip yükleyin.",
    ),
    (
        "FINDINGS_TRUNCATED",
        "Belgede listelenenden fazla uyarı var ({count} uyarı gösterilmedi); önce listelenenleri giderin.",
    ),
    (
        "EDOCUMENT_NOT_INVOICE",
        "Bu belge bir fatura değil, {type} ({number}); türü tanındı, fatura olarak kaydedilmedi. Gerekirse ilgili faturayı yükleyin.",
    ),
    (
        "OFFER_NOT_INVOICE",
        "Belgenin başlığı {found}; proforma ve teklif fatura yerine geçmez. Kayda almadan önce asıl faturayı isteyin.",
    ),
    (
        "SEVERAL_DOCUMENTS",
        "Dosyada {count} belge var; her biri ayrı okundu, ancak hiçbiri kayda alınmadı. Kayda almak için belgeleri ayrı ayrı yükleyin.",
    ),
    (
        "CONTAINED_DOCUMENT_UNREAD",
        "Dosyadaki {name} okunamadı; nedeni belge listesinde yazıyor, belgeyi düzeltip ayrıca yükleyin.",
    ),
    // Identity.
    (
        "UBL_VERSION_UNEXPECTED",
        "Belgenin sürüm bilgisi ({found}) beklenenden farklı; alanların doğru okunduğunu kontrol edin.",
    ),
    (
        "COPY_INDICATOR_SET",
        "Belge asıl değil, suret olarak işaretlenmiş; kayda almadan önce aslını isteyin.",
    ),
    (
        "PROFILE_UNKNOWN",
        "Fatura senaryosu ({found}) bilinen listede yok; faturayı düzenleyenden doğrulayın.",
    ),
    (
        "INVOICE_TYPE_UNKNOWN",
        "Fatura tipi ({found}) bilinen listede yok; faturayı düzenleyenden doğrulayın.",
    ),
    (
        "INVOICE_NUMBER_FORMAT",
        "Fatura numarası ({found}) resmî biçime (3 harf, yıl, 9 hane) uymuyor; numarayı kontrol edin.",
    ),
    ("ETTN_MISSING", "Belgede ETTN yok; faturanın aslını düzenleyenden isteyin."),
    ("ETTN_FORMAT", "ETTN ({found}) geçerli biçimde değil; faturanın aslıyla karşılaştırın."),
    (
        "DATE_UNREADABLE",
        "Tarih okunamadı: {field} alanında {found} yazıyor; tarihi belgeden elle girin.",
    ),
    (
        "DATE_AMBIGUOUS",
        "{field} iki türlü okunabilir ({found} veya {other}); gün ve ayın sırasını belgeyi düzenleyene göre doğrulayın.",
    ),
    ("TIME_UNREADABLE", "Düzenleme saati okunamadı ({found}); gerekirse belgeden elle girin."),
    ("ISSUE_DATE_TOO_EARLY", "Düzenleme tarihi ({found}) 2005 yılından önce; tarihi kontrol edin."),
    (
        "BILLING_REFERENCE_MISSING",
        "İade faturasında iade edilen faturanın numarası yok; hangi faturanın iade edildiğini belirleyin.",
    ),
    (
        "LINE_COUNT_MISMATCH",
        "Belge {expected} kalem bildiriyor, ancak {found} kalem içeriyor; belgenin eksiksiz olduğunu kontrol edin.",
    ),
    (
        "QR_CODE_MISMATCH",
        "Belgede {field} {found} yazıyor, karekodda ise {other}; belgenin değiştirilip değiştirilmediğini düzenleyenden doğrulayın.",
    ),
    // Parties.
    ("PARTY_MISSING", "Belgede {party} bilgisi yok; belgeyi düzenleyenden doğrusunu isteyin."),
    (
        "TAX_NUMBER_MISSING",
        "{party} için VKN veya TCKN yazılmamış; numarayı belgeyi düzenleyenden isteyin.",
    ),
    (
        "TAX_NUMBER_AMBIGUOUS",
        "{party} için birden fazla VKN/TCKN yazılmış ({found}); hangisinin doğru olduğunu kontrol edin.",
    ),
    (
        "TAX_NUMBER_FORMAT",
        "{party} vergi numarası ({found}) doğru uzunlukta değil; VKN 10, TCKN 11 hanelidir. Numarayı kontrol edin.",
    ),
    (
        "TAX_NUMBER_COLLECTIVE",
        "{party} için gerçek bir vergi numarası yerine ortak numara ({found}) yazılmış; düzenleyenin numarasını belirleyin.",
    ),
    (
        "TAX_NUMBER_CHECK_DIGITS",
        "{party} vergi numarasının ({found}) kontrol haneleri tutmuyor; numarayı kontrol edin.",
    ),
    ("PARTY_NAME_MISSING", "{party} için unvan veya ad soyad yazılmamış; belgeden tamamlayın."),
    (
        "CLIENT_NOT_A_PARTY",
        "Mükellef bu faturanın ne satıcısı ne de alıcısı; belgenin doğru mükellefe yüklendiğini kontrol edin.",
    ),
    (
        "CLIENT_TAX_NUMBER_INVALID",
        "Mükellefin kayıtlı vergi numarası ({found}) geçerli bir VKN veya TCKN değil; faturanın yönü belirlenemedi, mükellef kaydındaki numarayı düzeltin.",
    ),
    (
        "CLIENT_IS_BOTH_PARTIES",
        "Mükellef bu faturada hem satıcı hem alıcı görünüyor; faturanın yönünü elle belirleyin.",
    ),
    (
        "IBAN_CHECK_DIGITS",
        "Ödeme için yazılan IBAN ({found}) geçerli değil; ödeme yapmadan önce doğrulayın.",
    ),
    // Amounts.
    (
        "AMOUNT_UNREADABLE",
        "{field} alanındaki tutar ({found}) geçerli bir sayı değil ve kullanılmadı; tutarı belgeden elle girin.",
    ),
    (
        "AMOUNT_AMBIGUOUS",
        "{field} belgede birden fazla ve farklı yazılmış ({found} ve {other}); doğru tutarı belgeden elle girin.",
    ),
    ("AMOUNT_MISSING", "Belgede {field} yazılmamış; tutarı belgeyi düzenleyenden isteyin."),
    (
        "AMOUNT_PRECISION",
        "{field} ({found}) iki ondalıktan veya 17 haneden uzun; kuruş yuvarlamasını kontrol edin.",
    ),
    ("CURRENCY_MISSING", "Belgenin para birimi yazılmamış; para birimini belirleyin."),
    ("CURRENCY_UNKNOWN", "Para birimi kodu ({found}) tanınmıyor; para birimini kontrol edin."),
    (
        "CURRENCY_MIXED",
        "Belgenin para birimi {expected}, ancak bazı tutarlar {found} olarak yazılmış; tutarları kontrol edin.",
    ),
    (
        "EXCHANGE_RATE_MISSING",
        "Fatura {currency} cinsinden, ancak döviz kuru yazılmamış; düzenleme tarihindeki kuru elle girin.",
    ),
    (
        "LINES_SUM_MISMATCH",
        "Kalemlerin toplamı {expected}, belgede yazan mal/hizmet toplamı {found}; farkı kontrol edin.",
    ),
    (
        "NET_TOTAL_MISMATCH",
        "Kalemlerden, iskonto ve artırımlardan bulunan matrah {expected}, belgede yazan vergiler hariç tutar {found}; farkı kontrol edin.",
    ),
    (
        "LINE_TOTAL_MISMATCH",
        "{line}. kalemde miktar × birim fiyat {expected}, yazan kalem tutarı {found}; kalemi kontrol edin.",
    ),
    (
        "LINE_KDV_SUM_MISMATCH",
        "Kalemlerin KDV toplamı {expected}, belgenin KDV toplamı {found}; farkı kontrol edin.",
    ),
    (
        "TAX_TOTAL_MISMATCH",
        "Vergi dökümünün toplamı {expected}, belgede yazan toplam vergi {found}; farkı kontrol edin.",
    ),
    (
        "KDV_AMOUNT_MISMATCH",
        "%{rate} KDV için matrahtan hesaplanan {expected}, belgede yazan {found}; KDV tutarını kontrol edin.",
    ),
    (
        "TAX_INCLUSIVE_MISMATCH",
        "Matrah ve vergilerden bulunan vergiler dahil tutar {expected}, belgede yazan {found}; farkı kontrol edin.",
    ),
    (
        "PAYABLE_MISMATCH",
        "Ödenmesi gereken tutar {expected} olarak hesaplandı, belgede {found} yazıyor; ödemeden önce kontrol edin.",
    ),
    (
        "AMOUNT_IN_WORDS_MISMATCH",
        "Belgede yazıyla {found}, rakamla {expected} yazıyor; doğru tutarı belgeyi düzenleyenden öğrenin.",
    ),
    (
        "NEGATIVE_PRICE",
        "{line}. kalemde tutar eksi ({found}); iade veya iskonto olup olmadığını kontrol edin.",
    ),
    // KDV and other taxes.
    (
        "TAX_TYPE_MISSING",
        "Vergi dökümünde türü yazılmayan bir vergi var ({found}); verginin ne olduğunu belgeden belirleyin.",
    ),
    (
        "TOTALS_UNCHECKED",
        "Vergiler eksik veya anlaşılamadığı için ödenecek tutar doğrulanamadı; tutarları belgeyle karşılaştırın.",
    ),
    (
        "KDV_RATE_MISSING",
        "Vergi dökümünde oranı yazılmayan ve hesaplanamayan KDV var ({found}); oranı belgeden belirleyin.",
    ),
    ("KDV_RATE_UNKNOWN", "KDV oranı %{rate} yürürlükte olan oranlardan değil; oranı kontrol edin."),
    (
        "KDV_RATE_NOT_IN_FORCE",
        "KDV oranı %{rate}, {date} tarihinde yürürlükte değil; teslim tarihini ve oranı kontrol edin.",
    ),
    (
        "TAX_TYPE_UNKNOWN",
        "Vergi türü kodu ({found}) bilinen listede yok; verginin ne olduğunu belgeyi düzenleyenden öğrenin.",
    ),
    (
        "EXEMPTION_REASON_MISSING",
        "KDV sıfır, ancak istisna kodu veya nedeni yazılmamış; istisna nedenini belgeyi düzenleyenden isteyin.",
    ),
    ("EXEMPTION_CODE_UNKNOWN", "İstisna kodu ({found}) bilinen listede yok; kodu kontrol edin."),
    (
        "EXEMPTION_TYPE_MISMATCH",
        "İstisna kodu {found}, {type} tipindeki faturayla uyuşmuyor; fatura tipini ve kodu kontrol edin.",
    ),
    // Tevkifat.
    (
        "WITHHOLDING_TYPE_MISMATCH",
        "Faturada tevkifat var, ancak fatura tipi {type}; fatura tipini düzenleyenden doğrulayın.",
    ),
    (
        "WITHHOLDING_MISSING",
        "Fatura tipi tevkifatlı, ancak tevkifat tutarı yazılmamış; tevkifatı kontrol edin.",
    ),
    ("WITHHOLDING_CODE_UNKNOWN", "Tevkifat kodu ({found}) bilinen listede yok; kodu kontrol edin."),
    (
        "WITHHOLDING_RATE_MISMATCH",
        "{code} kodlu tevkifat için %{found} oranı listede yok; oranı kontrol edin.",
    ),
    (
        "WITHHOLDING_AMOUNT_MISMATCH",
        "Tevkifat oranından bulunan tutar {expected}, belgede yazan {found}; tevkifatı kontrol edin.",
    ),
    (
        "OTV_WITHHOLDING_INCOMPLETE",
        "Belgede ÖTV tevkifatı var, ancak fatura tipi veya ÖTV satırı buna uymuyor; belgeyi düzenleyenden doğrulayın.",
    ),
    // Special scenarios.
    (
        "EXPORT_FIELDS_MISSING",
        "İhracat faturasında gümrük bilgileri eksik ({missing}); düzenleyenden tamamlanmış faturayı isteyin.",
    ),
    (
        "PASSENGER_FIELDS_MISSING",
        "Yolcu beraberi faturasında yolcu bilgileri eksik ({missing}); düzenleyenden tamamlanmış faturayı isteyin.",
    ),
    (
        "SGK_FIELDS_MISSING",
        "SGK faturasında fatura türü veya dosya numarası yok; düzenleyenden tamamlanmış faturayı isteyin.",
    ),
    // Statements.
    (
        "BALANCE_CHAIN_BROKEN",
        "Ekstrede {count} hareketin tutarı önceki ve sonraki bakiyeyle uyuşmuyor (satır {lines}); bu satırları belgeyle karşılaştırın.",
    ),
    (
        "STATEMENT_BALANCES_DIFFER",
        "Açılış bakiyesi ile hareketlerin toplamı {expected}, belgede yazan kapanış bakiyesi {found}; eksik veya yanlış okunan hareketleri kontrol edin.",
    ),
    (
        "MOVEMENTS_UNREADABLE",
        "Ekstrede {count} hareketin tarihi veya tutarı okunamadı; bu hareketleri belgeden elle girin.",
    ),
    (
        "STATEMENT_GAP",
        "Aynı hesabın ardışık iki ekstresi birbirini tutmuyor: ilki {expected} ile kapanıyor, sonraki {found} ile açılıyor; aradaki hareketleri bankadan isteyin.",
    ),
    (
        "STATEMENT_SUMS_DIFFER",
        "Okunan {direction} hareketlerinin toplamı {expected}, ekstrede yazan toplam {found}; eksik hareket olup olmadığını kontrol edin.",
    ),
    (
        "MOVEMENT_SIGNS_UNKNOWN",
        "Dosya hareketlerin giriş mi çıkış mı olduğunu söylemiyor; tutarların yönünü banka hesabıyla karşılaştırıp düzeltin.",
    ),
    (
        "MOVEMENTS_PENDING",
        "Bankanın henüz hesaba işlemediği {count} hareket var; bunlar hareketlere alınmadı, kesinleşince yeni ekstre yükleyin.",
    ),
    (
        "MOVEMENTS_REPEATED",
        "Aynı gün, tutar ve referansla yazılmış {count} hareket var ve bakiyelerle doğrulanamadı; mükerrer olup olmadıklarını kontrol edin.",
    ),
    (
        "MOVEMENT_DATE_MOVED",
        "Hareketin tarihi ({found}) takvimde yok; ayın son günü olarak alındı, tarihi kontrol edin.",
    ),
    (
        "MOVEMENT_DATE_ASSUMED",
        "{line}. hareketin tarihi yazılmamış; bildirimin düzenlenme tarihi alındı, işlem tarihini bankadan doğrulayın.",
    ),
    (
        "BATCH_SUM_DIFFERS",
        "{line}. hareketin altındaki ödemelerin toplamı hareketin tutarıyla uyuşmuyor; toplu işlemi bankadan doğrulayın.",
    ),
    (
        "ACCOUNT_MISSING",
        "Ekstrede hesap numarası veya IBAN yazmıyor; hareketlerin hangi hesaba ait olduğunu belirleyin.",
    ),
    (
        "DECIMAL_SIGN_AMBIGUOUS",
        "Tutarların ({found} gibi) ondalık ayracı anlaşılamadı; Türkçe yazım varsayıldı, tutarları belgeyle karşılaştırın.",
    ),
    (
        "TEXT_ENCODING_ASSUMED",
        "Dosyanın harf kodlaması belirtilmemiş; Türkçe (Windows-1254) varsayıldı, adlardaki harfleri kontrol edin.",
    ),
    (
        "STATEMENT_FIELDS_UNKNOWN",
        "Ekstrede tanınmayan {count} alan var; bu satırlar açıklamanın devamı sayıldı, hareketleri kontrol edin.",
    ),
    (
        "SEVERAL_ACCOUNTS",
        "Belgede birden fazla hesabın ekstresi var; her hesabın bakiyeleri ve hareketleri ayrı ayrı okundu, hareketleri hesabına göre işleyin.",
    ),
];
