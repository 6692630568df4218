//! The library, a folder a room: what it decides and finds, held against fixtures, other programs
//! and plain evaluators.

mod catalogue {
    mod builtin;
    mod classification;
}
mod engine {
    mod asks;
    mod conformance;
    mod permissions;
    mod reference;
    mod whole_calls;
}
mod lint {
    mod corpus;
    mod fixes;
    mod permission_shapes;
    mod permissions;
    mod rules;
}
mod mutation;
#[path = "../../fuzz/properties/mod.rs"]
mod properties;
mod properties_of_fixtures;
mod replay {
    mod parts;
}
mod solver;
mod source {
    mod documents;
}
mod structure;
mod test_files;
mod trace {
    mod formats;
    mod more_formats;
    mod recorded;
}
