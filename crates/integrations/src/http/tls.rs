//! TLS by rustls with ring: the machine's roots, an authority of the customer's own, or one pinned
//! certificate. There is no way to accept everything.

use std::{
    fmt,
    io::{self, Read, Write},
    sync::{Arc, OnceLock},
};

use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore, SignatureScheme,
    StreamOwned,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use sha2::{Digest, Sha256};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport,
    TransportAdapter,
};

use crate::error::ConnectorError;

/// Whose word a server's certificate needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Trust {
    /// An authority that this machine trusts.
    #[default]
    System,
    /// The customer's own authority, as PEM.
    Authority(String),
    /// Nobody's: it must be the very certificate with this SHA-256.
    Fingerprint([u8; 32]),
}

impl Trust {
    /// A fingerprint as people copy it: 64 hex digits, colons and blanks between them or not.
    pub fn fingerprint(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
        let bytes = hex::decode(digits).ok()?;
        Some(Self::Fingerprint(bytes.try_into().ok()?))
    }
}

fn system_roots() -> Arc<RootCertStore> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    Arc::clone(ROOTS.get_or_init(|| {
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        let (added, ignored) = roots.add_parsable_certificates(found.certs);
        tracing::debug!(added, ignored, errors = found.errors.len(), "trusted authorities");
        Arc::new(roots)
    }))
}

fn client_config(trust: &Trust) -> Result<ClientConfig, ConnectorError> {
    let wrong = |problem: &str| {
        ConnectorError::config(
            problem.to_owned(),
            "Sertifika ayarı okunamadı; \"caCertificate\" alanına PEM biçimindeki sertifikayı girin."
                .to_owned(),
        )
    };
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|_| wrong("TLS is not available"))?;
    let config = match trust {
        Trust::System => builder.with_root_certificates(system_roots()),
        Trust::Authority(pem) => {
            let mut roots = RootCertStore::empty();
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                let certificate =
                    certificate.map_err(|_| wrong("the setting caCertificate is no PEM"))?;
                roots
                    .add(certificate)
                    .map_err(|_| wrong("the setting caCertificate holds no usable certificate"))?;
            }
            if roots.is_empty() {
                return Err(wrong("the setting caCertificate holds no certificate"));
            }
            builder.with_root_certificates(roots)
        }
        Trust::Fingerprint(expected) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Pinned { expected: *expected, provider })),
    };
    Ok(config.with_no_client_auth())
}

/// Accepts one certificate, whoever issued it and whatever name it has, and checks as always that the
/// server holds its key.
#[derive(Debug)]
struct Pinned {
    expected: [u8; 32],
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if Sha256::digest(end_entity.as_ref()).as_slice() == self.expected {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Whether a connection failed because of the server's certificate, which no repetition cures.
pub(super) fn is_untrusted(error: &io::Error) -> bool {
    error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        .is_some_and(|error| matches!(error, rustls::Error::InvalidCertificate(_)))
}

/// Wraps connections to https addresses.
pub(super) struct TlsConnector {
    config: Arc<ClientConfig>,
}

impl fmt::Debug for TlsConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsConnector")
    }
}

impl TlsConnector {
    pub(super) fn new(trust: &Trust) -> Result<Self, ConnectorError> {
        Ok(Self { config: Arc::new(client_config(trust)?) })
    }
}

impl<In: Transport> Connector<In> for TlsConnector {
    type Out = Either<In, TlsTransport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let Some(transport) = chained else { return Err(ureq::Error::ConnectionFailed) };
        if !details.needs_tls() || transport.is_tls() {
            return Ok(Some(Either::A(transport)));
        }
        let host = details.uri.host().unwrap_or_default();
        let host = host.strip_prefix('[').and_then(|v6| v6.strip_suffix(']')).unwrap_or(host);
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| ureq::Error::BadUri("the host is no name for TLS".to_owned()))?;
        let mut connection =
            ClientConnection::new(Arc::clone(&self.config), name).map_err(other)?;
        let mut socket =
            TransportAdapter::new(Transport::boxed(transport), Arc::clone(&details.current_time));
        socket.set_timeout(details.timeout);
        connection.complete_io(&mut socket)?;
        let buffers = LazyBuffers::new(
            details.config.input_buffer_size(),
            details.config.output_buffer_size(),
        );
        let stream = StreamOwned { conn: connection, sock: socket };
        Ok(Some(Either::B(TlsTransport { buffers, stream })))
    }
}

fn other(error: rustls::Error) -> ureq::Error {
    io::Error::new(io::ErrorKind::InvalidData, error).into()
}

/// A connection with TLS.
pub(super) struct TlsTransport {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl fmt::Debug for TlsTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsTransport")
    }
}

impl Transport for TlsTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.stream.get_mut().set_timeout(timeout);
        let output = &self.buffers.output()[..amount];
        self.stream.write_all(output)?;
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.stream.get_mut().set_timeout(timeout);
        let input = self.buffers.input_append_buf();
        let amount = self.stream.read(input)?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.get_mut().get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_it_is_copied() {
        let plain = "ab".repeat(32);
        let colons = vec!["AB"; 32].join(":");
        let expected = Some(Trust::Fingerprint([0xab; 32]));
        assert_eq!(Trust::fingerprint(&plain), expected);
        assert_eq!(Trust::fingerprint(&colons), expected);
        for wrong in ["", "ab", &"zz".repeat(32), &"ab".repeat(20)] {
            assert_eq!(Trust::fingerprint(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_authority_that_is_none_is_refused_before_anything_is_sent() {
        for wrong in ["", "no pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
        {
            let error = TlsConnector::new(&Trust::Authority(wrong.to_owned())).expect_err(wrong);
            assert!(matches!(error, ConnectorError::Config { .. }), "{error}");
        }
    }
}
