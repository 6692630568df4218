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

/// Some of the grants of a trace.
#[derive(Debug)]
pub(super) struct GrantShard {
    ids: HashTable<u32>,
    names: Vec<Box<str>>,
    hasher: GrantHasher,
    /// Which of the shards this is, and of how many.
    place: (u32, u32),
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
        GrantShard { ids: HashTable::new(), names: Vec::new(), hasher: hasher.clone(), place }
    }

    /// The number of a grant whose hash is known.
    pub(super) fn id(&mut self, hash: u64, name: &str) -> GrantId {
        let GrantShard { ids, names, hasher, place } = self;
        let found = ids.find(hash, |index| &*names[*index as usize] == name).copied();
        let index = found.unwrap_or_else(|| {
            let index = u32::try_from(names.len()).expect("no trace has four billion grants");
            names.push(name.into());
            ids.insert_unique(hash, index, |index| hasher.hash(&names[*index as usize]));
            index
        });
        GrantId(index * place.1 + place.0)
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

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.shards.iter().flat_map(|shard| &shard.names).map(|name| &**name)
    }

    /// How many grants there are.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.names.len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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
            let names: Vec<String> = (0..1_000).map(|index| format!("grant {index}")).collect();
            let mut id = |name: &str| {
                let hash = hasher.hash(name);
                shards[GrantHasher::shard(hash, count)].id(hash, name)
            };
            let ids: Vec<GrantId> = names.iter().map(|name| id(name)).collect();
            assert_eq!(ids, names.iter().map(|name| id(name)).collect::<Vec<_>>());
            let grants = Grants::new(shards);
            assert_eq!(grants.len(), 1_000);
            for (id, name) in ids.iter().zip(&names) {
                assert_eq!(grants.name(*id), name);
            }
        }
    }
}
