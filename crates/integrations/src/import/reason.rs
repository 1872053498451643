//! Why a record is not in the books, or not as its source has it.

/// A word for programs and a sentence for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The record has no usable id.
    ExternalId,
    /// An amount, quantity or rate does not fit the books.
    Amount,
    /// A date that cannot be one of an invoice or a movement.
    Date,
    /// No company of the office is named, and the integration has none of its own.
    CompanyUnknown,
    /// The record names another number than that of the company that the integration belongs to, and
    /// the office has no company with it.
    CompanyConflict,
    /// Neither side of the invoice is a company of the office.
    SideUnknown,
    /// The movement does not say which IBAN moved.
    AccountUnknown,
    /// Several companies have this IBAN.
    AccountAmbiguous,
    /// Another integration brings the movements of this account.
    AccountServed,
    /// The ledger is kept in lira, and the record is in another currency.
    ForeignCurrency,
    /// The platform has the account in another currency than the movement.
    AccountCurrency,
    /// A movement of nothing.
    ZeroAmount,
    /// A person edited the row; the source's change is not written.
    Edited,
    /// The row is posted; the source's change is not written.
    Posted,
    /// The row was deleted in the platform; it is not made again.
    Deleted,
    /// The row was made here and sent to the source, which has it otherwise.
    Pushed,
    /// Several rows were there for one record before this worker came.
    ExistingDuplicates,
    /// Another source of the same invoice says something else.
    SourcesDiffer,
}

impl Reason {
    /// The word in the sync log's context and in the list of records set aside.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ExternalId => "external_id",
            Self::Amount => "amount",
            Self::Date => "date",
            Self::CompanyUnknown => "company_unknown",
            Self::CompanyConflict => "company_conflict",
            Self::SideUnknown => "side_unknown",
            Self::AccountUnknown => "account_unknown",
            Self::AccountAmbiguous => "account_ambiguous",
            Self::AccountServed => "account_served",
            Self::ForeignCurrency => "foreign_currency",
            Self::AccountCurrency => "account_currency",
            Self::ZeroAmount => "zero_amount",
            Self::Edited => "edited",
            Self::Posted => "posted",
            Self::Deleted => "deleted",
            Self::Pushed => "pushed",
            Self::ExistingDuplicates => "existing_duplicates",
            Self::SourcesDiffer => "sources_differ",
        }
    }

    /// The sentence for people: what is the matter and what to do.
    pub const fn in_turkish(self) -> &'static str {
        match self {
            Self::ExternalId => "Kaydın kaynak numarası yok veya kullanılamıyor.",
            Self::Amount => "Tutar, miktar veya oran deftere sığmıyor; kaynakta kontrol edin.",
            Self::Date => "Tarih geçerli bir belge tarihi değil; kaynakta düzeltin.",
            Self::CompanyUnknown => {
                "Kaydın hangi müşteri şirkete ait olduğu anlaşılamadı; şirketi vergi numarasıyla \
                 ekleyin veya entegrasyonu bir şirkete bağlayın."
            }
            Self::CompanyConflict => {
                "Kayıt, entegrasyonun bağlı olduğu şirketten başka bir vergi numarası taşıyor; bu \
                 şirkete yazıldı. Yanlışsa entegrasyonun şirketini düzeltin."
            }
            Self::SideUnknown => {
                "Faturanın ne satıcısı ne alıcısı büronun müşterisi; ilgili şirketi vergi \
                 numarasıyla ekleyin."
            }
            Self::AccountUnknown => {
                "Hareketin hesabı bilinmiyor; hesabı IBAN'ıyla bir şirkete ekleyin veya \
                 entegrasyonu bir şirkete bağlayın."
            }
            Self::AccountAmbiguous => "Bu IBAN birden fazla şirkette kayıtlı; fazla olanı silin.",
            Self::AccountServed => {
                "Bu hesabın hareketleri başka bir entegrasyondan geliyor; aynı hareket iki kez \
                 yazılmasın diye alınmadı. Kaynak değişecekse diğer entegrasyonun bağlantısını kesin."
            }
            Self::ForeignCurrency => {
                "Hareket yabancı para ile; defter Türk lirası tuttuğu için kur bilinmeden \
                 kaydedilmedi."
            }
            Self::AccountCurrency => {
                "Hesap platformda yabancı para hesabı olarak kayıtlı, hareket ise Türk lirası; \
                 hesabın para birimini düzeltin."
            }
            Self::ZeroAmount => "Hareketin tutarı sıfır.",
            Self::Edited => "Kayıt platformda elle değiştirilmiş; kaynaktaki değişiklik yazılmadı.",
            Self::Posted => "Kayıt muhasebeleştirilmiş; kaynaktaki değişiklik yazılmadı.",
            Self::Deleted => "Kayıt platformda silinmiş; yeniden oluşturulmadı.",
            Self::Pushed => {
                "Kayıt bu platformda girilip kaynağa gönderilmiş; kaynaktaki farklı hâli yazılmadı."
            }
            Self::ExistingDuplicates => {
                "Bu kayıt daha önce birden çok kez içe aktarılmış; en eskisi güncel tutuluyor, \
                 diğerlerini kontrol edip silin."
            }
            Self::SourcesDiffer => {
                "Aynı fatura başka bir kaynaktan farklı tutarla geldi; ilk kaynaktaki tutar \
                 korunuyor."
            }
        }
    }

    /// Whether such a record may go in later without its source changing it: when a company or an
    /// account was added.
    pub const fn may_pass(self) -> bool {
        matches!(
            self,
            Self::CompanyUnknown
                | Self::SideUnknown
                | Self::AccountUnknown
                | Self::AccountAmbiguous
                | Self::AccountServed
                | Self::AccountCurrency
        )
    }
}
