//! The snapshot and the code that was just generated are the same, byte for byte, with whatever features this is built.

#[test]
fn the_snapshot_is_what_the_build_made() {
    let built = include_str!(concat!(env!("OUT_DIR"), "/generated.rs"));
    let snapshot = include_str!("../src/generated/snapshot.rs");
    assert!(built == snapshot, "src/generated/snapshot.rs is out of date; run: cargo xtask codegen");
}
