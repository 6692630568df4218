//! One self-contained page of HTML: its shell, and the sections that the reports of all commands are made of.
//!
//! Text only comes in through [`Markup`], which escapes it. Nothing is loaded, and the policy of the page refuses
//! whatever is not its own style and script. Without the script everything is there to be read; it filters and sorts.

mod chart;
mod listing;
mod markup;
mod page;
mod table;
mod words;

pub(super) use chart::{
    Curve, Flow, Link, columns, curve, flow, heat_map, meter, sparkline, tiles,
};
pub(super) use listing::{Listing, Remark, Room};
pub(super) use markup::Markup;
pub(super) use page::Page;
pub(super) use table::{Cell, Column, Table, UNCHANGED};
pub(super) use words::{grouped, mark, prose};
