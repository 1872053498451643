//! TLS with a certificate that the system does not know: refused, until `STORAGE_CA_FILE` names it.

use std::path::{Path, PathBuf};

use dev_storage::TlsFront;

pub(crate) struct Front {
    pub(crate) server: TlsFront,
    /// The certificate, as an operator would have it.
    pub(crate) ca_file: PathBuf,
    /// Its key, for a server that reads both from files.
    #[allow(dead_code, reason = "not every test program has such a server")]
    pub(crate) key_file: PathBuf,
}

pub(crate) async fn front(upstream: std::net::SocketAddr, folder: &Path) -> Front {
    let certified =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let (ca_file, key_file) = (folder.join("ca.pem"), folder.join("key.pem"));
    std::fs::write(&ca_file, certified.cert.pem()).expect("written");
    std::fs::write(&key_file, certified.signing_key.serialize_pem()).expect("written");
    let (certificate, key) = (certified.cert.der().to_vec(), certified.signing_key.serialize_der());
    let front = TlsFront::start(upstream, certificate, key).await.expect("listens");
    Front { server: front, ca_file, key_file }
}
