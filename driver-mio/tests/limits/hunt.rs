//! The search for secrets in bytes, whatever form they have been put into.
//! Never knows where the bytes come from.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// A search for some secrets, and what it has found and looked at.
pub(crate) struct Hunt {
    /// Each secret in each of its forms.
    forms: Vec<(String, Vec<u8>)>,
    found: Vec<String>,
    searched: usize,
    bytes: usize,
}

/// Writes a file that only its owner can read.
pub(crate) fn put(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

impl Hunt {
    pub(crate) fn for_all(secrets: &[&str]) -> Self {
        let forms = secrets.iter().flat_map(|secret| forms_of(secret));
        Self {
            forms: forms.collect(),
            found: Vec::new(),
            searched: 0,
            bytes: 0,
        }
    }

    /// What is found in there first.
    pub(crate) fn has(&self, bytes: &[u8]) -> Option<&str> {
        let found = self.forms.iter().find(|(_, form)| {
            let mut windows = bytes.windows(form.len());
            windows.any(|window| window == form)
        });
        found.map(|(name, _)| name.as_str())
    }

    pub(crate) fn search(&mut self, whose: &str, bytes: &[u8]) {
        self.searched += 1;
        self.bytes += bytes.len();
        if let Some(what) = self.has(bytes) {
            let text = String::from_utf8_lossy(bytes);
            let line = text
                .lines()
                .find(|line| self.has(line.as_bytes()).is_some());
            self.found.push(format!("{whose}: {what}: {line:?}"));
        }
    }

    pub(crate) fn search_file(&mut self, path: &Path) {
        let bytes = fs::read(path).unwrap();
        self.search(&path.display().to_string(), &bytes);
    }

    /// Searches all files of a folder, those below it too.
    pub(crate) fn search_folder(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                self.search_folder(&entry.path());
            } else if kind.is_file() {
                self.search_file(&entry.path());
            }
        }
    }

    /// Searches what the system tells of a process; its environment only if nothing secret was given there.
    pub(crate) fn search_process(&mut self, name: &str, pid: u32, given_there: bool) {
        let files = ["cmdline", "comm", "environ"];
        for file in &files[..if given_there { 2 } else { 3 }] {
            let path = format!("/proc/{pid}/{file}");
            let bytes = fs::read(&path).unwrap();
            self.search(&format!("{file} of {name}"), &bytes);
        }
    }

    /// Fails if anything was found, or if less than so many bytes were searched.
    pub(crate) fn end(self, least: usize) {
        println!("{} bytes in {} places", self.bytes, self.searched);
        assert!(self.bytes >= least, "there was little to search");
        assert!(self.found.is_empty(), "{:#?}", self.found);
    }
}

/// A secret as it is, in base 64 wherever it begins, in hexadecimal, and all percent-encoded.
fn forms_of(secret: &str) -> Vec<(String, Vec<u8>)> {
    let hex = |format: fn(u8) -> String| secret.bytes().map(format).collect::<String>();
    let mut forms = vec![
        secret.to_owned(),
        hex(|byte| format!("{byte:02x}")),
        hex(|byte| format!("{byte:02X}")),
        hex(|byte| format!("%{byte:02X}")),
        hex(|byte| format!("%{byte:02x}")),
        secret.replace('-', "%2D"),
        secret.replace('-', "%2d"),
        secret.to_lowercase(),
    ];
    for before in 0..3 {
        let bytes = [&vec![0; before][..], secret.as_bytes()].concat();
        let text = STANDARD_NO_PAD.encode(bytes);
        // The first and the last letters depend on what stands beside the secret.
        let first = [0, 2, 3][before];
        forms.push(text[first..text.len() - 1].to_owned());
    }
    let named = |form: String| (format!("{secret} as {form}"), form.into_bytes());
    forms.into_iter().map(named).collect()
}
