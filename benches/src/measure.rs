//! The cost of a run.

use std::{
    io,
    time::{Duration, Instant},
};

use cpu_time::ProcessTime;
use serde::{Deserialize, Serialize};

/// The cost of the calls of one run, without start-up.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Cost {
    /// The number of calls.
    pub calls: usize,
    /// Wall-clock time of all calls, in nanoseconds.
    pub wall: u64,
    /// CPU time of this process for all calls, in user mode and in the kernel, in nanoseconds.
    pub cpu: u64,
}

/// A running measurement.
pub struct Stopwatch {
    wall: Instant,
    cpu: ProcessTime,
}

impl Stopwatch {
    /// Starts to measure.
    ///
    /// # Errors
    /// If the system does not report the CPU time of this process.
    pub fn start() -> io::Result<Self> {
        Ok(Self { cpu: ProcessTime::try_now()?, wall: Instant::now() })
    }

    /// Returns the cost of `calls`.
    ///
    /// # Errors
    /// Those of [`start`](Self::start).
    pub fn stop(self, calls: usize) -> io::Result<Cost> {
        let wall = self.wall.elapsed();
        let cpu = self.cpu.try_elapsed()?;
        Ok(Cost { calls, wall: nanoseconds(wall), cpu: nanoseconds(cpu) })
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    duration.as_nanos().try_into().unwrap_or(u64::MAX)
}
