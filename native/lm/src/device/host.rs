//! The processor and the machine's memory.

use std::fs;

use super::adapter::{Adapter, Kind, Memory};
use super::back_end::BackEnd;

/// The processor.
pub(super) fn processor() -> Adapter {
    let model =
        fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| field(&text, "model name"));
    let n_threads = rayon::current_num_threads();
    Adapter {
        back_end: BackEnd::Cpu,
        index: 0,
        name: format!(
            "{}, {n_threads} threads",
            model.unwrap_or_else(|| std::env::consts::ARCH.to_owned())
        ),
        kind: Kind::Processor,
        index_of_kind: 0,
        memory: memory(),
        types: vec!["f32", "bf16", "int8"],
    }
}

/// The machine's memory, as far as this process may use it; not known on every system.
pub(super) fn memory() -> Option<Memory> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let memory = of_meminfo(&text)?;
    let limit = fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let used = fs::read_to_string("/sys/fs/cgroup/memory.current").ok();
    Some(within_limit(memory, limit.as_deref(), used.as_deref()))
}

fn of_meminfo(text: &str) -> Option<Memory> {
    let bytes = |name: &str| {
        let kibibytes = field(text, name)?.strip_suffix(" kB")?.parse::<u64>().ok()?;
        kibibytes.checked_mul(1024)
    };
    Some(Memory { total_bytes: bytes("MemTotal")?, free_bytes: bytes("MemAvailable")? })
}

/// What a container leaves of the machine's memory; its limit is a number of bytes, or `max`.
fn within_limit(memory: Memory, limit: Option<&str>, used: Option<&str>) -> Memory {
    let number = |text: Option<&str>| text.and_then(|text| text.trim().parse::<u64>().ok());
    let Some(limit) = number(limit) else { return memory };
    let left = limit.saturating_sub(number(used).unwrap_or(0));
    Memory { total_bytes: memory.total_bytes.min(limit), free_bytes: memory.free_bytes.min(left) }
}

/// The value of the first line `name: value`.
fn field(text: &str, name: &str) -> Option<String> {
    let mut fields = text.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = fields.find(|(found, _)| found.trim() == name)?;
    Some(value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMINFO: &str =
        "MemTotal:       24689792 kB\nMemFree:         1000 kB\nMemAvailable:    8192 kB\n";

    #[test]
    fn memory_is_what_the_kernel_says() {
        let memory = of_meminfo(MEMINFO).unwrap();
        assert_eq!(memory, Memory { total_bytes: 24_689_792 << 10, free_bytes: 8192 << 10 });
        assert_eq!(of_meminfo("MemTotal: many kB\n"), None);
    }

    #[test]
    fn a_container_leaves_what_its_limit_leaves() {
        let memory = Memory { total_bytes: 1000, free_bytes: 800 };
        assert_eq!(within_limit(memory, Some("max\n"), Some("5\n")), memory);
        let limited = within_limit(memory, Some("500\n"), Some("100\n"));
        assert_eq!(limited, Memory { total_bytes: 500, free_bytes: 400 });
    }
}
