//! Holds the modules of the core to their layers: who may use whom is a table, and this checks it.
//! Never looks at comments, texts and tests: only code that ships has layers.
//!
//! A new module has to be entered in [`LAYERS`]. Two rules stand out there: wires and Skype commands never
//! hear of imo, imo and HTTP never hear of Skype; only accounts, and the hub above them, know both.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;

mod source;

use source::{code_only, paths, tokens, without_tests};

/// Modules, and what they may use besides themselves and each other. `x::*` is a module with all below it,
/// `x` the file of that module only.
struct Layer {
    modules: &'static [&'static str],
    may_use: &'static [&'static [&'static str]],
}

const GROUND: &[&str] = &[
    "buf",
    "config::*",
    "event",
    "fingerprint::*",
    "handle",
    "id_map",
    "invariant",
    "io::*",
    "json",
    "lobby::*",
    "lockout::*",
    "rng",
    "secret",
    "store::*",
    "time::*",
    "weighed",
];
const JOURNAL: &[&str] = &["journal", "probe"];
const WIRE: &[&str] = &["wire::*"];
const SKYPE: &[&str] = &["skype::*"];
const HTTP_FORMAT: &[&str] = &[
    "http",
    "http::body::*",
    "http::cookies::*",
    "http::date::*",
    "http::form::*",
    "http::head::*",
    "http::headers::*",
    "http::location::*",
];
const HTTP: &[&str] = &["http::client::*", "http::lane::*", "http::server::*"];
const IMO_FORMAT: &[&str] = &[
    "imo",
    "imo::arrivals",
    "imo::buid::*",
    "imo::call::*",
    "imo::dialect",
    "imo::envelope::*",
    "imo::icon::*",
    "imo::mids::*",
    "imo::notice::*",
];
const LINK: &[&str] = &["imo::link::*"];
const SERVICE: &[&str] = &["imo::service::*"];
const CLIENT: &[&str] = &["client::*"];
const ACCOUNT: &[&str] = &["account::*"];
const HUB: &[&str] = &["proxy::*", "pair::*", "trace::*", "replay::*"];

const LAYERS: &[Layer] = &[
    layer(GROUND, &[]),
    layer(JOURNAL, &[GROUND]),
    layer(WIRE, &[GROUND]),
    layer(SKYPE, &[GROUND]),
    layer(HTTP_FORMAT, &[GROUND]),
    layer(IMO_FORMAT, &[GROUND]),
    layer(HTTP, &[GROUND, HTTP_FORMAT]),
    layer(CLIENT, &[GROUND, WIRE, SKYPE]),
    layer(LINK, &[GROUND, JOURNAL, HTTP_FORMAT, HTTP, IMO_FORMAT]),
    layer(SERVICE, &[GROUND, JOURNAL, HTTP_FORMAT, HTTP, IMO_FORMAT]),
    layer(ACCOUNT, &[GROUND, JOURNAL, SKYPE, IMO_FORMAT, LINK]),
    layer(
        HUB,
        &[
            GROUND,
            JOURNAL,
            WIRE,
            SKYPE,
            HTTP_FORMAT,
            HTTP,
            IMO_FORMAT,
            LINK,
            SERVICE,
            CLIENT,
            ACCOUNT,
        ],
    ),
];

const fn layer(
    modules: &'static [&'static str],
    may_use: &'static [&'static [&'static str]],
) -> Layer {
    Layer { modules, may_use }
}

/// True if `entry` of the table is, or has below it, the module or item `path`.
fn covers(entry: &str, path: &str) -> bool {
    let name = entry.strip_suffix("::*").unwrap_or(entry);
    path.strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// The entry of the table for a file's module.
fn entry_of_file(module: &str) -> Option<&'static str> {
    let entries = LAYERS.iter().flat_map(|layer| layer.modules).copied();
    entries
        .filter(|entry| covers(entry, module) && (entry.ends_with("::*") || *entry == module))
        .max_by_key(|entry| entry.len())
}

/// The entry of the table for something that is used.
fn entry_of_path(path: &str) -> Option<&'static str> {
    let entries = LAYERS.iter().flat_map(|layer| layer.modules).copied();
    entries
        .filter(|entry| covers(entry, path))
        .max_by_key(|entry| entry.trim_end_matches("::*").len())
}

/// What is wrong with a file: the module it is, and its text.
fn faults(module: &str, text: &str) -> Vec<String> {
    let Some(own) = entry_of_file(module) else {
        return vec![format!(
            "{module} is in no layer of core/tests/layers/main.rs"
        )];
    };
    let allowed: BTreeSet<&str> = LAYERS
        .iter()
        .filter(|layer| layer.modules.contains(&own))
        .flat_map(|layer| layer.may_use.iter().copied().chain([layer.modules]))
        .flatten()
        .copied()
        .collect();
    let used = paths(module, &without_tests(&code_only(text)));
    used.into_iter()
        .filter_map(|path| match entry_of_path(&path) {
            Some(entry) if allowed.contains(entry) => None,
            Some(entry) => Some(format!("{module} may not use {entry}: crate::{path}")),
            None => Some(format!("{module} uses crate::{path}, which is in no layer")),
        })
        .collect()
}

/// The faults of all files below `folder`, which is the module `parent`.
fn faults_below(folder: &Path, parent: &str, all: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let stem = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
        let module = match (parent, stem) {
            (_, "tests") | ("", "lib") => continue,
            (_, "mod") => parent.to_owned(),
            ("", _) => stem.to_owned(),
            _ => format!("{parent}::{stem}"),
        };
        if path.is_dir() {
            faults_below(&path, &module, all)?;
        } else {
            all.extend(faults(&module, &fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

#[test]
fn every_module_uses_only_what_its_layer_may_use() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    faults_below(&source, "", &mut all).unwrap();
    all.sort();
    assert!(all.is_empty(), "\n{}\n", all.join("\n"));
}

#[test]
fn the_core_has_no_standard_library() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs");
    let code = code_only(&fs::read_to_string(root).unwrap());
    assert!(code.lines().any(|line| line == "#![no_std]"));
    assert!(!tokens(&code).windows(2).any(|two| two == ["crate", "std"]));
}

/// `expected` are the top-level modules that a file of `module` with the code `text` may not use.
#[track_caller]
fn check(module: &str, text: &str, expected: &[&str]) {
    let found = faults(module, text);
    let path = |fault: &str| fault.split("crate::").last().map(str::to_owned);
    let tops: Vec<_> = found.iter().filter_map(|fault| path(fault)).collect();
    let tops: Vec<_> = tops
        .iter()
        .filter_map(|path| path.split("::").next())
        .collect();
    assert_eq!(tops, expected, "{found:?}");
}

#[test]
fn every_way_to_name_a_module_is_found() {
    check("wire::len8", "use crate::imo::call::Call;", &["imo"]);
    check(
        "skype",
        "use crate::{io, imo::{call, *}, http::*};",
        &["http", "imo", "imo"],
    );
    check("http::head", "fn f() -> crate::skype::Reply {}", &["skype"]);
    check(
        "http::head",
        "use super::lane::{self, Lane};",
        &["http", "http"],
    );
    check(
        "http::lane::job",
        "use super::super::super::wire::Wire;",
        &["wire"],
    );
    check("http", "mod lane; pub use lane::Lane;", &["http"]);
    check(
        "imo::link",
        "use crate::io; use super::service::X;",
        &["imo"],
    );
    check(
        "imo::service::web",
        "use crate::account::Account as A;",
        &["account"],
    );
    check("client", "use crate::imo::Notice;", &["imo"]);
}

#[test]
fn what_a_layer_may_use_is_not_blamed() {
    check(
        "wire::len8",
        "use crate::{buf::RecvBuf, wire::{Wire, self}};",
        &[],
    );
    check(
        "http::lane",
        "use super::client::HttpClient; use crate::http::Request;",
        &[],
    );
    check(
        "imo::link::login",
        "use super::super::call::Call; use crate::http::lane::Lane;",
        &[],
    );
    check(
        "account::roster",
        "use crate::{imo::call::Call, skype::Reply};",
        &[],
    );
    check(
        "proxy",
        "use crate::{account::Account, wire::Wire, http::lane::Lane};",
        &[],
    );
}

#[test]
fn comments_texts_and_tests_have_no_layers() {
    let commented = "/// See [`crate::imo`].\n// crate::imo::X\n/* crate::imo /* */ crate::imo */";
    check("wire", commented, &[]);
    check(
        "wire",
        r##"const A: &str = "crate::imo \" crate::imo"; b"//"; r#"crate::imo"#"##,
        &[],
    );
    check(
        "wire",
        "#[cfg(test)] mod tests { use crate::imo; mod x {} }",
        &[],
    );
    check("wire", "#[cfg(test)]\nmod tests;", &[]);
    let after =
        r"const Q: char = '\''; const R: char = '/'; fn f<'a>(x: &'a str) {} use crate::imo::X;";
    check("wire", after, &["imo"]);
    check(
        "wire",
        "#[cfg(test)] mod tests { mod x {} } use crate::imo::X;",
        &["imo"],
    );
    check(
        "wire",
        "const URL: &str = \"http://x\"; use crate::imo::X;",
        &["imo"],
    );
}

#[test]
fn a_module_that_is_in_no_layer_is_found() {
    assert_eq!(faults("http::gopher", "").len(), 1);
    assert_eq!(faults("gopher", "").len(), 1);
    assert_eq!(faults("wire", "use crate::gopher::Hole;").len(), 1);
    assert_eq!(faults("http::lane::job", ""), [""; 0]);
}
