//! Sources that answer with anything: no connector panics, and none takes nonsense for "nothing new".

use integrations::{
    Connected, ConnectorError, PullRequest,
    testing::{
        Answer, Asked, GocardlessSource, MikroSource, NilveraSource, OhvpsSource, ParasutSource,
        Server, Source,
    },
};
use serde_json::{Value, json};

use crate::support::{Bench, day};

/// Gives a token to whoever asks, and the same body to everything else.
struct Anything(Value);

impl Source for Anything {
    fn answer(&self, asked: &Asked) -> Answer {
        let is_token =
            asked.path.iter().any(|part| part.contains("token") || part.contains("belirteci"));
        if is_token {
            let tokens = json!({
                "access_token": "a", "refresh_token": "r", "expires_in": 1e30, "access": "a",
                "refresh": "r", "access_expires": -5, "erisimBelirteci": "a", "gecerlilikSuresi": "x",
            });
            return Answer::json(200, &tokens);
        }
        Answer::json(200, &self.0)
    }
}

fn bodies() -> Vec<Value> {
    let deep = (0..100).fold(json!({}), |inner, _| json!({ "data": inner }));
    let odd = json!([
        null, 1, "x", [], {}, {"id": null, "attributes": 5, "relationships": []},
        {"id": {"a": 1}, "type": ["x"], "attributes": {"net_total": "1e400", "total_vat": "NaN"}},
        {"id": "9".repeat(400), "attributes": {"issue_date": "-1", "net_total": 1e308}},
        {"UUID": "x", "CreatedDate": 5}, {"hspTml": {"hspRef": 7, "prBrm": "₺₺₺"}},
        {"islTml": {"islNo": "\u{0}", "islTtr": "-1"}},
    ]);
    vec![
        json!(null),
        json!([]),
        json!({}),
        json!("text"),
        json!(1),
        deep,
        odd.clone(),
        json!({"data": odd, "meta": {"total_pages": -1, "total_count": "x"}, "included": odd}),
        json!({"Content": 5}),
        json!({"result": odd}),
        json!({"result": [{"StatusCode": -1, "Data": odd}]}),
        json!({"result": [{"Data": [{"SQLResult1": {}}]}]}),
        json!({"status": "LN", "accounts": "x"}),
        json!({"status": 5, "accounts": odd}),
        json!({"rzBlg": {"rizaDrm": "K"}, "hspBlg": {"iznBlg": {"erisimIzniSonTrh": "soon"}}}),
    ]
}

async fn pull(connected: &Connected) -> Vec<Result<(usize, bool), ConnectorError>> {
    let request = PullRequest { cursor: None, since: day("2026-03-09"), page_size: 25 };
    let mut results = Vec::new();
    if let Ok(accounting) = connected.accounting() {
        let page = accounting.pull_invoices(request).await;
        results.push(page.map(|page| (page.records.len() + page.skipped.len(), page.done)));
    }
    if let Ok(bank) = connected.bank() {
        let page = bank.pull_transactions(request).await;
        results.push(page.map(|page| (page.records.len() + page.skipped.len(), page.done)));
    }
    results
}

#[tokio::test]
async fn nonsense_is_an_error_and_never_an_empty_success() {
    for body in bodies() {
        let server = Server::start(Anything(body.clone())).unwrap();
        let base = server.base();
        for (code, config) in [
            ("NILVERA", NilveraSource::config(&base)),
            ("PARASUT", ParasutSource::config(&base)),
            ("OHVPS", OhvpsSource::config(&base, "corporate")),
            ("MIKRO_ACCOUNTING", MikroSource::config(&base)),
            ("GOCARDLESS", GocardlessSource::config(&base)),
        ] {
            let bench = Bench::new("2026-03-10T09:00:00+03:00");
            let connected = bench.connect(code, &config).unwrap();
            for result in pull(&connected).await {
                if let Ok((0, true)) = result {
                    panic!("{code} takes {body} for nothing new");
                }
            }
            assert!(connected.test_connection().await.is_err(), "{code}: {body}");
        }
    }
}

#[tokio::test]
async fn bad_records_of_a_good_list_are_skipped_one_by_one() {
    let records = json!([
        {"id": "1", "type": "sales_invoices", "attributes": {"item_type": "invoice"}},
        {"id": "2", "attributes": {"net_total": "12345678901234567890", "total_vat": 1}},
        {"id": "3", "attributes": null}, {"id": "4"}, {}, 5, null,
    ]);
    let meta = json!({"total_pages": 1, "total_count": 7});
    let server = Server::start(Anything(json!({"data": records, "meta": meta}))).unwrap();
    let bench = Bench::new("2026-03-10T09:00:00+03:00");
    let connector = bench.accounting("PARASUT", &ParasutSource::config(&server.base()));
    let request = PullRequest { cursor: None, since: day("2026-03-09"), page_size: 25 };
    let page = connector.pull_invoices(request).await.unwrap();
    assert_eq!((page.records.len(), page.skipped.len()), (0, 7));
}
