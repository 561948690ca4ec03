//! What is typed and what is found, put together.

use super::{Adapter, BackEnd, DeviceChoice, Inventory, Kind, Missing, NamedDevice};

fn adapter(back_end: BackEnd, index: usize, kind: Kind) -> Adapter {
    let name = format!("{kind} {index}");
    Adapter { back_end, index, name, kind, index_of_kind: index, memory: None, types: vec!["f32"] }
}

fn machine(adapters: Vec<Adapter>) -> Inventory {
    let cpu = adapter(BackEnd::Cpu, 0, Kind::Processor);
    let missing = Missing { back_end: BackEnd::Cuda, reason: "no driver".to_owned() };
    Inventory { adapters: std::iter::once(cpu).chain(adapters).collect(), missing: vec![missing] }
}

fn chosen(device: &str, inventory: &Inventory) -> Result<Vec<String>, String> {
    let choice: DeviceChoice = device.parse()?;
    let adapters = choice.choose(inventory).map_err(|error| error.to_string())?;
    Ok(adapters.iter().map(Adapter::device).collect())
}

#[test]
fn every_spelling_is_read() {
    let named = |back_end, index| NamedDevice { back_end, index };
    assert_eq!("auto".parse(), Ok(DeviceChoice::Auto));
    assert_eq!("cpu".parse(), Ok(DeviceChoice::Cpu));
    assert_eq!("wgpu".parse(), Ok(DeviceChoice::Named(vec![named(BackEnd::Wgpu, None)])));
    let pair = vec![named(BackEnd::Cuda, Some(0)), named(BackEnd::Cuda, Some(3))];
    assert_eq!("cuda:0,cuda:3".parse(), Ok(DeviceChoice::Named(pair)));
    for spelling in ["auto", "cpu", "wgpu", "wgpu:1", "cuda:0,cuda:3", "rocm:2"] {
        let choice: DeviceChoice = spelling.parse().unwrap();
        assert_eq!(choice.to_string(), spelling);
    }
}

#[test]
fn other_spellings_are_refused_with_those_that_are_known() {
    let refused = |text: &str| text.parse::<DeviceChoice>().unwrap_err();
    let known = "auto, cpu, wgpu[:N], cuda[:N], rocm[:N], or several devices of a kind such as cuda:0,cuda:1";
    for text in ["gpu", "", "cuda:", "cuda:x", "cuda:-1", "cpu:0", "cuda:0,auto"] {
        let part = text.split(',').next_back().unwrap();
        assert_eq!(refused(text), format!("expected {known}; found `{part}`"));
    }
    assert_eq!(refused("cuda:0,cuda:0"), "`cuda:0` is named twice; expected each device once");
    assert_eq!(refused("cuda,cuda:1"), "expected a number after `cuda`, as in `cuda:0`");
}

#[test]
fn auto_takes_cuda_then_a_real_gpu_then_the_processor() {
    let software = adapter(BackEnd::Wgpu, 1, Kind::SoftwareRasteriser);
    let integrated = adapter(BackEnd::Wgpu, 0, Kind::IntegratedGpu);
    let cuda = adapter(BackEnd::Cuda, 0, Kind::DiscreteGpu);
    let auto = |adapters| chosen("auto", &machine(adapters)).unwrap();
    assert_eq!(auto(vec![]), ["cpu"]);
    assert_eq!(auto(vec![software.clone()]), ["cpu"]);
    assert_eq!(auto(vec![integrated.clone(), software.clone()]), ["wgpu:0"]);
    assert_eq!(auto(vec![cuda, integrated, software]), ["cuda:0"]);
}

#[test]
fn what_is_named_is_taken_software_too() {
    let software = adapter(BackEnd::Wgpu, 0, Kind::SoftwareRasteriser);
    assert_eq!(chosen("wgpu", &machine(vec![software])).unwrap(), ["wgpu:0"]);
}

#[test]
fn what_is_not_there_is_said_in_one_line() {
    let machine = machine(vec![adapter(BackEnd::Wgpu, 0, Kind::DiscreteGpu)]);
    assert_eq!(chosen("cuda:1", &machine).unwrap_err(), "cuda: no driver");
    assert_eq!(
        chosen("wgpu:1", &machine).unwrap_err(),
        "wgpu:1: there is no such device; wgpu has 1, counted from 0"
    );
}

/// Probing must come back without a panic, whatever this machine has.
#[test]
fn every_back_end_has_devices_or_a_reason() {
    let inventory = Inventory::of(&BackEnd::ALL);
    for back_end in BackEnd::ALL {
        let n_devices = inventory.of_back_end(back_end).count();
        let reasons = inventory.missing.iter().filter(|missing| missing.back_end == back_end);
        assert_eq!(reasons.count(), usize::from(n_devices == 0), "{back_end:?}");
    }
    for missing in &inventory.missing {
        assert!(!missing.reason.contains('\n'), "{missing}");
    }
}
