//! Another revision of the workspace beside this one, and its program.
//! Never changes the workspace, and takes its tree away in the end.

use std::fs;
use std::path::{Path, PathBuf};

use crate::step::Step;

/// A tree of version control at a revision.
pub(super) struct Revision<'a> {
    root: &'a Path,
    tree: PathBuf,
    /// Where it is built; stays, since most of it is the same the next time.
    target: PathBuf,
}

impl<'a> Revision<'a> {
    /// Checks it out below `folder`.
    pub(super) fn check_out(root: &'a Path, folder: &Path, name: &str) -> Result<Self, String> {
        let revision = Self {
            root,
            tree: folder.join("tree"),
            target: folder.join("target"),
        };
        // A run that was ended may have left it.
        if revision.tree.exists() {
            revision.remove()?;
        }
        Step::new("revision", root, "git", "worktree add --force --detach")
            .value(&revision.tree.to_string_lossy())
            .value(name)
            .run()?;
        Ok(revision)
    }

    /// Builds its program; gives where that is.
    pub(super) fn build(&self) -> Result<PathBuf, String> {
        let build = "build --release --package imo2sproxy --bin imo2sproxy";
        Step::cargo("build of the revision", &self.tree, build)
            .env("CARGO_TARGET_DIR", &self.target.to_string_lossy())
            .run()?;
        Ok(self.target.join("release/imo2sproxy"))
    }

    fn remove(&self) -> Result<(), String> {
        let removed = Step::new("revision", self.root, "git", "worktree remove --force")
            .value(&self.tree.to_string_lossy())
            .run_last();
        // What version control does not know of is only a folder.
        removed.or_else(|_| {
            fs::remove_dir_all(&self.tree).map_err(|e| format!("{}: {e}", self.tree.display()))
        })
    }
}

impl Drop for Revision<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.remove() {
            eprintln!("xtask: {error}");
        }
    }
}
