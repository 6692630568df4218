//! Whether the user or the system wants this process to end: the servers that it started are not in
//! its process group, and would outlive it.

use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_default};

#[cfg(unix)]
const SIGNALS: &[i32] = &[SIGINT, SIGTERM, signal_hook::consts::SIGHUP];
#[cfg(not(unix))]
const SIGNALS: &[i32] = &[SIGINT, SIGTERM];

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Nothing is asked, and a signal does what it always does.
static IDLE: AtomicBool = AtomicBool::new(true);

/// Until it is dropped, signals do not end this process but are noted.
pub(super) struct Attention;

impl Attention {
    pub(super) fn new() -> Attention {
        static REGISTERED: OnceLock<io::Result<()>> = OnceLock::new();
        IDLE.store(false, Ordering::SeqCst);
        // Without them, a signal ends this process at once.
        _ = REGISTERED.get_or_init(|| {
            SIGNALS.iter().try_for_each(|signal| {
                register_conditional_default(*signal, &IDLE)?;
                register(*signal, &INTERRUPTED).map(drop)
            })
        });
        Attention
    }

    /// Whether a signal has come, now or earlier.
    pub(super) fn is_interrupted(&self) -> bool {
        INTERRUPTED.load(Ordering::SeqCst)
    }
}

impl Drop for Attention {
    fn drop(&mut self) {
        IDLE.store(true, Ordering::SeqCst);
    }
}
