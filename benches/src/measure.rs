//! What a run cost.

use std::{
    io,
    time::{Duration, Instant},
};

use cpu_time::ProcessTime;
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
    cpu: ProcessTime,
}

impl Stopwatch {
    /// Begins to measure.
    ///
    /// # Errors
    /// Where the system does not report what this process has used.
    pub fn start() -> io::Result<Self> {
        Ok(Self { cpu: ProcessTime::try_now()?, wall: Instant::now() })
    }

    /// Returns what `calls` have cost.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn stop(self, calls: usize) -> io::Result<Cost> {
        let wall = self.wall.elapsed();
        let cpu = self.cpu.try_elapsed()?;
        Ok(Cost { calls, wall: nanoseconds(wall), cpu: nanoseconds(cpu) })
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    duration.as_nanos().try_into().unwrap_or(u64::MAX)
}
