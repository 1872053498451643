//! Why a connector could not do what was asked. Every variant is a decision for the caller; no
//! variant carries a secret or a record's content.

use std::time::Duration;

use crate::registry::ConnectorCode;

/// The end of a call to a connector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectorError {
    /// The integration's settings are incomplete or wrong. Final until somebody changes them.
    #[error("the integration's settings are not usable: {problem}")]
    Config {
        /// Which setting and what to do; English, without its value.
        problem: String,
        /// The same for people, in Turkish.
        message: String,
    },
    /// The source does not accept the credentials, also not after a refresh. Sets the integration to
    /// error and asks the office to connect again.
    #[error("the source rejects the credentials: {detail}")]
    Credentials {
        /// What was refused, without the credential.
        detail: String,
    },
    /// The source knows the credentials, and they do not suffice for this. Ends the job; other jobs of
    /// the integration go on.
    #[error("the source does not let these credentials do this: {detail}")]
    Denied {
        /// What was refused.
        detail: String,
    },
    /// The worker itself is not set up for it, or does not trust a vendor's certificate. No office can
    /// mend that, and when it is mended the call succeeds: retry with back-off.
    #[error("the worker's setup: {problem}")]
    Setup {
        /// What is missing and what to do; English.
        problem: String,
        /// The same for people, in Turkish.
        message: String,
    },
    /// The account holder's consent has ended or was withdrawn. Sets the integration to error.
    #[error("the consent to read the accounts has ended: {detail}")]
    ConsentExpired {
        /// The source's word for it.
        detail: String,
    },
    /// The source asks for a pause longer than a job should wait in its slot. Reschedule; the attempt
    /// does not count.
    #[error("the source asks to wait {} seconds", retry_after.as_secs())]
    RateLimited {
        /// From now.
        retry_after: Duration,
    },
    /// A time-out, a cut connection, a server error: may pass. Retry with back-off.
    #[error("the source cannot be reached or fails: {detail}")]
    Transient {
        /// What happened.
        detail: String,
    },
    /// The answer is not what the source documents. No repetition cures it; somebody has to look.
    #[error("the source's answer is not as documented: {detail}")]
    Protocol {
        /// What was expected and where.
        detail: String,
    },
    /// This connector or capability does not exist in this build.
    #[error("{code} does not support {what}: {advice}")]
    Unsupported {
        /// The code as the integration has it.
        code: String,
        /// Which capability.
        what: String,
        /// What to do instead.
        advice: String,
        /// What to do instead, in Turkish.
        message: String,
    },
}

impl ConnectorError {
    /// A setting that is missing or wrong.
    pub fn config(problem: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Config { problem: problem.into(), message: message.into() }
    }

    /// A fault of the worker's own setup.
    pub fn setup(problem: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Setup { problem: problem.into(), message: message.into() }
    }

    /// Something that may pass.
    pub fn transient(detail: impl Into<String>) -> Self {
        Self::Transient { detail: detail.into() }
    }

    /// An answer that is not as documented.
    pub fn protocol(detail: impl Into<String>) -> Self {
        Self::Protocol { detail: detail.into() }
    }

    /// A capability that a connector does not have.
    pub fn unsupported(code: ConnectorCode, what: &str) -> Self {
        Self::Unsupported {
            code: code.as_str().to_owned(),
            what: what.to_owned(),
            advice: "choose a job type that the connector declares".to_owned(),
            message: "Bu entegrasyon istenen işlemi desteklemiyor.".to_owned(),
        }
    }

    /// Whether the same call may succeed later without the office changing anything.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Transient { .. } | Self::Setup { .. })
    }

    /// Whether the integration must be set to error: retrying without the office does more harm than
    /// good (a blocked account, a used-up quota).
    pub const fn breaks_integration(&self) -> bool {
        matches!(
            self,
            Self::Config { .. }
                | Self::Credentials { .. }
                | Self::ConsentExpired { .. }
                | Self::Unsupported { .. }
        )
    }

    /// The sentence for the office: what happened and what to do, in Turkish.
    pub fn in_turkish(&self) -> String {
        match self {
            Self::Config { message, .. }
            | Self::Setup { message, .. }
            | Self::Unsupported { message, .. } => message.clone(),
            Self::Denied { .. } => {
                "Kaynak, kayıtlı kullanıcıya bu işlem için yetki vermiyor; kaynakta yetkiyi verin \
                 veya bu eşitlemeyi kapatın."
                    .to_owned()
            }
            Self::Credentials { .. } => {
                "Kaynak, kayıtlı kullanıcı bilgilerini kabul etmedi; entegrasyonu yeniden \
                 yetkilendirin."
                    .to_owned()
            }
            Self::ConsentExpired { .. } => {
                "Banka erişim izni sona ermiş veya geri alınmış; izni yenileyip entegrasyonu yeniden \
                 bağlayın."
                    .to_owned()
            }
            Self::RateLimited { retry_after } => format!(
                "Kaynak istek sınırına ulaşıldığını bildirdi; eşitleme {} dakika içinde sürecek.",
                retry_after.as_secs().div_ceil(60).max(1)
            ),
            Self::Transient { .. } => {
                "Kaynağa şu anda ulaşılamıyor; eşitleme kendiliğinden yeniden denenecek.".to_owned()
            }
            Self::Protocol { .. } => {
                "Kaynak beklenmeyen bir yanıt verdi; sorun sürerse destek ekibine bildirin."
                    .to_owned()
            }
        }
    }
}
