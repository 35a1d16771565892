//! What a program costs: processor time, time on the clock, memory.

use std::{
    process::{Child, Command, ExitStatus},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage, setrlimit};

/// What a run of a program took.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Seconds of processor time, its own and the system's on its behalf.
    pub cpu: f64,
    /// Seconds on the clock.
    pub wall: f64,
    /// The most memory it held at any look, in bytes, files that it only mapped left out.
    pub memory: u64,
}

/// Runs a program to its end. Its output is thrown away, and a failure is an error.
pub fn run(command: &mut Command) -> Result<Cost> {
    let before = cpu_seconds(UsageWho::RUSAGE_CHILDREN)?;
    let clock = Instant::now();
    let mut child =
        command.spawn().with_context(|| format!("failed to start {}", command.get_program().display()))?;
    let (status, memory) = watch(&mut child)?;
    let wall = clock.elapsed().as_secs_f64();
    if !status.success() {
        bail!("{command:?} failed ({status})");
    }
    Ok(Cost { cpu: cpu_seconds(UsageWho::RUSAGE_CHILDREN)? - before, wall, memory })
}

/// Waits for the end, looking at its memory on the way.
fn watch(child: &mut Child) -> Result<(ExitStatus, u64)> {
    let mut most = 0;
    let mut pause = Duration::from_micros(500);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((status, most));
        }
        most = most.max(private_memory(child.id()).unwrap_or(0));
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// Processor time of this process, in seconds.
pub fn own_cpu_seconds() -> Result<f64> {
    cpu_seconds(UsageWho::RUSAGE_SELF)
}

fn cpu_seconds(who: UsageWho) -> Result<f64> {
    let usage = getrusage(who)?;
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}

/// The kernel counts processor time of other processes in hundredths of a second.
const TICKS_PER_SECOND: f64 = 100.0;

/// Processor time of another process so far, in seconds; threads that have ended are in it.
pub fn cpu_seconds_of(process: u32) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may hold spaces; user and system time are the 12th and 13th field after it.
    let fields = text.rsplit_once(')')?.1.split_whitespace().skip(11).take(2);
    let ticks: Vec<f64> = fields.filter_map(|it| it.parse().ok()).collect();
    Some(ticks.iter().sum::<f64>() / TICKS_PER_SECOND)
}

/// Memory of a process, files that it only maps left out, in bytes.
pub fn private_memory(process: u32) -> Option<u64> {
    field(process, "RssAnon:")
}

fn field(process: u32, name: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().split(' ').next()?.parse::<u64>().ok()? * 1024)
}

/// Lets this process and those it starts have as many open connections as the system allows.
pub fn allow_many_connections() -> Result<()> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(setrlimit(Resource::RLIMIT_NOFILE, most, most)?)
}
