//! Providers of a new database.

use database::seed::{NewProvider, seed_providers};
use integrations::catalogue::PROVIDERS;

use crate::office::Office;

#[tokio::test]
async fn providers_that_are_missing_are_added_and_those_that_are_there_stay() {
    // Two are there, as the platform has them.
    let office = Office::new().await;
    let all: Vec<NewProvider> = PROVIDERS
        .iter()
        .map(|one| NewProvider {
            kind: one.kind.to_owned(),
            code: one.code.as_str().to_owned(),
            name: one.name.to_owned(),
            description: one.description.to_owned(),
            config_schema: one.config_schema(),
        })
        .collect();
    let added = seed_providers(&office.database, &all).await.unwrap();
    assert_eq!(added, u64::try_from(all.len()).unwrap() - 2);
    assert_eq!(seed_providers(&office.database, &all).await.unwrap(), 0);
    let theirs = "SELECT config_schema IS NULL FROM integration_providers WHERE code = 'PARASUT'";
    assert_eq!(office.text(theirs).await, "true");
    let ours = "SELECT concat_ws(' ', type, is_active, config_schema -> 'secretKey' ->> 'secret')
        FROM integration_providers WHERE code = 'GOCARDLESS'";
    assert_eq!(office.text(ours).await, "bank t true");
}
