//! The API as one list: every command, property and notice there is, and what comes of it here.
//! Never decides anything: it says what the rest does, and tests hold the rest to it.
//!
//! The reasons stand in `core/docs/skype-api.md`.

mod commands;
mod notices;
mod properties;
mod telephone;

/// What a part of the API comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// It is served, by what the service knows and does.
    Real,
    /// It is kept or nodded at here, and goes no further.
    Local,
    /// It has this value always.
    Constant(&'static str),
    /// It has no value, or finds nothing, ever.
    Empty,
    /// It is refused by the error of this number; to do it to a call that there is, by another one perhaps.
    Refused(u16),
    /// It is never said.
    Nothing,
}

/// One part of the API.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// The keywords without what stands between them: `ALTER CHAT KICK`. A property stands behind its object:
    /// `USER FULLNAME`; a notice behind the word `notice`.
    pub name: &'static str,
    /// The protocol version that brought it; 1 where that is not written anywhere.
    pub since: u8,
    /// What it comes to.
    pub mark: Mark,
}

const PARTS: [&[Row]; 4] = [
    commands::COMMANDS,
    telephone::TELEPHONE,
    properties::PROPERTIES,
    notices::NOTICES,
];

const LEN: usize = {
    let [a, b, c, d] = PARTS;
    a.len() + b.len() + c.len() + d.len()
};

static ROWS: [Row; LEN] = {
    let mut rows = [nothing("", 1); LEN];
    let (mut row, mut part) = (0, 0);
    while part < PARTS.len() {
        let mut index = 0;
        while index < PARTS[part].len() {
            rows[row] = PARTS[part][index];
            row += 1;
            index += 1;
        }
        part += 1;
    }
    rows
};

/// All of the API. No name stands in it twice.
pub const CATALOGUE: &[Row] = &ROWS;

const fn row(name: &'static str, since: u8, mark: Mark) -> Row {
    Row { name, since, mark }
}

const fn real(name: &'static str, since: u8) -> Row {
    row(name, since, Mark::Real)
}

const fn local(name: &'static str, since: u8) -> Row {
    row(name, since, Mark::Local)
}

const fn constant(name: &'static str, since: u8, value: &'static str) -> Row {
    row(name, since, Mark::Constant(value))
}

const fn empty(name: &'static str, since: u8) -> Row {
    row(name, since, Mark::Empty)
}

const fn refused(name: &'static str, since: u8, code: u16) -> Row {
    row(name, since, Mark::Refused(code))
}

const fn nothing(name: &'static str, since: u8) -> Row {
    row(name, since, Mark::Nothing)
}
