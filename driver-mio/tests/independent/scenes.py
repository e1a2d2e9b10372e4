"""Scenes of two people: contacts, texts, presence, several sessions of one account.

Written from the description of the protocol alone (core/docs/imo-protocol.md: "Calls", "Notices", "Messages",
"Calls that ring"), never from the program. Never shares an account with another scene.
"""

import statistics
import time
from typing import Callable

from answers import demand
from link import Client, Place, acquaint, drawn

AWKWARD = [
    "plain",
    "\U0001f600 and \U0010ffff, \u00e9, \u4e2d, \u200f, e\u0301",
    'quotes " and \' and \\ and \\" and \\u0041 and \\ud83d',
    "lines\nand\r\nmore\ttabs",
    "100% + 50%25 & a=b &amp; <b>bold</b> ?q#f;x",
    "  spaces at both ends  ",
    "\u0001\u001f\u007f\u2028",
    '{"ssid":"nothing"} [null]',
    "null",
    "x" * 30_000,
    "\u00fc\U0001f600" * 5_000,
]


def contacts(place: Place) -> None:
    anna, bert = Client(place, "anna.c").login(), Client(place, "bert.c").login()
    anna.im("add_buddy", buid="bert.c", group="Offline")
    anna.expect("buddy_added", buid="bert.c", auth="pending", primitive="offline")
    bert.expect("buddy_request", buid="anna.c")
    bert.im("auth_add", buid="anna.c")
    anna.expect("buddy_status", buid="bert.c", auth="granted", primitive="available")
    bert.expect("buddy_added", buid="anna.c", primitive="available")

    bert.status("away", "tea & \U0001f600")
    anna.expect("buddy_status", buid="bert.c", primitive="away", status="tea & \U0001f600")
    bert.status("busy")
    anna.expect("buddy_status", buid="bert.c", primitive="busy")
    bert.status("invisible")
    anna.expect("buddy_status", buid="bert.c", primitive="offline")
    bert.status("available")
    anna.expect("buddy_status", buid="bert.c", primitive="available")
    anna.im("change_buddy_alias", buid="bert.c", alias='B\u00e9rt "\U0001f600"')
    anna.expect("buddy_status", buid="bert.c", alias='B\u00e9rt "\U0001f600"', primitive="available")

    anna.im("block_buddy", buid="bert.c")
    bert.expect_error("blocked", bert.say("anna.c", "behind a wall"))
    anna.im("unblock_buddy", buid="bert.c")
    bert.say("anna.c", "the wall is gone")
    demand(anna.texts(1) == ["the wall is gone"], "a blocked text was delivered")

    bert.sign_off()
    anna.expect("buddy_status", buid="bert.c", primitive="offline")
    bert = Client(place, "bert.c").login()
    anna.expect("buddy_status", buid="bert.c", primitive="available")
    bert.expect("buddy_added", buid="anna.c", primitive="available")
    anna.im("del_buddy", buid="bert.c", group="Skype")
    anna.expect("buddy_removed", buid="bert.c")
    anna.sign_off()
    again = Client(place, "anna.c").login()
    acquaint(again, Client(place, "dora.c").login())  # By then all of the login has come.
    with again.news:
        entries = [
            one["buid"] for _, _, data in again.events if data.get("name") == "buddy_added" for one in data["edata"]
        ]
    demand("bert.c" not in entries, "who was taken off the list is back")


def requests_for_authorisation(place: Place) -> None:
    Client(place, "anna.r").login().sign_off()
    bert, carl = Client(place, "bert.r").login(), Client(place, "carl.r").login()
    bert.im("add_buddy", buid="anna.r", group="Offline")
    bert.expect("buddy_added", buid="anna.r", auth="pending")
    carl.im("add_buddy", buid="anna.r", group="Offline")
    carl.expect("buddy_added", buid="anna.r", auth="pending")
    bert.sign_off()
    bert = Client(place, "bert.r").login()
    bert.expect("buddy_added", buid="anna.r", auth="pending", primitive="offline")
    anna = Client(place, "anna.r").login()
    anna.expect("buddy_request", buid="bert.r")
    anna.expect("buddy_request", buid="carl.r")
    anna.im("auth_deny", buid="bert.r")
    anna.im("auth_block", buid="carl.r")
    carl.expect_error("blocked", carl.say("anna.r", "let me in"))
    anna.sign_off()
    anna = Client(place, "anna.r").login()
    acquaint(anna, Client(place, "dora.r").login())  # By then all of the login has come.
    anna.none("buddy_request")


def texts(place: Place) -> None:
    anna, bert = Client(place, "anna.t").login(), Client(place, "bert.t").login()
    acquaint(anna, bert)
    begin = int(time.time())
    late = []
    for one, other in ((anna, bert), (bert, anna)):
        for text in AWKWARD:
            known = one.say(other.user, text)
            replied = time.monotonic()
            if place.dialect == "v1":
                when, result = one.expect_result(known)
                demand(begin <= result["response"]["timestamp"] <= time.time() + 1, f"{result}")
                late.append(when - replied)
        for text in AWKWARD:
            found = other.expect("recv_im", buid=one.user)["edata"]
            demand(found["msg"] == text, f"{found['msg'][:80]!r} is not {text[:80]!r}")
            demand(begin <= found["timestamp"] <= time.time() + 1, f"said at {found['timestamp']}")
            demand("author" not in found, "a text between two has an author")
    if late:
        # Without a `mid` a result comes 20 ms after the reply. A busy machine may let a few look earlier.
        demand(statistics.median(late) > 0.015, f"results come {late} s after their replies")
    # Old clients take a text for a topic where it is the same as `alias`, also between two.
    anna.say("bert.t", "anna.t")
    found = bert.expect("recv_im", msg="anna.t")["edata"]
    demand(found["alias"] != found["msg"], f"old clients take {found} for a topic")
    for text in ("one", "two", "three"):
        anna.say("bert.t", text)
    demand(bert.texts(3) == ["one", "two", "three"], "the order is lost")


def the_same_text_under_one_name(place: Place) -> None:
    anna, bert = Client(place, "anna.m").login(), Client(place, "bert.m").login()
    acquaint(anna, bert)
    mid = drawn(16)
    for _ in range(2):
        known = anna.say("bert.m", "only once", mid)
        if place.dialect == "v1":
            demand("response" in anna.expect_result(known)[1], "a known message is not answered as if it were new")
    found = bert.expect("recv_im")["edata"]
    demand((found["msg"], found.get("mid")) == ("only once", mid), f"{found}")
    anna.close()
    anna = Client(place, "anna.m").login()
    anna.say("bert.m", "only once", mid)
    anna.say("bert.m", "after it", drawn(16))
    demand(bert.texts(1) == ["after it"], "a message was delivered twice")


def absence(place: Place) -> None:
    anna, bert = Client(place, "anna.o").login(), Client(place, "bert.o").login()
    acquaint(anna, bert)
    bert.sign_off()
    for text in ("first \U0001f600", "second"):
        known = anna.say("bert.o", text)
        if place.dialect == "v1":
            demand("response" in anna.expect_result(known)[1], "a text to somebody who is away is refused")
    said = time.time()
    time.sleep(1.1)
    bert = Client(place, "bert.o").login()
    for text in ("first \U0001f600", "second"):
        found = bert.expect("recv_im", buid="anna.o")["edata"]
        demand(found["msg"] == text and found["timestamp"] <= said, f"{found}, said before {said}")
    anna.say("bert.o", "third")
    demand(bert.texts(1) == ["third"], "something was delivered twice")
    bert.sign_off()

    # What waits in a session that died is given to the next one.
    dying = Client(place, "bert.o").login()
    dying.expect("buddy_added", buid="anna.o")
    dying.none("recv_im")
    dying.close()
    anna.say("bert.o", "are you alive?")
    bert = Client(place, "bert.o").login()
    anna.say("bert.o", "hello")
    demand(bert.texts(2) == ["are you alive?", "hello"], "what waits in a dead session is lost")


def several_sessions(place: Place) -> None:
    desk, phone = Client(place, "anna.s").login(), Client(place, "anna.s").login()
    bert = Client(place, "bert.s").login()
    acquaint(desk, bert)
    phone.expect("buddy_added", buid="bert.s")
    mid = drawn(16)
    desk.say("bert.s", "from the desk \U0001f600", mid)
    event = phone.expect("reflect", r_name="send_im", buid="bert.s", msg="from the desk \U0001f600")
    demand(event["type"] == "conv" and event["edata"].get("mid") == mid, f"{event}")
    demand(bert.texts(1) == ["from the desk \U0001f600"], "the text did not come")
    bert.say("anna.s", "to both")
    for one in (desk, phone):
        demand(one.texts(1) == ["to both"], "one of two sessions got no text")
    phone.status("away", "under way")
    event = desk.expect("reflect", r_name="set_status", primitive="away", status="under way")
    demand(event["type"] == "account", f"{event}")
    bert.expect("buddy_status", buid="anna.s", primitive="away", status="under way")
    desk.sign_off()
    phone.say("bert.s", "still here")
    demand(bert.texts(1) == ["still here"], "the other session has ended too")
    bert.say("anna.s", "good")
    demand(phone.texts(1) == ["good"], "the other session has ended too")
    phone.none("reflect")


def typing_and_calls(place: Place) -> None:
    anna, bert = Client(place, "anna.k").login(), Client(place, "bert.k").login()
    acquaint(anna, bert)
    for state in ("typing", "typed", "not_typing"):
        anna.im("im_typing", buid="bert.k", typing_state=state)
        bert.expect("typing", buid="anna.k", typing_state=state)
    for answered in (False, True):
        anna.ask("start_audio_chat", "av", anna.P(buid="bert.k"))
        event = bert.expect("streams_info", buid="anna.k", is_initiator=False)
        demand(event["type"] in ("call", "video", "av"), f"{event}")
        if answered:
            bert.ask("answer_audio_chat", "av", bert.P(buid="anna.k"))
        anna.ask("end_audio_chat", "av", anna.P(buid="bert.k"))
        demand(bert.expect("ended", buid="anna.k")["type"] in ("call", "video"), "a call ended without its type")


SCENES: dict[str, Callable[[Place], None]] = {
    "contacts": contacts,
    "requests_for_authorisation": requests_for_authorisation,
    "texts": texts,
    "the_same_text_under_one_name": the_same_text_under_one_name,
    "absence": absence,
    "several_sessions": several_sessions,
    "typing_and_calls": typing_and_calls,
}
