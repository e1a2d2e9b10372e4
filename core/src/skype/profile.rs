//! The profile: what the own user says about himself.
//! Never keeps a value: it knows the properties and what they are when nobody has set them.
//!
//! The commands are listed in `core/docs/skype-api.md`, "The own user".

use super::command::Command;
use super::error::ErrorReply;
use super::lex::Cursor;
use super::verbs::Parsed;
use super::words::Source::{Constant, Served};
use super::words::properties;

properties! {
    /// A property of the own profile. Those without a constant can be set, and keep what was set.
    ProfileProperty {
        /// The own name.
        FullName = "FULLNAME", 3, Text, Served("");
        /// The own mood.
        MoodText = "MOOD_TEXT", 5, Text, Served("");
        /// The own mood with tags in it.
        RichMoodText = "RICH_MOOD_TEXT", 7, Text, Served("");
        /// `YYYYMMDD`, or 0.
        Birthday = "BIRTHDAY", 3, Text, Served("0");
        /// `MALE`, `FEMALE` or `UNKNOWN`.
        Sex = "SEX", 3, Text, Served("UNKNOWN");
        /// Codes of languages, a space between each two.
        Languages = "LANGUAGES", 3, Text, Served("");
        /// A code and a name.
        Country = "COUNTRY", 3, Text, Served("");
        /// A province.
        Province = "PROVINCE", 3, Text, Served("");
        /// A city.
        City = "CITY", 3, Text, Served("");
        /// A telephone number.
        PhoneHome = "PHONE_HOME", 3, Text, Served("");
        /// A telephone number.
        PhoneOffice = "PHONE_OFFICE", 3, Text, Served("");
        /// A telephone number.
        PhoneMobile = "PHONE_MOBILE", 3, Text, Served("");
        /// An address in the web.
        Homepage = "HOMEPAGE", 3, Text, Served("");
        /// Text of any number of lines.
        About = "ABOUT", 3, Text, Served("");
        /// 24 hours plus the offset, in seconds; 0 is unset.
        Timezone = "TIMEZONE", 5, Number, Served("0");
        /// The country of the address on the network.
        IpCountry = "IPCOUNTRY", 5, Text, Constant("");
        /// Money, in hundredths.
        PstnBalance = "PSTN_BALANCE", 3, Number, Constant("0");
        /// What the money is.
        PstnCurrency = "PSTN_BALANCE_CURRENCY", 3, Text, Constant("EUR");
        /// A flag: are calls forwarded?
        ForwardCalls = "CALL_APPLY_CF", 5, Flag, Constant("FALSE");
        /// A flag: do calls go to voicemail?
        CallsToVoicemail = "CALL_SEND_TO_VM", 5, Flag, Constant("FALSE");
        /// Seconds.
        NoAnswerTimeout = "CALL_NOANSWER_TIMEOUT", 5, Number, Constant("15");
        /// Rules `start,end,target`, a space between each two.
        ForwardRules = "CALL_FORWARD_RULES", 5, Text, Constant("");
        /// Telephone numbers.
        SmsNumbers = "SMS_VALIDATED_NUMBERS", 6, Text, Constant("");
    }
}

/// The constants that could be set if there were calls.
const CALL_SETTINGS: &[ProfileProperty] = &[
    ProfileProperty::ForwardCalls,
    ProfileProperty::CallsToVoicemail,
    ProfileProperty::NoAnswerTimeout,
    ProfileProperty::ForwardRules,
];

/// `GET PROFILE <property>`.
pub(super) fn get(mut line: Cursor<'_>) -> Parsed<'_> {
    let word = line.word();
    if word.is_empty() {
        return Err(ErrorReply::GET_UNKNOWN);
    }
    let property = ProfileProperty::from_name(word).ok_or(ErrorReply::USER_PROPERTY)?;
    Ok(Command::GetProfile { property })
}

/// `SET PROFILE <property> <value>`. The properties of calls are answered as if they had been set.
pub(super) fn set(mut line: Cursor<'_>) -> Parsed<'_> {
    let property =
        ProfileProperty::from_name(line.word()).ok_or(ErrorReply::SET_PROFILE_PROPERTY)?;
    if property.constant().is_some() && !CALL_SETTINGS.contains(&property) {
        return Err(ErrorReply::SET_PROFILE_PROPERTY);
    }
    if property == ProfileProperty::CallsToVoicemail
        && !line.trimmed().eq_ignore_ascii_case("FALSE")
    {
        return Err(ErrorReply::NO_VOICEMAIL_PRIVILEGE);
    }
    let value = line.text();
    Ok(Command::SetProfile { property, value })
}
