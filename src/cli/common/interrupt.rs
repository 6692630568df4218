//! What an interrupt does: streams that are read end where they are, so that what was read of them
//! counts, and no temporary files are left.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use signal_hook::consts::SIGINT;
#[cfg(unix)]
use signal_hook::{consts::SIGTERM, iterator::Signals, low_level::emulate_default_handler};

use super::output::print_error;
use crate::trace::stop_pipes;

static FILES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Whether an interrupt is to end the streams that are being read before it ends the program.
static READS_STREAMS: AtomicBool = AtomicBool::new(false);

/// Lets an interrupt end the streams that are being read, so that what was read of them counts. A
/// second one ends the program.
pub(in crate::cli) fn stop_on_interrupt() {
    READS_STREAMS.store(true, Ordering::SeqCst);
    heed_signals();
}

/// Lets who ends the program from outside leave no temporary files.
fn heed_signals() {
    static HEEDED: Once = Once::new();
    HEEDED.call_once(|| {
        // Without a handler a signal ends the program, which is no harm.
        if let Err(error) = start_heeding() {
            print_error(&format!("warning: an interrupt may leave files: {error}\n"));
        }
    });
}

#[cfg(unix)]
fn start_heeding() -> std::io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    std::thread::spawn(move || {
        for signal in signals.forever() {
            let reads = signal == SIGINT && READS_STREAMS.load(Ordering::SeqCst);
            if reads && !stop_pipes().swap(true, Ordering::SeqCst) {
                continue;
            }
            remove_all();
            // If it cannot, the next signal will.
            _ = emulate_default_handler(signal);
        }
    });
    Ok(())
}

#[cfg(not(unix))]
fn start_heeding() -> std::io::Result<()> {
    signal_hook::flag::register(SIGINT, stop_pipes()).map(drop)
}

/// A temporary file that also goes if the program is asked to end, while this is kept.
pub(in crate::cli) struct Leftover(PathBuf);

impl Leftover {
    /// Takes care of a file.
    pub(in crate::cli) fn new(path: &Path) -> Leftover {
        heed_signals();
        files().push(path.to_owned());
        Leftover(path.to_owned())
    }
}

impl Drop for Leftover {
    fn drop(&mut self) {
        files().retain(|file| *file != self.0);
    }
}

/// Removes all temporary files.
#[cfg(unix)]
fn remove_all() {
    for file in files().drain(..) {
        // One that is gone is what is wanted.
        _ = std::fs::remove_file(file);
    }
}

fn files() -> MutexGuard<'static, Vec<PathBuf>> {
    FILES.lock().unwrap_or_else(PoisonError::into_inner)
}
