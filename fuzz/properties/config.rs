//! Configurations.

use std::path::Path;

use gatelint::config;
use gatelint::source::Document;

/// A text is a configuration, or everything that is wrong with it has a place in it.
pub fn holds(data: &[u8]) {
    let document = Document::read("gatelint.yaml", data.to_vec());
    match config::read(document, Path::new(".")) {
        Ok(config) => _ = config.settings(&[], &[], None),
        Err((document, errors)) => {
            assert!(!errors.is_empty(), "refused without a reason");
            for error in errors {
                assert!(document.text.get(error.span.clone()).is_some(), "{error:?}");
                assert!(!error.message.is_empty(), "{error:?}");
            }
        }
    }
}
