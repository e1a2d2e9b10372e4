//! Why a file of a client was not written or read, as drivers say it.
//! Never names the file: that is the client's.

/// Why a file was not written or read. Nothing has changed on the disk then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileError {
    /// No folder is configured, so there are no files.
    NoFolder,
    /// The name is no path below the configured folder, or leads out of it.
    Outside,
    /// There is no regular file, or no folder for it to lie in.
    Missing,
    /// The file to be written is there and not empty.
    Exists,
    /// The file to be read is longer than was asked for.
    TooLarge,
    /// The system refused it.
    Failed,
}

impl FileError {
    /// The error in words: whose fault, and what to do.
    #[must_use]
    pub const fn explain(self) -> &'static str {
        match self {
            Self::NoFolder => "no folder for pictures is configured (--avatar-dir)",
            Self::Outside => "the client's path does not lie in the folder of --avatar-dir",
            Self::Missing => "the client names a file, or a folder, that is not there",
            Self::Exists => "the client names a file that has something in it already",
            Self::TooLarge => "the client's file is too large",
            Self::Failed => {
                "the system refused it; check the rights and the space of the folder of --avatar-dir"
            }
        }
    }
}
