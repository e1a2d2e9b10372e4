//! Rows about the session itself.
//! Never needs a second person.

rows! {
    a_name_is_taken_with_ok plays ["NAME"] |stage| {
        stage.asks("NAME Demo of something", "OK");
    };

    a_ping_is_answered plays ["PING"] |stage| {
        stage.asks("PING", "PONG");
        stage.asks("ping", "PONG");
    };
}
