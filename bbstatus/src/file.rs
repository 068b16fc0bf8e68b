//! Files that the user or the CI system names.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
};

/// Reads a regular file of at most `limit` bytes. A pipe might block, and a device might never end.
pub(crate) fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let regular = |metadata: fs::Metadata| match metadata.is_file() {
        true => Ok(()),
        false if metadata.is_dir() => Err(io::Error::other("it is a folder")),
        false => Err(io::Error::other("it is not a regular file")),
    };
    // Before it is opened, because opening a pipe blocks; and again afterwards, because the file may have been
    // replaced.
    regular(fs::metadata(path)?)?;
    let file = File::open(path)?;
    regular(file.metadata()?)?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::other(format!("it is larger than {limit} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::read;

    #[test]
    fn only_regular_files_within_the_limit_are_read() {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let size = std::fs::metadata(&manifest).unwrap().len();
        assert_eq!(read(&manifest, size).unwrap().len() as u64, size);
        let problem = |path: &Path, limit| read(path, limit).unwrap_err().to_string();
        assert_eq!(problem(&manifest, size - 1), format!("it is larger than {} bytes", size - 1));
        assert_eq!(problem(Path::new(env!("CARGO_MANIFEST_DIR")), 1), "it is a folder");
        if cfg!(unix) {
            assert_eq!(problem(Path::new("/dev/zero"), 1), "it is not a regular file");
        }
    }
}
