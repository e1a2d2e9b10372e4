//! Finds the programs that measure coverage, or says which to install.
//! Never installs anything.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::succeeds;

/// The programs of LLVM that are needed, with the variables that tell cargo-llvm-cov where they are.
const PROGRAMS: [(&str, &str); 2] = [("LLVM_COV", "llvm-cov"), ("LLVM_PROFDATA", "llvm-profdata")];

/// What has to be added to the environment of cargo-llvm-cov so that it finds its tools.
pub(super) fn find() -> Result<Vec<(&'static str, String)>, String> {
    // What reads the counters has to be as new as the compiler that writes them.
    let version = asked("rustc", &["-vV"])
        .and_then(|text| llvm_version(&text))
        .ok_or("rustc -vV does not tell the version of its LLVM")?;
    if !succeeds("cargo", &["llvm-cov", "--version"]) {
        return Err(missing("cargo-llvm-cov", &version));
    }
    let mut variables = Vec::new();
    for (variable, program) in PROGRAMS {
        if env::var_os(variable).is_some() || component(program).is_some_and(|path| path.exists()) {
            continue;
        }
        let versioned = format!("{program}-{version}");
        let path = in_path(&versioned).ok_or_else(|| missing(program, &version))?;
        variables.push((variable, path.to_string_lossy().into_owned()));
    }
    Ok(variables)
}

fn missing(program: &str, version: &str) -> String {
    format!(
        "{program} is missing; line coverage needs cargo-llvm-cov (cargo install --locked cargo-llvm-cov) and \
         llvm-cov and llvm-profdata of LLVM {version} (the package llvm-{version}, or rustup component add \
         llvm-tools; LLVM_COV and LLVM_PROFDATA may name them)"
    )
}

/// The major version that stands in the output of `rustc -vV`.
fn llvm_version(text: &str) -> Option<String> {
    let line = text
        .lines()
        .find_map(|l| l.strip_prefix("LLVM version: "))?;
    let major = line.split('.').next()?;
    (!major.is_empty()).then(|| major.to_owned())
}

/// Where a program lies if it came with the toolchain.
fn component(program: &str) -> Option<PathBuf> {
    let libraries = asked("rustc", &["--print", "target-libdir"])?;
    Some(
        Path::new(libraries.trim())
            .with_file_name("bin")
            .join(program),
    )
}

fn in_path(program: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let mut paths = env::split_paths(&folders).map(|folder| folder.join(program));
    paths.find(|path| path.is_file())
}

/// What a program says, if it succeeds.
fn asked(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then_some(text)
}

#[cfg(test)]
mod tests {
    use super::llvm_version;

    #[test]
    fn the_version_of_llvm_is_read_from_what_rustc_says() {
        let said = "rustc 1.95.0\nhost: x\nrelease: 1.95.0\nLLVM version: 22.1.2\n";
        assert_eq!(llvm_version(said).as_deref(), Some("22"));
        assert_eq!(llvm_version("rustc 1.95.0\n"), None);
    }
}
