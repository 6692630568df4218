//! What is wrong in a test file, gathered while it is read.

use crate::assertion::Misplaced;
use crate::source::{Place, Pointer};

/// Mistakes with their places.
#[derive(Default)]
pub(super) struct Mistakes(pub(super) Vec<Misplaced>);

impl Mistakes {
    /// Something wrong with a value.
    pub(super) fn value(&mut self, at: &Pointer, message: String, help: &str) {
        self.add(Place::value(at.clone()), message, help);
    }

    /// Something wrong with a key.
    pub(super) fn key(&mut self, at: &Pointer, message: String, help: &str) {
        self.add(Place::key(at.clone()), message, help);
    }

    /// Something that is missing in an object.
    pub(super) fn missing(&mut self, at: &Pointer, message: String, help: &str) {
        self.add(Place::start(at.clone()), message, help);
    }

    /// Whether something is wrong at a place or below it.
    pub(super) fn are_below(&self, at: &Pointer) -> bool {
        self.0.iter().any(|mistake| at.holds(&mistake.place.pointer))
    }

    fn add(&mut self, place: Place, message: String, help: &str) {
        self.0.push(Misplaced { message, help: Some(help.to_owned()), place });
    }
}
