//! Rows of groups of contacts.
//! Never about chats of several.

use crate::stage::Stage;

/// alice makes a group of this name. Gives its number.
fn make(stage: &mut Stage, name: &str) -> String {
    stage.asks(
        &format!("CREATE GROUP {name}"),
        &format!("CREATE GROUP {name}"),
    );
    let line = stage.hears("alice", "GROUP * TYPE CUSTOM_GROUP");
    number(&line)
}

fn number(line: &str) -> String {
    let number = line.split(' ').nth(1).expect("the second word");
    assert!(
        number.parse::<u32>().is_ok_and(|number| number > 0),
        "{line}"
    );
    number.to_owned()
}

/// The number of the group of this type, which is always there.
fn hardwired(stage: &mut Stage, kind: &str) -> String {
    let list = stage.asks("SEARCH GROUPS HARDWIRED", "GROUPS *");
    let numbers = list["GROUPS ".len()..].split(", ").map(str::to_owned);
    for number in numbers.collect::<Vec<_>>() {
        let asked = format!("GROUP {number} TYPE ");
        let reply = stage.asks(&format!("GET {asked}"), &format!("{asked}*"));
        if reply[asked.len()..] == *kind {
            return number;
        }
    }
    panic!("no group is {kind}");
}

/// Asks for a property of a group.
fn get(stage: &mut Stage, group: &str, property: &str, value: &str) {
    stage.asks(
        &format!("GET GROUP {group} {property}"),
        &format!("GROUP {group} {property} {value}"),
    );
}

rows! {
    a_group_is_made_and_all_clients_of_the_user_are_told plays [
        "CREATE GROUP", "GET GROUP", "GROUP TYPE", "GROUP DISPLAYNAME", "GROUP USERS", "GROUP NROFUSERS",
        "GROUP NROFUSERS_ONLINE", "GROUP CUSTOM_GROUP_ID", "GROUP VISIBLE", "GROUP EXPANDED",
        "notice GROUP NROFUSERS", "notice GROUP DISPLAYNAME",
    ] |stage| {
        let other = stage.second_client("alice");
        stage.asks("create  group My  friends, at work", "CREATE GROUP My  friends, at work");
        let group = number(&stage.hears("alice", "GROUP * TYPE CUSTOM_GROUP"));
        for line in ["NROFUSERS 0", "CUSTOM_GROUP_ID ", "DISPLAYNAME My  friends, at work", "USERS "] {
            stage.hears("alice", &format!("GROUP {group} {line}"));
            stage.hears(&other, &format!("GROUP {group} {line}"));
        }
        for (property, value) in [
            ("TYPE", "CUSTOM_GROUP"),
            ("DISPLAYNAME", "My  friends, at work"),
            ("USERS", ""),
            ("NROFUSERS", "0"),
            ("NROFUSERS_ONLINE", "0"),
            ("CUSTOM_GROUP_ID", ""),
            ("VISIBLE", "TRUE"),
            ("EXPANDED", "TRUE"),
        ] {
            get(stage, &group, property, value);
            let lower = property.to_lowercase();
            stage.asks(&format!("get group  {group}  {lower} "), &format!("GROUP {group} {property} {value}"));
        }
        stage.refused("CREATE GROUP", 537);
        stage.never_heard(&["bob"], &["GROUP *"]);
    };

    people_are_put_into_a_group_and_taken_out plays [
        "ALTER GROUP ADDUSER", "ALTER GROUP REMOVEUSER", "GROUP USERS", "GROUP NROFUSERS", "GROUP NROFUSERS_ONLINE",
        "notice GROUP NROFUSERS",
    ] |stage| {
        stage.add_carol();
        let other = stage.second_client("alice");
        let group = make(stage, "friends");
        stage.asks(&format!("alter group {group} adduser Bob "), &format!("ALTER GROUP {group} ADDUSER Bob"));
        stage.hears("alice", &format!("GROUP {group} NROFUSERS 1"));
        stage.hears(&other, &format!("GROUP {group} NROFUSERS 1"));
        stage.asks(&format!("ALTER GROUP {group} ADDUSER carol"), &format!("ALTER GROUP {group} ADDUSER carol"));
        stage.hears("alice", &format!("GROUP {group} NROFUSERS 2"));
        get(stage, &group, "USERS", "bob, carol");
        get(stage, &group, "NROFUSERS", "2");
        get(stage, &group, "NROFUSERS_ONLINE", "2");
        stage.asks_as("bob", "SET USERSTATUS OFFLINE", "USERSTATUS OFFLINE");
        stage.hears("alice", "USER bob ONLINESTATUS OFFLINE");
        get(stage, &group, "NROFUSERS_ONLINE", "1");
        // Who is in it already is no news, and who is not cannot be taken out.
        let told = stage.world.person(&other).count("GROUP * NROFUSERS *");
        stage.asks(&format!("ALTER GROUP {group} ADDUSER carol"), &format!("ALTER GROUP {group} ADDUSER carol"));
        stage.asks(&format!("ALTER GROUP {group} REMOVEUSER dave"), &format!("ALTER GROUP {group} REMOVEUSER dave"));
        stage.asks_as(&other, "PING", "PONG");
        assert_eq!(stage.world.person(&other).count("GROUP * NROFUSERS *"), told);
        let remove = format!("ALTER GROUP {group} REMOVEUSER BOB");
        stage.asks(&remove, &remove);
        stage.hears("alice", &format!("GROUP {group} NROFUSERS 1"));
        get(stage, &group, "USERS", "carol");
        // No line about the members themselves, or about how many of them are there, is ever said.
        let unsaid = ["GROUP * USERS *bob*", "GROUP * USERS carol", "GROUP * NROFUSERS_ONLINE *"];
        stage.never_heard(&["alice", &other], &unsaid);
        stage.refused(&format!("ALTER GROUP {group} ADDUSER 1:2"), 8);
        stage.refused(&format!("ALTER GROUP {group} ADDUSER"), 8);
        stage.refused("ALTER GROUP 4711 ADDUSER bob", 562);
        stage.refused("ALTER GROUP friends ADDUSER bob", 562);
    };

    a_group_gets_another_name plays ["SET GROUP DISPLAYNAME", "GROUP DISPLAYNAME", "notice GROUP DISPLAYNAME"] |stage| {
        let other = stage.second_client("alice");
        let group = make(stage, "friends");
        let line = format!("GROUP {group} DISPLAYNAME \u{fc}ber;  #1");
        stage.asks(&format!("set group {group} displayname \u{fc}ber;  #1"), &line);
        stage.hears("alice", &line);
        stage.hears(&other, &line);
        stage.asks(&format!("GET GROUP {group} DISPLAYNAME"), &line);
        stage.refused(&format!("SET GROUP {group} USERS bob"), 564);
        stage.refused("SET GROUP x DISPLAYNAME y", 562);
    };

    a_group_is_taken_away plays ["DELETE GROUP", "notice DELETED GROUP"] |stage| {
        let other = stage.second_client("alice");
        let group = make(stage, "friends");
        stage.asks(&format!("ALTER GROUP {group} ADDUSER bob"), "ALTER GROUP *");
        stage.asks("SEARCH GROUPS CUSTOM", &format!("GROUPS {group}"));
        stage.asks(&format!("delete group {group} "), &format!("DELETE GROUP {group}"));
        stage.hears("alice", &format!("DELETED GROUP {group}"));
        stage.hears(&other, &format!("DELETED GROUP {group}"));
        stage.asks("SEARCH GROUPS CUSTOM", "GROUPS ");
        stage.refused(&format!("GET GROUP {group} USERS"), 562);
        stage.refused(&format!("DELETE GROUP {group}"), 562);
        stage.asks("SEARCH FRIENDS", "USERS bob, echo123");
        stage.starts_again("alice");
        stage.asks("SEARCH GROUPS CUSTOM", "GROUPS ");
    };

    groups_outlive_the_program_and_keep_their_numbers plays [
        "CREATE GROUP", "SET GROUP DISPLAYNAME", "ALTER GROUP ADDUSER", "ALTER GROUP REMOVEUSER",
    ] |stage| {
        stage.add_carol();
        let group = make(stage, "friends");
        for change in ["ADDUSER bob", "ADDUSER carol", "REMOVEUSER bob"] {
            stage.asks(&format!("ALTER GROUP {group} {change}"), &format!("ALTER GROUP {group} {change}"));
        }
        stage.asks(&format!("SET GROUP {group} DISPLAYNAME pals"), "GROUP *");
        stage.starts_again("alice");
        stage.asks("SEARCH GROUPS CUSTOM", &format!("GROUPS {group}"));
        get(stage, &group, "DISPLAYNAME", "pals");
        get(stage, &group, "USERS", "carol");
        let next = make(stage, "more");
        assert_ne!(next, group);
    };

    some_groups_are_always_there plays ["GET GROUP", "GROUP TYPE", "GROUP USERS", "GROUP NROFUSERS"] |stage| {
        for (kind, users) in [
            ("ALL_FRIENDS", "bob, echo123"),
            ("SKYPE_FRIENDS", "bob, echo123"),
            ("SKYPEOUT_FRIENDS", ""),
            ("USERS_BLOCKED_BY_ME", ""),
            ("USERS_WAITING_MY_AUTHORIZATION", ""),
            ("UNGROUPED_FRIENDS", "bob, echo123"),
        ] {
            let group = hardwired(stage, kind);
            get(stage, &group, "USERS", users);
            let count = users.split(", ").filter(|user| !user.is_empty()).count();
            get(stage, &group, "NROFUSERS", &count.to_string());
            stage.refused(&format!("DELETE GROUP {group}"), 562);
            stage.refused(&format!("ALTER GROUP {group} ADDUSER dave"), 562);
        }
        stage.asks("SET USER bob ISBLOCKED TRUE", "USER bob ISBLOCKED TRUE");
        let blocked = hardwired(stage, "USERS_BLOCKED_BY_ME");
        get(stage, &blocked, "USERS", "bob");
        let group = make(stage, "friends");
        stage.asks(&format!("ALTER GROUP {group} ADDUSER bob"), "ALTER GROUP *");
        let rest = hardwired(stage, "UNGROUPED_FRIENDS");
        get(stage, &rest, "USERS", "echo123");
    };

    groups_are_not_shared plays ["ALTER GROUP SHARE", "ALTER GROUP ACCEPT", "ALTER GROUP DECLINE"] |stage| {
        let group = make(stage, "friends");
        for action in ["SHARE", "SHARE look who is in it", "ACCEPT", "decline", "BURN"] {
            stage.refused(&format!("ALTER GROUP {group} {action}"), 527);
        }
        get(stage, &group, "TYPE", "CUSTOM_GROUP");
    };

    questions_about_no_group_have_their_numbers plays ["GET GROUP"] |stage| {
        for line in ["GET GROUP", "GET GROUP x TYPE", "GET GROUP 4711 TYPE", "GET GROUP 0 USERS", "GET GROUP -1 TYPE"] {
            stage.refused(line, 562);
        }
        let group = make(stage, "friends");
        stage.refused(&format!("GET GROUP {group}"), 564);
        stage.refused(&format!("GET GROUP {group} COLOUR"), 564);
    };
}
