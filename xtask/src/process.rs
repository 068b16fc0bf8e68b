//! Runs other programs. Each is shown before it runs, and named if it fails.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Error, Outcome};

/// The cargo that runs this program, in a folder.
pub(crate) fn cargo(folder: &Path) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.current_dir(folder);
    command
}

/// Cargo's target folder for this repository.
pub(crate) fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// Runs a program with inherited streams.
pub(crate) fn run(command: &mut Command) -> Outcome {
    eprintln!("$ {}", line(command));
    let status = command.status().map_err(|error| unusable(command, &error))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::CheckFailed(format!("{}: {status}", line(command))))
}

/// Runs a program and returns its stdout.
pub(crate) fn capture(command: &mut Command) -> Result<String, Error> {
    let output = command.output().map_err(|error| unusable(command, &error))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        return Err(Error::CheckFailed(format!("{}: {}\n{}", line(command), output.status, stderr.trim_end())));
    }
    String::from_utf8(output.stdout).map_err(|_| Error::Unusable(format!("{}: wrote no UTF-8", line(command))))
}

fn unusable(command: &Command, error: &std::io::Error) -> Error {
    Error::Unusable(format!("{}: {error}", line(command)))
}

fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{capture, cargo, run};
    use crate::{Error, repository};

    #[test]
    fn a_program_that_fails_is_named_with_its_arguments_and_what_it_printed() {
        let error = run(cargo(&repository()).arg("no-such-command")).unwrap_err();
        assert!(matches!(&error, Error::CheckFailed(text) if text.contains("cargo no-such-command: exit")), "{error}");
        let error = capture(cargo(&repository()).arg("no-such-command")).unwrap_err();
        assert!(error.to_string().contains("no such command"), "{error}");
        let error = run(&mut std::process::Command::new("no-such-program-here")).unwrap_err();
        assert!(matches!(error, Error::Unusable(_)), "{error}");
    }
}
