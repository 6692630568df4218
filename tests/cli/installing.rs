//! What brings the program onto a runner, and what it says below a pull request: the scripts, with programs that
//! pretend to be the service.

mod installer;
mod packing;

use std::path::Path;
use std::process::Command;

use crate::support::{Folder, Run};

/// Programs of a machine that only pretend, before all others on the path.
fn pretend(folder: Folder, programs: &[(&str, &str)]) -> Folder {
    programs.iter().fold(folder, |folder, (name, script)| {
        let folder = folder.file(&format!("bin/{name}"), format!("#!/bin/sh\n{script}\n"));
        let all = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path(&format!("bin/{name}")), all).unwrap();
        folder
    })
}

/// Runs a script of the repository where only the usual programs and pretended ones are.
fn script(folder: &Folder, script: &str, variables: &[(&str, &str)]) -> Run {
    script_at(folder, &Path::new(env!("CARGO_MANIFEST_DIR")).join(script), variables)
}

fn script_at(folder: &Folder, script: &Path, variables: &[(&str, &str)]) -> Run {
    let here = folder.path("").display().to_string();
    let path = format!("{here}/bin:/usr/bin:/bin");
    let own = ["RUNNER_TEMP", "GITHUB_OUTPUT", "GITHUB_PATH"].map(|name| (name, folder.path(name)));
    let output = Command::new("bash")
        .arg(script)
        .current_dir(folder.path(""))
        .env_clear()
        .envs(own)
        .envs([("PATH", path.as_str()), ("HERE", here.trim_end_matches('/'))])
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    Run {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn text(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.path(name)).unwrap_or_default()
}

/// A runner, and a release of which `curl` gives the files.
fn runner() -> Folder {
    let folder =
        Folder::new().file("release/gatelint-x86_64-unknown-linux-musl/gatelint", "#!/bin/sh\n");
    let folder = folder.file("release/gatelint-x86_64-unknown-linux-musl/share/man/x", "");
    let folder = pretend(
        folder,
        &[
            ("uname", r#"case $1 in -m) echo x86_64 ;; *) echo Linux ;; esac"#),
            ("getconf", "exit 1"),
            (
                "curl",
                r#"for last; do :; done; echo "$@" >> "$HERE/asked"
                url=$(echo "$@" | grep -o 'https://[^ ]*'); cp "$HERE/release/${url##*/}" "$last""#,
            ),
            ("gh", r#"echo "$@" >> "$HERE/asked"; exit "$ATTESTED""#),
        ],
    );
    let pack = "cd release && chmod 755 */gatelint && tar -czf gatelint-x86_64-unknown-linux-musl.tar.gz */ \
                && sha256sum *.gz > SHA256SUMS";
    let packed =
        Command::new("sh").args(["-c", pack]).current_dir(folder.path("")).status().unwrap();
    assert!(packed.success());
    folder
}

fn install(folder: &Folder, reference: &str, attested: &str) -> Run {
    let variables = [
        ("GITHUB_SERVER_URL", "https://host"),
        ("GATELINT_REPOSITORY", "o/r"),
        ("GATELINT_REF", reference),
        ("ATTESTED", attested),
        ("RUNNER_OS", "Linux"),
        ("RUNNER_ARCH", "X64"),
    ];
    script(folder, "packaging/action/install", &variables)
}

#[test]
fn the_action_takes_the_program_of_the_release_that_it_is_pinned_to() {
    let version = env!("CARGO_PKG_VERSION");
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let tag = format!("v{version}");
    let by_tag = format!("--source-ref refs/tags/{tag}");
    for (reference, proof) in [(commit, format!("--source-digest {commit}")), (&tag, by_tag)] {
        let folder = runner();
        let run = install(&folder, reference, "0");
        assert_eq!(
            (run.status, text(&folder, "GITHUB_OUTPUT").as_str()),
            (0, "ready=true\n"),
            "{}",
            run.err
        );
        assert!(folder.path("RUNNER_TEMP/gatelint/bin/gatelint").exists());
        assert!(text(&folder, "GITHUB_PATH").ends_with("RUNNER_TEMP/gatelint/bin\n"));
        let asked = text(&folder, "asked");
        assert!(
            asked.contains(&format!("https://host/o/r/releases/download/v{version}/SHA256SUMS")),
            "{asked}"
        );
        assert!(asked.contains("--signer-workflow o/r/.github/workflows/release.yml"), "{asked}");
        assert!(asked.contains(&proof), "{asked}");
    }
}

#[test]
fn the_action_builds_where_there_is_no_program_for_what_it_is_pinned_to() {
    let tag = format!("v{}", env!("CARGO_PKG_VERSION"));
    for (reference, attested, is_there) in
        [(tag.as_str(), "1", true), ("main", "0", true), (&tag, "0", false)]
    {
        let folder = runner();
        if !is_there {
            std::fs::remove_file(folder.path("release/gatelint-x86_64-unknown-linux-musl.tar.gz"))
                .unwrap();
        }
        let run = install(&folder, reference, attested);
        let told = text(&folder, "GITHUB_OUTPUT");
        assert_eq!(
            (run.status, told.starts_with("ready=false\nprefix=")),
            (0, true),
            "{told}{}",
            run.err
        );
        assert!(told.contains("\nkey=gatelint-Linux-X64--"), "{told}");
        assert!(!folder.path("RUNNER_TEMP/gatelint/bin/gatelint").exists());
    }
}

#[test]
fn the_action_fails_where_the_release_is_not_what_its_checksums_say() {
    let folder = runner();
    let archive = folder.path("release/gatelint-x86_64-unknown-linux-musl.tar.gz");
    std::fs::write(&archive, [std::fs::read(&archive).unwrap(), vec![0]].concat()).unwrap();
    let run = install(&folder, concat!("v", env!("CARGO_PKG_VERSION")), "0");
    assert_eq!(
        (run.status, run.err.contains("is not what SHA256SUMS says")),
        (2, true),
        "{}",
        run.err
    );
    assert!(!folder.path("RUNNER_TEMP/gatelint/bin/gatelint").exists());
}

/// What the composite that comments does about a run, the open pull request and the comment there.
fn comment(event: &str, number: &str, old: &str, kept: &str) -> (Run, Folder) {
    let gh = r#"case "$1 $2" in
        "pr list") echo "$NUMBER" ;;
        "run download") for last; do :; done; mkdir "$last" && cp "$HERE/kept" "$last/gatelint-comment.txt" ;;
        "api --paginate") echo "$OLD" ;;
        *) echo "$@" > "$HERE/sent"; for last; do :; done; cp "${last#body=@}" "$HERE/body.md" ;;
        esac"#;
    let folder = pretend(Folder::with(&[("kept", kept)]), &[("gh", gh)]);
    let variables = [
        ("GH_REPO", "o/r"),
        ("GATELINT_EVENT", event),
        ("GATELINT_RUN", "7"),
        ("GATELINT_HEAD", "abc"),
        ("GATELINT_OWNER", "stranger"),
        ("GATELINT_BRANCH", "$(touch hole)"),
        ("NUMBER", number),
        ("OLD", old),
    ];
    (script(&folder, "packaging/comment/comment", &variables), folder)
}

#[test]
fn a_comment_is_written_once_and_then_renewed() {
    let (run, folder) = comment("pull_request", "3\n4", "", "loosens $(touch hole)\n");
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(text(&folder, "sent").contains("--method POST repos/o/r/issues/3/comments"));
    let body = text(&folder, "body.md");
    assert!(
        body.starts_with("<!-- gatelint -->\n")
            && body.ends_with("\n\n    loosens $(touch hole)\n"),
        "{body}"
    );
    assert!(!folder.path("hole").exists());
    let (_, folder) = comment("pull_request", "3", "11\n12", "again");
    assert!(text(&folder, "sent").contains("--method PATCH repos/o/r/issues/comments/11"));
}

#[test]
fn what_a_stranger_keeps_is_shown_as_code_whatever_it_is() {
    let hostile = "@everyone ![](https://x.test/i)\n\n```\n<script>\r\r# \u{202e}head\u{2028}line\n</details>\n\t#1\n\
                   <!-- gatelint -->\n\u{1b}[2J\u{200d}e\u{301}\n\u{3164}\u{2800}\u{34f}\u{115f}\u{fe0f}\u{e0041}\u{ffff}\n\n";
    for kept in [hostile.to_owned(), hostile.repeat(20), "@a\n".repeat(60_000)] {
        let (run, folder) = comment("pull_request", "3", "", &kept);
        assert_eq!(run.status, 0, "{}", run.err);
        let body = text(&folder, "body.md");
        let (head, shown) = body.split_once("\n\n    @").unwrap();
        assert!(!head.contains("@everyone"), "{head}");
        let shown = shown.strip_suffix("\n\n</details>\n").unwrap_or(shown);
        for line in shown.lines().skip(1) {
            assert!(line.starts_with("    "), "not code: {line:?}");
        }
        let is_plain = |letter: char| {
            !"\r\u{202e}\u{2028}\u{1b}\u{200d}\u{3164}\u{2800}\u{34f}\u{115f}\u{fe0f}\u{e0041}\u{ffff}".contains(letter)
        };
        assert!(body.chars().all(is_plain), "{body:?}");
        assert!(body.len() < 65_536, "{}", body.len());
        assert_eq!(body.contains("<details><summary>"), kept != hostile, "{body}");
    }
}

#[test]
fn a_link_in_what_a_stranger_keeps_is_not_followed() {
    let secret = Folder::with(&[("secret", "secret")]);
    let gh = r#"case "$1 $2" in
        "pr list") echo 3 ;;
        "run download") for last; do :; done; mkdir "$last"; ln -s "$SECRET" "$last/gatelint-comment.txt" ;;
        *) echo "$@" > "$HERE/sent" ;;
        esac"#;
    let folder = pretend(Folder::new(), &[("gh", gh)]);
    let path = secret.path("secret").display().to_string();
    let run = script(
        &folder,
        "packaging/comment/comment",
        &[
            ("GATELINT_EVENT", "pull_request"),
            ("GATELINT_RUN", "7"),
            ("GATELINT_BRANCH", "b"),
            ("SECRET", &path),
        ],
    );
    assert_eq!((run.status, folder.path("sent").exists()), (1, false), "{}", run.err);
}

#[test]
fn no_comment_is_written_where_there_is_nothing_to_comment() {
    for (event, number, kept) in [
        ("push", "3", "text"),
        ("pull_request", "", "text"),
        ("pull_request", "3", ""),
        ("pull_request", "3", " \n\t\r\n"),
        ("pull_request", "3", "\u{feff}\u{2800}\u{3164}\u{3000}\u{200b}\n"),
    ] {
        let (run, folder) = comment(event, number, "", kept);
        assert_eq!((run.status, folder.path("sent").exists()), (0, false), "{}", run.err);
    }
}

#[test]
fn a_long_comment_is_cut_between_characters() {
    let (run, folder) = comment("pull_request", "3", "", &"é".repeat(40_000));
    assert_eq!(run.status, 0, "{}", run.err);
    let body = text(&folder, "body.md");
    assert!(body.len() < 65_536 && body.ends_with("é\n    …\n"), "{}", body.len());
}

#[test]
fn nothing_of_a_release_is_run_or_found_that_is_not_whole_and_attested() {
    let folder = runner();
    let pack = "cd release && rm -r */share && tar -czf gatelint-x86_64-unknown-linux-musl.tar.gz */ \
                && sha256sum *.gz > SHA256SUMS";
    let mut shell = Command::new("sh");
    assert!(shell.args(["-c", pack]).current_dir(folder.path("")).status().unwrap().success());
    let run = install(&folder, &format!("v{}", env!("CARGO_PKG_VERSION")), "1");
    assert_eq!((run.status, text(&folder, "GITHUB_PATH").as_str()), (2, ""), "{}", run.err);
    assert!(!folder.path("RUNNER_TEMP/gatelint").exists());
    assert!(!folder.path("RUNNER_TEMP/gatelint-unattested").exists());
}
