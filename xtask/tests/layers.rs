//! Each rule of the layers is fed a violation, and something similar that is allowed.

use xtask::{
    layers::{Layers, Source, check},
    repository,
};

fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

fn layers(rules: &str) -> Layers {
    toml::from_str(rules).expect("rules in TOML")
}

const ORDERED: &str = "folder = 'src'\norder = ['error', 'retry', 'client']\n";

#[track_caller]
fn assert_found(rules: &str, files: &[Source], expected: &[&str]) {
    assert_eq!(layers(rules).findings(files), expected);
}

#[test]
fn the_repository_keeps_its_layers() {
    if let Err(error) = check(&repository()) {
        panic!("{error}");
    }
}

#[test]
fn a_module_imports_only_from_those_before_it() {
    let root = source("lib", "mod error;\nmod retry;\nmod client;\npub use client::Client;");
    let [error, retry] =
        [source("error", "pub struct Error;"), source("retry/quota", "use crate::{error::Error, retry};")];
    let client = source("client", "//! See [`crate::none`].\nconst TEXT: &str = \"crate::none\";\nuse crate::retry;");
    let allowed = [root, error.clone(), retry, client];
    assert_found(ORDERED, &allowed, &[]);
    let finding = "src/error.rs:2: error may not import client, a later layer of xtask/layers.toml";
    for import in ["use crate::client::Client;", "use crate::{error as this, client::{self as that}};"] {
        let mut files = allowed.to_vec();
        files[1].text = format!("use std::fmt;\n{import}");
        assert_found(ORDERED, &files, &[finding]);
    }
    let mut files = allowed.to_vec();
    files[1].text = "fn f() {\n    println!(\"{}\", crate::client::NAME)\n}".to_owned();
    assert_found(ORDERED, &files, &[finding]);
    files[1].text = "use crate::{\n    error::Error,\n    Client,\n};".to_owned();
    assert_found(ORDERED, &files, &["src/error.rs:3: import Client from its module"]);
    files[1].text = "#[cfg(test)]\nmod tests {\n    use crate::client::Client;\n}".to_owned();
    assert_found(ORDERED, &files, &[]);
}

#[test]
fn every_module_has_its_layer_and_every_layer_its_module() {
    let files = [source("error", ""), source("retry", ""), source("new/part", "")];
    let missing = "xtask/layers.toml: src: the module new has no line in `order`";
    assert_found(ORDERED, &files, &[missing, "xtask/layers.toml: src: there is no module client"]);
}

#[test]
fn the_modules_below_a_module_have_an_order_of_their_own() {
    let rules = "folder = 'bbstatus/src/run'\norder = ['sys', 'signal', 'report']";
    let files = [
        source("run", "mod report;\nmod signal;\nmod sys;\nuse report::Report;"),
        source("run/report", "use super::signal::Signal;\nuse crate::run::sys::kill;"),
        source("run/signal", "use super::{sys, ItemOfTheModuleAround};"),
        source("run/sys/unix", "use super::super::super::output;"),
        source("output", "use crate::run::report::Report;"),
    ];
    assert_found(rules, &files, &[]);
    let finding = "bbstatus/src/run/signal.rs:2: signal may not import report, a later layer of xtask/layers.toml";
    for import in ["use super::{\nreport::Report,\n};", "\nuse crate::run::{report};"] {
        let mut files = files.to_vec();
        files[2].text = import.to_owned();
        assert_found(rules, &files, &[finding]);
    }
}

#[test]
fn only_some_modules_may_name_a_module_or_a_crate() {
    let rules = format!("{ORDERED}[only]\nerror = ['retry']\nprogenitor_client = ['retry']\n");
    let allowed = "use crate::error::Error;\nuse progenitor_client::Error as Inner;";
    let files = [source("error", ""), source("retry", allowed), source("client", "")];
    assert_found(&rules, &files, &[]);
    let files = [source("error", ""), source("retry", ""), source("client", allowed)];
    let error = "src/client.rs:1: only retry may name error (xtask/layers.toml)";
    let inner = "src/client.rs:2: only retry may name progenitor_client (xtask/layers.toml)";
    assert_found(&rules, &files, &[error, inner]);
}
