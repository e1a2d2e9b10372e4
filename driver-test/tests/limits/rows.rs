//! What is promised, in rows, and where it is held: a file from the root of the repository, and a test in it.
//! Never holds a row without a test that would fail without it.

/// Rows that nothing holds yet.
pub(crate) const OPEN: &[&str] = &[];

/// Each row, and the tests that hold it.
pub(crate) const ROWS: &[(&str, &[&str])] = &[
    (
        "an account in the daemon's memory takes at most 1 MiB; new work is refused, and what was there first stays",
        &[
            "driver-test/tests/memory/flood.rs::a_thousand_contacts_with_names_and_moods_all_have_room",
            "driver-test/tests/memory/flood.rs::of_contacts_without_end_the_first_ones_stay",
            "driver-test/tests/memory/flood.rs::of_contact_requests_without_end_the_first_ones_stay",
            "driver-test/tests/memory/flood.rs::of_rooms_without_end_the_first_ones_stay_and_dialogs_find_room",
            "driver-test/tests/memory/flood.rs::long_texts_are_had_again_from_the_store",
            "driver-test/tests/memory/flood.rs::all_that_a_service_can_tell_and_a_client_can_say_together_has_room",
        ],
    ),
    (
        "with 100,000 unread messages no more are taken from the service",
        &[
            "driver-test/tests/limits/full.rs::with_too_many_unread_messages_no_more_are_taken_until_a_client_has_been_told_of_them",
        ],
    ),
    (
        "a client's frame: 4 KiB before the login, 256 KiB after it",
        &[
            "driver-test/tests/limits/sizes.rs::a_client_frame_over_4_kib_before_login_closes_the_connection",
            "driver-test/tests/limits/sizes.rs::a_client_frame_over_256_kib_after_login_closes_the_connection",
            "core/src/wire/skypeproxy/tests.rs::a_length_beyond_the_limit_is_refused_before_its_body_comes",
            "core/src/wire/skypenet/tests.rs::a_message_may_be_so_long_and_no_longer",
            "driver-mio/tests/daemon/frames.rs::a_length_beyond_the_limit_ends_the_connection",
        ],
    ),
    (
        "a text: 32 KiB",
        &[
            "driver-test/tests/chat/messages.rs::nothing_is_sent_to_nobody_and_nothing_too_long",
            "driver-mio/tests/daemon/chat.rs::a_long_text_arrives_whole_and_a_too_long_one_is_refused",
        ],
    ),
    (
        "unsent bytes: no command is read from 64 KiB on; whoever takes nothing for 60 s is closed",
        &[
            "driver-test/tests/limits/sizes.rs::from_64_kib_unsent_on_no_command_is_taken_from_that_client_until_it_reads",
            "driver-test/tests/limits/times.rs::a_client_that_takes_nothing_for_60_seconds_is_closed",
            "driver-test/tests/limits/times.rs::a_client_that_takes_a_byte_in_time_stays",
        ],
    ),
    (
        "notices that are not taken: over 256 KiB the client is closed, and the account loses nothing",
        &[
            "driver-test/tests/limits/notices.rs::a_client_that_does_not_read_may_owe_256_kib_of_notices_and_not_more",
            "driver-test/tests/limits/notices.rs::texts_that_a_closed_client_never_took_are_told_when_it_comes_again",
            "driver-test/tests/limits/notices.rs::no_text_leaves_the_account_with_a_client_that_was_closed",
        ],
    ),
    (
        "commands that wait for the service: from 256 or 512 KiB on their clients are not read, until half of it is gone",
        &[
            "driver-test/tests/limits/waiting.rs::of_300_messages_256_are_taken_while_the_service_is_away_and_all_arrive_once_and_in_order",
            "driver-test/tests/limits/waiting.rs::of_long_messages_half_a_mebibyte_is_taken_while_the_service_is_away",
            "driver-test/tests/limits/waiting.rs::reading_goes_on_at_half",
            "driver-test/tests/chat/trouble.rs::a_client_that_waits_for_the_service_holds_up_no_other",
        ],
    ),
    (
        "head and body from a service: 16 KiB and 4 MiB",
        &["core/src/http/client/tests.rs::a_head_and_a_body_may_have_exactly_their_limits"],
    ),
    (
        "JSON is not nested without end",
        &["driver-test/tests/imo_service/http.rs::deep_json_is_refused"],
    ),
    (
        "a request to the service: 1 MiB, then 413",
        &[
            "driver-test/tests/imo_service/http.rs::what_is_none_of_the_protocol_gets_an_error_in_json",
        ],
    ),
    (
        "texts that wait for an account",
        &["driver-test/tests/imo_service/mail.rs::a_box_that_is_full_takes_no_more"],
    ),
    (
        "a picture: 256 KiB",
        &["driver-test/tests/chat/avatars.rs::what_cannot_be_set_is_refused_with_its_number"],
    ),
    (
        "open files: accepting pauses, with one line",
        &[
            "driver-mio/tests/exhausted.rs::without_open_files_accepting_pauses_with_one_line_and_goes_on_when_some_are_closed",
        ],
    ),
    (
        "a TLS handshake takes 10 s at most",
        &[
            "driver-mio/tests/engine/clients.rs::who_says_nothing_where_tls_is_spoken_is_turned_away_after_ten_seconds",
        ],
    ),
    (
        "a client's login takes 30 s at most",
        &[
            "driver-test/tests/limits/times.rs::a_client_that_has_not_logged_in_after_30_seconds_is_closed",
            "driver-test/tests/imo_service/strangers.rs::a_stranger_keeps_a_place_for_half_a_minute_whatever_he_asks",
        ],
    ),
    (
        "a request to the service is given up after 30 s and made again",
        &[
            "driver-test/tests/imo_link/loss.rs::a_request_without_an_answer_is_given_up_after_half_a_minute_and_made_again",
        ],
    ),
    (
        "accounts of one daemon that log in for the first time: 4 at once",
        &[
            "driver-test/tests/limits/entry.rs::of_ten_accounts_four_log_in_at_once_and_all_get_in",
            "driver-test/tests/limits/entry.rs::after_an_outage_four_log_in_at_once",
        ],
    ),
    (
        "an account of the one-account form goes offline 10 minutes after its last client",
        &[
            "driver-test/tests/limits/linger.rs::an_account_signs_off_ten_minutes_after_its_last_client_and_not_before",
            "driver-test/tests/limits/linger.rs::a_client_that_comes_in_between_begins_the_ten_minutes_anew",
            "driver-mio/src/settings/tests.rs::the_one_account_form_becomes_a_configuration",
            "driver-test/tests/limits/linger.rs::who_comes_after_the_account_has_signed_off_brings_it_back",
        ],
    ),
    (
        "the service holds a poll for 25 s; one that is not answered is given up after a minute",
        &[
            "driver-test/tests/imo_service/sessions.rs::a_poll_is_held_until_there_is_something_or_its_time_is_over",
            "driver-test/tests/imo_link/loss.rs::a_poll_without_an_answer_is_given_up_and_renewed",
        ],
    ),
    (
        "attempts to reach the service: from 1 s to 30 s apart, for ever, and from 1 s again after a success",
        &[
            "driver-test/tests/imo_link/loss.rs::after_a_good_session_the_attempts_begin_anew",
            "driver-test/tests/imo_link/loss.rs::attempts_that_fail_become_rarer_up_to_one_in_half_a_minute",
        ],
    ),
    (
        "the system asks after a minute of silence whether a client is still there",
        &[
            "driver-mio/tests/limits/sockets.rs::a_silent_client_is_asked_by_the_system_after_a_minute",
        ],
    ),
    (
        "no delay of small packets anywhere",
        &[
            "driver-mio/tests/engine/sockets.rs::what_is_small_is_not_held_back_on_its_way_to_clients",
            "driver-mio/tests/engine/sockets.rs::what_is_small_is_not_held_back_on_its_way_to_services",
            "driver-mio/tests/engine/sockets.rs::what_is_small_is_not_held_back_under_tls",
        ],
    ),
    (
        "a drain takes 10 s at most",
        &[
            "driver-mio/tests/engine/flow.rs::a_machine_that_does_not_stop_is_left_after_ten_seconds",
        ],
    ),
    (
        "strangers: 10 from an address, 256 in all, fewer by chance from half of it on",
        &[
            "driver-test/tests/imo_service/strangers.rs::one_address_has_ten_places_and_gets_one_back_when_somebody_leaves",
            "driver-test/tests/imo_service/strangers.rs::a_network_of_ipv6_is_one_address",
            "driver-test/tests/imo_service/strangers.rs::never_are_there_more_strangers_than_places",
            "driver-test/tests/imo_service/strangers.rs::loopback_is_counted_only_in_all_and_the_daemon_of_the_same_process_not_at_all",
            "driver-test/tests/bouncer/door.rs::strangers_on_this_machine_are_not_counted_by_their_address",
            "driver-test/tests/bouncer/door.rs::ten_strangers_of_one_address_and_no_more_wait_at_the_door",
            "core/src/lobby.rs::a_full_lobby_lets_nobody_in_and_a_crowded_one_not_everybody",
            "driver-mio/tests/limits/flood.rs::ten_thousand_who_never_log_in_cost_little_and_keep_nobody_out",
        ],
    ),
    (
        "failed logins: 5 in 30 s, then none for 30 s, doubling to an hour; the owner elsewhere gets in; the operator lifts it",
        &[
            "core/src/lockout.rs::five_failures_within_half_a_minute_lock_out_for_ever_longer",
            "driver-test/tests/bouncer/door.rs::brute_force_is_stopped_and_the_owner_elsewhere_still_gets_in",
            "driver-mio/tests/limits/guessing.rs::five_wrong_passwords_lock_an_address_out_of_an_account_and_not_its_owner_elsewhere",
            "driver-mio/tests/limits/guessing.rs::the_service_locks_out_who_guesses_over_http_and_lets_the_owner_in_elsewhere",
        ],
    ),
    (
        "an unknown user costs what a wrong password costs",
        &[
            "driver-test/tests/bouncer/door.rs::a_password_that_was_right_is_not_hashed_again_in_the_same_life",
            "driver-mio/src/hashing.rs::an_unreadable_hash_is_refused_and_costs_as_much_as_a_wrong_password",
        ],
    ),
    (
        "passwords are hashed with argon2id, 19 MiB and two passes, off the event loop",
        &[
            "driver-mio/src/hashing.rs::a_hash_is_argon2id_with_the_promised_parameters_and_a_fresh_salt",
            "driver-mio/tests/engine/jobs.rs::while_passwords_are_checked_others_are_answered_within_ten_milliseconds",
        ],
    ),
    (
        "no secret is found anywhere",
        &[
            "driver-mio/tests/limits/canary.rs::no_password_is_found_in_any_folder_log_record_answer_or_process",
            "driver-mio/tests/limits/typed.rs::no_password_is_found_that_was_typed_or_read_from_a_file_or_given_while_a_record_was_made",
            "driver-mio/tests/daemon/thrift.rs::a_verbose_log_shows_what_is_said_and_no_secret",
        ],
    ),
    (
        "TLS 1.2 and 1.3 and none older, verified",
        &[
            "driver-mio/tests/engine/clients.rs::tls_1_2_is_spoken_too",
            "driver-mio/tests/engine/clients.rs::tls_1_3_is_spoken",
            "driver-mio/tests/engine/clients.rs::tls_1_1_is_not_spoken",
            "driver-mio/tests/engine/outgoing.rs::a_certificate_of_nobody_we_know_is_not_trusted",
            "driver-mio/tests/engine/outgoing.rs::a_certificate_for_another_name_is_not_trusted",
        ],
    ),
    (
        "no name that a peer gives becomes a path, but for pictures below one folder, for clients on this machine",
        &[
            "driver-mio/src/files/tests.rs::no_name_leads_out_of_the_folder",
            "driver-mio/src/files/tests.rs::links_are_followed_only_as_folders_and_only_inside",
            "driver-test/tests/chat/avatars.rs::without_a_folder_there_are_no_files",
            "driver-test/tests/chat/avatars.rs::a_client_elsewhere_gets_the_picture_through_its_connection",
        ],
    ),
    (
        "pictures come only from the service's own origin",
        &[
            "driver-test/tests/imo_link/fetch.rs::a_picture_comes_from_below_the_base_of_the_service",
            "driver-test/tests/imo_link/fetch.rs::a_name_that_is_no_id_is_not_asked_for",
            "driver-test/tests/imo_link/fetch.rs::a_redirect_leads_to_no_other_host",
        ],
    ),
    (
        "promise 1: what is confirmed survives a kill, and the end of the power",
        &[
            "driver-mio/tests/daemon/onslaught.rs::whatever_is_killed_under_load_nothing_confirmed_is_lost_and_every_store_opens",
            "driver-test/tests/replay/kill_points.rs::whenever_daemon_or_service_dies_nothing_confirmed_is_lost_and_nothing_is_doubled",
            "driver-mio/tests/store/main.rs::what_apply_has_done_is_there_even_if_the_store_is_never_closed",
            "driver-test/tests/sweep.rs::whatever_happens_to_people_who_chat_every_promise_is_kept",
        ],
    ),
    (
        "promise 2: each message once to each client, in order, whatever the network does",
        &[
            "driver-test/tests/sweep.rs::whatever_happens_to_people_who_chat_every_promise_is_kept",
            "driver-test/tests/replay/every_byte.rs::wherever_a_connection_breaks_every_text_arrives_once_and_every_command_is_answered",
            "driver-test/tests/bouncer/missed.rs::two_programs_that_come_after_a_kill_hear_of_each_of_a_hundred_messages_once",
            "driver-test/tests/bouncer/missed.rs::a_program_that_was_told_is_not_told_again_and_hears_what_came_while_it_alone_was_away",
        ],
    ),
    (
        "promise 3: nobody stops or slows others beyond his share",
        &[
            "driver-test/tests/chat/trouble.rs::a_slow_client_does_not_delay_the_others",
            "driver-test/tests/chat/trouble.rs::a_client_that_waits_for_the_service_holds_up_no_other",
            "driver-mio/tests/engine/flow.rs::a_client_that_floods_is_heard_after_others_were_answered_and_in_small_pieces_then",
            "driver-mio/tests/limits/flood.rs::ten_thousand_who_never_log_in_cost_little_and_keep_nobody_out",
        ],
    ),
    (
        "promise 3: nobody reads or changes another account",
        &[
            "driver-test/tests/bouncer/apart.rs::no_id_of_another_account_tells_anything_about_it",
            "driver-test/tests/bouncer/apart.rs::no_id_of_another_account_changes_anything_of_it",
            "driver-test/tests/bouncer/door.rs::without_the_right_password_nobody_gets_in",
        ],
    ),
    (
        "promise 4: every command gets one reply, or the connection ends",
        &[
            "driver-test/tests/sweep.rs::whatever_happens_to_people_who_chat_every_promise_is_kept",
            "driver-test/tests/replay/every_byte.rs::wherever_a_connection_breaks_every_text_arrives_once_and_every_command_is_answered",
            "driver-test/tests/limits/waiting.rs::of_300_messages_256_are_taken_while_the_service_is_away_and_all_arrive_once_and_in_order",
        ],
    ),
    (
        "promise 5: the daemon comes back by itself, and presence is right within 120 s of the network's return",
        &[
            "driver-test/tests/limits/comeback.rs::presence_is_right_two_minutes_after_the_network_of_a_daemon_is_back",
            "driver-test/tests/limits/comeback.rs::presence_is_right_two_minutes_after_the_network_of_the_service_is_back",
            "driver-test/tests/sweep.rs::whatever_happens_to_people_who_chat_every_promise_is_kept",
        ],
    ),
    (
        "at most 2,000 messages are kept for an account, and none leaves before a client was told of it",
        &[
            "core/src/account/messages/tests.rs::at_most_two_thousand_are_kept_and_none_leaves_that_no_client_was_told_of",
            "core/src/account/messages/tests.rs::what_was_read_leaves_before_what_was_only_announced",
        ],
    ),
    (
        "passwords leave memory when they are not needed any more",
        &["core/src/buf.rs::wiped_bytes_are_gone_from_memory"],
    ),
    (
        "secrets are compared in constant time",
        &[
            "driver-test/tests/limits/main.rs::secrets_are_compared_by_nothing_but_what_takes_constant_time",
        ],
    ),
    (
        "new certificates on a reload",
        &[
            "driver-mio/tests/daemon/reload.rs::a_new_certificate_is_shown_to_those_who_come_from_then_on",
        ],
    ),
    (
        "whatever a service says does no lasting harm",
        &[
            "driver-test/tests/spoiled/fields.rs::no_field_of_what_is_told_of_contacts_does_lasting_harm",
            "driver-test/tests/spoiled/fields.rs::no_field_of_what_is_told_of_texts_and_calls_does_lasting_harm",
            "driver-test/tests/spoiled/answers.rs::one_answer_of_ten_mebibytes_does_no_lasting_harm",
        ],
    ),
    (
        "recordings show no password",
        &[
            "core/src/trace/tests/logins.rs::a_wrong_password_is_hidden_where_it_is_given",
            "core/src/trace/tests/logins.rs::what_guests_give_is_hidden_on_its_way_in_and_up",
        ],
    ),
];
