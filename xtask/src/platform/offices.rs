//! Offices, their people and companies, as the backend registers them.

use anyhow::Result;

use super::Platform;

/// An accounting office with one person, who owns it.
#[derive(Debug)]
pub(crate) struct Office<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) slug: &'a str,
    pub(crate) owner_id: &'a str,
    pub(crate) owner_name: &'a str,
    pub(crate) owner_email: &'a str,
    pub(crate) companies: &'a [Company<'a>],
}

/// A client company of an office.
#[derive(Debug)]
pub(crate) struct Company<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) legal_type: &'a str,
    pub(crate) tax_number: &'a str,
}

const TENANT: &str = "insert into tenants (id, name, slug, updated_at) values ($1, $2, $3, now()) \
                      on conflict do nothing";
const USER: &str = "insert into users (id, email, hashed_password, full_name, updated_at) \
                    values ($1, $2, '!', $3, now()) on conflict do nothing";
const MEMBERSHIP: &str = "insert into user_tenant_memberships (id, user_id, tenant_id, role, updated_at) \
                          values ($1, $2, $3, 'TenantOwner', now()) on conflict do nothing";
const COMPANY: &str = "insert into client_companies \
                       (id, tenant_id, name, legal_type, tax_number, updated_at) \
                       values ($1, $2, $3, $4, $5, now()) on conflict do nothing";

impl Platform {
    /// Registers an office; one that is there already stays as it is. The owner's password is no
    /// hash of anything, so nobody can log in with it.
    pub(crate) async fn register(&self, office: &Office<'_>) -> Result<()> {
        let client = self.client();
        client.execute(TENANT, &[&office.id, &office.name, &office.slug]).await?;
        client.execute(USER, &[&office.owner_id, &office.owner_email, &office.owner_name]).await?;
        let membership = format!("{}_owner", office.id);
        client.execute(MEMBERSHIP, &[&membership, &office.owner_id, &office.id]).await?;
        for company in office.companies {
            client
                .execute(
                    COMPANY,
                    &[
                        &company.id,
                        &office.id,
                        &company.name,
                        &company.legal_type,
                        &company.tax_number,
                    ],
                )
                .await?;
        }
        Ok(())
    }
}
