//! Secrets that have to be read back: stored only encrypted, with a key that is not in the database.
//!
//! What is compared is hashed instead (`secret.rs`). Whoever steals the database alone, or a backup of it, can read
//! neither.

use std::fmt;

use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};

use crate::{App, Error, OpContext, Result};

/// The key of an installation.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// A key of these bytes, which nobody can guess.
    pub fn new(bytes: [u8; 32]) -> Self {
        SecretKey(bytes)
    }

    fn seal(&self, nonce: [u8; NONCE_BYTES], secret: &[u8]) -> Option<Vec<u8>> {
        let payload = Payload { msg: secret, aad: FORM };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).ok()?;
        Some([FORM, &nonce, &sealed].concat())
    }

    fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.strip_prefix(FORM)?.split_first_chunk::<NONCE_BYTES>()?;
        self.cipher().decrypt(&XNonce::from(*nonce), Payload { msg: rest, aad: FORM }).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.0))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// What a sealed text begins with, so that another form can follow one day. It is authenticated too.
const FORM: &[u8] = &[1];
const NONCE_BYTES: usize = 24;

/// Encrypts a secret for the database. Sealing twice never gives the same bytes.
#[cfg_attr(test, expect(dead_code, reason = "no use case has such a secret yet"))]
pub(crate) fn seal(ctx: &OpContext, app: &App, secret: &[u8]) -> Result<Vec<u8>> {
    let chance = ctx.new_secret();
    let nonce = std::array::from_fn(|at| chance[at]);
    let sealed = app.config.secret_key.seal(nonce, secret);
    sealed.ok_or_else(|| Error::internal("a secret is too long to be sealed"))
}

/// Decrypts what [`seal`] made.
#[cfg_attr(test, expect(dead_code, reason = "no use case has such a secret yet"))]
pub(crate) fn open(app: &App, sealed: &[u8]) -> Result<Vec<u8>> {
    app.config.secret_key.open(sealed).ok_or_else(|| {
        Error::internal(
            "a stored secret was sealed with another key: is this the secret key file of this database?",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_opens_what_was_sealed_and_nothing_that_was_changed() {
        let key = SecretKey::new([7; 32]);
        let sealed = key.seal([1; NONCE_BYTES], b"squirrel").unwrap();
        assert_eq!(key.open(&sealed).as_deref(), Some(&b"squirrel"[..]));
        assert!(!sealed.windows(8).any(|part| part == b"squirrel"));
        assert_eq!(SecretKey::new([8; 32]).open(&sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open(&changed), None, "byte {at}");
        }
        for length in 0..sealed.len() {
            assert_eq!(key.open(&sealed[..length]), None, "{length} bytes");
        }
    }

    #[test]
    fn the_key_is_not_printed() {
        assert!(!format!("{:?}", SecretKey::new([7; 32])).contains('7'));
    }
}
