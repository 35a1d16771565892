//! Keys of items: where the item of a key is, and whether a key was met before.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashSet};

use super::names::Mark;

/// Places that stand together for keys that differ in their last letter only. Such items mostly change at about the
/// same time, so that a table of all keys is looked at where it was looked at before.
const NEIGHBOURS: usize = 16;
/// How far away a key is looked for next: past its neighbours, and one aside, so that all places are reached.
const STEP: usize = NEIGHBOURS + 1;
/// Places for each key at least.
const ROOM: usize = 2;

/// A table that finds numbers by keys, which it does not hold itself.
#[derive(Default)]
pub struct Places {
    /// Numbers plus one; 0 is an empty place. The length is a power of two.
    places: Vec<u32>,
    count: usize,
}

impl Places {
    /// What a key is looked for by.
    #[inline]
    pub fn hash(key: &str) -> u64 {
        let Some((last, rest)) = key.as_bytes().split_last() else { return 0 };
        (Mark::of(rest).hash() >> 24) ^ u64::from(*last) & (NEIGHBOURS as u64 - 1)
    }

    /// The number that is most likely the one.
    #[inline]
    pub fn likely(&self, hash: u64) -> Option<u32> {
        self.places.get(hash as usize & (self.places.len().wrapping_sub(1)))?.checked_sub(1)
    }

    /// The number of a key.
    pub fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.places.len().checked_sub(1)?;
        let mut place = hash as usize & mask;
        while let Some(number) = self.places[place].checked_sub(1) {
            if is(number) {
                return Some(number);
            }
            place = (place + STEP) & mask;
        }
        None
    }

    /// Adds the next number for a key that has none; `hash_of` tells the hash of the numbers before.
    pub fn add(&mut self, hash: u64, hash_of: impl Fn(u32) -> u64) -> u32 {
        let number = self.count as u32;
        if self.count * ROOM >= self.places.len() {
            self.places = vec![0; (self.count * ROOM * 2).next_power_of_two().max(1 << 10)];
            (0..number).for_each(|it| self.place(hash_of(it), it));
        }
        self.place(hash, number);
        self.count += 1;
        number
    }

    fn place(&mut self, hash: u64, number: u32) {
        let mask = self.places.len() - 1;
        let mut place = hash as usize & mask;
        while self.places[place] != 0 {
            place = (place + STEP) & mask;
        }
        self.places[place] = number + 1;
    }
}

/// Whether keys come back after others did.
///
/// As long as each key is greater than the one before (a longer one being greater), none can have been there already:
/// many exports are in that order.
#[derive(Default)]
pub struct Seen {
    last: String,
    hashes: Vec<u64>,
    /// The same, once keys stopped ascending.
    met: Option<FxHashSet<u64>>,
}

impl Seen {
    /// Notes a key; gives false if it may have been met before.
    pub fn is_new(&mut self, key: &str) -> bool {
        let hash = FxBuildHasher.hash_one(key);
        if let Some(met) = &mut self.met {
            return met.insert(hash);
        }
        if self.hashes.is_empty() || (self.last.len(), self.last.as_str()) < (key.len(), key) {
            self.hashes.push(hash);
            self.last.clear();
            self.last.push_str(key);
            return true;
        }
        let mut met: FxHashSet<u64> = std::mem::take(&mut self.hashes).into_iter().collect();
        let is_new = met.insert(hash);
        self.met = Some(met);
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_one_number() {
        for name in [
            |it: u32| format!("PAY-{it}"),
            |it: u32| it.reverse_bits().to_string(),
            |it: u32| format!("{it}00"),
            |it: u32| format!("{it} in front of what all have"),
            |it: u32| format!("{}{}", "x".repeat(it as usize % 3), u64::from(it) * 1_600),
        ] {
            let names: Vec<String> = (0..50_000).map(name).collect();
            let mut places = Places::default();
            for (number, key) in (0..).zip(&names) {
                let hash = Places::hash(key);
                assert_eq!(places.find(hash, |it| names[it as usize] == *key), None);
                assert_eq!(places.add(hash, |it| Places::hash(&names[it as usize])), number);
            }
            let mut likely = 0;
            for (number, key) in (0..).zip(&names) {
                let hash = Places::hash(key);
                assert_eq!(places.find(hash, |it| names[it as usize] == *key), Some(number));
                likely += u32::from(places.likely(hash) == Some(number));
            }
            assert!(likely > 25_000, "{likely} of keys like {:?}", names[0]);
        }
    }

    #[test]
    fn a_key_that_comes_back_is_noticed() {
        for back in [0, 7, 999] {
            let mut seen = Seen::default();
            assert!((0..1_000).all(|it| seen.is_new(&format!("A-{it}"))));
            assert!((0..1_000).all(|it| seen.is_new(&format!("B-{it}"))));
            assert!(!seen.is_new(&format!("A-{back}")) && !seen.is_new(&format!("B-{back}")));
        }
    }
}
