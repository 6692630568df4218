//! A server's process, with everything that it starts itself.

use std::io::Read;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::endpoint::Command;
use super::error::LiveError;
use super::strays::Mark;

/// How long a server may take to end by itself once its standard input is closed, and again once
/// it was asked to.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often it is looked whether it has ended.
const TICK: Duration = Duration::from_millis(5);

/// How much of what a server says is kept, in bytes.
const KEPT: usize = 2_000;

const STACK: usize = 256 << 10;

/// A process at the head of a process group of its own.
pub(super) struct Process {
    child: Child,
    group: Group,
    mark: Mark,
    said: Said,
    /// Nobody writes to standard error any more.
    silent: Receiver<()>,
}

/// How a process ended.
pub(super) struct Ended {
    /// Its status, if it ended by itself.
    pub(super) status: Option<ExitStatus>,
    /// The last that it said.
    pub(super) said: String,
    /// Something that it started could not be ended.
    pub(super) has_strays: bool,
}

impl Process {
    /// Starts a program.
    pub(super) fn start(
        command: &Command,
    ) -> Result<(Process, ChildStdin, ChildStdout), LiveError> {
        let mark = Mark::new();
        let mut child = Process::command(command, &mark).spawn().map_err(|cause| {
            let program = command.program.to_string_lossy().into_owned();
            LiveError::NotStarted { program, cause }
        })?;
        let group = Group::led_by(&child);
        let piped = "standard input, output and error are piped";
        let stdin = child.stdin.take().expect(piped);
        let stdout = child.stdout.take().expect(piped);
        let stderr = child.stderr.take().expect(piped);
        let (done, silent) = channel();
        // First, for without the thread it must not live on.
        let process = Process { child, group, mark, said: Said::default(), silent };
        process.said.listen(stderr, done).map_err(LiveError::NoThread)?;
        Ok((process, stdin, stdout))
    }

    fn command(command: &Command, mark: &Mark) -> std::process::Command {
        let mut started = std::process::Command::new(&command.program);
        started
            .args(&command.arguments)
            .envs(command.variables.iter().map(|(name, value)| (name, value)))
            .env(Mark::NAME, mark.value())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(folder) = &command.folder {
            started.current_dir(folder);
        }
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut started, 0);
        started
    }

    /// Where what it says is kept.
    pub(super) fn said(&self) -> Said {
        self.said.clone()
    }

    /// Ends the process and all that it started. When its part `is_over`, its standard input has
    /// been closed, which tells a server that it is no longer needed, and it may end by itself.
    pub(super) fn end(&mut self, is_over: bool) -> Ended {
        let status = if is_over { self.wait() } else { None };
        if status.is_none() {
            self.group.ask_to_end();
            self.wait();
        }
        // What the server started may outlive it.
        self.kill();
        self.wait();
        let has_strays = self.silent.recv_timeout(PATIENCE).is_err();
        Ended { status, said: self.said.text(), has_strays }
    }

    fn wait(&mut self) -> Option<ExitStatus> {
        let start = Instant::now();
        loop {
            match self.child.try_wait() {
                Ok(None) if start.elapsed() < PATIENCE => thread::sleep(TICK),
                status => return status.ok().flatten(),
            }
        }
    }

    /// Something that is gone already is as good as ended.
    fn kill(&mut self) {
        self.group.kill();
        _ = self.child.kill();
        self.mark.kill();
    }
}

/// Whatever becomes of its owner, it does not survive it.
impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The last that a server said: its standard error, and what on its standard output is no message.
#[derive(Clone, Default)]
pub(super) struct Said(Arc<Mutex<Vec<u8>>>);

impl Said {
    pub(super) fn add(&self, text: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&text[text.len().saturating_sub(KEPT)..]);
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
    }

    /// It begins with a whole word: a part of a secret would not be known for one.
    pub(super) fn text(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_cut = kept.len() == KEPT;
        let blank = kept.iter().position(u8::is_ascii_whitespace).filter(|_| is_cut);
        String::from_utf8_lossy(&kept[blank.unwrap_or(0)..]).into_owned()
    }

    /// Reads to the end, so that the server never waits for a reader, and tells when it is reached.
    fn listen(&self, mut stderr: ChildStderr, done: Sender<()>) -> std::io::Result<()> {
        let said = self.clone();
        let work = move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = stderr.read(&mut buffer) {
                said.add(&buffer[..read]);
            }
            // Who does not wait for it needs no telling.
            _ = done.send(());
        };
        thread::Builder::new().stack_size(STACK).spawn(work).map(drop)
    }
}

/// A process group.
struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

impl Group {
    fn led_by(child: &Child) -> Group {
        #[cfg(unix)]
        {
            let id = i32::try_from(child.id()).ok();
            Group { leader: id.and_then(rustix::process::Pid::from_raw) }
        }
        #[cfg(not(unix))]
        {
            let _ = child;
            Group {}
        }
    }

    fn ask_to_end(&self) {
        #[cfg(unix)]
        self.signal(rustix::process::Signal::TERM);
    }

    fn kill(&self) {
        #[cfg(unix)]
        self.signal(rustix::process::Signal::KILL);
    }

    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        if let Some(leader) = self.leader {
            _ = rustix::process::kill_process_group(leader, signal);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_that_was_said_begins_with_a_whole_word() {
        let said = Said::default();
        said.add(b"short");
        assert_eq!(said.text(), "short");
        said.add(format!(" key=secret {}", "x".repeat(KEPT - 8)).as_bytes());
        assert_eq!(said.text().trim(), "x".repeat(KEPT - 8));
    }
}
