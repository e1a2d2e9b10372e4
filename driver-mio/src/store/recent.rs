//! What was changed lately: written to a log in the order of time, where it lies close together, before it moves to its place.
//! Never commits, and takes nothing for done before its caller says that it is.

use std::collections::BTreeMap;
use std::ops::Bound;

use rusqlite::{Connection, Transaction};

use super::batch::Batch;
use super::layout;
use super::reading::Bounds;
use super::round::Round;

/// How much is written to the log, in bytes, before it moves to its place.
const LOG_BYTES: usize = 2 * 1024 * 1024;

/// What the log says of the records in it.
#[derive(Debug, Default)]
pub(super) struct Recent {
    /// What moves.
    round: Option<Round>,
    /// What came after that, as far as it was read: most of it moves before anybody asks.
    known: BTreeMap<Box<[u8]>, Option<Box<[u8]>>>,
    /// The last row of the log that moves or is known.
    read: i64,
    /// The log's last row.
    last: i64,
    /// How much was written to the log since the round began, in bytes.
    logged: usize,
}

impl Recent {
    /// What the log of a file says.
    ///
    /// # Errors
    /// If it cannot be read, or is not what it should be.
    pub(super) fn open(connection: &Connection) -> rusqlite::Result<Self> {
        let last = "SELECT ifnull(max(number), 0) FROM recent";
        let mut recent = Self {
            last: connection.query_row(last, (), |row| row.get(0))?,
            ..Self::default()
        };
        recent.logged = recent.read(connection)?;
        Ok(recent)
    }

    /// Reads what was written to the log since it was last read: to be called before anybody asks. Gives how many bytes.
    pub(super) fn read(&mut self, connection: &Connection) -> rusqlite::Result<usize> {
        if self.read == self.last {
            return Ok(0);
        }
        let news = rows_behind(connection, self.read)?;
        let changes = news.changes().map(|(_, change)| change);
        self.known
            .extend(changes.map(|(key, value)| (key.into(), value.map(Box::from))));
        self.read = self.last;
        Ok(news.bytes().len())
    }

    /// What is known of a key: what stands there, or that nothing does.
    pub(super) fn get(&self, key: &[u8]) -> Option<Option<&[u8]>> {
        debug_assert!(self.read == self.last, "it was read before");
        match self.known.get(key) {
            Some(value) => Some(value.as_deref()),
            None => self.round.as_ref()?.get(key),
        }
    }

    /// What is known of the keys within `bounds`.
    pub(super) fn between(&self, bounds: &Bounds) -> BTreeMap<&[u8], Option<&[u8]>> {
        debug_assert!(self.read == self.last, "it was read before");
        if bounds.from >= bounds.below {
            return BTreeMap::new();
        }
        let from = Bound::Included(bounds.from.as_slice());
        let below = Bound::Excluded(bounds.below.as_slice());
        let newer = self.known.range::<[u8], _>((from, below));
        let moving = self.round.iter().flat_map(|round| round.between(bounds));
        moving
            .chain(newer.map(|(key, value)| (&**key, value.as_deref())))
            .collect()
    }

    /// Writes changes to the log.
    pub(super) fn log(&self, transaction: &Transaction<'_>, batch: &Batch) -> rusqlite::Result<()> {
        transaction
            .prepare_cached("INSERT INTO recent VALUES (?1, ?2)")?
            .execute((self.last + 1, batch.bytes()))
            .map(drop)
    }

    /// So many bytes of changes are durable in the log.
    pub(super) fn have_logged(&mut self, bytes: usize) {
        self.last += 1;
        self.logged += bytes;
    }

    /// True if it is time to begin a round.
    pub(super) fn is_full(&self) -> bool {
        self.logged >= LOG_BYTES && self.round.is_none()
    }

    /// From now on all that is in the log moves to its place; nothing may move already.
    pub(super) fn begin_round(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        debug_assert!(self.round.is_none(), "one after the other");
        self.known.clear();
        self.read = 0;
        self.round = Some(Round::new(self.last, rows_behind(connection, 0)?));
        self.read = self.last;
        self.logged = 0;
        Ok(())
    }

    /// How many records are to move when so many bytes are written to the log: so many that the round ends before it is half
    /// full again.
    pub(super) fn due(&self, bytes: usize) -> usize {
        let all = self.round.as_ref().map_or(0, Round::len);
        all.saturating_mul(bytes).div_ceil(LOG_BYTES / 2)
    }

    /// Brings up to `count` records to their places, if the time for that has come. Gives how many.
    pub(super) fn move_some(
        &self,
        transaction: &Transaction<'_>,
        count: usize,
    ) -> rusqlite::Result<usize> {
        match &self.round {
            Some(round) => round.go_on(transaction, count),
            None => Ok(0),
        }
    }

    /// So many are durable in their places.
    pub(super) fn have_moved(&mut self, count: usize) {
        self.round.take_if(|round| round.have_moved(count));
    }
}

/// What the log says behind one of its rows.
fn rows_behind(connection: &Connection, row: i64) -> rusqlite::Result<Batch> {
    let mut all = Batch::default();
    let mut statement = connection
        .prepare_cached("SELECT changes FROM recent WHERE number > ?1 ORDER BY number")?;
    let mut rows = statement.query((row,))?;
    while let Some(row) = rows.next()? {
        all.append(row.get_ref(0)?.as_blob()?)
            .map_err(layout::damage)?;
    }
    Ok(all)
}
