//! A checkout of a repository whose commits have the same hashes everywhere.

use std::{fs, path::PathBuf, process::Command};

use crate::support::{isolated, run};

const DATE: &str = "2026-11-24T12:00:00Z";

/// A branch with its head, the branch that it is to be merged into, and a merge of both by Jenkins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Commits {
    pub(crate) head: String,
    pub(crate) target: String,
    pub(crate) merge: String,
}

impl Default for Commits {
    fn default() -> Self {
        let hash = str::to_owned;
        Self {
            head: hash("f122eafcbd6e5028848546216c3083f603f6fdfb"),
            target: hash("ba7fa494e9e58e29d63d756c09c900e77c034dd6"),
            merge: hash("745bc6b93bb52610b19a05a3a54086d3f9b5b25f"),
        }
    }
}

pub(crate) struct Checkout {
    pub(crate) folder: PathBuf,
    pub(crate) commits: Commits,
}

impl Checkout {
    fn empty(folder: PathBuf) -> Self {
        fs::create_dir_all(&folder).unwrap();
        let checkout = Self { folder, commits: Commits::default() };
        checkout.git(&["init", "--quiet", "--initial-branch", "unborn", "--template="]);
        checkout
    }

    /// Another repository, with none of the commits.
    pub(crate) fn other(folder: PathBuf) -> Self {
        let checkout = Self::empty(folder);
        let other = checkout.commit("other", "jane@example.com", &[]);
        checkout.git(&["update-ref", "--no-deref", "HEAD", &other]);
        checkout
    }

    /// A commit, checked out without a branch as CI systems do it; the remote's branches are known.
    pub(crate) fn of(folder: PathBuf, commit: impl Fn(&Commits) -> &String) -> Self {
        let checkout = Self::empty(folder);
        let base = checkout.commit("base", "jane@example.com", &[]);
        let head = checkout.commit("head", "jane@example.com", &[&base]);
        let target = checkout.commit("target", "joe@example.com", &[&base]);
        let merge = checkout.commit("merge", "nobody@nowhere", &[&head, &target]);
        assert_eq!(Commits { head, target, merge }, checkout.commits);
        for (branch, commit) in [("feature/engine", &checkout.commits.head), ("main", &checkout.commits.target)] {
            checkout.git(&["update-ref", &format!("refs/remotes/origin/{branch}"), commit]);
        }
        checkout.git(&["update-ref", "--no-deref", "HEAD", commit(&checkout.commits)]);
        checkout.git(&["checkout", "--quiet", "--detach", commit(&checkout.commits)]);
        checkout
    }

    pub(crate) fn add_remote(&self, name: &str, address: &str) {
        self.git(&["config", &format!("remote.{name}.url"), address]);
    }

    /// Runs git and returns its output.
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        run(self.command("jane@example.com").args(arguments)).done().stdout.trim().to_owned()
    }

    /// Makes a commit without files.
    #[track_caller]
    pub(crate) fn commit(&self, message: &str, author: &str, parents: &[&str]) -> String {
        let tree = self.git(&["hash-object", "-t", "tree", "-w", "--stdin"]);
        let mut command = self.command(author);
        command.args(["commit-tree", &tree, "-m", message]);
        run(command.args(parents.iter().flat_map(|parent| ["-p", parent]))).done().stdout.trim().to_owned()
    }

    fn command(&self, author: &str) -> Command {
        let mut command = isolated("git");
        command.current_dir(&self.folder).env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Someone").env(format!("GIT_{who}_EMAIL"), author);
            command.env(format!("GIT_{who}_DATE"), DATE);
        }
        command
    }
}
