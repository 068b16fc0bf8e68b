//! Lines from a file or from stdin, read and understood beside the calls and only as fast as they are sent.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read as _},
    panic::resume_unwind,
    path::Path,
    thread::{self, JoinHandle},
};

use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::credentials::is_stdin;

/// What some programs write before the first line, PowerShell among them.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// The most bytes of a line.
const LONGEST: usize = 1024 * 1024;
/// How many batches of lines are read ahead.
const AHEAD: usize = 2;

/// A line as it was read.
pub(super) struct Line<T> {
    /// Its number, from 1.
    pub(super) number: u64,
    /// How many bytes have been read with it.
    pub(super) read: u64,
    /// What it means.
    pub(super) meaning: T,
}

/// The lines, and how many bytes they are, where that is known.
pub(super) struct Source<T> {
    arrived: std::vec::IntoIter<Line<T>>,
    batches: Receiver<Vec<Line<T>>>,
    reader: Option<JoinHandle<()>>,
    pub(super) length: Option<u64>,
}

impl<T: Send + 'static> Source<T> {
    /// Opens a file; `understand` gets each line, or why there is none.
    pub(super) fn open(
        path: &Path,
        understand: impl Fn(Result<Vec<u8>, String>) -> T + Send + 'static,
    ) -> io::Result<Self> {
        let (sender, batches) = channel(AHEAD);
        let (length, reader) = if is_stdin(path) {
            let reader = thread::spawn(move || read(BufReader::new(io::stdin()), &understand, &sender));
            (None, reader)
        } else {
            let file = File::open(path)?;
            let metadata = file.metadata()?;
            if metadata.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            let reader = thread::spawn(move || read(BufReader::new(file), &understand, &sender));
            (metadata.is_file().then_some(metadata.len()), reader)
        };
        Ok(Self { arrived: Vec::new().into_iter(), batches, reader: Some(reader), length })
    }

    /// The next line; none at the end. Nothing is lost where it is not waited for to the end.
    pub(super) async fn next(&mut self) -> Option<Line<T>> {
        loop {
            if let Some(line) = self.arrived.next() {
                return Some(line);
            }
            let Some(batch) = self.batches.recv().await else {
                // Lines after a bug would be missing, and nobody would know.
                if let Some(Err(panic)) = self.reader.take().map(JoinHandle::join) {
                    resume_unwind(panic);
                }
                return None;
            };
            self.arrived = batch.into_iter();
        }
    }
}

/// Reads to the end, or until nobody wants more.
///
/// What has been read at once is handed over at once: a wake-up for each line would cost more than the line.
fn read<R: io::Read, T>(
    mut input: BufReader<R>,
    understand: &impl Fn(Result<Vec<u8>, String>) -> T,
    batches: &Sender<Vec<Line<T>>>,
) {
    let (mut number, mut read) = (0, 0);
    let mut batch = Vec::new();
    loop {
        number += 1;
        let mut is_last = false;
        let text = match next(&mut input, &mut read) {
            Ok(Some(text)) if text.len() > LONGEST => Some(Err(format!("expected at most {LONGEST} bytes, got more"))),
            Ok(Some(text)) => {
                let text = if number == 1 { without_mark(text) } else { text };
                (!text.trim_ascii().is_empty()).then_some(Ok(text))
            }
            Ok(None) => return,
            Err(cause) => {
                is_last = true;
                Some(Err(format!("it and what follows could not be read: {cause}")))
            }
        };
        batch.extend(text.map(|text| Line { number, read, meaning: understand(text) }));
        let is_whole = is_last || !input.buffer().contains(&b'\n');
        let is_unwanted = is_whole && !batch.is_empty() && batches.blocking_send(std::mem::take(&mut batch)).is_err();
        if is_last || is_unwanted {
            return;
        }
    }
}

fn without_mark(text: Vec<u8>) -> Vec<u8> {
    text.strip_prefix(BYTE_ORDER_MARK).map(<[u8]>::to_vec).unwrap_or(text)
}

/// Reads a line, of one that is too long only the beginning; none at the end.
fn next(input: &mut impl BufRead, read: &mut u64) -> io::Result<Option<Vec<u8>>> {
    let mut text = Vec::new();
    let mut length = input.by_ref().take(LONGEST as u64 + 1).read_until(b'\n', &mut text)?;
    if length > LONGEST && text.last() != Some(&b'\n') {
        length += input.skip_until(b'\n')?;
    }
    *read += length as u64;
    Ok((length > 0).then_some(text))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{LONGEST, Source, next};

    #[tokio::test]
    #[should_panic(expected = "a bug")]
    async fn what_breaks_off_is_not_taken_for_the_end() {
        let mut source = Source::open(Path::new("Cargo.toml"), |line| assert!(line.is_err(), "a bug")).unwrap();
        while source.next().await.is_some() {}
    }

    #[test]
    fn a_line_that_is_too_long_does_not_hide_the_next() {
        let input = [vec![b'a'; 3 * LONGEST], b"\nb\n\nc".to_vec()].concat();
        let (mut input, mut read) = (&*input, 0);
        assert_eq!(next(&mut input, &mut read).unwrap().unwrap().len(), LONGEST + 1);
        assert_eq!(read, 3 * LONGEST as u64 + 1);
        for expected in [Some(&b"b\n"[..]), Some(b"\n"), Some(b"c"), None] {
            assert_eq!(next(&mut input, &mut read).unwrap().as_deref(), expected);
        }
    }
}
