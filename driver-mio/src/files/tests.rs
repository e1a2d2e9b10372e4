use super::*;

use std::os::unix::fs::{PermissionsExt as _, symlink};
use tempfile::TempDir;

const MAX: usize = 100;

/// A folder to write to, in another one.
struct Place {
    outer: TempDir,
    folder: PathBuf,
}

impl Place {
    fn new() -> Self {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("pictures");
        fs::create_dir(&folder).unwrap();
        Self { outer, folder }
    }

    fn write(&self, name: &str) -> Result<(), FileError> {
        write(&self.folder, name, b"picture")
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, FileError> {
        read(&self.folder, name, MAX)
    }

    /// The absolute path of `name` in the folder, as a client writes it.
    fn absolute(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    /// How many entries the folder has.
    fn count(&self) -> usize {
        fs::read_dir(&self.folder).unwrap().count()
    }
}

#[test]
fn a_file_is_written_below_the_folder_by_either_kind_of_path() {
    let place = Place::new();
    fs::create_dir(place.folder.join("deep")).unwrap();
    for name in [
        "a.jpg".to_owned(),
        "./deep/b.jpg".to_owned(),
        place.absolute("c.jpg"),
        place.absolute("deep/d.jpg"),
    ] {
        assert_eq!(place.write(&name), Ok(()), "{name}");
        assert_eq!(fs::read(place.folder.join(&name)).unwrap(), b"picture");
        assert_eq!(place.read(&name).unwrap(), b"picture");
    }
    assert_eq!(place.count(), 3, "nothing else is left there");
}

#[test]
fn an_empty_file_is_replaced_and_keeps_its_rights() {
    let place = Place::new();
    let path = place.folder.join("nora_tmp.jpg");
    fs::write(&path, b"").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(place.write("nora_tmp.jpg"), Ok(()));
    assert_eq!(fs::read(&path).unwrap(), b"picture");
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(place.count(), 1);
}

#[test]
fn a_file_with_something_in_it_stays_as_it_is() {
    let place = Place::new();
    fs::write(place.folder.join("a.jpg"), b"old").unwrap();
    fs::create_dir(place.folder.join("folder")).unwrap();
    assert_eq!(place.write("a.jpg"), Err(FileError::Exists));
    assert_eq!(place.write("folder"), Err(FileError::Exists));
    assert_eq!(fs::read(place.folder.join("a.jpg")).unwrap(), b"old");
    assert_eq!(place.count(), 2);
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let place = Place::new();
    let secret = place.outer.path().join("secret");
    fs::write(&secret, b"secret").unwrap();
    fs::create_dir(place.folder.join("deep")).unwrap();
    let beside = place.outer.path().join("pictures-of-others");
    fs::create_dir(&beside).unwrap();
    fs::write(beside.join("a.jpg"), b"other").unwrap();
    for name in [
        "",
        ".",
        "..",
        "/",
        "deep/",
        "deep/.",
        "../secret",
        "deep/../../secret",
        "deep/../a.jpg",
        "/etc/hostname",
        "/nowhere/at/all.jpg",
        secret.to_str().unwrap(),
        beside.join("a.jpg").to_str().unwrap(),
        place.folder.to_str().unwrap(),
        "C:\\Miranda\\u_tmp.jpg",
        "C:u_tmp.jpg",
        "Z:/tmp/u_tmp.jpg",
        "deep\\a.jpg",
        "a\0.jpg",
    ] {
        assert_eq!(place.write(name), Err(FileError::Outside), "{name}");
        assert_eq!(place.read(name), Err(FileError::Outside), "{name}");
    }
    assert_eq!(fs::read(&secret).unwrap(), b"secret");
    assert_eq!(place.count(), 1);
}

#[test]
fn links_are_followed_only_as_folders_and_only_inside() {
    let place = Place::new();
    let outside = place.outer.path();
    fs::write(outside.join("secret"), b"").unwrap();
    fs::create_dir(place.folder.join("deep")).unwrap();
    symlink(outside, place.folder.join("out")).unwrap();
    symlink(outside.join("secret"), place.folder.join("link")).unwrap();
    symlink(outside.join("new"), place.folder.join("dangling")).unwrap();
    symlink(place.folder.join("deep"), place.folder.join("in")).unwrap();
    for name in ["out/secret", "out/new", "link", "dangling"] {
        assert_eq!(place.write(name), Err(FileError::Outside), "{name}");
        assert_eq!(place.read(name), Err(FileError::Outside), "{name}");
    }
    assert!(!outside.join("new").exists());
    assert_eq!(place.write("in/a.jpg"), Ok(()));
    assert_eq!(
        fs::read(place.folder.join("deep/a.jpg")).unwrap(),
        b"picture"
    );

    // The folder itself may be a link, and is then known by both of its names.
    let alias = outside.join("alias");
    symlink(&place.folder, &alias).unwrap();
    let name = alias.join("b.jpg").to_str().unwrap().to_owned();
    assert_eq!(write(&alias, &name, b"picture"), Ok(()));
    assert_eq!(
        read(&alias, &place.absolute("b.jpg"), MAX).unwrap(),
        b"picture"
    );
}

#[test]
fn only_regular_files_that_are_there_and_small_enough_are_read() {
    let place = Place::new();
    fs::create_dir(place.folder.join("deep")).unwrap();
    let file = |name: &str, length| {
        fs::write(place.folder.join(name), vec![7; length]).unwrap();
    };
    file("fits", MAX);
    file("long", MAX + 1);
    file("empty", 0);
    assert_eq!(place.read("fits").unwrap().len(), MAX);
    assert_eq!(place.read("empty").unwrap(), b"");
    assert_eq!(place.read("long"), Err(FileError::TooLarge));
    for name in ["none", "deep", "none/a.jpg", "fits/a.jpg"] {
        assert_eq!(place.read(name), Err(FileError::Missing), "{name}");
    }
    assert_eq!(place.write("none/a.jpg"), Err(FileError::Missing));

    let pipe = place.folder.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    assert_eq!(place.read("pipe"), Err(FileError::Missing));
    assert_eq!(place.write("pipe"), Err(FileError::Exists));
}

#[test]
fn what_a_crash_has_left_is_in_nobodys_way() {
    let place = Place::new();
    let left = format!("a.jpg.{}-0.part", std::process::id());
    fs::write(place.folder.join(left), b"half").unwrap();
    assert_eq!(place.write("a.jpg"), Ok(()));
    assert_eq!(place.count(), 2);
}

#[test]
fn a_folder_that_is_gone_is_the_systems_fault() {
    let place = Place::new();
    fs::remove_dir(&place.folder).unwrap();
    assert_eq!(place.write("a.jpg"), Err(FileError::Failed));
}
