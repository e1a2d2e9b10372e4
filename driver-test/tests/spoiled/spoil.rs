//! JSON with one thing wrong in it.
//! Never wrong in two places at once.

use serde_json::Value;

/// What stands for the wrong value until the JSON is text.
const MARK: &str = "\u{1}wrong\u{1}";

/// A step from a value to one inside it.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Field(String),
    Item(usize),
}

/// The way to every value inside `whole`, `whole` itself first.
pub(crate) fn paths(whole: &Value) -> Vec<Vec<Step>> {
    let mut all = vec![Vec::new()];
    let inner: Vec<(Step, &Value)> = match whole {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (Step::Field(name.clone()), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, value)| (Step::Item(at), value))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for (step, value) in inner {
        for mut path in paths(value) {
            path.insert(0, step.clone());
            all.push(path);
        }
    }
    all
}

/// What is put in the place of a value, as text; `None`: nothing, the field is left out.
pub(crate) fn wrongs() -> Vec<Option<String>> {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let fixed = [
        "null",
        "true",
        "7",
        "-1",
        "-1.5",
        "9007199254740993",
        "18446744073709551616",
        "1e400",
        "\"\"",
        "\"x\"",
        "\"\\ud800\"",
        "[]",
        "[1]",
        "{}",
        "{\"a\":1}",
    ];
    let mut all: Vec<Option<String>> = fixed.map(|text| Some(text.into())).into();
    all.push(Some(deep));
    all.push(Some(format!("\"{}\"", "x".repeat(70_000))));
    all.push(None);
    all
}

/// The text of `whole` with `wrong` in the place of the value at the end of `path`; `None` if there is no such value.
pub(crate) fn spoiled(whole: &Value, path: &[Step], wrong: Option<&str>) -> Option<String> {
    let mut whole = whole.clone();
    let Some((last, way)) = path.split_last() else {
        return wrong.map(Into::into);
    };
    let mut place = &mut whole;
    for step in way {
        place = match step {
            Step::Field(name) => place.get_mut(name)?,
            Step::Item(at) => place.get_mut(at)?,
        };
    }
    match (last, wrong) {
        (Step::Field(name), None) => {
            place.as_object_mut()?.remove(name)?;
        }
        (Step::Item(at), None) => {
            let items = place.as_array_mut()?;
            if *at >= items.len() {
                return None;
            }
            items.remove(*at);
        }
        (Step::Field(name), Some(_)) => *place.get_mut(name)? = MARK.into(),
        (Step::Item(at), Some(_)) => *place.get_mut(at)? = MARK.into(),
    }
    let text = whole.to_string();
    let mark = Value::from(MARK).to_string();
    Some(match wrong {
        Some(wrong) => text.replacen(&mark, wrong, 1),
        None => text,
    })
}

/// A way in words, for a test that fails.
pub(crate) fn describe(path: &[Step], wrong: Option<&str>) -> String {
    let path = path.iter().map(|step| match step {
        Step::Field(name) => format!(".{name}"),
        Step::Item(at) => format!("[{at}]"),
    });
    let wrong = wrong.map_or("left out", |text| &text[..text.len().min(30)]);
    format!("{} {wrong}", path.collect::<String>())
}
