//! Keys put together from their parts, each in one piece of memory.
//! Never knows what a key is for: the layout is that of whoever keeps the records.

use alloc::string::String;

/// The parts behind one another.
pub(crate) fn key(parts: &[&str]) -> String {
    with_room(parts, 0)
}

/// The same with a number behind them that has at least `digits` digits, so that keys are ordered as their numbers are.
pub(crate) fn numbered(parts: &[&str], number: u64, digits: usize) -> String {
    let mut buffer = itoa::Buffer::new();
    let number = buffer.format(number);
    let zeros = digits.saturating_sub(number.len());
    let mut key = with_room(parts, zeros + number.len());
    key.extend(core::iter::repeat_n('0', zeros));
    key.push_str(number);
    key
}

fn with_room(parts: &[&str], more: usize) -> String {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut key = String::with_capacity(length + more);
    for part in parts {
        key.push_str(part);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_parts_in_order_and_takes_no_more_memory_than_it_needs() {
        for made in [key(&["s/", "a", "/"]), numbered(&["s/m/", "a/"], 42, 16)] {
            assert_eq!(made.capacity(), made.len());
        }
        assert_eq!(key(&["s/a/", "bob"]), "s/a/bob");
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
