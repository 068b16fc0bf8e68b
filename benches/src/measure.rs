//! What a run cost.

use std::time::{Duration, Instant};

use nix::sys::{
    resource::{Usage, UsageWho, getrusage},
    time::TimeValLike as _,
};
use serde::{Deserialize, Serialize};

/// What the calls of one run cost, start-up excluded.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Cost {
    /// How many calls were made.
    pub calls: usize,
    /// Wall-clock nanoseconds for all of them.
    pub wall: u64,
    /// CPU nanoseconds of this process for all of them, in user mode and in the kernel.
    pub cpu: u64,
}

/// A measurement that has begun.
pub struct Stopwatch {
    wall: Instant,
    cpu: Duration,
}

impl Stopwatch {
    /// Begins to measure.
    ///
    /// # Errors
    /// Where the system does not say what this process has used.
    pub fn start() -> nix::Result<Self> {
        Ok(Self { cpu: cpu(&getrusage(UsageWho::RUSAGE_SELF)?), wall: Instant::now() })
    }

    /// Says what `calls` have cost.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn stop(self, calls: usize) -> nix::Result<Cost> {
        let wall = self.wall.elapsed();
        let cpu = cpu(&getrusage(UsageWho::RUSAGE_SELF)?).saturating_sub(self.cpu);
        Ok(Cost { calls, wall: nanoseconds(wall), cpu: nanoseconds(cpu) })
    }
}

fn cpu(usage: &Usage) -> Duration {
    let total = usage.user_time() + usage.system_time();
    Duration::from_micros(total.num_microseconds().try_into().unwrap_or_default())
}

fn nanoseconds(duration: Duration) -> u64 {
    duration.as_nanos().try_into().unwrap_or(u64::MAX)
}
