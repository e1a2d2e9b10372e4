//! Keys that end with a number, each in one piece of memory.
//! Never knows what a key is for: the layout is that of whoever keeps the records.

use super::Key;

/// The parts and a number behind one another. It has at least `digits` digits, so that keys are ordered as their numbers are.
pub(crate) fn numbered(parts: &[&str], number: u64, digits: usize) -> Key {
    let mut buffer = itoa::Buffer::new();
    let number = buffer.format(number);
    let zeros = digits.saturating_sub(number.len());
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut key = Key::with_capacity(length + zeros + number.len());
    key.extend(parts.iter().copied());
    key.extend(core::iter::repeat_n('0', zeros));
    key.push_str(number);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_parts_in_order_and_takes_no_more_memory_than_it_needs() {
        for name in ["a/", "a.very.long.name.of.somebody/"] {
            let made = numbered(&["s/m/", name], 42, 16);
            let inline = Key::default().capacity();
            assert_eq!(made, ["s/m/", name, "0000000000000042"].concat());
            assert_eq!(made.capacity(), made.len().max(inline));
        }
    }

    #[test]
    fn numbers_are_ordered_as_their_keys_are() {
        assert_eq!(numbered(&["m/"], 7, 4), "m/0007");
        assert_eq!(numbered(&["m/"], 12_345, 4), "m/12345");
        let numbers = [0, 9, 10, 99_999, 4_294_967_295];
        let keys = numbers.map(|number| numbered(&["m/"], number, 10));
        assert!(keys.is_sorted(), "{keys:?}");
    }
}
