//! How tests of rows are written down: a name, the rows it plays, and the play.
//! Never plays one itself.

/// Tests that each play some rows of the catalogue on a [`crate::stage::Stage`] of their own.
macro_rules! rows {
    ($($test:ident plays [$($row:literal),+ $(,)?] $play:expr;)+) => {
        $(
            #[test]
            fn $test() {
                let play: fn(&mut $crate::stage::Stage) = $play;
                play(&mut $crate::stage::Stage::new());
            }
        )+

        /// The rows that the tests here play.
        pub(crate) const PLAYED: &[(&str, &str)] = &[
            $($(($row, concat!(module_path!(), "::", stringify!($test))),)+)+
        ];
    };
}
