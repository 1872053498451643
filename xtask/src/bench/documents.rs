//! Documents a second, from the upload to the stored result.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use dev_postgres::Server;

use super::figure::Figure;
use super::materials::{self, Kind};
use super::worker::Worker;
use super::{fresh, proxy};
use crate::platform::Platform;

/// Documents of the run whose statements are counted; they say the same for each, and scans take long.
const COUNTED: usize = 200;
const COUNTED_SCANS: usize = 20;

const SPAN: &str = "
select extract(epoch from max(d.processed_at) - min(j.last_attempt_at))::float8,
       count(*) filter (where d.status = 'PROCESSED'), count(*)
from documents d join document_processing_jobs j on j.document_id = d.id
where j.last_attempt_at >= $1::text::timestamptz
";

/// Throughput, statements, round trips and peak memory for each kind of document.
pub(super) async fn each_kind(
    server: &Server,
    worker: &Worker,
    number: usize,
) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (kind, number) in
        [(Kind::Xml, number), (Kind::Pdf, number), (Kind::Scan, (number / 20).max(1))]
    {
        let name = kind.name();
        let url = fresh(server, "bench_documents").await?;
        let platform = Platform::connect(&url).await?;
        worker.empty_storage()?;
        let (rate, peak) = drained(&platform, worker, &url, kind, 0, number).await?;
        figures.push(Figure::new(
            format!("{name}, end to end"),
            rate,
            "documents/s",
            format!("{number} documents, one worker, its default concurrency"),
        ));
        figures.push(Figure::new(
            format!("{name}, peak memory of the worker"),
            peak,
            "MiB",
            "without its child processes",
        ));
        let counted = if kind == Kind::Scan { COUNTED_SCANS } else { COUNTED };
        figures.extend(conversation(server, worker, kind, counted).await?);
    }
    Ok(figures)
}

/// Whether a document takes longer in an office that has many.
pub(super) async fn with_history(
    server: &Server,
    worker: &Worker,
    number: usize,
    history: usize,
) -> Result<Vec<Figure>> {
    let url = fresh(server, "bench_history").await?;
    let platform = Platform::connect(&url).await?;
    worker.empty_storage()?;
    let (first, _) = drained(&platform, worker, &url, Kind::Xml, 0, number).await?;
    drained(&platform, worker, &url, Kind::Xml, number, history).await?;
    let (last, _) = drained(&platform, worker, &url, Kind::Xml, number + history, number).await?;
    Ok(vec![
        Figure::new(
            "XML, office without history",
            first,
            "documents/s",
            format!("{number} documents"),
        ),
        Figure::new(
            format!("XML, office with {} invoices", number + history),
            last,
            "documents/s",
            format!("{number} further documents"),
        ),
    ])
}

/// Uploads and drains; documents a second from the first claim to the last result, and MiB.
async fn drained(
    platform: &Platform,
    worker: &Worker,
    url: &str,
    kind: Kind,
    first: usize,
    number: usize,
) -> Result<(f64, f64)> {
    materials::upload(platform, &worker.storage(), kind, first, number).await?;
    let client = platform.client();
    client.batch_execute("analyze").await?;
    let began: String = client.query_one("select now()::text", &[]).await?.try_get(0)?;
    let peak = worker.drain(url).await?;
    let row = client.query_one(SPAN, &[&began]).await?;
    let seconds: f64 = row.try_get::<_, Option<f64>>(0)?.context("no document was processed")?;
    let (processed, all): (i64, i64) = (row.try_get(1)?, row.try_get(2)?);
    if usize::try_from(processed)? != number {
        bail!("{processed} of {all} documents were processed; see {}", worker.log().display());
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of documents")]
    let rate = processed as f64 / seconds;
    Ok((rate, peak))
}

/// What a document costs in statements and round trips: a run with documents less one without.
async fn conversation(
    server: &Server,
    worker: &Worker,
    kind: Kind,
    counted: usize,
) -> Result<Vec<Figure>> {
    let url = fresh(server, "bench_conversation").await?;
    let platform = Platform::connect(&url).await?;
    worker.empty_storage()?;
    let (through, counts) = proxy::start(&url).await?;
    worker.drain(&through).await?;
    let idle = (counts.statements(), counts.round_trips());
    materials::upload(&platform, &worker.storage(), kind, 0, counted).await?;
    worker.drain(&through).await?;
    let counts = Arc::as_ref(&counts);
    let each = |all: u64, idle: u64| -> f64 {
        // The run without documents counts once for itself, once inside the other.
        let own = u32::try_from(all.saturating_sub(2 * idle)).unwrap_or(u32::MAX);
        let documents = u32::try_from(counted).unwrap_or(u32::MAX);
        f64::from(own) / f64::from(documents)
    };
    let note = format!("{counted} documents, claims included, start-up taken off");
    let name = kind.name();
    Ok(vec![
        Figure::new(
            format!("{name}, statements"),
            each(counts.statements(), idle.0),
            "for each document",
            note.clone(),
        ),
        Figure::new(
            format!("{name}, round trips"),
            each(counts.round_trips(), idle.1),
            "for each document",
            note,
        ),
    ])
}
