//! Grants by number, so that counters need not be kept by name.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::engine::GrantId;

/// The grants of a trace, by number. They are kept in shards, so that several threads can number
/// the grants that they meet.
#[derive(Debug, Default)]
pub struct Grants {
    shards: Vec<GrantShard>,
}

/// Some grants, by their numbers: a bit for each.
#[derive(Clone, Debug, Default)]
pub struct GrantSet(Vec<u64>);

/// Some of the grants of a trace.
#[derive(Debug)]
pub(super) struct GrantShard {
    numbered: HashTable<Numbered>,
    names: Vec<Box<str>>,
    hasher: GrantHasher,
    /// Which of the shards this is, and of how many.
    place: (u32, u32),
}

/// How much of a name stands beside its number: most are no longer.
const INLINE: usize = 24;

/// A name with its number. Short ones are found without another look into memory, which would most
/// likely be a slow one.
#[derive(Debug)]
struct Numbered {
    index: u32,
    length: u32,
    start: [u8; INLINE],
}

/// Hashes the names of grants for all shards alike. Its seed is new in every run: a trace must not
/// be able to choose names whose hashes are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct GrantHasher(DefaultHashBuilder);

impl GrantHasher {
    pub(super) fn hash(&self, name: &str) -> u64 {
        self.0.hash_one(name)
    }

    /// The shard, of so many, that a grant belongs to.
    pub(super) fn shard(hash: u64, shards: usize) -> usize {
        // Not the lowest bits, which find the place within a shard's table.
        (hash >> 32) as usize % shards
    }
}

impl GrantShard {
    pub(super) fn new(hasher: &GrantHasher, place: (usize, usize)) -> GrantShard {
        let place = (place.0 as u32, place.1 as u32);
        GrantShard { numbered: HashTable::new(), names: Vec::new(), hasher: hasher.clone(), place }
    }

    /// The number of a grant whose hash is known.
    pub(super) fn id(&mut self, hash: u64, name: &str) -> GrantId {
        let GrantShard { numbered, names, hasher, .. } = self;
        let found = numbered.find(hash, |one| one.is(name, names)).map(|one| one.index);
        let index = found.unwrap_or_else(|| {
            let index = u32::try_from(names.len()).expect("no trace has four billion grants");
            names.push(name.into());
            let hash_of = |one: &Numbered| hasher.hash(&names[one.index as usize]);
            numbered.insert_unique(hash, Numbered::new(index, name), hash_of);
            index
        });
        self.grant(index)
    }

    /// The grant of an index here.
    fn grant(&self, index: u32) -> GrantId {
        GrantId(index * self.place.1 + self.place.0)
    }
}

impl GrantSet {
    /// Adds a grant.
    #[inline]
    pub(super) fn insert(&mut self, grant: GrantId) {
        let word = (grant.0 / u64::BITS) as usize;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (grant.0 % u64::BITS);
    }

    /// Adds those of another.
    pub(super) fn merge(&mut self, other: &GrantSet) {
        self.0.resize(self.0.len().max(other.0.len()), 0);
        self.0.iter_mut().zip(&other.0).for_each(|(word, more)| *word |= more);
    }

    /// How many there are.
    pub(super) fn len(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    fn has(&self, grant: GrantId) -> bool {
        let word = self.0.get((grant.0 / u64::BITS) as usize);
        word.is_some_and(|word| word >> (grant.0 % u64::BITS) & 1 == 1)
    }
}

impl Numbered {
    fn new(index: u32, name: &str) -> Numbered {
        let mut start = [0; INLINE];
        let length = name.len().min(INLINE);
        start[..length].copy_from_slice(&name.as_bytes()[..length]);
        Numbered { index, length: name.len() as u32, start }
    }

    /// Whether a name is this one.
    #[inline(always)]
    fn is(&self, name: &str, names: &[Box<str>]) -> bool {
        self.length as usize == name.len()
            && match self.start.get(..name.len()) {
                Some(start) => start == name.as_bytes(),
                None => &*names[self.index as usize] == name,
            }
    }
}

impl Grants {
    pub(super) fn new(shards: Vec<GrantShard>) -> Grants {
        Grants { shards }
    }

    /// The name of a grant.
    pub fn name(&self, id: GrantId) -> &str {
        let shards = self.shards.len() as u32;
        &self.shards[(id.0 % shards) as usize].names[(id.0 / shards) as usize]
    }

    /// The names of some of them.
    pub fn names(&self, some: &GrantSet) -> impl Iterator<Item = &str> {
        self.shards.iter().flat_map(move |shard| {
            let met = (0..).zip(&shard.names).filter(|(index, _)| some.has(shard.grant(*index)));
            met.map(|(_, name)| &**name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_grant_has_one_number_in_whichever_shard_it_is() {
        let hasher = GrantHasher::default();
        for count in [1, 3] {
            let mut shards: Vec<GrantShard> =
                (0..count).map(|shard| GrantShard::new(&hasher, (shard, count))).collect();
            // Some are kept in whole beside their numbers, of others the start, which is the same.
            let name = |index: usize| match index % 3 {
                0 => format!("grant {index}"),
                1 => format!("{}{index:03}", "g".repeat(INLINE - 3)),
                _ => format!("{}{index}", "g".repeat(INLINE)),
            };
            let names: Vec<String> = (0..1_000).map(name).collect();
            let mut id = |name: &str| {
                let hash = hasher.hash(name);
                shards[GrantHasher::shard(hash, count)].id(hash, name)
            };
            let ids: Vec<GrantId> = names.iter().map(|name| id(name)).collect();
            assert_eq!(ids, names.iter().map(|name| id(name)).collect::<Vec<_>>());
            let grants = Grants::new(shards);
            assert_eq!(grants.shards.iter().map(|shard| shard.names.len()).sum::<usize>(), 1_000);
            for (id, name) in ids.iter().zip(&names) {
                assert_eq!(grants.name(*id), name);
            }
            let (mut some, mut others) = (GrantSet::default(), GrantSet::default());
            some.insert(ids[3]);
            [ids[999], ids[7], ids[3]].into_iter().for_each(|id| others.insert(id));
            some.merge(&others);
            let mut found: Vec<&str> = grants.names(&some).collect();
            found.sort_unstable();
            let mut expected = [&*names[3], &names[7], &names[999]];
            expected.sort_unstable();
            assert_eq!((some.len(), &found[..]), (3, &expected[..]));
        }
    }
}
