//! How far the work has come, shown beside it.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::trace::Progress;

/// How long the work lasts before it is worth showing how far it has come.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often that is looked at.
const STEP: Duration = Duration::from_millis(100);

/// Shows how far the reading of a trace has come, if that takes a while and somebody watches.
pub(in crate::cli) struct Shown {
    progress: Arc<Progress>,
    thread: Option<JoinHandle<()>>,
}

/// Begins to show how far the reading of a trace has come.
pub(in crate::cli) fn show_progress(progress: Arc<Progress>) -> Shown {
    let watched = Arc::clone(&progress);
    let thread = stderr().is_terminal().then(|| thread::spawn(move || draw(&watched)));
    Shown { progress, thread }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.progress.end();
        if let Some(thread) = self.thread.take() {
            // A panic while drawing is no reason to lose the work.
            _ = thread.join();
        }
    }
}

fn draw(progress: &Progress) {
    let begun = Instant::now();
    let mut is_shown = false;
    while !progress.has_ended() {
        thread::sleep(STEP);
        if begun.elapsed() >= PATIENCE {
            show(&line(progress.bytes_read(), progress.bytes_in_all(), begun.elapsed()));
            is_shown = true;
        }
    }
    if is_shown {
        show("");
    }
}

/// Writes a line over the one before it.
fn show(line: &str) {
    // What nobody can see is no reason to end the work.
    _ = write!(stderr(), "\r\x1b[K{line}").and_then(|()| stderr().flush());
}

/// What is said of the bytes that were read, of so many in all if that is known.
fn line(read: u64, total: u64, time: Duration) -> String {
    let speed = read as f64 / time.as_secs_f64();
    match total {
        0 => format!("{} read, {}/s", bytes(read as f64), bytes(speed)),
        total => format!(
            "{:3} % of {}, {}/s, {:.0} s left",
            read.saturating_mul(100) / total,
            bytes(total as f64),
            bytes(speed),
            total.saturating_sub(read) as f64 / speed.max(1.0)
        ),
    }
}

fn bytes(mut number: f64) -> String {
    let units = ["B", "KiB", "MiB", "GiB"];
    let mut at = 0;
    while number >= 1024.0 && at + 1 < units.len() {
        number /= 1024.0;
        at += 1;
    }
    format!("{number:.1} {}", units[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_in_parts_and_time() {
        let second = Duration::from_secs(1);
        assert_eq!(line(256 << 20, 1 << 30, second), " 25 % of 1.0 GiB, 256.0 MiB/s, 3 s left");
        assert_eq!(line(1_536, 0, second), "1.5 KiB read, 1.5 KiB/s");
    }
}
