//! The copy of the workspace that faults are put into, one at a time.
//! Never copies what is built or what belongs to version control.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Mutant;

/// What is not copied, wherever it stands.
const LEFT_OUT: &[&str] = &["target", ".git"];

/// The copy.
pub(super) struct Tree {
    folder: PathBuf,
}

impl Tree {
    /// Copies the workspace; a copy that is there already becomes the same as the workspace is now.
    pub(super) fn copy(root: &Path, folder: &Path) -> Result<Self, String> {
        copy_folder(root, folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Where it is.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Does `act` while the fault is there.
    pub(super) fn with<T>(
        &self,
        mutant: &Mutant,
        act: impl FnOnce() -> Result<T, String>,
    ) -> Result<T, String> {
        let path = self.folder.join(&mutant.file);
        let name = |error: io::Error| format!("{}: {error}", mutant.file);
        let sound = fs::read_to_string(&path).map_err(name)?;
        if sound.matches(&mutant.find).count() != 1 {
            return Err(format!("its place is not found in {}", mutant.file));
        }
        fs::write(&path, sound.replacen(&mutant.find, &mutant.replace, 1)).map_err(name)?;
        let result = act();
        fs::write(&path, sound).map_err(name)?;
        result
    }
}

/// Makes `to` the same as `from`. What is the same already keeps its time, so that it is not built again.
fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(to)? {
        let entry = entry?;
        let is_gone = !from.join(entry.file_name()).exists();
        match entry.file_type()?.is_dir() {
            true if is_gone => fs::remove_dir_all(entry.path())?,
            false if is_gone => fs::remove_file(entry.path())?,
            true | false => {}
        }
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, kind) = (entry.file_name(), entry.file_type()?);
        let target = to.join(&name);
        if LEFT_OUT.iter().any(|left_out| *left_out == name) {
            continue;
        }
        if kind.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if kind.is_file() {
            let content = fs::read(entry.path())?;
            if fs::read(&target).ok().as_ref() != Some(&content) {
                fs::write(&target, content)?;
            }
        }
    }
    Ok(())
}
