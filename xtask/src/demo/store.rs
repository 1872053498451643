//! Putting the demo's documents where the platform's backend would: in the store and the database.

use std::path::Path;

use anyhow::Result;
use domain::TenantId;
use storage::{Body, LocalStore, ObjectStore, PutOptions, TenantScope};

use super::offices::OFFICES;
use crate::platform::{Platform, Upload};

/// Registers the offices and uploads their documents; returns how many.
pub(super) async fn upload_all(platform: &Platform, folder: &Path) -> Result<usize> {
    let store = LocalStore::open(folder)?;
    let mut uploaded = 0;
    for (office, fixtures) in OFFICES {
        platform.register(&office).await?;
        let scope = TenantScope::new(&TenantId::new(office.id))?;
        for fixture in fixtures {
            uploaded += 1;
            let path = format!("documents/doc_{uploaded:013}_demo/{}", fixture.file_name);
            let body = Body::Bytes(fixture.bytes.into());
            let stored = store.put(&scope.key(&path)?, body, PutOptions::default()).await?;
            platform
                .upload(&Upload {
                    tenant: office.id,
                    company: fixture.company,
                    user: office.owner_id,
                    kind: fixture.kind,
                    file_name: fixture.file_name,
                    storage_path: &path,
                    mime_type: fixture.mime_type,
                    bytes: i64::try_from(stored.size)?,
                })
                .await?;
        }
    }
    Ok(uploaded)
}
