//! What happens beside the work: how far it has come is shown, and an interrupt ends it well.

use std::io::{IsTerminal, stderr};
use std::process::exit;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::print_error;
use crate::trace::{Progress, stop_pipes};

/// How long the work lasts before it is worth showing how far it has come.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often that is looked at.
const STEP: Duration = Duration::from_millis(100);

/// The exit status of a program that an interrupt ended, as shells have it.
const INTERRUPTED: i32 = 130;

/// Lets an interrupt end the streams that are being read, so that what was read of them counts. A
/// second one ends the program.
pub(in crate::cli) fn stop_on_interrupt() {
    let handler = || {
        if stop_pipes() {
            exit(INTERRUPTED);
        }
    };
    // Without a handler an interrupt ends the program, which is no harm.
    if let Err(error) = ctrlc::set_handler(handler) {
        print_error(&format!("warning: an interrupt will give no summary: {error}\n"));
    }
}

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
    let mut bar: Option<ProgressBar> = None;
    while !progress.has_ended() {
        thread::sleep(STEP);
        if begun.elapsed() < PATIENCE {
            continue;
        }
        let bar = bar.get_or_insert_with(|| new_bar(progress.bytes_in_all()));
        bar.set_position(progress.bytes_read());
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

fn new_bar(total: u64) -> ProgressBar {
    let (bar, template) = match total {
        0 => (ProgressBar::no_length(), "{spinner} {bytes} read, {bytes_per_sec}"),
        total => (
            ProgressBar::new(total),
            "{wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
        ),
    };
    bar.set_draw_target(ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template(template).unwrap_or(ProgressStyle::default_bar()));
    bar
}
