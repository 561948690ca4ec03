//! `devices`: what this build can compute on, and why not on more.

use std::io::{self, Write as _};

use data_anatomy_core::show::table::{Cell, Column, Table};
use data_anatomy_job::exit::Outcome;
use data_anatomy_lm::device::{Adapter, BackEnd, DeviceChoice, Inventory};
use data_anatomy_lm::memory::gigabytes;
use serde_json::json;

pub(super) fn run(json: bool) -> anyhow::Result<Outcome> {
    let inventory = Inventory::of(&BackEnd::ALL);
    let automatic = DeviceChoice::Auto.choose(&inventory)?;
    let automatic = automatic.first().map(Adapter::device);
    let mut out = io::stdout().lock();
    if json {
        writeln!(
            out,
            "{}",
            serde_json::to_string_pretty(&as_json(&inventory, automatic.as_deref())?)?
        )?;
        return Ok(Outcome::Done);
    }
    out.write_all(table(&inventory).to_text().as_bytes())?;
    writeln!(out, "\n--device auto takes {}", automatic.as_deref().unwrap_or("nothing"))?;
    for missing in &inventory.missing {
        writeln!(out, "{missing}")?;
    }
    Ok(Outcome::Done)
}

fn as_json(inventory: &Inventory, automatic: Option<&str>) -> anyhow::Result<serde_json::Value> {
    let compiled_in = BackEnd::ALL.into_iter().filter(|back_end| back_end.is_compiled_in());
    let devices = inventory.adapters.iter().map(|adapter| {
        let mut device = serde_json::to_value(adapter)?;
        device["device"] = adapter.device().into();
        anyhow::Ok(device)
    });
    Ok(json!({
        "schema_version": 1,
        "compiled_in": compiled_in.collect::<Vec<_>>(),
        "auto": automatic,
        "devices": devices.collect::<Result<Vec<_>, _>>()?,
        "missing": inventory.missing,
    }))
}

fn table(inventory: &Inventory) -> Table {
    let columns = vec![
        Column::words("device", ""),
        Column::words("name", ""),
        Column::words("kind", ""),
        Column::numbers("memory", ""),
        Column::numbers("free", ""),
        Column::words("types", ""),
    ];
    let mut table = Table::new("Devices", columns);
    for adapter in &inventory.adapters {
        let memory = |of: fn(&data_anatomy_lm::device::Memory) -> u64| {
            adapter
                .memory
                .as_ref()
                .map_or_else(Cell::empty, |memory| Cell::text(gigabytes(of(memory))))
        };
        table.rows.push(vec![
            Cell::text(adapter.device()),
            Cell::text(&adapter.name),
            Cell::text(adapter.kind.to_string()),
            memory(|memory| memory.total_bytes),
            memory(|memory| memory.free_bytes),
            Cell::text(adapter.types.join(", ")),
        ]);
    }
    table
}
