//! The examples of every command, and related commands: its help begins with the first example, its manual page has
//! all.

/// What the help and the manual page of a command show in addition to its options.
pub(crate) struct CommandHelp {
    /// The name of the command; none for `bbstatus` itself.
    pub(crate) command: Option<&'static str>,
    pub(crate) examples: &'static [Example],
    /// The commands to read about next.
    pub(crate) see_also: &'static [&'static str],
}

/// A line for a shell, and its purpose.
pub(crate) struct Example {
    pub(crate) line: &'static str,
    pub(crate) purpose: &'static str,
}

const fn example(line: &'static str, purpose: &'static str) -> Example {
    Example { line, purpose }
}

const fn page(command: &'static str, examples: &'static [Example], see_also: &'static [&'static str]) -> CommandHelp {
    CommandHelp { command: Some(command), examples, see_also }
}

pub(crate) static PAGES: [CommandHelp; 16] = [
    CommandHelp {
        command: None,
        examples: &[
            example("bbstatus run unit-tests -- cargo test", "Report the start and the outcome of a command"),
            example("bbstatus set unit-tests FAILED --sandbox", "Try a report without an account"),
            example("bbstatus doctor", "Find out why reports do not arrive"),
        ],
        see_also: &[],
    },
    page(
        "set",
        &[
            example(
                "bbstatus set unit-tests SUCCESSFUL --description \"42 tests passed\"",
                "Report a result; everything else is found in a CI job",
            ),
            example(
                "bbstatus set integration --from-exit-code \"$BITBUCKET_EXIT_CODE\" --soft",
                "Report the exit code of a step of Bitbucket Pipelines; a failed report does not fail the build",
            ),
            example("bbstatus set unit-tests INPROGRESS --dry-run", "Print the request without sending it"),
        ],
        &["update", "run", "detect"],
    ),
    page(
        "update",
        &[
            example("bbstatus update unit-tests FAILED", "Change the state; the other fields keep their values"),
            example(
                "bbstatus update unit-tests --description \"40 of 42 tests passed\"",
                "Change only the description",
            ),
        ],
        &["set", "get"],
    ),
    page(
        "get",
        &[
            example("bbstatus get unit-tests", "Read a status of the current commit"),
            example("bbstatus get unit-tests --output json", "The same as JSON"),
        ],
        &["list", "wait"],
    ),
    page(
        "list",
        &[
            example("bbstatus list", "List the statuses of the current commit"),
            example(
                "bbstatus list --pull-request 7 --query 'state = \"FAILED\"'",
                "List the failed statuses of a pull request",
            ),
        ],
        &["get", "wait", "apply"],
    ),
    page(
        "run",
        &[
            example(
                "bbstatus run unit-tests -- cargo test",
                "Report the start and the outcome of a command, and return its exit code",
            ),
            example(
                "bbstatus run unit-tests --timeout 20m -- make test",
                "End the command, and report STOPPED, after 20 minutes",
            ),
        ],
        &["set", "wait"],
    ),
    page(
        "wait",
        &[
            example("bbstatus wait --key unit-tests --key lint", "Wait until two statuses have succeeded"),
            example(
                "bbstatus wait --at-least 3 --timeout 30m",
                "Wait for 3 successful statuses, as the merge check counts them",
            ),
        ],
        &["list", "run"],
    ),
    page(
        "apply",
        &[
            example("bbstatus apply results.ndjson", "Report each line of a file"),
            example("bbstatus apply - --concurrency 4", "Report the output of another program, 4 statuses at a time"),
        ],
        &["set", "list"],
    ),
    page(
        "key",
        &[example(
            "bbstatus key continuous-integration/linux/x86_64/unit-tests",
            "Print the key of a name that has more than 40 characters",
        )],
        &["set", "get"],
    ),
    page(
        "detect",
        &[
            example("bbstatus detect", "Print the repository, commit and branch that would be reported"),
            example("bbstatus detect --output json", "The same as JSON"),
        ],
        &["set", "doctor"],
    ),
    page(
        "doctor",
        &[
            example("bbstatus doctor", "Find out why reports do not arrive"),
            example(
                "bbstatus doctor --repo acme/rocket --commit HEAD --output json",
                "Check another repository; the result is JSON",
            ),
        ],
        &["detect", "set"],
    ),
    page(
        "sandbox",
        &[
            example("bbstatus sandbox --port 7990", "Run a sandbox for tests at http://127.0.0.1:7990/2.0"),
            example("bbstatus sandbox --seed seed.json", "Start with the repositories and identities of a file"),
        ],
        &["set"],
    ),
    page(
        "probe",
        &[example(
            "bbstatus probe --repo acme/playground --commit HEAD --record probe.json",
            "Ask the live API, and record its responses",
        )],
        &["sandbox"],
    ),
    page(
        "completions",
        &[
            example(
                "bbstatus completions bash > ~/.local/share/bash-completion/completions/bbstatus",
                "Install the completions for bash",
            ),
            example("bbstatus completions fish > ~/.config/fish/completions/bbstatus.fish", "Install them for fish"),
            example("bbstatus completions zsh > \"${fpath[1]}/_bbstatus\"", "Install them for zsh"),
        ],
        &["man"],
    ),
    page("man", &[example("bbstatus man run | man -l -", "Read the manual page of run")], &["completions"]),
    page("reference", &[example("bbstatus reference", "Print the reference as Markdown")], &["man"]),
];

/// The page of a command.
pub(crate) fn page_of(command: &str) -> Option<&'static CommandHelp> {
    PAGES.iter().find(|page| page.command.unwrap_or("bbstatus") == command)
}

impl CommandHelp {
    /// What the help begins with.
    pub(crate) fn beginning(&self) -> String {
        self.examples.first().map(|example| format!("Example: {}", example.line)).unwrap_or_default()
    }
}
