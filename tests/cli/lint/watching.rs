//! `--watch`: what it reacts to, and what it leaves alone.

use std::fs::File;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use super::UNBOUNDED;
use crate::support::Folder;

/// How long is waited for what should not happen; four looks and more.
const QUIET: Duration = Duration::from_millis(1_200);

/// The program at work, which is ended also where a test fails.
struct Watching<'f> {
    child: Child,
    folder: &'f Folder,
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

impl Watching<'_> {
    /// Starts to watch the whole folder; what it writes goes into a file of the same folder.
    fn of<'f>(folder: &'f Folder, more: &[&str]) -> Watching<'f> {
        let out = File::create(folder.path("found.json")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_gatelint"))
            .args([&["lint", "--watch", "--format", "json"], more].concat())
            .current_dir(folder.path(""))
            .stderr(out.try_clone().unwrap())
            .stdout(out)
            .spawn()
            .unwrap();
        let watching = Watching { child, folder };
        assert!(watching.looks_again(1), "nothing was linted");
        watching
    }

    /// How often it linted.
    fn looks(&self) -> usize {
        let text = std::fs::read_to_string(self.folder.path("found.json")).unwrap();
        text.matches("\"schema_version\"").count()
    }

    /// Waits until it linted so often, and whether it did no more.
    fn looks_again(&self, times: usize) -> bool {
        let start = Instant::now();
        while self.looks() < times && start.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(QUIET);
        self.looks() == times
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

#[test]
fn policies_and_what_says_how_they_are_judged_wake_it_and_nothing_else() {
    let folder = Folder::new()
        .file("p.json", UNBOUNDED)
        .file("values.yaml", "replicas: 2\n")
        .file("built/q.json", UNBOUNDED)
        .file(".gitignore", "built\n");
    let watching = Watching::of(&folder, &[]);
    watching.write("built/q.json", "{}");
    watching.write("built/new.json", UNBOUNDED);
    watching.write("values.yaml", "replicas: 3\n");
    watching.write("notes.txt", "none");
    watching.write("other.json", "{\"name\": \"desk\"}");
    assert!(watching.looks_again(1), "{} looks", watching.looks());
    watching.write("p.json", &UNBOUNDED.replace("deny", "allow"));
    assert!(watching.looks_again(2), "{} looks", watching.looks());
    watching.write("gatelint.yaml", "ignore: [default-allow]\n");
    assert!(watching.looks_again(3), "{} looks", watching.looks());
    // What was none becomes a policy.
    watching.write("other.json", UNBOUNDED);
    assert!(watching.looks_again(4), "{} looks", watching.looks());
}

#[test]
fn what_it_mends_itself_does_not_wake_it() {
    let misspelt = UNBOUNDED.replace("default", "defualt");
    let folder = Folder::new().file("p.json", misspelt);
    let watching = Watching::of(&folder, &["--fix"]);
    let text = std::fs::read_to_string(folder.path("p.json")).unwrap();
    assert!(text.contains("\"default\""), "{text}");
    assert_eq!(watching.looks(), 1);
}

#[test]
fn what_cannot_be_watched_is_wrong_usage() {
    let folder = Folder::new().file("policy.json", UNBOUNDED);
    let run = folder.run(&["lint", "-", "--watch"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.contains("standard input cannot be watched"), "{}", run.err);
    // What writes a file beside the policies would start itself again.
    let run = folder.run(&["lint", "policy.json", "--watch", "--write-baseline"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.contains("cannot be used with"), "{}", run.err);
}
