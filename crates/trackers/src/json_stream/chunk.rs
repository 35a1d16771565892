//! Bytes in chunks, before anything is known of JSON but its strings.

use std::io::{self, BufRead};

use memchr::memchr3;

use super::Fault;

/// Goes to the end of a string: `true` behind its closing quote, `false` if it goes on in the next chunk.
pub(super) fn skip_string(chunk: &[u8], at: &mut usize, escaped: &mut bool) -> Result<bool, Fault> {
    while *at < chunk.len() {
        if std::mem::take(escaped) {
            if chunk[*at] == b'\n' {
                return Err(Fault::Cut);
            }
            *at += 1;
            continue;
        }
        match memchr3(b'"', b'\\', b'\n', &chunk[*at..]) {
            None => *at = chunk.len(),
            Some(offset) => {
                let sign = chunk[*at + offset];
                if sign == b'\n' {
                    return Err(Fault::Cut);
                }
                *at += offset + 1;
                if sign == b'"' {
                    return Ok(true);
                }
                *escaped = true;
            }
        }
    }
    Ok(false)
}

/// The next bytes, again after an interruption.
pub(super) fn fill(reader: &mut Box<dyn BufRead + Send>) -> io::Result<&[u8]> {
    loop {
        match reader.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            Ok(_) => break,
        }
    }
    reader.fill_buf()
}
