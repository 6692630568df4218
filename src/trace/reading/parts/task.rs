//! What of a document is to be read.

use std::sync::Arc;

use crate::trace::formats::lists::Lists;

/// A document of which parts are read, by where it begins: the file's, or an element of its list.
pub(super) type Whole = u64;

/// Something of the document that is to be read.
pub(super) enum Task {
    /// A value. Of a large one it may not be known where it ends, and thus where the next task begins.
    Value { span: (u64, Option<u64>), inner: Inner, around: Arc<Around>, whole: Whole },
    /// A value that breaks off somewhere, of which the lists are read that stand before that.
    Torn { span: (u64, u64), inner: Inner, around: Arc<Around>, whole: Whole },
    /// Where the document breaks off.
    Tear,
    /// The elements of a list from a place on. Without a whole each of them is a document.
    Elements {
        span: (u64, u64),
        is_first: bool,
        lists: Option<&'static Lists>,
        around: Arc<Around>,
        whole: Option<Whole>,
    },
}

/// Where lists stand within a value: where it is an object, and in its elements where it is a list.
#[derive(Clone, Copy)]
pub(super) struct Inner {
    pub(super) object: Option<&'static Lists>,
    pub(super) elements: Option<&'static Lists>,
}

/// What stands around a value: the text before and behind it.
#[derive(Clone, Debug, Default)]
pub(super) struct Around {
    pub(super) before: Vec<u8>,
    pub(super) behind: Vec<u8>,
}

/// An element in which its list breaks off.
pub(super) fn torn_element(
    span: (u64, u64),
    lists: Option<&'static Lists>,
    around: &Around,
    whole: Whole,
) -> Task {
    let around = Arc::new(around.within(b"[", b"]"));
    match lists {
        Some(_) => {
            Task::Torn { span, inner: Inner { object: lists, elements: None }, around, whole }
        }
        None => Task::Tear,
    }
}

/// What comes next in an object or a list.
pub(super) enum Next {
    Begins,
    End,
    NotJson,
}

/// What an object turned out to be.
pub(super) enum Fields {
    /// One with lists, which are to be read one after the other.
    Parted(Vec<Task>),
    /// One that cannot be read in parts.
    Whole,
    NotJson,
}

impl Around {
    /// What stands around something that stands within more.
    pub(super) fn within(&self, before: &[u8], behind: &[u8]) -> Around {
        Around {
            before: [&*self.before, before].concat(),
            behind: [behind, &*self.behind].concat(),
        }
    }
}
