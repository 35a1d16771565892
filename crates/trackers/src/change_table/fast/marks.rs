//! Where cells and lines end in a piece of text: found 64 bytes at a time, before anything else is looked at.

use wide::u8x64;

/// Bytes that are looked at at once.
const BLOCK: usize = 64;
/// Ends that are written at once: hardly any block has more.
const BATCH: usize = 8;

/// The ends of the cells and lines of a piece.
#[derive(Default)]
pub(super) struct Marks {
    /// Where each cell ends, at a delimiter or at the end of its line; what stands behind `count` is left over.
    ends: Vec<u32>,
    count: usize,
    /// How many cells have ended by the end of each line.
    pub(super) lines: Vec<u32>,
}

impl Marks {
    /// Finds all ends; gives false if there is a quote in the piece. A last line without end ends with the piece.
    pub(super) fn find(&mut self, piece: &[u8], delimiter: u8) -> bool {
        self.lines.clear();
        self.count = 0;
        // Room for the worst of pieces: no bound has to be looked after in between.
        if self.ends.len() < piece.len() + BLOCK + 1 {
            self.ends.resize(piece.len() + BLOCK + 1, 0);
        }
        let delimiter = u8x64::splat(delimiter);
        let quote = u8x64::splat(b'"');
        let mut quotes = u8x64::splat(0);
        let (blocks, rest) = piece.as_chunks::<BLOCK>();
        let mut offset = 0;
        for block in blocks {
            let block = u8x64::new(*block);
            quotes |= block.simd_eq(quote);
            self.add(offset, block, delimiter, u64::MAX);
            offset += BLOCK as u32;
        }
        if !rest.is_empty() {
            let mut last = [0; BLOCK];
            last[..rest.len()].copy_from_slice(rest);
            let block = u8x64::new(last);
            quotes |= block.simd_eq(quote);
            self.add(offset, block, delimiter, (1 << rest.len()) - 1);
        }
        if piece.last().is_some_and(|last| *last != b'\n') {
            self.ends[self.count] = piece.len() as u32;
            self.count += 1;
            self.lines.push(self.count as u32);
        }
        !quotes.any()
    }

    /// Adds the ends of a block of which the lowest bits of `mask` are part of the piece.
    #[inline]
    fn add(&mut self, offset: u32, block: u8x64, delimiter: u8x64, mask: u64) {
        let mut lines = block.simd_eq(u8x64::splat(b'\n')).to_bitmask() & mask;
        let mut cells = block.simd_eq(delimiter).to_bitmask() & mask | lines;
        while lines != 0 {
            let upto = lines ^ (lines - 1);
            self.lines.push(self.count as u32 + (cells & upto).count_ones());
            lines &= lines - 1;
        }
        let mut at = self.count;
        self.count += cells.count_ones() as usize;
        // Always so many at once, whether there are or not: guessing how many costs more.
        while let Some(ends) = self.ends[at..].first_chunk_mut::<BATCH>() {
            for end in ends {
                *end = offset + cells.trailing_zeros();
                cells &= cells.wrapping_sub(1);
            }
            if cells == 0 {
                break;
            }
            at += BATCH;
        }
    }

    /// The ends of the cells from one on up to another.
    pub(super) fn cells(&mut self, first: usize, end: usize) -> &mut [u32] {
        &mut self.ends[first..end]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn naive(piece: &[u8]) -> (Vec<u32>, Vec<u32>) {
        let (mut ends, mut lines) = (Vec::new(), Vec::new());
        for (ix, byte) in (0..).zip(piece) {
            if matches!(byte, b',' | b'\n') {
                ends.push(ix);
            }
            if *byte == b'\n' {
                lines.push(ends.len() as u32);
            }
        }
        if piece.last().is_some_and(|last| *last != b'\n') {
            ends.push(piece.len() as u32);
            lines.push(ends.len() as u32);
        }
        (ends, lines)
    }

    proptest! {
        #[test]
        fn ends_are_found_wherever_they_are(piece in "[a,\n\u{0}]{0,400}", quote in prop::option::of(0..400_usize)) {
            let mut piece = piece.into_bytes();
            let quote = quote.filter(|at| *at < piece.len());
            if let Some(at) = quote {
                piece[at] = b'"';
            }
            let mut marks = Marks::default();
            marks.find(b",,,,,,,,,,\n\n", b',');
            prop_assert_eq!(marks.find(&piece, b','), quote.is_none());
            let (ends, lines) = naive(&piece);
            let count = ends.len();
            prop_assert_eq!(marks.cells(0, count), ends);
            prop_assert_eq!((marks.count, &marks.lines), (count, &lines));
        }
    }
}
