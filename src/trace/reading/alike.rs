//! What stands before the values of an object, remembered from line to line: those of a log are much alike.

use crate::trace::json::gap::Gap;
use crate::trace::json::scan::JsonScan;

/// How many members of an object are remembered.
const REMEMBERED: usize = 16;

/// How many lines are read without a guess where guesses fail.
const UNLIKE: u8 = 63;

/// Whether lines are like those before them.
#[derive(Default)]
pub(super) struct Alike {
    /// How many members of the line were not those that are remembered.
    missed: usize,
    /// How many lines are still read without looking at what is remembered: those before were unlike each other.
    unlike: u8,
}

impl Alike {
    /// Ends a line with so many fields.
    #[inline(always)]
    pub(super) fn end_line(&mut self, fields: usize) {
        self.unlike = if self.missed > fields { UNLIKE } else { self.unlike.saturating_sub(1) };
        self.missed = 0;
    }
}

/// What stood before the values of an object, in their order.
#[derive(Default)]
pub(super) struct Known<T>([KnownGap<T>; REMEMBERED]);

/// What stood before a value, with the quote that begins it if it was a text.
#[derive(Default)]
struct KnownGap<T> {
    gap: Gap,
    what: T,
    is_text: bool,
    /// Where in it the name begins and ends.
    name: [u8; 2],
}

/// A member of which all but the value is behind, with the quote that begins a text.
pub(super) struct Begun<T> {
    /// What it is.
    pub(super) what: T,
    pub(super) is_text: bool,
    /// Where its name begins and ends.
    pub(super) name: [usize; 2],
}

impl<T: Copy> Known<T> {
    /// Steps over what stands before the next value, and tells what it is by its name and whether that is written
    /// without escapes; none behind the last one, whose bracket is stepped over.
    #[inline(always)]
    pub(super) fn next(
        &mut self,
        json: &mut JsonScan<'_, true>,
        index: usize,
        alike: &mut Alike,
        what: impl Fn(&[u8], bool) -> Option<T>,
    ) -> Option<Option<Begun<T>>> {
        let start = json.at;
        if alike.unlike == 0
            && let Some(known) = self.0.get(index)
            && json.goes_on(&known.gap)
        {
            let name = known.name.map(|place| start + usize::from(place));
            return Some(Some(Begun { what: known.what, is_text: known.is_text, name }));
        }
        if index > 0 && json.ends_with(b'}')? {
            return Some(None);
        }
        let (start, first) = (json.at, if index == 0 { b'{' } else { b',' });
        let (name, is_plain) = match json.short_name(first) {
            Some(name) => (name, true),
            None => {
                json.open(first)?;
                let name = json.at + 1;
                let is_plain = !json.skip_string()?;
                let end = json.at - 1;
                json.colon()?;
                ([name, end], is_plain)
            }
        };
        let what = what(json.bytes(name[0], name[1])?, is_plain)?;
        let is_text = json.quote();
        if alike.unlike == 0
            && let Some(known) = self.0.get_mut(index)
        {
            alike.missed += usize::from(known.gap.is_remembered());
            // Of what is too long nothing is remembered.
            let places = name.map(|place| (place - start) as u8);
            *known = KnownGap { gap: json.gap(start), what, is_text, name: places };
        }
        Some(Some(Begun { what, is_text, name }))
    }
}
