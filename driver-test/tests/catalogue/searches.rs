//! Rows of what can be searched for: people, groups, calls, and what there is none of.
//! Never about chats and messages.

use crate::scenes::{call, forget};
use crate::stage::Stage;

/// The items of a list that alice asks for.
fn items(stage: &mut Stage, search: &str, name: &str) -> Vec<String> {
    let reply = stage.asks(search, &format!("{name} *"));
    let list = &reply[name.len() + 1..];
    let items = list.split(", ").filter(|item| !item.is_empty());
    items.map(str::to_owned).collect()
}

rows! {
    contacts_are_found plays ["SEARCH FRIENDS"] |stage| {
        stage.add_carol();
        assert_eq!(items(stage, "SEARCH FRIENDS", "USERS"), ["bob", "carol", "echo123"]);
        assert_eq!(items(stage, "search  friends ", "USERS").len(), 3);
        stage.asks_as("bob", "SEARCH FRIENDS", "USERS alice, echo123");
        stage.refused("SEARCH FRIENDS bob", 67);
        for name in ["bob", "carol", "echo123"] {
            let gone = format!("USER {name} BUDDYSTATUS 1");
            stage.asks(&format!("SET {gone}"), &gone);
            stage.hears("alice", &gone);
        }
        stage.asks("SEARCH FRIENDS", "USERS ");
    };

    people_are_found_by_a_text plays ["SEARCH USERS"] |stage| {
        stage.add_carol();
        // bob does not know carol.
        stage.asks_as("bob", "SEARCH USERS carol", "USERS carol");
        stage.asks("Search Users bob", "USERS bob");
        stage.asks("SEARCH USERS whoever that is", "USERS ");
        stage.refused("SEARCH USERS", 4);
        stage.refused("SEARCH USERS ", 4);
    };

    whoever_waits_to_be_authorised_is_found plays ["SEARCH USERSWAITINGMYAUTHORIZATION"] |stage| {
        stage.add_carol();
        let search = "SEARCH USERSWAITINGMYAUTHORIZATION";
        stage.asks_as("carol", search, "USERS ");
        stage.asks_as("bob", "SET USER carol BUDDYSTATUS 2 hi", "USER carol BUDDYSTATUS 2");
        stage.hears("carol", "USER bob RECEIVEDAUTHREQUEST hi");
        stage.asks_as("carol", search, "USERS bob");
        stage.asks_as("carol", "SET USER bob ISAUTHORIZED TRUE", "USER bob ISAUTHORIZED TRUE");
        stage.asks_as("carol", search, "USERS ");
        stage.refused("SEARCH USERSWAITINGMYAUTHORIZATION bob", 29);
    };

    groups_are_found_by_their_kind plays [
        "SEARCH GROUPS", "SEARCH GROUPS ALL", "SEARCH GROUPS CUSTOM", "SEARCH GROUPS HARDWIRED",
    ] |stage| {
        stage.asks("SEARCH GROUPS CUSTOM", "GROUPS ");
        stage.asks("CREATE GROUP tea and cake", "CREATE GROUP tea and cake");
        let custom = items(stage, "SEARCH GROUPS CUSTOM", "GROUPS");
        assert_eq!(custom.len(), 1);
        let line = format!("GET GROUP {} DISPLAYNAME", custom[0]);
        stage.asks(&line, "GROUP * DISPLAYNAME tea and cake");
        let hardwired = items(stage, "search groups hardwired", "GROUPS");
        assert!(!hardwired.is_empty() && !hardwired.contains(&custom[0]));
        for group in &hardwired {
            let kind = stage.asks(&format!("GET GROUP {group} TYPE"), "GROUP * TYPE *");
            assert!(!kind.ends_with("CUSTOM_GROUP"), "{kind}");
        }
        let both = [hardwired, custom].concat();
        assert_eq!(items(stage, "SEARCH GROUPS ALL", "GROUPS"), both);
        assert_eq!(items(stage, "SEARCH GROUPS", "GROUPS"), both);
        stage.refused("SEARCH GROUPS MINE", 561);
    };

    calls_are_found plays ["SEARCH CALLS", "SEARCH ACTIVECALLS", "SEARCH MISSEDCALLS"] |stage| {
        for search in ["SEARCH CALLS", "SEARCH CALLS ", "SEARCH ACTIVECALLS", "SEARCH MISSEDCALLS"] {
            stage.asks(search, "CALLS ");
        }
        let (first, theirs) = call(stage);
        stage.asks("SEARCH ACTIVECALLS", &format!("CALLS {first}"));
        stage.asks_as("bob", "search activecalls", &format!("CALLS {theirs}"));
        let hangup = format!("ALTER CALL {first} HANGUP");
        stage.asks("SEARCH MISSEDCALLS", "CALLS ");
        stage.asks(&hangup, &hangup);
        stage.hears("bob", &format!("CALL {theirs} STATUS MISSED"));
        stage.asks_as("bob", "SEARCH MISSEDCALLS", &format!("CALLS {theirs}"));
        stage.asks_as("bob", "SEARCH ACTIVECALLS", "CALLS ");
        forget(stage, "alice");
        let (second, _) = call(stage);
        for search in ["SEARCH CALLS", "SEARCH CALLS bob", "SEARCH CALLS Bob "] {
            let found = items(stage, search, "CALLS");
            assert_eq!(found, [second.clone(), first.clone()], "the latest first");
        }
        stage.asks("SEARCH CALLS carol", "CALLS ");
        stage.asks("SEARCH CALLS +4930123", "CALLS ");
        stage.refused("SEARCH CALLS b/b", 5);
        stage.refused("SEARCH ACTIVECALLS bob", 3);
        stage.refused("SEARCH MISSEDCALLS bob", 6);
    };

    what_there_is_none_of_is_an_empty_list plays [
        "SEARCH VOICEMAILS", "SEARCH MISSEDVOICEMAILS", "SEARCH SMSS", "SEARCH MISSEDSMSS",
        "SEARCH FILETRANSFERS", "SEARCH ACTIVEFILETRANSFERS",
    ] |stage| {
        for (search, list) in [
            ("VOICEMAILS", "VOICEMAILS "),
            ("MISSEDVOICEMAILS", "VOICEMAILS "),
            ("SMSS", "SMSS "),
            ("MISSEDSMSS", "SMSS "),
            ("FILETRANSFERS", "FILETRANSFERS "),
            ("ACTIVEFILETRANSFERS", "FILETRANSFERS "),
        ] {
            stage.asks(&format!("SEARCH {search}"), list);
            stage.asks(&format!("search   {} ", search.to_lowercase()), list);
        }
        stage.refused("SEARCH VOICEMAILS bob", 29);
        stage.refused("SEARCH MISSEDVOICEMAILS bob", 29);
    };

    what_cannot_be_searched_for_is_refused plays ["SEARCH GREETING", "SEARCH anything else"] |stage| {
        stage.refused("SEARCH GREETING bob", 535);
        stage.refused("SEARCH GREETING b/b", 534);
        stage.refused("SEARCH GREETING", 534);
        for search in ["SEARCH", "SEARCH ", "SEARCH CAKE", "SEARCH FRIEND"] {
            stage.refused(search, 3);
        }
    };
}
