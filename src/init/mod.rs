//! Writing a policy to begin with: what the catalogue recommends for a server's tools, or no more
//! than what recorded calls needed.

mod document;
mod draft;
mod fit;
mod observe;
mod proof;

pub use draft::{Choice, Condition, Draft, Drafted, Omission};
pub use fit::{Fit, Step, curve};
pub use observe::{Observed, Observer, Use};
pub use proof::Proof;
