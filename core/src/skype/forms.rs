//! How the commands and the replies are written down: one row each, from which the type and its lines come.
//! Never holds a row itself: those stand in `command` and `reply`.

/// The type of commands, the line of each variant, and, behind `=>`, what confirms it if that is not the line itself.
macro_rules! commands {
    (@echo $this:ident) => { $crate::skype::Reply::Echo($this) };
    (@echo $this:ident, $echo:expr) => { $echo };
    ($(
        $(#[$doc:meta])+
        $Variant:ident
        $(($only:ident: $only_type:ty))?
        $({ $($(#[$field_doc:meta])+ $field:ident: $field_type:ty,)+ })?
        = $form:literal $(, $part:expr)*
        $(=> $echo:expr)?;
    )+) => {
        /// A well-formed command. Handles, chat ids and numbers keep the client's spelling, for the reply.
        ///
        /// It prints as the line it is read from, with keywords in upper case and one space between two words.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Command<'a> {
            $($(#[$doc])+ $Variant $(($only_type))? $({ $($(#[$field_doc])+ $field: $field_type,)+ })?,)+
        }

        impl core::fmt::Display for Command<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match *self {
                    $(Self::$Variant $(($only))? $({ $($field,)+ })? => write!(f, $form $(, $part)*),)+
                }
            }
        }

        impl<'a> Command<'a> {
            /// The names of the variants, so that a test can see that it has tried them all.
            #[cfg(test)]
            pub(super) const VARIANTS: &'static [&'static str] = &[$(stringify!($Variant),)+];

            /// What confirms the command once it is done: what was set, or the command itself, shortened where the
            /// protocol shortens it. Of no use for what asks, since the answer to a question is a value.
            #[must_use]
            #[expect(unused_variables, reason = "most are confirmed by the whole of themselves")]
            pub fn echo(self) -> $crate::skype::Reply<'a> {
                match self {
                    $(Self::$Variant $(($only))? $({ $($field,)+ })? => $crate::skype::forms::commands!(@echo self $(, $echo)?),)+
                }
            }
        }
    };
}

/// The type of replies and the line of each variant. `$protocol` is what the rows call the client's protocol version.
macro_rules! replies {
    ($protocol:ident; $(
        $(#[$doc:meta])+
        $Variant:ident
        $(($only:ident: $only_type:ty))?
        $({ $($(#[$field_doc:meta])+ $field:ident: $field_type:ty,)+ })?
        = $form:literal $(, $part:expr)*;
    )+) => {
        /// A line to a client. With a tag it is a reply, without one a reply or a notice: clients cannot tell, nor
        /// can we.
        #[derive(Clone, PartialEq, Eq, Debug)]
        pub enum Reply<'a> {
            $($(#[$doc])+ $Variant $(($only_type))? $({ $($(#[$field_doc])+ $field: $field_type,)+ })?,)+
        }

        impl Reply<'_> {
            /// The names of the variants, so that a test can see that it has tried them all.
            #[cfg(test)]
            pub(super) const VARIANTS: &'static [&'static str] = &[$(stringify!($Variant),)+];

            fn write_body(&self, $protocol: u8, out: &mut String) -> core::fmt::Result {
                match self {
                    $(Self::$Variant $(($only))? $({ $($field,)+ })? => write!(out, $form $(, $part)*),)+
                }
            }
        }
    };
}

pub(super) use {commands, replies};
