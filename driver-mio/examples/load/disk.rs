//! What the disk itself takes to make a little durable: no store can be faster without letting several writes share it.
//! Never leaves its file behind.

use std::fs::{self, OpenOptions};
use std::io::{self, Seek as _, Write as _};
use std::path::Path;
use std::time::Instant;

use crate::spread::{Spread, Times};

/// How often it is tried.
const TIMES: usize = 200;
/// How much is written each time.
const BLOCK: [u8; 4096] = [0x5a; 4096];

/// Times of writing 4 KiB with `fdatasync`, over and over in the same place, in this folder.
pub(crate) fn sync_times(folder: &Path) -> io::Result<Spread> {
    let path = folder.join("sync-times");
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .open(&path)?;
    let mut times = Times::new();
    for _ in 0..TIMES {
        file.rewind()?;
        let begin = Instant::now();
        file.write_all(&BLOCK)?;
        file.sync_data()?;
        times.record(begin.elapsed());
    }
    fs::remove_file(path)?;
    Ok(times.spread())
}
