//! The members of an object, by where they stand in its text, and the paths by which they are looked up.

/// A member of an object, by where it stands in the object's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Where its name begins and ends, and where its value does.
    pub(super) places: [u32; 4],
    /// Whether its value is a text without escapes.
    pub(super) is_plain_text: bool,
}

impl Member {
    /// A member whose name stands between the first two bytes, without its quotes and without escapes, and its
    /// value between the others, which may be a text without escapes; none where the object is too long for it.
    #[inline(always)]
    pub fn new(places: [usize; 4], is_plain_text: bool) -> Option<Member> {
        u32::try_from(places[3]).ok()?;
        Some(Member { places: places.map(|place| place as u32), is_plain_text })
    }

    /// Its name and the JSON text of its value.
    pub fn of<'t>(&self, object: &'t str) -> Option<(&'t str, &'t str)> {
        let [name, end, ..] = self.places.map(|place| place as usize);
        Some((object.get(name..end)?, self.value(object)?))
    }

    #[inline(always)]
    pub(super) fn value<'t>(&self, object: &'t str) -> Option<&'t str> {
        object.get(self.places[2] as usize..self.places[3] as usize)
    }

    pub(super) fn is_called(&self, object: &str, name: &str) -> bool {
        let [start, end, ..] = self.places.map(|place| place as usize);
        end - start == name.len() && object.as_bytes().get(start..end) == Some(name.as_bytes())
    }
}

/// How many bytes of a key are compared at once.
const HEAD: usize = 8;

/// A path of keys that is looked up in the arguments of many calls.
#[derive(Debug)]
pub(in crate::engine) struct Path {
    pub(in crate::engine) keys: Vec<String>,
    /// If it is one short key: how long that is, its bytes as one number, and which bits of that they are.
    short: Option<(usize, u64, u64)>,
}

impl Path {
    pub(in crate::engine) fn new(keys: Vec<String>) -> Path {
        let short = match keys.as_slice() {
            [key] if (1..=HEAD).contains(&key.len()) => {
                let mut head = [0; HEAD];
                head[..key.len()].copy_from_slice(key.as_bytes());
                let bits = u64::MAX >> (8 * (HEAD - key.len()));
                Some((key.len(), u64::from_le_bytes(head), bits))
            }
            _ => None,
        };
        Path { keys, short }
    }

    /// The last of the members of an object that is called so, as [`super::find_in_members`] finds it; none where that is
    /// to be asked.
    #[inline(always)]
    pub(super) fn last<'m>(
        &self,
        object: &str,
        members: &'m [Member],
    ) -> Option<Option<&'m Member>> {
        let (length, key, bits) = self.short?;
        let mut all = members.iter();
        while let Some(member) = all.next_back() {
            let [start, end, ..] = member.places.map(|place| place as usize);
            if end - start == length {
                let head = object.as_bytes().get(start..)?.first_chunk()?;
                if u64::from_le_bytes(*head) & bits == key {
                    return Some(Some(member));
                }
            }
        }
        Some(None)
    }
}
