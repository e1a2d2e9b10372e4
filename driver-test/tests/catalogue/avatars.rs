//! Rows of pictures: the own one and those of contacts.
//! Never about how a file gets through a transport.

use crate::town::{SECONDS, host};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\npicture of alice";

rows! {
    a_picture_that_is_set_here_is_written_there plays [
        "GET AVATAR", "SET AVATAR", "GET USER AVATAR", "USER AVATAR",
    ] |stage| {
        let (alice, bob) = (stage.at_home("alice"), stage.at_home("bob"));
        stage.asks_as(&bob, "GET USER alice AVATAR 1 none.png", "ERROR 122 *");
        stage.world.folder(&host("alice")).put("me too.png", PNG);
        stage.asks_as(&alice, "set avatar  1 /pictures/me too.png:1", "AVATAR 1 /pictures/me too.png");
        stage.world.run_for(SECONDS(2));
        stage.asks_as(&bob, "get user Alice avatar 1 her face.png", "USER Alice AVATAR 1 her face.png");
        assert_eq!(stage.world.folder(&host("bob")).get("her face.png"), Some(PNG));
        stage.asks_as(&alice, "get avatar 1 mine.png", "AVATAR 1 mine.png");
        assert_eq!(stage.world.folder(&host("alice")).get("mine.png"), Some(PNG));
        stage.asks_as(&alice, "SET AVATAR 1", "AVATAR 1 ");
        stage.world.run_for(SECONDS(2));
        stage.asks_as(&bob, "GET USER alice AVATAR 1 gone.png", "ERROR 122 *");
        assert_eq!(stage.world.folder(&host("bob")).get("gone.png"), None);
    };

    what_cannot_be_read_or_written_has_its_number plays [
        "GET AVATAR", "SET AVATAR", "GET USER AVATAR",
    ] |stage| {
        let (alice, bob) = (stage.at_home("alice"), stage.at_home("bob"));
        stage.world.folder(&host("alice")).put("me.png", PNG);
        stage.world.folder(&host("bob")).put("full", b"something");
        stage.asks_as(&alice, "SET AVATAR 1 me.png", "AVATAR 1 me.png");
        stage.world.run_for(SECONDS(2));
        for (line, code) in [
            ("GET USER alice AVATAR 1 full", 124),
            ("GET USER alice AVATAR 1 ../x.png", 121),
            ("GET USER alice AVATAR 1", 121),
            ("GET USER alice AVATAR 2 x.png", 114),
            ("GET USER alice AVATAR", 114),
            ("GET USER nobody AVATAR 1 x.png", 122),
            ("GET USER b:b AVATAR 1 x.png", 8),
            ("GET AVATAR 1 x.png", 122),
            ("GET AVATAR 2 x.png", 114),
            ("SET AVATAR 1 nothing.png", 111),
            ("SET AVATAR 0 me.png", 114),
        ] {
            stage.asks_as(&bob, line, &format!("ERROR {code} *"));
        }
        assert_eq!(stage.world.folder(&host("bob")).len(), 1);
    };
}
