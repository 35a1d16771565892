//! Secrets that are handed out once: what people keep is a text, what is stored is its hash.

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier, password_hash::SaltString};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::{App, Error, OpContext, Result};

/// The hash of a secret. It needs no salt and no slowness: nobody guesses 256 random bits.
pub(crate) type SecretHash = [u8; 32];

/// A new secret as people keep it. What it begins with says what it is for, also to scanners for leaked secrets.
pub(crate) fn new_secret(ctx: &OpContext, begin: &str) -> String {
    format!("{begin}{}", URL_SAFE_NO_PAD.encode(ctx.new_secret()))
}

/// The hash of a secret.
pub(crate) fn hash_secret(text: &str) -> SecretHash {
    Sha256::digest(text.as_bytes()).into()
}

/// The hash of a secret, for where texts are stored.
pub(crate) fn hash_text(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(hash_secret(text))
}

/// The slow hash of a password, with a salt of its own.
pub(crate) async fn hash_password(ctx: &OpContext, app: &App, password: &str) -> Result<String> {
    let salt = ctx.new_secret();
    let password = password.to_owned();
    slowly(app, move || {
        let salt = SaltString::encode_b64(&salt[..16]).map_err(|error| Error::internal(error.to_string()))?;
        let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
        Ok(hash.map_err(|error| Error::internal(error.to_string()))?.to_string())
    })
    .await
}

/// Whether this is the password behind a hash. Without a hash it takes as long and is wrong, so that nobody learns
/// from the time it takes whether there is an account.
pub(crate) async fn is_password(app: &App, password: &str, hash: Option<String>) -> Result<bool> {
    let password = password.to_owned();
    slowly(app, move || {
        let Some(hash) = hash else {
            let mut out = [0; 32];
            // The result is thrown away; only the time counts.
            let _ = Argon2::default().hash_password_into(password.as_bytes(), b"no such account!", &mut out);
            return Ok(false);
        };
        let hash = PasswordHash::new(&hash).map_err(|error| Error::internal(error.to_string()))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
}

/// Hashing takes 19 MB and some tens of milliseconds: not on the threads that serve requests, and only a few at a time.
async fn slowly<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let _turn = app.hashing.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}
