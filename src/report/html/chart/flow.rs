//! How many flow from where through what to where.

use std::fmt::Display;

use super::drawing::{drawing, label, short};
use crate::report::common::words::cut;
use crate::report::html::markup::Markup;
use crate::report::html::words::grouped;

/// How wide the drawing and a node are, and how far nodes of a layer are apart.
const WIDTH: f64 = 960.0;
const NODE: f64 = 10.0;
const GAP: f64 = 22.0;

/// How high all nodes of the fullest layer are together, and how high the smallest is.
const ROOM: f64 = 150.0;
const LEAST: f64 = 3.0;

/// How many characters of a label there is room for.
const LONG: usize = 48;

/// Layers of nodes from left to right, with links from each to the next.
pub(in crate::report) struct Flow<'f> {
    /// What it shows.
    pub(in crate::report) title: &'f str,
    /// What it shows, in more words.
    pub(in crate::report) description: &'f str,
    /// The nodes of each layer: a label and a class.
    pub(in crate::report) layers: Vec<Vec<(String, &'static str)>>,
    /// The links from each layer to the next.
    pub(in crate::report) links: Vec<Vec<Link>>,
}

/// A link between two nodes, by their numbers.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Link {
    pub(in crate::report) from: usize,
    pub(in crate::report) to: usize,
    pub(in crate::report) calls: u64,
    pub(in crate::report) class: &'static str,
}

/// Where a node stands.
#[derive(Clone, Copy, Debug, Default)]
struct Spot {
    y: f64,
    height: f64,
    /// How much of its height the links so far take, on the left and on the right.
    taken: [f64; 2],
}

/// Writes layers and links.
pub(in crate::report) fn flow(out: &mut Markup, flow: &Flow<'_>) {
    let layers = flow.layers.len();
    let calls: Vec<Vec<u64>> = (0..layers).map(|layer| flow.calls(layer)).collect();
    let all = calls.iter().map(|layer| layer.iter().sum::<u64>()).max().unwrap_or(0).max(1);
    let high = |calls: u64| (ROOM * calls as f64 / all as f64).max(LEAST);
    let mut spots: Vec<Vec<Spot>> = calls.iter().map(|layer| placed(layer, high)).collect();
    let bottom = spots.iter().flatten().map(|spot| spot.y + spot.height).fold(0.0, f64::max);
    let size = [WIDTH as u32, bottom as u32 + 8];
    let x = |layer: usize| (WIDTH - NODE) * layer as f64 / (layers - 1).max(1) as f64;
    drawing(out, size, [flow.title, flow.description], |out| {
        for (layer, links) in flow.links.iter().enumerate() {
            for link in links {
                let height = high(link.calls);
                let from = spots[layer][link.from].take(1, height);
                let to = spots[layer + 1][link.to].take(0, height);
                write_link(out, [x(layer) + NODE, from, x(layer + 1), to], height, link);
            }
        }
        for (layer, nodes) in flow.layers.iter().enumerate() {
            for ((name, class), (spot, calls)) in
                nodes.iter().zip(spots[layer].iter().zip(&calls[layer]))
            {
                let is_last = layer + 1 == layers;
                write_node(out, x(layer), spot, class);
                let (x, anchor) = if is_last {
                    (x(layer) - 6.0, "end")
                } else {
                    (x(layer) + NODE + 6.0, "start")
                };
                let text = format!("{} {}", cut(name, LONG), grouped(*calls));
                label(out, [x, spot.y - 5.0], anchor, &text);
            }
        }
    });
}

impl Flow<'_> {
    /// How many calls each node of a layer has: those that come, or of the first layer those that go.
    fn calls(&self, layer: usize) -> Vec<u64> {
        let mut calls = vec![0; self.layers[layer].len()];
        match layer.checked_sub(1) {
            Some(before) => self.links[before].iter().for_each(|link| calls[link.to] += link.calls),
            None => self.links[0].iter().for_each(|link| calls[link.from] += link.calls),
        }
        calls
    }
}

fn placed(calls: &[u64], high: impl Fn(u64) -> f64) -> Vec<Spot> {
    let mut y = GAP - 4.0;
    let spot = |calls: &u64| {
        let spot = Spot { y, height: high(*calls), taken: [0.0; 2] };
        y += spot.height + GAP;
        spot
    };
    calls.iter().map(spot).collect()
}

impl Spot {
    /// The upper end of room for a link on a side.
    fn take(&mut self, side: usize, height: f64) -> f64 {
        let y = self.y + self.taken[side];
        self.taken[side] += height;
        y
    }
}

fn write_node(out: &mut Markup, x: f64, spot: &Spot, class: &str) {
    let height = spot.taken.iter().copied().fold(spot.height, f64::max);
    let attributes: [(&str, &dyn Display); 5] = [
        ("x", &short(x)),
        ("y", &short(spot.y)),
        ("width", &NODE),
        ("height", &short(height)),
        ("class", &class),
    ];
    out.empty("rect", &attributes);
}

fn write_link(out: &mut Markup, place: [f64; 4], height: f64, link: &Link) {
    let [x, from, to_x, to] = place.map(short);
    let middle = short(f64::midpoint(x, to_x));
    let (low, end) = (short(from + height), short(to + height));
    let path = format!(
        "M{x} {from}C{middle} {from} {middle} {to} {to_x} {to}V{end}C{middle} {end} {middle} {low} {x} {low}Z"
    );
    out.empty("path", &[("d", &path), ("class", &format_args!("link {}", link.class))]);
}
