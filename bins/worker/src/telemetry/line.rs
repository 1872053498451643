//! One log line as text or JSON.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use tracing::Level;

use crate::config::LogFormat;

/// What JSON lines carry in `context`; everything else is `metadata`.
const CONTEXT: [&str; 3] = ["tenantId", "userId", "requestId"];

/// What a line says.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) time: DateTime<Utc>,
    pub(super) level: Level,
    pub(super) message: String,
    pub(super) fields: Map<String, Value>,
}

impl Line {
    /// The line without its end.
    pub(super) fn render(self, format: LogFormat) -> String {
        let time = self.time.to_rfc3339_opts(SecondsFormat::Millis, true);
        match format {
            LogFormat::Text if self.fields.is_empty() => {
                format!("[{time}] [{}] {}", self.level, one_line(&self.message))
            }
            LogFormat::Text => format!(
                "[{time}] [{}] {} {}",
                self.level,
                one_line(&self.message),
                Value::Object(self.fields)
            ),
            LogFormat::Json => {
                let (context, metadata): (Map<_, _>, Map<_, _>) =
                    self.fields.into_iter().partition(|(name, _)| CONTEXT.contains(&name.as_str()));
                let mut line = Map::new();
                line.insert("level".to_owned(), json!(self.level.as_str().to_lowercase()));
                line.insert("message".to_owned(), Value::String(self.message));
                line.insert("timestamp".to_owned(), Value::String(time));
                if !context.is_empty() {
                    line.insert("context".to_owned(), Value::Object(context));
                }
                if !metadata.is_empty() {
                    line.insert("metadata".to_owned(), Value::Object(metadata));
                }
                Value::Object(line).to_string()
            }
        }
    }
}

/// A line break in a message would let its text look like a line of its own.
fn one_line(message: &str) -> String {
    message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// `job.id`, `job_id` and `jobId` are all `jobId`.
pub(super) fn camel_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut upper = false;
    for c in name.chars() {
        if c == '_' || c == '.' {
            upper = !out.is_empty();
        } else if upper {
            out.extend(c.to_uppercase());
            upper = false;
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Line, Map, camel_case, json};
    use crate::config::LogFormat;

    fn line(message: &str) -> Line {
        let fields = json!({"jobId": "c1", "tenantId": "t1"});
        Line {
            time: "2025-01-04T14:30:00Z".parse().unwrap(),
            level: tracing::Level::INFO,
            message: message.to_owned(),
            fields: fields.as_object().cloned().unwrap_or_default(),
        }
    }

    #[test]
    fn text_lines_are_what_operators_know() {
        assert_eq!(
            line("Processing document job").render(LogFormat::Text),
            r#"[2025-01-04T14:30:00.000Z] [INFO] Processing document job {"jobId":"c1","tenantId":"t1"}"#
        );
        let bare = Line { fields: Map::new(), ..line("Worker jobs service starting") };
        assert_eq!(
            bare.render(LogFormat::Text),
            "[2025-01-04T14:30:00.000Z] [INFO] Worker jobs service starting"
        );
    }

    #[test]
    fn json_lines_have_the_platform_s_keys() {
        let line: serde_json::Value =
            serde_json::from_str(&line("Processing document job").render(LogFormat::Json)).unwrap();
        assert_eq!(
            line,
            json!({
                "level": "info",
                "message": "Processing document job",
                "timestamp": "2025-01-04T14:30:00.000Z",
                "context": {"tenantId": "t1"},
                "metadata": {"jobId": "c1"},
            })
        );
    }

    #[test]
    fn a_message_stays_on_its_line() {
        let text = line("one\n[2025-01-04T14:30:00.000Z] [INFO] two").render(LogFormat::Text);
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn field_names_are_camel_case() {
        for name in ["job.id", "job_id", "jobId"] {
            assert_eq!(camel_case(name), "jobId");
        }
        assert_eq!(camel_case("attempt"), "attempt");
        assert_eq!(camel_case("duration_ms"), "durationMs");
    }
}
