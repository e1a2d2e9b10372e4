//! The dates that stand in cookies, in all the forms that servers have written them.
//! Never formats one, and knows no time zone but GMT.

use crate::time::UnixTime;

const MONTHS: [&[u8]; 12] = [
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
];

/// Reads a date. Its parts may come in any order with almost anything between them, which covers
/// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`.
/// A date before 1970 becomes its beginning.
pub(super) fn parse(text: &str) -> Option<UnixTime> {
    let (mut clock, mut day, mut month, mut year) = (None, None, None, None);
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || *b == b':' || !b.is_ascii();
    for part in text.as_bytes().split(|b| !is_part(b)) {
        if clock.is_none() && part.contains(&b':') {
            clock = Some(seconds_of_day(part)?);
        } else if day.is_none() && part.len() <= 2 && number(part).is_some() {
            day = number(part);
        } else if month.is_none() && month_of(part).is_some() {
            month = month_of(part);
        } else if year.is_none() {
            year = year_of(part);
        }
    }
    let (clock, day, month, year) = (clock?, day?, month?, year?);
    if !(1..=31).contains(&day) || year < 1601 {
        return None;
    }
    let seconds = days_since_1970(year, month, day) * 86_400 + clock;
    Some(UnixTime::from_seconds(
        u64::try_from(seconds).unwrap_or_default(),
    ))
}

/// The number that `digits` are, if they are up to four digits.
fn number(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || digits.len() > 4 {
        return None;
    }
    digits.iter().try_fold(0, |number, digit| {
        let value = i64::from(digit.checked_sub(b'0').filter(|value| *value < 10)?);
        Some(number * 10 + value)
    })
}

fn seconds_of_day(clock: &[u8]) -> Option<i64> {
    let mut parts = clock.split(|b| *b == b':').map(number);
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    let valid = hours < 24 && minutes < 60 && seconds < 60 && parts.next().is_none();
    valid.then_some((hours * 60 + minutes) * 60 + seconds)
}

/// The month, from 1, that the first three letters name.
fn month_of(name: &[u8]) -> Option<i64> {
    let start = name.get(..3)?;
    (1..)
        .zip(MONTHS)
        .find(|(_, month)| start.eq_ignore_ascii_case(month))
        .map(|(number, _)| number)
}

/// The year that two or four digits mean.
fn year_of(digits: &[u8]) -> Option<i64> {
    match (digits.len(), number(digits)?) {
        (2, short) if short >= 70 => Some(1900 + short),
        (2, short) => Some(2000 + short),
        (4, year) => Some(year),
        _ => None,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar. Years are counted from March, so that the
/// leap day is the last of its year.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    const DAYS_0000_03_01_TO_1970: i64 = 719_468;
    let year = if month > 2 { year } else { year - 1 };
    let month = (month + 9) % 12;
    let leap_days = year / 4 - year / 100 + year / 400;
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    365 * year + leap_days + day_of_year - DAYS_0000_03_01_TO_1970
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::time::UnixTime;

    #[test]
    fn all_three_forms_of_a_date_are_read() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "sun, 6-NOVEMBER-1994 8:49:37",
        ] {
            assert_eq!(parse(text), Some(UnixTime::from_seconds(784_111_777)));
        }
    }

    #[test]
    fn dates_are_counted_right_around_leap_days_and_the_epoch() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:01 GMT", 1),
            ("Wed, 31 Dec 1969 23:59:59 GMT", 0),
            ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
            ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
            ("Tue, 19 Jan 2038 03:14:08 GMT", 2_147_483_648),
        ] {
            assert_eq!(parse(text), Some(UnixTime::from_seconds(seconds)), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "tomorrow",
            "Sun, 06 Nov 1994",
            "06 Nov 1994 24:00:00",
            "06 Nov 1994 08:49",
            "32 Nov 1994 08:49:37",
            "0 Nov 1994 08:49:37",
            "06 Nov 1600 08:49:37",
            "06 Nov 199 08:49:37",
            "06 Foo 1994 08:49:37",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
