//! JSON of our own data, written where it is wanted.
//! Never reads any, and never fails: what it is given are plain structs with text keys.

use alloc::vec::Vec;

use serde::Serialize;

/// The JSON of `value`.
pub(crate) fn bytes<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(value, &mut bytes);
    bytes
}

/// Appends the JSON of `value`.
pub(crate) fn write<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    serde_json::to_writer(out, value)
        .expect("plain structs with text keys always serialise, and memory takes all of it");
}
