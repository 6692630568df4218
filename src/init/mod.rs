//! Writing a policy to begin with: what the catalogue recommends for a server's tools, or no more
//! than what recorded calls needed.

mod approvals;
mod census;
mod choose;
mod condition;
mod document;
mod draft;
mod fit;
mod observe;
mod open;
mod places;
mod proof;
mod seen;
mod shape;
mod vet;

pub use approvals::{Approvals, AskedCall, Known, Left, Proposal, ProposedRule};
pub use condition::{Condition, Test};
pub use draft::{Choice, Draft, Drafted, Omission};
pub use fit::Fit;
pub use observe::{Observed, Observer, Use};
pub use open::{Open, WhyOpen};
pub use proof::Proof;
pub use seen::Seen;
