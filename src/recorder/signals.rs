//! Signals that are meant for the server: who stops us means to stop it, and the recording ends
//! when it has.

#[cfg(unix)]
mod forward {
    use std::io;
    use std::thread;

    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::{Handle, Signals};

    /// Signals that are caught from now on.
    pub(crate) struct Forwarding(Signals);

    /// Signals that are passed on.
    pub(crate) struct Started(Handle);

    impl Forwarding {
        /// Catches the signals, so that none that comes early ends us before the server.
        pub(crate) fn new() -> io::Result<Forwarding> {
            Ok(Forwarding(Signals::new([SIGTERM, SIGINT, SIGHUP])?))
        }

        /// Passes them on to a process.
        pub(crate) fn start(mut self, process: u32) -> Started {
            let handle = self.0.handle();
            let process = i32::try_from(process).ok().and_then(Pid::from_raw);
            thread::spawn(move || {
                for signal in self.0.forever() {
                    let signal = match signal {
                        SIGINT => Signal::INT,
                        SIGHUP => Signal::HUP,
                        _ => Signal::TERM,
                    };
                    // A server that has just ended needs no signal any more.
                    _ = process.map(|process| kill_process(process, signal));
                }
            });
            Started(handle)
        }
    }

    impl Started {
        /// Passes none on any more.
        pub(crate) fn stop(self) {
            self.0.close();
        }
    }
}

#[cfg(not(unix))]
mod forward {
    use std::io;

    /// Where there are no signals, the console tells the server itself.
    pub(crate) struct Forwarding;

    impl Forwarding {
        pub(crate) fn new() -> io::Result<Forwarding> {
            Ok(Forwarding)
        }

        pub(crate) fn start(self, _process: u32) -> Forwarding {
            self
        }

        pub(crate) fn stop(self) {}
    }
}

pub(super) use forward::Forwarding;
