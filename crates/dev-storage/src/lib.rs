//! Object storage servers on this machine for development and tests: S3 and GCS inside this process,
//! Azurite as a program, the servers that give out credentials on the providers' machines, and a relay
//! in front of any of them that misbehaves on request. All of them listen on the loopback address only.

mod azurite;
mod feeder;
mod gcs;
pub mod identity;
mod proxy;
mod s3;
mod tls;

pub use azurite::{
    ACCOUNT as AZURITE_ACCOUNT, ACCOUNT_KEY as AZURITE_ACCOUNT_KEY, Azurite, NoAzurite,
    azurite_folder, azurite_lock_folder, is_azurite_installed,
};
pub use feeder::Feeder;
pub use gcs::GcsServer;
pub use identity::IdentityServer;
pub use proxy::{Fault, Proxy};
pub use s3::{
    ACCESS_KEY_ID as S3_ACCESS_KEY_ID, S3Server, SECRET_ACCESS_KEY as S3_SECRET_ACCESS_KEY,
};
pub use tls::TlsFront;
