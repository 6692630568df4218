//! Charts as drawings within the page. Each says in words what it shows, and the same figures stand in a table
//! beside it: a chart is never the only place to read them.

mod columns;
mod curve;
mod drawing;
mod flow;
mod heat;
mod small;

pub(in crate::report) use self::columns::columns;
pub(in crate::report) use self::curve::{Curve, curve};
pub(super) use self::drawing::patterns;
pub(in crate::report) use self::flow::{Flow, Link, flow};
pub(in crate::report) use heat::heat_map;
pub(in crate::report) use small::{meter, sparkline, tiles};
