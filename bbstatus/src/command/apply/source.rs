//! Lines from a file or from stdin, read and parsed by a thread only as fast as they are consumed.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read as _},
    panic::resume_unwind,
    path::Path,
    thread::{self, JoinHandle},
};

use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::credentials::is_stdin;

/// Some programs write this before the first line, such as PowerShell.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// The maximum length of a line.
const MAX_LINE_BYTES: usize = 1024 * 1024;
/// How many batches of lines are read ahead.
const BATCHES_AHEAD: usize = 2;

/// A line that was read and parsed.
pub(super) struct SourceLine<T> {
    /// Its number, from 1.
    pub(super) number: u64,
    /// How many bytes of the file have been read, including this line.
    pub(super) bytes_read: u64,
    pub(super) parsed: T,
}

/// The lines, with the length of the file in bytes if it is known.
pub(super) struct Source<T> {
    batch: std::vec::IntoIter<SourceLine<T>>,
    batches: Receiver<Vec<SourceLine<T>>>,
    reader: Option<JoinHandle<()>>,
    pub(super) length: Option<u64>,
}

/// Why lines cannot be read.
#[derive(Debug)]
pub(super) enum OpenError {
    File(io::Error),
    /// No thread could be started.
    Thread(io::Error),
}

impl<T: Send + 'static> Source<T> {
    /// Opens a file. `parse` is called with the number of each line, and its bytes or why they could not be read.
    pub(super) fn open(
        path: &Path,
        parse: impl Fn(u64, Result<Vec<u8>, String>) -> T + Send + 'static,
    ) -> Result<Self, OpenError> {
        let (sender, batches) = channel(BATCHES_AHEAD);
        let thread = thread::Builder::new().name("lines".to_owned());
        let (length, reader) = if is_stdin(path) {
            (None, thread.spawn(move || read(BufReader::new(io::stdin()), &parse, &sender)))
        } else {
            let (file, length) = open(path).map_err(OpenError::File)?;
            (length, thread.spawn(move || read(BufReader::new(file), &parse, &sender)))
        };
        let reader = Some(reader.map_err(OpenError::Thread)?);
        Ok(Self { batch: Vec::new().into_iter(), batches, reader, length })
    }

    /// The next line; none at the end. Cancel safe: no line is lost if the future is dropped.
    pub(super) async fn next(&mut self) -> Option<SourceLine<T>> {
        loop {
            if let Some(line) = self.batch.next() {
                return Some(line);
            }
            let Some(batch) = self.batches.recv().await else {
                // Otherwise the lines after a panic would be lost silently.
                if let Some(Err(panic)) = self.reader.take().map(JoinHandle::join) {
                    resume_unwind(panic);
                }
                return None;
            };
            self.batch = batch.into_iter();
        }
    }
}

/// Opens a file, with its length if that is known.
fn open(path: &Path) -> io::Result<(File, Option<u64>)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok((file, metadata.is_file().then_some(metadata.len())))
}

/// Reads until the end, or until the receiver is dropped.
///
/// Sends the lines of one read together: a wake-up for each line would cost more than the line itself.
fn read<R: io::Read, T>(
    mut input: BufReader<R>,
    parse: &impl Fn(u64, Result<Vec<u8>, String>) -> T,
    batches: &Sender<Vec<SourceLine<T>>>,
) {
    let (mut number, mut bytes_read) = (0, 0);
    let mut batch = Vec::new();
    loop {
        number += 1;
        let mut is_last = false;
        let text = match next(&mut input, &mut bytes_read) {
            Ok(Some(text)) if text.len() > MAX_LINE_BYTES => {
                Some(Err(format!("expected at most {MAX_LINE_BYTES} bytes, got more")))
            }
            Ok(Some(text)) => {
                let text = if number == 1 { without_mark(text) } else { text };
                (!text.trim_ascii().is_empty()).then_some(Ok(text))
            }
            Ok(None) => return,
            Err(cause) => {
                is_last = true;
                Some(Err(format!("this line and the rest of the file could not be read: {cause}")))
            }
        };
        batch.extend(text.map(|text| SourceLine { number, bytes_read, parsed: parse(number, text) }));
        let is_complete = is_last || !input.buffer().contains(&b'\n');
        let is_unwanted =
            is_complete && !batch.is_empty() && batches.blocking_send(std::mem::take(&mut batch)).is_err();
        if is_last || is_unwanted {
            return;
        }
    }
}

fn without_mark(text: Vec<u8>) -> Vec<u8> {
    text.strip_prefix(BYTE_ORDER_MARK).map(<[u8]>::to_vec).unwrap_or(text)
}

/// Reads a line, or only the beginning of a line that is too long. Returns none at the end.
fn next(input: &mut impl BufRead, read: &mut u64) -> io::Result<Option<Vec<u8>>> {
    let mut text = Vec::new();
    let mut length = input.by_ref().take(MAX_LINE_BYTES as u64 + 1).read_until(b'\n', &mut text)?;
    if length > MAX_LINE_BYTES && text.last() != Some(&b'\n') {
        length += input.skip_until(b'\n')?;
    }
    *read += length as u64;
    Ok((length > 0).then_some(text))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{MAX_LINE_BYTES, Source, next};

    #[tokio::test]
    #[should_panic(expected = "a bug")]
    async fn a_panic_while_reading_is_not_mistaken_for_the_end_of_the_file() {
        let mut source = Source::open(Path::new("Cargo.toml"), |_, line| assert!(line.is_err(), "a bug")).unwrap();
        while source.next().await.is_some() {}
    }

    #[test]
    fn a_line_that_is_too_long_does_not_hide_the_next() {
        let input = [vec![b'a'; 3 * MAX_LINE_BYTES], b"\nb\n\nc".to_vec()].concat();
        let (mut input, mut read) = (&*input, 0);
        assert_eq!(next(&mut input, &mut read).unwrap().unwrap().len(), MAX_LINE_BYTES + 1);
        assert_eq!(read, 3 * MAX_LINE_BYTES as u64 + 1);
        for expected in [Some(&b"b\n"[..]), Some(b"\n"), Some(b"c"), None] {
            assert_eq!(next(&mut input, &mut read).unwrap().as_deref(), expected);
        }
    }
}
