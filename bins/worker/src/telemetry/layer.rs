//! The tracing layer that writes lines.

use std::{
    fmt,
    io::{self, Write},
};

use serde_json::{Map, Value};
use tracing::{
    Event, Id, Level, Subscriber,
    field::{Field, Visit},
    span,
};
use tracing_subscriber::{
    Layer,
    layer::Context,
    registry::{LookupSpan, Scope},
};

use super::line::{Line, camel_case};
use crate::config::LogFormat;

/// Which stream a line goes to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Streams {
    /// Info and debug on standard output, warn and error on standard error.
    Split,
    /// All on standard error.
    Stderr,
}

/// Writes every event that passes the filter.
#[derive(Debug)]
pub(super) struct LogLayer {
    format: LogFormat,
    streams: Streams,
}

impl LogLayer {
    pub(super) const fn new(format: LogFormat, streams: Streams) -> Self {
        Self { format, streams }
    }
}

/// The fields of a span, kept with it.
#[derive(Debug, Default)]
struct SpanFields(Map<String, Value>);

impl<S> Layer<S> for LogLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Collect::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(SpanFields(fields.fields));
        }
    }

    fn on_record(&self, id: &Id, values: &span::Record<'_>, context: Context<'_, S>) {
        let mut fields = Collect::default();
        values.record(&mut fields);
        if let Some(span) = context.span(id)
            && let Some(kept) = span.extensions_mut().get_mut::<SpanFields>()
        {
            kept.0.extend(fields.fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Map::new();
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(kept) = span.extensions().get::<SpanFields>() {
                fields.extend(kept.0.clone());
            }
        }
        let mut own = Collect::default();
        event.record(&mut own);
        fields.extend(own.fields);
        let level = *event.metadata().level();
        #[expect(clippy::disallowed_methods, reason = "a log line says when it was written")]
        let time = chrono::Utc::now();
        let mut line = Line { time, level, message: own.message, fields }.render(self.format);
        line.push('\n');
        // A log that cannot be written (closed pipe) must not stop the work.
        let _ = match self.streams {
            Streams::Split if level > Level::WARN => io::stdout().lock().write_all(line.as_bytes()),
            _ => io::stderr().lock().write_all(line.as_bytes()),
        };
    }
}

/// Gathers fields; the message apart.
#[derive(Debug, Default)]
struct Collect {
    message: String,
    fields: Map<String, Value>,
}

impl Collect {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.fields.insert(camel_case(field.name()), value.into());
    }
}

impl Visit for Collect {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.message);
        } else {
            self.put(field, value);
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put(field, chain(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        } else {
            self.put(field, format!("{value:?}"));
        }
    }
}

/// The error and all its causes.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Libraries that repeat their cause's text would say it twice.
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
