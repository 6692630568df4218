//! A server's process, with everything that it starts itself.

use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::endpoint::Command;
use super::error::LiveError;

/// How long a server may take to end by itself once its standard input is closed, and again once
/// it was asked to.
const PATIENCE: Duration = Duration::from_millis(500);

/// How much of what a server writes to standard error is kept.
const KEPT: usize = 2_000;

/// A process at the head of a process group of its own.
pub(super) struct Process {
    child: Child,
    group: Group,
    stderr: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Process {
    /// Starts a program.
    pub(super) fn start(
        command: &Command,
    ) -> Result<(Process, ChildStdin, ChildStdout), LiveError> {
        let mut child = Process::command(command).spawn().map_err(|cause| {
            let program = command.program.to_string_lossy().into_owned();
            LiveError::NotStarted { program, cause }
        })?;
        let piped = "standard input, output and error are piped";
        let stdin = child.stdin.take().expect(piped);
        let stdout = child.stdout.take().expect(piped);
        let stderr = Arc::new(Mutex::new(Vec::new()));
        // Read to its end, so that the server never waits for a reader.
        let reader = tokio::spawn(keep_last(child.stderr.take().expect(piped), stderr.clone()));
        let group = Group::led_by(&child);
        Ok((Process { child, group, stderr, reader }, stdin, stdout))
    }

    fn command(command: &Command) -> tokio::process::Command {
        let mut started = tokio::process::Command::new(&command.program);
        started
            .args(&command.arguments)
            .envs(command.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(folder) = &command.folder {
            started.current_dir(folder);
        }
        #[cfg(unix)]
        started.process_group(0);
        started
    }

    /// Ends the process and all of its group: how it ended, if it did by itself, and the last that
    /// it wrote to standard error. Its standard input must have been closed, which is how a server
    /// is told that it is no longer needed.
    pub(super) async fn end(&mut self) -> (Option<ExitStatus>, String) {
        let status = timeout(PATIENCE, self.child.wait()).await.ok().and_then(Result::ok);
        if status.is_none() {
            self.group.ask_to_end();
            _ = timeout(PATIENCE, self.child.wait()).await;
        }
        // What the server started may outlive it.
        self.group.kill();
        _ = self.child.start_kill();
        _ = timeout(PATIENCE, self.child.wait()).await;
        // A program that has left the group may keep it open.
        _ = timeout(PATIENCE, &mut self.reader).await;
        let kept = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        (status, String::from_utf8_lossy(&kept).into_owned())
    }
}

/// A process group. Whatever becomes of its owner, it does not survive it.
struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

impl Group {
    fn led_by(child: &Child) -> Group {
        #[cfg(unix)]
        {
            let id = child.id().and_then(|id| i32::try_from(id).ok());
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

    /// A group that is gone already is as good as ended.
    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        if let Some(leader) = self.leader {
            _ = rustix::process::kill_process_group(leader, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn keep_last(mut stderr: ChildStderr, kept: Arc<Mutex<Vec<u8>>>) {
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stderr.read(&mut buffer).await {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&buffer[..read]);
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
    }
}
