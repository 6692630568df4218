//! Processes that left their server's process group: they carry its mark in their environment, which
//! what a process starts inherits. Only Linux says what it is.

use std::time::{SystemTime, UNIX_EPOCH};

/// A variable that is different for each server.
pub(super) struct Mark(String);

impl Mark {
    pub(super) const NAME: &str = "GATELINT_STARTED";

    pub(super) fn new() -> Mark {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Mark(format!("{}-{}", std::process::id(), now.as_nanos()))
    }

    pub(super) fn value(&self) -> &str {
        &self.0
    }

    /// Ends all processes that carry it, also those that are being started meanwhile.
    #[cfg(target_os = "linux")]
    pub(super) fn kill(&self) {
        use rustix::process::{Signal, kill_process};
        /// More generations than a process can have while it is looked for.
        const ROUNDS: usize = 20;
        for _ in 0..ROUNDS {
            let bearers = self.bearers();
            if bearers.is_empty() {
                break;
            }
            // One that has ended meanwhile needs no signal.
            bearers.into_iter().for_each(|bearer| _ = kill_process(bearer, Signal::KILL));
        }
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn kill(&self) {}

    /// See proc_pid_environ(5). Processes of others, and those that have ended, cannot be read.
    #[cfg(target_os = "linux")]
    fn bearers(&self) -> Vec<rustix::process::Pid> {
        let mark = format!("{}={}", Mark::NAME, self.0);
        let carries = |id: i32| {
            let environment = std::fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
        };
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        processes
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|id| carries(*id))
            .filter_map(rustix::process::Pid::from_raw)
            .collect()
    }
}
