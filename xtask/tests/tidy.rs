//! Each rule of `cargo xtask tidy` is fed a violation, and something like it that is none.

use xtask::tidy::{File, Manifest, findings};

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}

fn in_files(files: &[File]) -> Vec<String> {
    let [name, version, rust_version] = ["bitbucket-build-status", "0.1.0", "1.88"].map(str::to_owned);
    findings(files, &Manifest { name, version, rust_version })
}

#[track_caller]
fn assert_found(path: &str, text: &str, expected: &str) {
    assert_eq!(in_files(&[file(path, text)]), [expected]);
}

#[track_caller]
fn assert_tidy(path: &str, text: &str) {
    assert_eq!(in_files(&[file(path, text)]), Vec::<String>::new());
}

#[test]
fn the_snapshot_is_exempt_by_name() {
    let text = format!("{}/// ```ignore\nuse progenitor_client::Error;\n", "\n".repeat(5000));
    assert_tidy("src/generated/snapshot.rs", &text);
}

#[test]
fn an_include_outside_of_its_file_is_found() {
    let include = "include!(\"generated.rs\");\n";
    assert_found("src/model.rs", include, "src/model.rs:1: include! belongs in src/generated.rs");
    assert_found("tests/library.rs", include, "tests/library.rs:1: include! belongs in src/generated.rs");
    assert_tidy("src/generated.rs", include);
    assert_tidy("src/model.rs", "// include!\nconst TEXT: &str = include_str!(\"include!\");\n");
}

#[test]
fn generated_code_named_outside_of_its_files_is_found() {
    let finding = "src/retry.rs:1: generated code may not be named here; see src/model.rs";
    assert_found("src/retry.rs", "use crate::generated::types;\n", finding);
    assert_found("src/retry.rs", "use crate::{generated::types, id};\n", finding);
    assert_found("src/retry.rs", "use crate::generated;\n", finding);
    for path in ["src/model.rs", "src/client.rs", "src/client/builder.rs", "src/statuses/set.rs", "tests/library.rs"] {
        assert_tidy(path, "use crate::generated::types;\n");
    }
    assert_tidy("src/retry.rs", "//! See [`crate::generated`].\nfn f() { client.generated() }\n");
}

#[test]
fn the_generators_runtime_named_outside_of_its_files_is_found() {
    let text = "\nuse progenitor_client::Error;\n";
    assert_found("src/error.rs", text, "src/error.rs:2: progenitor_client may not be named here; see src/model.rs");
    assert_tidy("src/error/convert.rs", text);
}

#[test]
fn a_left_over_is_found_in_code_and_in_comments() {
    for name in ["todo", "unimplemented", "dbg"] {
        let text = format!("fn f() {{\n    {name}!()\n}}\n");
        assert_found("src/retry.rs", &text, &format!("src/retry.rs:2: {name}! is a left-over"));
    }
    for word in ["TODO", "FIXME", "HACK"] {
        let text = format!("fn f() {{}} // {word}: later\n");
        assert_found("src/retry.rs", &text, &format!("src/retry.rs:1: {word} is a left-over"));
        assert_found("README.md", &format!("\n{word}\n"), &format!("README.md:2: {word} is a left-over"));
    }
    assert_tidy("src/retry.rs", "// todo! is a macro, and TODOS are none.\nconst TEXT: &str = \"dbg!\";\n");
}

#[test]
fn an_ignored_doctest_is_found() {
    for label in ["ignore", "rust,ignore"] {
        let text = format!("/// ```{label}\n/// f();\n/// ```\nfn f() {{}}\n");
        assert_found("src/retry.rs", &text, "src/retry.rs:1: an ignored doctest; use no_run, text, or make it run");
        let text = format!("```{label}\nf();\n```\n");
        assert_found("README.md", &text, "README.md:1: an ignored doctest; use no_run, text, or make it run");
    }
    assert_tidy("src/retry.rs", "/// ```no_run\n/// f();\n/// ```\nfn f() {}\n");
}

#[test]
fn an_ignored_test_is_found() {
    for attribute in ["#[ignore]", "#[ignore = \"slow\"]"] {
        let text = format!("#[test]\n{attribute}\nfn f() {{}}\n");
        assert_found("tests/cli.rs", &text, "tests/cli.rs:2: an ignored test; make it run, or say when it cannot");
    }
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    assert_found("README.md", "\nSee [there](docs/no.md#a).\n", "README.md:2: the link docs/no.md#a leads nowhere");
    assert_found("docs/a.md", "[up](../no)\n", "docs/a.md:1: the link ../no leads nowhere");
    let links = "[a](docs/b.md#c) [d](docs) [e](#f) [g](https://example.com/no.md)\n\n```text\n[h](no.md)\n```\n";
    assert_eq!(in_files(&[file("README.md", links), file("docs/b.md", "[x](../README.md)\n")]), Vec::<String>::new());
}

#[test]
fn a_version_that_is_not_the_manifests_is_found() {
    for text in ["bitbucket-build-status = \"0.2\"", "bitbucket-build-status = { version = \"0.2\", features = [] }"] {
        assert_found("README.md", text, "README.md:1: expected version 0.1.0, got 0.2");
    }
    assert_found("docs/a.md", "cargo add bitbucket-build-status@1\n", "docs/a.md:1: expected version 0.1.0, got 1");
    assert_found("src/lib.rs", "//! bitbucket-build-status = \"0.2\"", "src/lib.rs:1: expected version 0.1.0, got 0.2");
    assert_tidy("README.md", "bitbucket-build-status = \"0.1\"\nbitbucket-build-status@0.1.0\n");
}

#[test]
fn an_oldest_rust_that_is_not_the_manifests_is_found() {
    assert_found("README.md", "with Rust 1.85 or newer", "README.md:1: expected Rust 1.88, got 1.85");
    assert_found("CONTRIBUTING.md", "MSRV 1.90.", "CONTRIBUTING.md:1: expected Rust 1.88, got 1.90");
    assert_found("xtask/Cargo.toml", "rust-version = \"1.90\"", "xtask/Cargo.toml:1: expected Rust 1.88, got 1.90");
    assert_tidy("README.md", "with Rust 1.88 or newer, measured with rustc 1.95");
}
