//! Writes the generated client to `OUT_DIR`: from the document, or without the feature `codegen` from the snapshot.

use std::{env, error::Error, fs, path::PathBuf};

#[cfg(feature = "codegen")]
#[path = "spec/generate.rs"]
mod generate;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=spec/generate.rs");
    println!("cargo::rerun-if-changed=spec/openapi.json");
    println!("cargo::rerun-if-changed=src/generated/snapshot.rs");
    let target = PathBuf::from(env::var("OUT_DIR")?).join("generated.rs");
    fs::write(target, client_source()?)?;
    Ok(())
}

#[cfg(feature = "codegen")]
fn client_source() -> Result<String, Box<dyn Error>> {
    generate::generate(&fs::read_to_string("spec/openapi.json")?)
}

#[cfg(not(feature = "codegen"))]
fn client_source() -> Result<String, Box<dyn Error>> {
    Ok(fs::read_to_string("src/generated/snapshot.rs")?)
}
