//! Things and the arrows between them.

use std::collections::{BTreeMap, BTreeSet};

/// Nodes, and arrows with what each carries. No arrow leads from a node to itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Graph {
    pub(crate) nodes: BTreeSet<String>,
    pub(crate) arrows: BTreeMap<(String, String), BTreeSet<String>>,
}

impl Graph {
    /// Adds an arrow, or what it carries if it is there.
    pub(crate) fn draw(&mut self, from: &str, to: &str, carried: &str) {
        if from != to {
            self.nodes.extend([from.to_owned(), to.to_owned()]);
            let arrow = (from.to_owned(), to.to_owned());
            self.arrows.entry(arrow).or_default().insert(carried.to_owned());
        }
    }

    /// The graph of what `part` makes of each node; what it makes nothing of is left out.
    pub(crate) fn folded(&self, part: impl Fn(&str) -> Option<String>) -> Graph {
        let mut folded = Graph::default();
        folded.nodes.extend(self.nodes.iter().filter_map(|node| part(node)));
        for (arrow, names) in &self.arrows {
            if let (Some(from), Some(to)) = (part(&arrow.0), part(&arrow.1)) {
                folded.draw(&from, &to, &Graph::told_arrow(arrow, names));
            }
        }
        folded
    }

    /// Groups of nodes that all lead to one another, each with its arrows.
    pub(crate) fn loops(&self) -> Vec<Graph> {
        let reached: BTreeMap<&str, BTreeSet<&str>> =
            self.nodes.iter().map(|node| (node.as_str(), self.reached_from(node))).collect();
        let mut seen = BTreeSet::new();
        let mut loops = Vec::new();
        for (node, others) in &reached {
            let mutual = |other: &&str| reached[other].contains(node);
            let members: BTreeSet<&str> = others.iter().copied().filter(mutual).collect();
            if members.len() > 1 && seen.insert(members.clone()) {
                loops.push(self.among(&members));
            }
        }
        loops
    }

    fn reached_from<'a>(&'a self, node: &'a str) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut open = vec![node];
        while let Some(from) = open.pop() {
            let first = (from.to_owned(), String::new());
            let arrows = self.arrows.range(first..).take_while(|((start, _), _)| start == from);
            open.extend(arrows.map(|((_, to), _)| to.as_str()).filter(|to| reached.insert(*to)));
        }
        reached
    }

    fn among(&self, members: &BTreeSet<&str>) -> Graph {
        let within = |(from, to): &(String, String)| {
            members.contains(from.as_str()) && members.contains(to.as_str())
        };
        Graph {
            nodes: members.iter().map(|node| (*node).to_owned()).collect(),
            arrows: self
                .arrows
                .iter()
                .filter(|(arrow, _)| within(arrow))
                .map(|(arrow, names)| (arrow.clone(), names.clone()))
                .collect(),
        }
    }

    /// A line for each arrow.
    pub(crate) fn told(&self) -> String {
        let lines = self.arrows.iter().map(|(arrow, names)| Graph::told_arrow(arrow, names));
        lines.map(|line| format!("  {line}\n")).collect()
    }

    /// One arrow with what it carries.
    pub(crate) fn told_arrow((from, to): &(String, String), carried: &BTreeSet<String>) -> String {
        let carried: Vec<&str> = carried.iter().map(String::as_str).collect();
        format!("{from} -> {to}: {}", carried.join(", "))
    }
}
