//! Reading a line of a trace that was written gives what there was, whatever it is.
//! Never about what a line looks like: see `forms`.

use alloc::format;
use alloc::string::String;

use proptest::prelude::*;

use super::super::{In, Line, Out};
use super::any;
use crate::io::Output;

fn written(line: &Line) -> String {
    let mut text = String::new();
    line.write(&mut text);
    text
}

proptest! {
    #[test]
    fn every_line_reads_as_it_was_written(line in any::line()) {
        let text = written(&line);
        prop_assert_eq!(text.find('\n'), Some(text.len() - 1), "{}", text);
        let read = Line::parse(text.trim_end());
        prop_assert_eq!(read.as_ref(), Ok(&line), "{}", text);
    }

    #[test]
    fn every_input_and_output_is_what_its_form_stands_for(
        input in any::input(), output in any::output(),
    ) {
        prop_assert_eq!(In::from(&input.input().unwrap()), input);
        prop_assert_eq!(Out::from(&Output::from(output.clone())), output);
    }

    #[test]
    fn a_spoiled_line_is_refused_or_reads_the_same_when_it_is_written_again(
        line in any::line(),
        at in any::<prop::sample::Index>(),
        length in 0..8_usize,
        put in "[ -~]{0,6}",
    ) {
        let mut text = written(&line);
        let places = text.char_indices().map(|(place, _)| place);
        let start = places.clone().nth(at.index(text.chars().count())).unwrap_or_default();
        let end = places.filter(|place| *place >= start).nth(length).unwrap_or(text.len());
        text.replace_range(start..end, &put);
        if let Ok(line) = Line::parse(&text) {
            let again = written(&line);
            prop_assert_eq!(Line::parse(again.trim_end()), Ok(line), "{}", format!("{text:?}"));
        }
    }

    #[test]
    fn a_line_that_is_cut_off_is_none(line in any::line(), at in any::<prop::sample::Index>()) {
        let text = written(&line);
        let text = text.trim_end();
        let mut end = at.index(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        prop_assert!(Line::parse(&text[..end]).is_err());
    }
}
