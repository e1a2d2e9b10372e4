//! Rows about the session itself, and of what is no command at all.
//! Never needs a second person.

rows! {
    a_name_is_taken_with_ok plays ["NAME"] |stage| {
        stage.asks("NAME Demo of something", "OK");
        stage.asks("name  Demo ", "OK");
    };

    the_smaller_version_is_agreed_on_and_can_be_changed plays ["PROTOCOL"] |stage| {
        stage.asks("PROTOCOL 1000", "PROTOCOL 7");
        stage.asks("protocol  5 ", "PROTOCOL 5");
        for wrong in ["PROTOCOL", "PROTOCOL seven", "PROTOCOL 0", "PROTOCOL -1"] {
            stage.refused(wrong, 27);
        }
        // What it is worth: the first versions have another word for a message.
        stage.asks("PROTOCOL 2", "PROTOCOL 2");
        stage.asks("MESSAGE bob hello", "MESSAGE * STATUS SENDING");
        stage.asks("PROTOCOL 3", "PROTOCOL 3");
        stage.asks("MESSAGE bob hello again", "CHATMESSAGE * STATUS SENDING");
    };

    a_ping_is_answered plays ["PING"] |stage| {
        stage.asks("PING", "PONG");
        stage.asks("ping", "PONG");
        stage.asks("PING ", "PONG");
        stage.world.person("alice").say("PING");
        stage.hears("alice", "PONG");
    };

    windows_come_and_go plays ["FOCUS", "MINIMIZE", "notice WINDOWSTATE"] |stage| {
        let other = stage.second_client("alice");
        stage.asks("minimize", "MINIMIZE");
        stage.hears("alice", "WINDOWSTATE MINIMIZED");
        stage.hears(&other, "WINDOWSTATE MINIMIZED");
        stage.asks("GET WINDOWSTATE", "WINDOWSTATE MINIMIZED");
        stage.asks("FOCUS ", "FOCUS");
        stage.hears("alice", "WINDOWSTATE NORMAL");
        stage.hears(&other, "WINDOWSTATE NORMAL");
        stage.asks("GET WINDOWSTATE", "WINDOWSTATE NORMAL");
    };

    the_idle_timer_is_reset_without_anybody_being_told plays ["RESETIDLETIMER"] |stage| {
        let heard = stage.world.person("bob").replies().len();
        stage.asks("RESETIDLETIMER", "RESETIDLETIMER");
        stage.asks("resetidletimer ", "RESETIDLETIMER");
        stage.world.run_for(crate::town::SECONDS(5));
        assert_eq!(stage.world.person("bob").replies().len(), heard);
        stage.asks("GET USERSTATUS", "USERSTATUS ONLINE");
    };

    a_client_cannot_end_the_program plays ["QUIT"] |stage| {
        stage.refused("QUIT", 2);
        stage.asks("PING", "PONG");
        stage.asks("GET CONNSTATUS", "CONNSTATUS ONLINE");
    };

    what_is_no_command_is_refused_and_the_session_goes_on plays [
        "READY", "HOOK", "CLOSE", "TRANSFER", "anything else",
    ] |stage| {
        for unknown in ["READY", "HOOK 1", "close bob", "TRANSFER 1 bob", "JUMP", "PINGPONG", "MARK", "0"] {
            stage.refused(unknown, 2);
        }
        for empty in ["", "  "] {
            stage.refused(empty, 1);
        }
        stage.asks("PING", "PONG");
    };
}
