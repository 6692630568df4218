//! The library, a folder a room: what it decides and finds, held against fixtures, other programs
//! and plain evaluators.

mod catalogue {
    mod classification;
}
mod engine {
    mod conformance;
    mod reference;
}
mod lint {
    mod corpus;
    mod fixes;
    mod rules;
}
mod solver;
mod source {
    mod documents;
}
mod trace {
    mod formats;
}
