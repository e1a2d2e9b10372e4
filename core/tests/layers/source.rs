//! Reads Rust source just well enough to see which paths of its own crate it names.
//! Never judges them.

use std::collections::BTreeSet;

/// The text with comments gone and string literals emptied.
pub(crate) fn code_only(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            comment_length(rest)
        } else if first == '"' {
            code.push_str("\"\"");
            string_length(rest)
        } else if rest.starts_with("r\"") || rest.starts_with("r#") {
            raw_string_length(rest).unwrap_or(0)
        } else if first == '\'' {
            char_length(rest)
        } else {
            0
        };
        if skipped == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            rest = &rest[skipped..];
        }
    }
    code
}

fn comment_length(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, char) in text.char_indices().skip(1) {
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn raw_string_length(text: &str) -> Option<usize> {
    let hashes = text[1..].chars().take_while(|char| *char == '#').count();
    let body = text[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(2 + hashes + body.find(&end)? + end.len())
}

/// The length of a character literal; zero for a lifetime.
fn char_length(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => text[2..]
            .char_indices()
            .skip(1)
            .find(|(_, char)| *char == '\'')
            .map_or(0, |(at, _)| at + 3),
        Some(_) => chars
            .next()
            .filter(|(_, char)| *char == '\'')
            .map_or(0, |(at, _)| at + 1),
        None => 0,
    }
}

/// The code without modules that are there for tests only.
pub(crate) fn without_tests(code: &str) -> String {
    let mut kept = String::new();
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        let (open, end) = (rest.find('{'), rest.find(';'));
        let length = match (open, end) {
            (Some(open), end) if end.is_none_or(|end| open < end) => {
                open + block_length(&rest[open..])
            }
            (_, Some(end)) => end + 1,
            (_, None) => rest.len(),
        };
        rest = &rest[length..];
    }
    kept + rest
}

fn block_length(code: &str) -> usize {
    let mut depth = 0;
    for (at, char) in code.char_indices() {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    code.len()
}

/// All paths into the crate that the code of `module` names, from the root of the crate on.
pub(crate) fn paths(module: &str, code: &str) -> BTreeSet<String> {
    let tokens = tokens(code);
    let children: BTreeSet<&str> = tokens
        .windows(3)
        .filter(|three| three[0] == "mod" && three[2] == ";")
        .map(|three| three[1])
        .collect();
    let mut found = BTreeSet::new();
    for (at, two) in tokens.windows(2).enumerate() {
        let before = if at > 0 { tokens[at - 1] } else { "" };
        if two[1] != "::" || before == "::" {
            continue;
        }
        let here = module.split("::").collect();
        match two[0] {
            "crate" => follow(&tokens[at + 2..], Vec::new(), &mut found),
            "self" | "super" => follow(&tokens[at..], here, &mut found),
            child if before == "use" && children.contains(child) => {
                follow(&tokens[at..], here, &mut found);
            }
            _ => {}
        }
    }
    found
}

/// Follows a path from `base` on, every branch of a list too; `tokens` begin with the next part of it.
fn follow<'code>(tokens: &[&'code str], mut base: Vec<&'code str>, found: &mut BTreeSet<String>) {
    match tokens.first() {
        None | Some(&("self" | "*")) => {}
        Some(&"super") => {
            base.pop();
        }
        Some(&"{") => {
            for branch in branches(&tokens[1..]) {
                follow(branch, base.clone(), found);
            }
            return;
        }
        Some(word) => base.push(word),
    }
    if tokens.get(1) == Some(&"::") {
        follow(&tokens[2..], base, found);
    } else if !base.is_empty() {
        found.insert(base.join("::"));
    }
}

/// The parts between the commas of a list whose opening brace has been taken.
fn branches<'list, 'code>(tokens: &'list [&'code str]) -> Vec<&'list [&'code str]> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "{" => depth += 1,
            "}" if depth > 0 => depth -= 1,
            "," | "}" if depth == 0 => {
                parts.extend((at > start).then(|| &tokens[start..at]));
                start = at + 1;
                if *token == "}" {
                    break;
                }
            }
            _ => {}
        }
    }
    parts
}

/// Words and the signs that paths are made of.
pub(crate) fn tokens(code: &str) -> Vec<&str> {
    let is_word = |char: char| char.is_alphanumeric() || char == '_';
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("::") {
            2
        } else if is_word(first) {
            rest.find(|char| !is_word(char)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    tokens
}
