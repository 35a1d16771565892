//! What tests share. Only a dev-dependency; nothing of it is in the product.
#![expect(clippy::expect_used, reason = "a test that cannot be set up has failed")]

#[cfg(feature = "app")]
pub mod app;
#[cfg(feature = "app")]
pub mod clock;
pub mod database;
#[cfg(feature = "app")]
pub mod history;
#[cfg(feature = "app")]
pub mod ids;
