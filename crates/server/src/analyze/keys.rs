//! Keys of items as small numbers, in the order in which they are met.

/// All keys that were met, in one text, with a table that finds them.
///
/// As long as each key is greater than the one before (a longer one being greater), none can be there already, and no
/// table is needed: many exports are in that order.
pub struct Keys {
    /// Where each key ends in `text`.
    ends: Vec<u32>,
    text: Vec<u8>,
    /// Numbers of keys plus one; 0 is an empty place. Its length is a power of two.
    places: Vec<u32>,
    is_ascending: bool,
}

impl Default for Keys {
    fn default() -> Self {
        Keys { ends: Vec::new(), text: Vec::new(), places: Vec::new(), is_ascending: true }
    }
}

impl Keys {
    /// The number of a key, and whether it was met for the first time.
    pub fn number(&mut self, key: &str) -> (u32, bool) {
        let key = key.as_bytes();
        if self.is_ascending {
            let last = self.ends.len().checked_sub(1).map(|last| self.bytes(last));
            if last.is_none_or(|last| (last.len(), last) < (key.len(), key)) {
                return (self.push(key), true);
            }
            self.is_ascending = false;
        }
        if self.ends.len() * 2 >= self.places.len() {
            self.lay_out();
        }
        let mask = self.places.len() - 1;
        let mut place = hash(key) & mask;
        loop {
            match self.places[place] {
                0 => break,
                number if self.bytes(number as usize - 1) == key => return (number - 1, false),
                _ => place = (place + 1) & mask,
            }
        }
        let number = self.push(key);
        self.places[place] = number + 1;
        (number, true)
    }

    fn push(&mut self, key: &[u8]) -> u32 {
        self.text.extend_from_slice(key);
        self.ends.push(self.text.len() as u32);
        self.ends.len() as u32 - 1
    }

    fn bytes(&self, number: usize) -> &[u8] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[number] as usize]
    }

    /// The key of a number.
    pub fn key(&self, number: u32) -> &str {
        std::str::from_utf8(self.bytes(number as usize)).unwrap_or_default()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Makes a table with room for as many keys again.
    fn lay_out(&mut self) {
        let length = (self.ends.len() * 4).next_power_of_two().max(1 << 10);
        let mut places = vec![0; length];
        for number in 0..self.ends.len() {
            let mut place = hash(self.bytes(number)) & (length - 1);
            while places[place] != 0 {
                place = (place + 1) & (length - 1);
            }
            places[place] = number as u32 + 1;
        }
        self.places = places;
    }
}

/// Eight bytes at a time: keys are short, and nobody gains by making them collide on their own machine.
fn hash(bytes: &[u8]) -> usize {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut state = bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        state = (state.rotate_left(29) ^ u64::from_le_bytes(word)).wrapping_mul(FACTOR);
    }
    // Keys differ in their last letters: only the upper half of the product has taken in all of them.
    ((state ^ (state >> 32)).wrapping_mul(FACTOR) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_one_number() {
        for descending in [false, true] {
            let mut keys = Keys::default();
            let name = |it: u32| format!("PAY-{}", if descending { 49_999 - it } else { it });
            for round in 0..2 {
                for it in 0..50_000 {
                    assert_eq!(keys.number(&name(it)), (it, round == 0));
                }
            }
            assert_eq!((keys.len(), keys.key(0), keys.key(49_999)), (50_000, &*name(0), &*name(49_999)));
        }
    }

    #[test]
    fn keys_that_differ_in_their_end_are_spread() {
        let mut places: Vec<usize> =
            (0..50_000).map(|it| hash(format!("PAY-{it}").as_bytes()) & 0x1_ffff).collect();
        places.sort_unstable();
        places.dedup();
        assert!(places.len() > 40_000, "{}", places.len());
    }
}
