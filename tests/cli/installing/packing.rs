//! What makes the files of a release and the repository of hooks.

use std::process::Command;

use super::{script_at, text};
use crate::support::{Folder, Run};

#[test]
fn what_is_packed_is_installed() {
    let folder = Folder::new();
    let program = env!("CARGO_BIN_EXE_gatelint");
    // It is called as it should be, whatever it was called before.
    std::os::unix::fs::symlink(program, folder.path("built")).unwrap();
    let target = "x86_64-unknown-linux-musl";
    let pack = format!("\"$0\" {target} built out && cd out && sha256sum *.gz > SHA256SUMS");
    let run = |script: &str, of: &str| {
        let script = [script, &format!("{}/{of}", env!("CARGO_MANIFEST_DIR"))];
        let mut shell = Command::new("sh");
        shell.arg("-c").args(script).current_dir(folder.path("")).env("HOME", folder.path(""));
        shell.output().unwrap()
    };
    assert!(run(&pack, "packaging/archive").status.success());
    let install = format!("sh \"$0\" --from out --target {target}");
    let installed = run(&install, "packaging/install.sh");
    assert!(installed.status.success(), "{}", String::from_utf8_lossy(&installed.stderr));
    let version =
        Command::new(folder.path(".local/bin/gatelint")).arg("--version").output().unwrap();
    assert!(version.stdout.starts_with(b"gatelint "));
    for file in [
        "man/man1/gatelint-lint.1",
        "zsh/site-functions/_gatelint",
        "gatelint/schemas/lint.schema.json",
    ] {
        assert!(folder.path(&format!(".local/share/{file}")).exists(), "{file}");
    }
    let other = format!(
        "mv out/gatelint-{target}.tar.gz out/gatelint-x86_64-apple-darwin.tar.gz && cd out && sha256sum *.gz > SHA256SUMS"
    );
    assert!(run(&other, "").status.success());
    let wrong = run("sh \"$0\" --from out --target x86_64-apple-darwin", "packaging/install.sh");
    let said = String::from_utf8_lossy(&wrong.stderr);
    assert_eq!(
        (wrong.status.code(), said.contains("does not hold the program")),
        (Some(2), true),
        "{said}"
    );
}

/// Runs a script of the packaging with arguments.
fn make(folder: &Folder, name: &str, arguments: &str) -> Run {
    let script = format!("{}/packaging/{name}", env!("CARGO_MANIFEST_DIR"));
    let run = format!("cd \"$HERE\" && exec /bin/sh '{script}' {arguments}\n");
    std::fs::write(folder.path("make"), run).unwrap();
    script_at(folder, &folder.path("make"), &[])
}

#[test]
fn what_is_wrong_with_a_call_is_told_in_a_line() {
    for (name, arguments, said) in [
        ("archive", "", "is what it takes; --help says more"),
        ("archive", "linux program out", "there is no target linux: it is one such as"),
        ("archive", "x86_64-unknown-linux-gnu nothing out", "there is no program nothing"),
        ("archive", "x86_64-unknown-linux-gnu file out", "is no gatelint that runs here"),
        ("archive", "x86_64-unknown-linux-gnu empty out", "is no gatelint that runs here"),
        ("archive", "x86_64-unknown-linux-gnu file file/out", "cannot be made (mkdir: "),
        ("assets", "", "PROGRAM DIR is what it takes"),
        ("python/build", "", "is what it takes"),
        ("python/build", "--release", "is what it takes"),
        ("pre-commit/mirror", "", "DIR WHEEL is what it takes; --help says more"),
        ("pre-commit/mirror", "new", "DIR WHEEL is what it takes; --help says more"),
        ("pre-commit/mirror", "new nothing.whl", "there is no file nothing.whl"),
        ("pre-commit/mirror", "new https://host/x.zip", "its name ends in .whl"),
        ("pre-commit/mirror", "new 'https://host/\".whl'", "holds what no address does"),
        ("pre-commit/mirror", "mine https://host/x.whl", "mine holds something else"),
        ("pre-commit/mirror", "file https://host/x.whl", "file is no folder"),
    ] {
        let folder = Folder::with(&[("file", "text"), ("empty", ""), ("mine/README.md", "mine")]);
        let all = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path("empty"), all).unwrap();
        let run = make(&folder, name, arguments);
        assert_eq!((run.status, run.err.lines().count()), (2, 1), "{arguments}: {}", run.err);
        assert!(run.err.contains(said) && run.out.is_empty(), "{arguments}: {}", run.err);
        assert!(!folder.path("new").exists() && !folder.path("out/x.tar.gz").exists());
        assert_eq!(text(&folder, "mine/README.md"), "mine");
    }
    for name in ["archive", "pre-commit/mirror"] {
        let help = make(&Folder::new(), name, "--help");
        assert_eq!(help.status, 0);
        assert!(help.out.lines().all(|line| line.len() <= 80) && help.out.len() > 100);
    }
}

#[test]
fn the_hooks_take_the_wheel_that_is_named_and_none_by_its_name_alone() {
    let folder = Folder::with(&[("g-1.whl", "")]);
    let address = format!("file://{}", folder.path("g-1.whl").display());
    for (wheel, wanted) in
        [("g-1.whl", &*address), ("https://host/g-1.whl", "https://host/g-1.whl")]
    {
        // Written anew, beside what Git keeps.
        let run = make(&folder, "pre-commit/mirror", &format!("hooks {wheel}"));
        assert_eq!((run.status, &*run.err), (0, ""));
        let project = text(&folder, "hooks/pyproject.toml");
        assert!(
            project.contains(&format!("dependencies = [\"gatelint @ {wanted}\"]\n")),
            "{project}"
        );
        let hooks = text(&folder, "hooks/.pre-commit-hooks.yaml");
        assert!(hooks.contains("language: python") && !hooks.contains("language: rust"), "{hooks}");
    }
}
