//! The process list of this machine: the descendants of a command, and whether they are alive.

use std::{collections::BTreeSet, fs, process::Command};

use rustix::process::{Pid, getpgid, getpid};

/// A process, with the identifiers of its parent and its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Process {
    id: i32,
    parent: i32,
    group: i32,
    /// Whether it is a zombie: it has ended, and its parent has not reaped it. In some containers no process ever does.
    has_ended: bool,
}

/// A process and its descendants in the same group, each after its parent. Descendants in other groups are left out:
/// whoever created such a group is responsible for it.
pub(super) fn descendants(root: Pid, group: Pid) -> Vec<Pid> {
    let mut found = vec![root.as_raw_nonzero().get()];
    add_descendants(&all(), group.as_raw_nonzero().get(), &mut found);
    found.into_iter().filter_map(Pid::from_raw).collect()
}

/// Whether the process is still in the group. If not, the system has reused its identifier.
pub(super) fn in_group(process: Pid, group: Pid) -> bool {
    getpgid(Some(process)).is_ok_and(|other| other == group)
}

/// Whether any living process matches, by its identifier and its group. If the system lists no processes, one may.
pub(super) fn any_alive(holds: impl Fn(Pid, Pid) -> bool) -> bool {
    let all = all();
    let holds = |process: &Process| {
        let numbers = Pid::from_raw(process.id).zip(Pid::from_raw(process.group));
        !process.has_ended && numbers.is_some_and(|(id, group)| holds(id, group))
    };
    all.is_empty() || all.iter().any(holds)
}

/// The child processes of this process that have ended and were not reaped.
pub(super) fn ended_children() -> Vec<Pid> {
    let this = getpid().as_raw_nonzero().get();
    let ended = all().into_iter().filter(|process| process.parent == this && process.has_ended);
    ended.filter_map(|process| Pid::from_raw(process.id)).collect()
}

/// Adds the descendants that are in this group.
fn add_descendants(all: &[Process], group: i32, found: &mut Vec<i32>) {
    let mut seen: BTreeSet<i32> = found.iter().copied().collect();
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        let children = all.iter().filter(|process| process.parent == parent && process.group == group);
        found.extend(children.map(|process| process.id).filter(|id| seen.insert(*id)));
        next += 1;
    }
}

/// All processes, or none if the system does not list them.
fn all() -> Vec<Process> {
    if cfg!(target_os = "linux") { of_linux() } else { of_ps() }
}

/// Without `ps`, which slim containers lack.
fn of_linux() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let texts = entries.filter_map(|entry| fs::read(entry.ok()?.path().join("stat")).ok());
    texts.filter_map(|text| read_stat(&String::from_utf8_lossy(&text))).collect()
}

fn of_ps() -> Vec<Process> {
    let output = Command::new("ps").args(["-A", "-o", "pid=", "-o", "ppid=", "-o", "pgid=", "-o", "stat="]).output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().filter_map(read_line).collect()
}

/// Parses `PID (NAME) STATE PARENT GROUP …`. A name may contain spaces and brackets.
fn read_stat(text: &str) -> Option<Process> {
    let (id, rest) = text.split_once(' ')?;
    let mut rest = rest.rsplit_once(')')?.1.split_whitespace();
    let state = rest.next()?;
    read([id, rest.next()?, rest.next()?, state])
}

/// Parses `PID PARENT GROUP STATE`.
fn read_line(line: &str) -> Option<Process> {
    let mut words = line.split_whitespace();
    read([words.next()?, words.next()?, words.next()?, words.next()?])
}

fn read([id, parent, group, state]: [&str; 4]) -> Option<Process> {
    let has_ended = state.starts_with('Z');
    Some(Process { id: id.parse().ok()?, parent: parent.parse().ok()?, group: group.parse().ok()?, has_ended })
}

#[cfg(test)]
mod tests {
    use rustix::process::getpgrp;

    use super::*;

    #[test]
    fn descendants_of_one_group_are_found_after_their_parents() {
        let all = [(9, 4, 1), (4, 2, 1), (2, 1, 1), (3, 1, 1), (5, 2, 5), (6, 5, 1), (7, 2, 1), (2, 9, 1)];
        let all = all.map(|(id, parent, group)| Process { id, parent, group, has_ended: false });
        let table: [(i32, &[i32]); 4] = [(2, &[2, 4, 7, 9]), (4, &[4, 9, 2, 7]), (3, &[3]), (8, &[8])];
        for (root, expected) in table {
            let mut found = vec![root];
            add_descendants(&all, 1, &mut found);
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn the_list_of_the_system_is_parsed_whatever_a_process_is_called() {
        for (state, has_ended) in [("S", false), ("R", false), ("Z", true)] {
            let process = Some(Process { id: 77, parent: 5, group: 70, has_ended });
            for name in ["sleep", "a b", "x) S 1 2 (y", ""] {
                assert_eq!(read_stat(&format!("77 ({name}) {state} 5 70 60 34816 70 4194304")), process, "{name}");
            }
            assert_eq!(read_line(&format!("   77     5    70 {state}+")), process);
        }
        for text in ["", "77", "77 (sleep", "77 (sleep) S x", "77 5 70", "a 5 70 S"] {
            assert_eq!((read_stat(text), read_line(text)), (None, None), "{text}");
        }
    }

    #[test]
    fn this_process_is_among_all() {
        let expected = Process {
            id: std::process::id().cast_signed(),
            parent: std::os::unix::process::parent_id().cast_signed(),
            group: getpgrp().as_raw_nonzero().get(),
            has_ended: false,
        };
        assert!(of_ps().contains(&expected), "{expected:?}");
        if cfg!(target_os = "linux") {
            assert!(of_linux().contains(&expected), "{expected:?}");
        }
    }
}
