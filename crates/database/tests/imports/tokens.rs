//! Tokens of an integration: one worker renews them, and seals them anew.

use database::integrations::ports;

use crate::office::Office;

#[tokio::test]
async fn tokens_are_stored_by_the_one_that_may_renew_them() {
    let office = Office::new().await;
    office.integration("parasut", "accounting").await;
    let database = &office.database;
    let begin =
        async |seen| ports::begin_refresh(database, "office", "parasut", seen).await.unwrap();
    let finish = async |claim, sealed: &str| {
        ports::finish_refresh(database, "office", "parasut", claim, sealed).await.unwrap()
    };
    let slow = begin(None).await;
    assert!(slow.is_some());
    assert_eq!(begin(None).await, None, "one at a time");
    // The first one takes so long that its right ends, and another renews.
    office
        .sql("UPDATE worker.integration_tokens SET refresh_claimed_until = now() - interval '1 second'")
        .await;
    let quick = begin(None).await;
    assert!(quick.is_some());
    ports::abandon_refresh(database, "office", "parasut", slow).await.unwrap();
    assert_eq!(begin(None).await, None, "what is another's is not given up");
    assert_eq!(finish(slow, "dead").await, None);
    assert_eq!(finish(quick, "alive").await, Some(1));
    assert_eq!(finish(slow, "dead").await, None);
    assert_eq!(finish(None, "dead").await, None);
    let stored = ports::load_tokens(database, "office", "parasut").await.unwrap().unwrap();
    assert_eq!((stored.sealed.as_str(), stored.generation), ("alive", 1));
    // Sealed anew, unless somebody was quicker.
    let reseal = async |old: &str, new: &str| {
        ports::reseal_tokens(database, "office", "parasut", old, new).await.unwrap()
    };
    assert!(reseal("alive", "anew").await);
    assert!(!reseal("alive", "late").await);
}
