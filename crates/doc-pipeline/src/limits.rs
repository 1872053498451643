//! What reading one document may cost, set so that every honest file that was measured fits well and
//! no hostile one takes the machine.

use serde::{Deserialize, Serialize};

/// Bounds of one document. Sizes in bytes, times in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Size of the file.
    pub input_bytes: u64,
    /// Pages read.
    pub pages: u32,
    /// Pixels of one image or rendered page.
    pub pixels: u64,
    /// Glyphs of the whole document.
    pub glyphs: u64,
    /// Address space of the child process.
    pub memory_bytes: u64,
    /// CPU time of the child process, without its OCR processes.
    pub cpu_seconds: u64,
    /// Wall time of the whole reading.
    pub wall_seconds: u64,
    /// CPU time of one OCR process (one page).
    pub ocr_cpu_seconds: u64,
    /// Wall time of one OCR process (one page).
    pub ocr_wall_seconds: u64,
    /// Size of the result that the child may send.
    pub output_bytes: u64,
    /// Size of one XML document.
    pub xml_bytes: u64,
    /// Expanded size of an archive's entries, all together.
    pub archive_bytes: u64,
    /// Entries of an archive.
    pub archive_entries: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            input_bytes: 50 << 20,
            pages: 500,
            pixels: 100_000_000,
            glyphs: 2_000_000,
            memory_bytes: 1536 << 20,
            cpu_seconds: 60,
            wall_seconds: 300,
            ocr_cpu_seconds: 30,
            ocr_wall_seconds: 60,
            output_bytes: 32 << 20,
            xml_bytes: 20 << 20,
            archive_bytes: 50 << 20,
            archive_entries: 100,
        }
    }
}
