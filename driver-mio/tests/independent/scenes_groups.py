"""Scenes of three people in a group chat.

Written from the description of the protocol alone (core/docs/imo-protocol.md: "Group chats"), never
from the program. Never shares an account with another scene.
"""

import time
from typing import Any, Callable

from answers import PROTO, Json, demand
from link import Client, Place, acquaint, drawn


def entries(client: Client, gid: str | None, name: str = "") -> list[Json]:
    """Waits for the `buddy_added` that begins with a group, known by its id or the name it was made with."""

    def fits(system: str, data: Any) -> bool:
        if system != "im" or data["name"] != "buddy_added":
            return False
        first = data["edata"][0]
        return bool(
            first["buid"] == f"{gid};"
            if gid
            else first["buid"].endswith(";") and name in (first["alias"], first["display"])
        )

    found = client._wait(fits, f"buddy_added that begins with the group {gid or name}")[1]["edata"]
    group = found[0]["buid"]
    demand(all(one["buid"].startswith(group) for one in found), f"a group comes together with others: {found}")
    return list(found)


def members(found: list[Json]) -> set[str]:
    return {one["buid"].split(";")[1] for one in found[1:]}


def make(anna: Client, *others: Client) -> str:
    """A group of all of them. Gives its bare id."""
    name = f"room {drawn(8)}"
    anna.im("create_shared_group", is_native=False, name=name)
    found = entries(anna, None, name)
    gid = str(found[0]["buid"][:-1])
    demand(";" not in gid and members(found) <= {anna.user}, f"{found}")
    for other in others:
        anna.im("invite_to_group", gid=gid, iproto=PROTO, iuid=anna.user, ibuid=other.user)
        anna.expect("buddy_added", buid=f"{gid};{other.user};{PROTO}")
        found = entries(other, gid)
        if anna.user not in members(found):
            other.expect("buddy_added", buid=f"{gid};{anna.user};{PROTO}")
    return gid


def hear(client: Client, gid: str, author: str, text: str, topic: bool) -> Json:
    """The next text must be this one."""
    found: Json = client.expect("recv_im")["edata"]
    right = found["msg"] == text and found.get("author") == author and found.get("topic") is topic
    demand((found["alias"] == text) is topic, f"old clients take {found} for what it is not")
    demand(
        right and found["buid"] in (f"{gid};", f"{gid};{author};{PROTO}"),
        f"{client.user} got {found}, not {text!r} of {author}",
    )
    return found


def group(place: Place) -> None:
    anna, bert, carl = (Client(place, name).login() for name in ("anna.g", "bert.g", "carl.g"))
    acquaint(anna, bert)
    acquaint(anna, carl)
    gid = make(anna, bert, carl)
    bert.expect("buddy_added", buid=f"{gid};carl.g;{PROTO}")
    bert.forget_events()
    for sender, text in ((anna, 'hello\n\U0001f600 100% + & "'), (bert, "hi"), (carl, "y" * 30_000)):
        known = sender.say(f"{gid};", text)
        if place.dialect == "v1":
            demand("response" in sender.expect_result(known)[1], "a text to a group is refused")
        for other in {anna, bert, carl} - {sender}:
            hear(other, gid, sender.user, text, topic=False)
    for one in (anna, bert, carl):
        one.none("recv_im")

    bert.im("set_group_topic", gid=gid, topic="Tea & \U0001f600")
    for other in (anna, carl):
        hear(other, gid, "bert.g", "Tea & \U0001f600", topic=True)
        other.expect("buddy_status", buid=f"{gid};", display="Tea & \U0001f600")
    for text in ("Tea & \U0001f600", "carl.g", "carl.g "):
        carl.say(f"{gid};", text)
        for other in (anna, bert):
            hear(other, gid, "carl.g", text, topic=False)

    anna.im("kick_member", buid=f"{gid};carl.g;{PROTO}")
    for one in (anna, bert):
        one.expect("buddy_removed", buid=f"{gid};carl.g;{PROTO}")
    found = carl.expect("buddy_removed")["edata"]["buid"]
    demand(found in (f"{gid};", f"{gid};carl.g;{PROTO}"), f"who is taken out is told of {found}")
    carl.expect_error("not_a_member", carl.say(f"{gid};", "I am still there"))
    bert.im("leave_group", gid=gid)
    bert.expect("buddy_removed", buid=f"{gid};")
    anna.expect("buddy_removed", buid=f"{gid};bert.g;{PROTO}")
    bert.expect_error("not_a_member", bert.say(f"{gid};", "so am I"))
    anna.none("recv_im")
    anna.expect_error("no_such_group", anna.say("no-such-group;", "anybody?"))


def group_and_absence(place: Place) -> None:
    """A group outlives sessions, and keeps texts for who is away."""
    anna, bert = Client(place, "anna.h").login(), Client(place, "bert.h").login()
    acquaint(anna, bert)
    gid = make(anna, bert)
    bert.sign_off()
    anna.im("set_group_topic", gid=gid, topic="Cake")
    anna.say(f"{gid};", "where are you?")
    time.sleep(0.1)
    bert = Client(place, "bert.h").login()
    found = entries(bert, gid)
    demand(found[0]["display"] == "Cake", f"the topic is {found[0]['display']!r}")
    if members(found) != {"anna.h", "bert.h"}:
        demand(members(found) < {"anna.h", "bert.h"}, f"{found}")
        for user in {"anna.h", "bert.h"} - members(found):
            bert.expect("buddy_added", buid=f"{gid};{user};{PROTO}")
    text = bert.expect("recv_im", msg="where are you?")["edata"]
    demand(text["author"] == "anna.h", f"{text}")
    also = Client(place, "bert.h").login()
    entries(also, gid)
    bert.say(f"{gid};", "here")
    hear(anna, gid, "bert.h", "here", topic=False)
    also.expect("reflect", r_name="send_im", buid=f"{gid};", msg="here")


SCENES: dict[str, Callable[[Place], None]] = {"group": group, "group_and_absence": group_and_absence}
