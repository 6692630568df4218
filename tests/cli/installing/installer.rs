//! The installer of a release, on releases that are right and wrong.

use std::process::Command;

use super::{runner, script_at, text};
use crate::support::{Folder, Run};

#[test]
fn the_installer_takes_no_links_and_writes_over_none() {
    let of = "sh \"$0\" --from release --prefix";
    for (prepare, prefix, says) in [
        ("true", "''", "say with --prefix"),
        ("mkdir -p p/bin/gatelint", "p", "is a folder"),
        (
            "cd release && for part in */; do ln -s /etc $part/share/evil; done && tar -czf *.gz */ && sha256sum *.gz > SHA256SUMS",
            "p",
            "holds links",
        ),
        (
            "mkdir -p p/bin && echo mine > mine && ln -s ../../mine p/bin/.gatelint.new",
            "p/",
            "installed",
        ),
    ] {
        let folder = runner();
        let here = folder.path("");
        let path = format!("{}/bin:/usr/bin:/bin", here.display());
        let script = format!("{prepare} && cd \"$1\" && {of} {prefix}");
        let program = format!("{}/packaging/install.sh", env!("CARGO_MANIFEST_DIR"));
        let mut shell = Command::new("sh");
        shell.arg("-c").args([&*script, &*program]).arg(&here).current_dir(&here);
        let output = shell.env("PATH", path).env_remove("HOME").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            (output.status.success(), said.contains(says)),
            (says == "installed", true),
            "{said}"
        );
        if says == "installed" {
            assert_eq!(text(&folder, "mine"), "mine\n");
            assert_eq!(text(&folder, "p/bin/gatelint"), "#!/bin/sh\n");
            assert!(!said.contains("p//bin"), "{said}");
        }
    }
}

/// Runs the installer on the release of a [`runner`].
fn installer(folder: &Folder, prepare: &str, arguments: &str, path: &str) -> Run {
    std::fs::create_dir_all(folder.path("tmp")).unwrap();
    let program = format!("{}/packaging/install.sh", env!("CARGO_MANIFEST_DIR"));
    let script = format!("{prepare}\nPATH=$HERE/{path} exec /bin/sh '{program}' {arguments}");
    std::fs::write(folder.path("script"), script).unwrap();
    let variables = [("TMPDIR", &*folder.path("tmp").display().to_string())];
    script_at(folder, &folder.path("script"), &variables)
}

const INSTALL: &str = "--from=release --prefix p";

#[test]
fn the_installer_reads_checksums_in_every_form() {
    for (form, status) in [
        ("s/ [ *]/ *.\\//", 0),
        ("s/  /  .\\//", 0),
        ("s/$/\\r/", 0),
        ("s/^[0-9a-f]*/\\U&/", 0),
        ("p", 0),
        ("s/^\\(.*\\)  \\(.*\\)/SHA256 (\\2) = \\1/", 0),
        ("s/^\\(.*\\)  \\(.*\\)/SHA2-256(\\2)= \\1/", 0),
        ("s/^.......\\(.*\\)  \\(.*\\)/SHA256 (\\2) = 0000000\\1/", 2),
        ("h; s/^......./0000000/; G", 2),
        ("s/gatelint/x\\/gatelint/", 2),
        ("s/\\.tar/xtar/", 2),
        ("s/^.//", 2),
    ] {
        let folder = runner();
        let prepare = format!("sed -i '{form}' release/SHA256SUMS");
        let run = installer(&folder, &prepare, INSTALL, "bin:$PATH");
        assert_eq!(run.status, status, "{form}: {}", run.err);
        assert_eq!(folder.path("p/bin/gatelint").exists(), status == 0, "{form}");
    }
}

#[test]
fn the_installer_says_one_thing_and_leaves_nothing_behind() {
    let tools = "for tool in sh cp cut tr sed sort mktemp rm tar gzip find mkdir chmod cat uname; do\n\
                 [ -e bin/$tool ] || ln -s \"$(command -v $tool)\" bin/$tool; done";
    let ends = |tool: &str| {
        format!(
            "{tools}\nrm -f bin/{tool}\nprintf '#!/bin/sh\\nkill -TERM $PPID\\n' > bin/{tool}; chmod +x bin/{tool}"
        )
    };
    let sums = |tool: &str| format!("{}\nln -s /usr/bin/sha256sum bin/", ends(tool));
    for (prepare, arguments, status, said) in [
        (tools.to_owned(), INSTALL, 2, "sha256sum and shasum are missing"),
        (sums("mv"), INSTALL, 143, ""),
        (sums("tar"), INSTALL, 143, ""),
        (String::new(), "--help", 0, ""),
        (String::new(), "--form x", 2, "there is no option --form"),
        (String::new(), "--prefix", 2, "takes a value"),
        (String::new(), "--from release --prefix p --target ../x", 2, "there is no target"),
    ] {
        let folder = runner();
        let run = installer(&folder, &prepare, arguments, "bin");
        assert_eq!((run.status, run.err.contains(said)), (status, true), "{}{}", run.out, run.err);
        assert!(run.err.lines().count() <= 1, "{}", run.err);
        assert_eq!(run.out.contains("--prefix"), arguments == "--help", "{}", run.out);
        assert_eq!(std::fs::read_dir(folder.path("tmp")).unwrap().count(), 0, "{}", run.err);
        let left = std::fs::read_dir(folder.path("p/bin")).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{arguments}");
    }
}

#[test]
fn a_step_that_fails_is_told_in_a_line_with_what_to_do() {
    let cut = "(cd release && head -c 50 *.gz > x && mv x *.gz && sha256sum *.gz > SHA256SUMS)";
    for (prepare, arguments, said) in [
        (cut, INSTALL, "cannot be unpacked; fetch it anew"),
        (
            "touch p",
            INSTALL,
            "p/bin cannot be written to; name another place with --prefix (mkdir: ",
        ),
        ("mkdir p; touch p/share", INSTALL, "p/share cannot be written to; name another place"),
        (
            "mkdir -p p/share; touch p/share/man",
            INSTALL,
            "p/share cannot be written to; name another",
        ),
        (
            "mkdir -p p/share/gatelint/installed",
            INSTALL,
            "share/gatelint/installed cannot be written",
        ),
        ("TMPDIR=/nowhere", INSTALL, "no folder can be made in /nowhere; name another with TMPDIR"),
        ("", "--from nothing --prefix p", "nothing/SHA256SUMS cannot be had (cp: "),
        ("", "--from ftp://x --prefix p", "begins with https://"),
        (
            "",
            "--from release --prefix p --target no-such-machine",
            "SHA256SUMS there has x86_64-unknown-linux-musl and no other",
        ),
    ] {
        let folder = runner();
        let run = installer(&folder, prepare, arguments, "bin:$PATH");
        assert!(run.status == 2 || run.status == 3, "{prepare}: {}", run.status);
        assert!(run.err.contains(said) && run.err.starts_with("gatelint: "), "{}", run.err);
        assert_eq!((run.err.lines().count(), &*run.out), (1, ""), "{}", run.err);
        assert!(!folder.path("p/bin/.gatelint.new").exists());
    }
}

#[test]
fn a_prefix_is_named_as_it_is_from_everywhere() {
    let folder = runner();
    for prefix in ["p", "./p/", "../$(basename $PWD)/x/../p", "\"$PWD/p\""] {
        let arguments = format!("--from release --prefix {prefix}");
        let run = installer(&folder, "mkdir -p x", &arguments, "bin:$PATH");
        let bin = folder.path("p/bin").display().to_string();
        let told =
            format!(" in {bin}\ngatelint: that is not on the PATH: export PATH=\"{bin}:$PATH\"\n");
        assert!(run.err.ends_with(&told), "{}", run.err);
        let on = installer(&folder, "", &arguments, "p/bin:$PATH");
        assert_eq!((on.status, on.err.lines().count()), (0, 1), "{}", on.err);
    }
    let help = installer(&folder, "", "--help", "bin:$PATH").out;
    assert!(help.lines().all(|line| line.len() <= 80), "{help}");
}

#[test]
fn a_newer_version_takes_away_what_the_older_one_installed_and_nothing_else() {
    let folder = runner();
    let release = |of: &str| {
        format!(
            "cd release/*/share && {of} && cd ../.. && tar -czf *.gz */ && sha256sum *.gz > SHA256SUMS; cd .."
        )
    };
    let old = "mkdir gone && touch gone/{gone,mine,link} man/{same,also,changed}";
    let run = installer(&folder, &release(old), INSTALL, "bin:$PATH");
    assert_eq!(run.status, 0, "{}", run.err);
    let list = text(&folder, "p/share/gatelint/installed");
    assert!(list.contains("  share/gone/gone\n") && list.contains("  bin/gatelint\n"), "{list}");
    let check = "(cd p && sha256sum --check --quiet share/gatelint/installed)";
    assert_eq!(installer(&folder, check, "--help", "bin:$PATH").err, "");
    // What somebody changed or added is theirs, whatever the list says.
    let hostile = "echo 1 > p/share/gone/mine; echo 1 > p/share/man/changed; touch p/share/gone/other outside p/bin/other\n\
                   rm p/share/gone/link; ln -s ../../../outside p/share/gone/link\n\
                   sum=$(sha256sum < outside | cut -c -64)\n\
                   for file in ../outside share/../../outside \"$HERE/outside\" bin/other 'share/*'; do\n\
                   echo \"$sum  $file\" >> p/share/gatelint/installed; done\n";
    let new = format!("{hostile}{}", release("rm -r gone man/also man/changed && touch man/new"));
    let run = installer(&folder, &new, INSTALL, "bin:$PATH");
    assert_eq!(run.status, 0, "{}", run.err);
    let there = |name: &str| folder.path(name).symlink_metadata().is_ok();
    for kept in
        ["share/gone/mine", "share/gone/other", "share/gone/link", "share/man/changed", "bin/other"]
    {
        assert!(there(&format!("p/{kept}")), "{kept}");
    }
    for installed in ["bin/gatelint", "share/man/same", "share/man/new", "share/man/x"] {
        assert!(there(&format!("p/{installed}")), "{installed}");
    }
    assert!(there("outside"));
    for gone in ["share/gone/gone", "share/man/also"] {
        assert!(!there(&format!("p/{gone}")), "{gone}");
    }
    assert!(!text(&folder, "p/share/gatelint/installed").contains("gone"));
}
