//! Handles and chat ids.
//! Never about commands.

use alloc::format;

use crate::handle::{canonical, is_handle, same};
use crate::skype::{dialog_chat_id, dialog_partner, group_chat_id, is_phone_number};
use proptest::prelude::*;

#[test]
fn a_handle_is_letters_digits_and_four_signs_with_a_letter_in_front() {
    for good in [
        "n",
        "nora",
        "Nora.N-1_x,y",
        "a2345678901234567890123456789012",
    ] {
        assert!(is_handle(good), "{good}");
    }
    for bad in [
        "",
        "1nora",
        ".nora",
        "_nora",
        "+372",
        "no ra",
        "no:ra",
        "no;ra",
        "no/ra",
        "no$ra",
        "no#ra",
        "nöra",
        "no\n",
        "a23456789012345678901234567890123",
    ] {
        assert!(!is_handle(bad), "{bad}");
    }
}

#[test]
fn a_phone_number_is_a_plus_and_digits() {
    assert!(is_phone_number("+3725551"));
    for bad in ["", "+", "3725551", "+37 25", "+x"] {
        assert!(!is_phone_number(bad), "{bad}");
    }
}

#[test]
fn handles_are_the_same_in_any_case() {
    assert!(same("NoRa", "nora"));
    assert!(!same("nora", "norah"));
    assert_eq!(canonical("NoRa"), "nora");
}

#[test]
fn a_dialog_has_one_id_in_any_case() {
    let id = dialog_chat_id("Pavel", "nora");
    assert_eq!(id, dialog_chat_id("pavel", "NORA"));
    assert_ne!(id, dialog_chat_id("pavel", "norah"));
    assert!(id.starts_with("#pavel/$nora;"), "{id}");
    assert_eq!(dialog_partner(&id), Some(("pavel", "nora")));
}

#[test]
fn a_group_has_an_id_of_its_own_that_is_no_dialog() {
    let id = group_chat_id("Pavel", "g77");
    assert!(id.starts_with("#pavel/$"), "{id}");
    assert_eq!(id.len(), "#pavel/$".len() + 16);
    assert_ne!(id, group_chat_id("pavel", "g78"));
    assert_eq!(dialog_partner(&id), None);
}

#[test]
fn what_is_no_id_of_a_dialog_has_no_partner() {
    for bad in [
        "",
        "#",
        "pavel/$nora;0123456789abcdef",
        "#pavel/nora;0123456789abcdef",
        "#pavel/$nora",
        "#pavel/$nora;0123",
        "#pavel/$nora;0123456789abcdeg",
        "#/$nora;0123456789abcdef",
        "#pavel/$;0123456789abcdef",
        "#pavel/$no ra;0123456789abcdef",
    ] {
        assert_eq!(dialog_partner(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn the_partner_of_any_dialog_can_be_read_back(
        me in "[a-z][a-z0-9.,_-]{0,31}",
        partner in "[a-z][a-z0-9.,_-]{0,31}",
    ) {
        let id = dialog_chat_id(&me, &partner);
        prop_assert_eq!(dialog_partner(&id), Some((&*me, &*partner)));
        prop_assert!(id.len() < 200, "a client keeps 199 bytes");
        let spaces = id.matches(' ').count();
        prop_assert_eq!(spaces, 0, "{}", format!("{id} is one word"));
    }
}
