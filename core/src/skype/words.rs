//! How closed lists of keywords are written down: one row each, from which all lookups come.
//! Never holds a list itself: those stand with their nouns.

/// What stands behind a property.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    /// The same value always: nothing here can change it.
    Constant(&'static str),
    /// A value that somebody keeps, and what to say where nobody knows it.
    Served(&'static str),
}

/// What kind of value a property has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Domain {
    /// Text, a list, or a word of a closed list that is the same in every protocol version.
    Text,
    /// A number or a time.
    Number,
    /// `TRUE` or `FALSE`.
    Flag,
    /// A word of [`super::Status`].
    Presence,
    /// A word of [`super::MessageType`].
    Kind,
    /// A word of [`super::CallStatus`].
    CallStatus,
}

/// An enum of keywords: names in both directions, in any case on the way in.
macro_rules! words {
    (
        $(#[$about:meta])*
        $Name:ident { $($(#[$doc:meta])+ $Variant:ident = $word:literal,)+ }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum $Name { $($(#[$doc])+ $Variant,)+ }

        impl $Name {
            /// All of them, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),+];

            /// The keyword as it is answered: in upper case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Variant => $word,)+ }
            }

            /// The one of this name in any case.
            #[must_use]
            pub fn from_name(word: &str) -> Option<Self> {
                $(const { assert!($word.len() <= $crate::skype::lex::KEYWORD_MAX) };)+
                match $crate::skype::lex::upper(word, &mut [0; _])? {
                    $($word => Some(Self::$Variant),)+
                    _ => None,
                }
            }
        }

        impl core::fmt::Display for $Name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

/// An enum of properties: beside its keyword each says which protocol brought it, what kind of value it has and
/// what stands behind it.
macro_rules! properties {
    (
        $(#[$about:meta])*
        $Name:ident { $($(#[$doc:meta])+ $Variant:ident = $word:literal, $since:literal, $domain:ident, $source:expr;)+ }
    ) => {
        $crate::skype::words::words! {
            $(#[$about])*
            $Name { $($(#[$doc])+ $Variant = $word,)+ }
        }

        impl $Name {
            /// The protocol version that introduced it. Older clients may ask all the same.
            #[must_use]
            pub const fn since(self) -> u8 {
                match self { $(Self::$Variant => $since,)+ }
            }

            /// The value, if it is the same always.
            #[must_use]
            pub const fn constant(self) -> Option<&'static str> {
                match self.source() {
                    $crate::skype::words::Source::Constant(value) => Some(value),
                    $crate::skype::words::Source::Served(_) => None,
                }
            }

            /// What to say where the value is not known: a number where clients want one, else mostly nothing.
            #[must_use]
            pub const fn neutral(self) -> &'static str {
                match self.source() {
                    $crate::skype::words::Source::Constant(value)
                    | $crate::skype::words::Source::Served(value) => value,
                }
            }

            pub(in crate::skype) const fn domain(self) -> $crate::skype::words::Domain {
                match self { $(Self::$Variant => $crate::skype::words::Domain::$domain,)+ }
            }

            const fn source(self) -> $crate::skype::words::Source {
                match self { $(Self::$Variant => $source,)+ }
            }
        }
    };
}

pub(super) use {properties, words};
