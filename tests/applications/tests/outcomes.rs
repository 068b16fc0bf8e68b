//! Builds the application with and without this crate, and compares what still works.
//!
//! `cargo test --manifest-path tests/applications/Cargo.toml two` runs in the gate, all of them once a week.

use std::{env, path::PathBuf, process::Command};

/// What an application uses by itself, and the lines it then prints.
const APPLICATIONS: [(&str, &[&str]); 6] = [
    ("reqwest-without-tls", &["reqwest"]),
    ("reqwest-native-tls", &["reqwest"]),
    ("reqwest-defaults", &["reqwest"]),
    ("rustls-aws-lc", &["rustls"]),
    ("rustls-ring", &["rustls"]),
    ("", &[]),
];

/// What a variant of this crate prints after that. Without TLS an https address is refused when the client is built.
const VARIANTS: [(&str, &[&str]); 3] = [
    ("add-default", &["https client", "http call"]),
    ("add-rustls-ring", &["https client", "http call"]),
    ("add-without-tls", &["no https client", "http call"]),
];

/// How an application ended: the lines it printed, or the panic that ended it.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Printed(Vec<String>),
    Panicked(String),
}

fn features(names: &[&str]) -> String {
    names.iter().filter(|name| !name.is_empty()).copied().collect::<Vec<_>>().join(",")
}

/// Builds the application in a folder that all share, and returns the binary's path.
fn build(names: &[&str]) -> PathBuf {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/applications");
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--locked", "--features", &features(names)]);
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("CARGO_TARGET_DIR", &target);
    let status = command.status().unwrap();
    assert!(status.success(), "{names:?} does not build");
    target.join("debug").join(format!("applications{}", env::consts::EXE_SUFFIX))
}

fn run(command: &mut Command) -> Outcome {
    let output = command.env_remove("RUST_BACKTRACE").output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    if output.status.success() {
        let lines = stdout.lines().map(|line| line.split(':').next().unwrap_or_default().to_owned());
        return Outcome::Printed(lines.collect());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let message = stderr.lines().skip_while(|line| !line.contains("panicked at")).nth(1).unwrap_or_default();
    // The beginning of a message is enough to tell causes apart.
    Outcome::Panicked(message.trim().chars().take(60).collect())
}

fn outcome(names: &[&str]) -> Outcome {
    run(&mut Command::new(build(names)))
}

fn printed(lines: &[&[&str]]) -> Outcome {
    Outcome::Printed(lines.concat().into_iter().map(str::to_owned).collect())
}

#[track_caller]
fn assert_unchanged(application: &str, own: &[&str], variant: &str, added: &[&str]) {
    assert_eq!(outcome(&[application, variant]), printed(&[own, added]), "{application} with {variant}");
}

#[test]
fn two_applications_work_as_before() {
    assert_unchanged("reqwest-without-tls", &["reqwest"], "add-default", VARIANTS[0].1);
    assert_unchanged("rustls-aws-lc", &["rustls"], "add-default", VARIANTS[0].1);
}

#[test]
fn every_application_works_as_with_reqwests_default_features() {
    for (application, own) in APPLICATIONS {
        if application == "reqwest-native-tls" && !has_openssl() {
            println!("skipped: {application}, pkg-config finds no openssl on this machine");
            continue;
        }
        assert_eq!(outcome(&[application]), printed(&[own]), "{application} alone");
        let with_reqwest = outcome(&[application, "add-reqwest-defaults"]);
        match outcome(&[application, VARIANTS[0].0]) {
            Outcome::Panicked(message) => assert_eq!(Outcome::Panicked(message), with_reqwest, "{application}"),
            worked => {
                assert_eq!(with_reqwest, printed(&[own]), "{application} with reqwest's default features");
                assert_eq!(worked, printed(&[own, VARIANTS[0].1]), "{application} with this crate");
            }
        }
        assert_unchanged(application, own, VARIANTS[2].0, VARIANTS[2].1);
    }
}

/// ring as the lean alternative, for programs that no other crate depends on: an application that needs aws-lc still
/// has it.
#[test]
fn with_ring_every_application_works_that_has_tls_of_its_own() {
    for (application, own) in APPLICATIONS {
        let is_known_to_panic = application == "reqwest-without-tls";
        if is_known_to_panic || application == "rustls-aws-lc" || application == "reqwest-native-tls" {
            continue;
        }
        assert_unchanged(application, own, VARIANTS[1].0, VARIANTS[1].1);
    }
}

#[test]
fn an_application_with_ring_only_works_with_the_line_that_the_readme_names() {
    assert!(matches!(outcome(&["rustls-ring", "add-default"]), Outcome::Panicked(_)));
    assert_unchanged("install-ring", &["rustls"], "add-default", VARIANTS[0].1);
}

#[test]
fn the_error_of_a_client_without_tls_says_so_for_our_client_and_for_the_applications() {
    let own: &[&str] =
        &["reqwest", "no https client", "http call", "the HTTP client was built without TLS, which https"];
    assert_eq!(outcome(&["own-client"]), printed(&[own]));
}

/// A mount namespace of its own hides the machine's certificates.
#[cfg(target_os = "linux")]
#[test]
fn a_machine_without_certificates_trusts_mozillas() {
    let hide = "for folder in /etc/ssl /usr/lib/ssl /usr/share/ca-certificates /etc/pki; do \
                test -d $folder && mount -t tmpfs none $folder; done; exec \"$0\"";
    let mounts = || {
        let mut command = Command::new("unshare");
        // Certificates that the environment names are not replaced.
        command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
        command.args(["--mount", "--map-root-user", "sh", "-c"]);
        command
    };
    if !mounts().arg("mount -t tmpfs none /etc/ssl").output().is_ok_and(|output| output.status.success()) {
        println!("skipped: a mount namespace cannot be had here");
        return;
    }
    for variant in ["add-default", "add-rustls-ring"] {
        let binary = build(&[variant]);
        assert_eq!(run(mounts().arg(hide).arg(&binary)), printed(&[VARIANTS[0].1]), "{variant}");
    }
}

fn has_openssl() -> bool {
    Command::new("pkg-config").args(["--exists", "openssl"]).status().is_ok_and(|status| status.success())
}
