//! Files of a project that say what a command runs: whoever may change one may run anything by the command.

/// Programs that run what a file at the root of a project says; with the subcommands that do, none for all of them.
const SOURCES: [(&[&str], &[&str], &str); 7] = [
    (
        &["npm"],
        &["run", "run-script", "test", "t", "start", "stop", "restart", "install", "i", "ci"],
        "package.json",
    ),
    (&["pnpm"], &[], "package.json"),
    (
        &["cargo"],
        &["build", "b", "test", "t", "run", "r", "check", "c", "clippy", "bench", "doc"],
        "build.rs",
    ),
    (&["composer"], &["run", "run-script", "test", "install", "update"], "composer.json"),
    (&["pytest"], &[], "conftest.py"),
    (&["deno"], &["task"], "deno.json"),
    (&["mix"], &[], "mix.exs"),
];

/// The file that says what a command runs, as a path from the root of the project or from where the command is
/// called; none where that is not the project's.
pub(super) fn source(command: &str) -> Option<&str> {
    let mut words = command.split(' ').filter(|word| !word.is_empty());
    let (program, subcommand) = (words.next()?, words.next());
    if program.contains('/') {
        // What lies elsewhere is of the machine.
        let is_of_machine =
            ["/bin/", "/usr/", "/sbin/", "/opt/"].iter().any(|of| program.starts_with(of));
        return (!is_of_machine).then_some(program);
    }
    let is_it = |(programs, subcommands, _): &&(&[&str], &[&str], &str)| {
        let is_one =
            subcommands.is_empty() || subcommand.is_some_and(|of| subcommands.contains(&of));
        programs.contains(&program) && is_one
    };
    SOURCES.iter().find(is_it).map(|(.., file)| *file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_runs_is_told_where_a_file_of_the_project_says_it() {
        for (command, file) in [
            ("./x.sh a", Some("./x.sh")),
            ("scripts/deploy", Some("scripts/deploy")),
            ("/w/p/x.sh", Some("/w/p/x.sh")),
            ("npm run build", Some("package.json")),
            ("cargo test a", Some("build.rs")),
            ("/usr/bin/git status", None),
            ("npm ls", None),
            ("cargo fmt", None),
            ("ls scripts/x.sh", None),
        ] {
            assert_eq!(source(command), file, "{command}");
        }
    }
}
