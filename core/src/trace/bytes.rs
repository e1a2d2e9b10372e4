//! Bytes in a line of JSON: as text where they are UTF-8, in hexadecimal digits otherwise.
//! Never loses a byte: both ways back give what was put in.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

/// Bytes with the two ways to write them.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(into = "Shape", try_from = "Shape")]
pub struct Bytes(pub Vec<u8>);

/// The field that a line has for them.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Shape {
    Text(String),
    Hex(String),
}

impl From<Bytes> for Shape {
    fn from(bytes: Bytes) -> Self {
        match String::from_utf8(bytes.0) {
            Ok(text) => Self::Text(text),
            Err(error) => Self::Hex(hex::encode(error.as_bytes())),
        }
    }
}

impl TryFrom<Shape> for Bytes {
    type Error = hex::FromHexError;

    fn try_from(shape: Shape) -> Result<Self, Self::Error> {
        Ok(Self(match shape {
            Shape::Text(text) => text.into_bytes(),
            Shape::Hex(digits) => hex::decode(digits)?,
        }))
    }
}
