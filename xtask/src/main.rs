//! The command line of the maintenance tasks.

fn main() -> std::process::ExitCode {
    xtask::main()
}
