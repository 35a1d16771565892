//! The few names of a table, such as those of states and teams, as small numbers.

/// A short text in two words: equal marks are equal texts, as long as these have no more than sixteen letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// The first and the last letters; those of a short text are in both.
    pub words: [u64; 2],
    /// How long the text is.
    pub length: u32,
}

/// The longest text that its mark tells from all others.
pub const LONGEST_MARKED: usize = 16;

impl Mark {
    #[inline]
    pub fn of(text: &[u8]) -> Self {
        let words = match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) => [u64::from_le_bytes(*first), u64::from_le_bytes(*last)],
            _ => [short(text), 0],
        };
        Mark { words, length: text.len() as u32 }
    }

    /// Whether it is all that has to be compared.
    #[inline]
    pub fn is_whole(self) -> bool {
        self.length as usize <= LONGEST_MARKED
    }

    /// A number that differs in its highest bits for texts that differ.
    #[inline]
    pub fn hash(self) -> u64 {
        const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
        let [first, last] = self.words;
        let mixed = (first ^ u64::from(self.length)).wrapping_mul(FACTOR) ^ last;
        (mixed ^ (mixed >> 32)).wrapping_mul(FACTOR)
    }

    /// The text, if it is short enough to be known.
    pub fn text(self, buffer: &mut [u8; LONGEST_MARKED]) -> Option<&str> {
        let length = self.length as usize;
        let text = buffer.get_mut(..length)?;
        let [first, last] = self.words.map(u64::to_le_bytes);
        match (text.len(), first, last) {
            (8.., ..) => {
                *text.first_chunk_mut()? = first;
                *text.last_chunk_mut()? = last;
            }
            (4.., [start @ .., _, _, _, _], _) => {
                *text.first_chunk_mut()? = start;
                text.last_chunk_mut::<4>()?.copy_from_slice(&first[4..]);
            }
            _ => text.copy_from_slice(&first[..length]),
        }
        std::str::from_utf8(text).ok()
    }
}

/// Less than eight letters.
#[inline]
fn short(text: &[u8]) -> u64 {
    match (text.first_chunk(), text.last_chunk(), text) {
        (Some(first), Some(last), _) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
        }
        (.., [a, b, c]) => u64::from(*a) | u64::from(*b) << 8 | u64::from(*c) << 16,
        (.., [a, b]) => u64::from(*a) | u64::from(*b) << 8,
        (.., [a]) => u64::from(*a),
        _ => 0,
    }
}

/// All names that were met, numbered from 0 in the order in which they were.
#[derive(Default)]
pub struct Names {
    marks: Vec<Mark>,
    texts: Vec<String>,
    /// Numbers of names plus one; 0 is an empty place. The length is a power of two.
    places: Vec<u32>,
}

impl Names {
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn name(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", String::as_str)
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
    }

    /// Whether a name has this number.
    #[inline]
    pub fn is(&self, number: u32, name: &str) -> bool {
        self.has(number as usize, Mark::of(name.as_bytes()), name)
    }

    #[inline]
    fn has(&self, number: usize, mark: Mark, name: &str) -> bool {
        self.marks[number] == mark && (mark.is_whole() || self.texts[number] == name)
    }

    /// The number of a name.
    #[inline]
    pub fn number(&mut self, name: &str) -> u32 {
        let mark = Mark::of(name.as_bytes());
        let hash = mark.hash();
        if !self.places.is_empty() {
            let mask = self.places.len() - 1;
            let mut place = (hash >> 40) as usize & mask;
            while let Some(number) = self.places[place].checked_sub(1) {
                if self.has(number as usize, mark, name) {
                    return number;
                }
                place = (place + 1) & mask;
            }
        }
        self.push(mark, name)
    }

    #[cold]
    fn push(&mut self, mark: Mark, name: &str) -> u32 {
        self.marks.push(mark);
        self.texts.push(name.to_owned());
        let count = self.texts.len();
        if count * 2 > self.places.len() {
            self.places = vec![0; (count * 4).next_power_of_two().max(64)];
            (0..count).for_each(|it| self.place(it));
        } else {
            self.place(count - 1);
        }
        count as u32 - 1
    }

    fn place(&mut self, number: usize) {
        let mask = self.places.len() - 1;
        let mut place = (self.marks[number].hash() >> 40) as usize & mask;
        while self.places[place] != 0 {
            place = (place + 1) & mask;
        }
        self.places[place] = number as u32 + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_holds_a_short_text() {
        for length in 0..40 {
            let text: String = ('a'..='z').cycle().take(length).collect();
            let mark = Mark::of(text.as_bytes());
            assert_eq!(mark.text(&mut [0; LONGEST_MARKED]), mark.is_whole().then_some(&*text));
        }
        assert_ne!(Mark::of("a\0".as_bytes()), Mark::of("a".as_bytes()));
        assert_eq!(Mark::of("Zürich".as_bytes()).text(&mut [0; LONGEST_MARKED]), Some("Zürich"));
    }

    #[test]
    fn every_name_has_one_number() {
        let mut names = Names::default();
        let name = |it: u32| {
            if it.is_multiple_of(2) {
                format!("S{it}")
            } else {
                format!("the same start, {it}, the same end")
            }
        };
        for _ in 0..2 {
            for it in 0..5_000 {
                assert_eq!(names.number(&name(it)), it);
            }
        }
        assert_eq!((names.len(), names.name(4_999)), (5_000, &*name(4_999)));
        assert!(names.is(7, &name(7)) && !names.is(7, &name(9)));
    }
}
