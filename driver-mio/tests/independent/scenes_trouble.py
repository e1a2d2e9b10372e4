"""Scenes of trouble: refusals, lost answers, repeated requests, sessions that are unknown, and clients of older years.

Written from the description of the protocol alone (core/docs/imo-protocol.md: "HTTP", "Delivery", "Refusals",
"Expiry", "Logging in", "Dialects"), never from the program. Never shares an account with another scene.
"""

import socket
import time
from typing import Any, Callable

import answers
from answers import Json, demand
from link import FORM, Client, Place, acquaint, drawn, exchange, form


def wrong_password(place: Place) -> None:
    Client(place, "anna.w").login().sign_off()
    wrong = Client(place, "anna.w", "secret-2")
    wrong.begin_login()
    wrong.start()
    wrong.expect("disconnect", msg="uidpassword")
    wrong.im("get_unread_msgs")  # The session stays valid.
    wrong.none("signed_on")
    wrong.close()
    Client(place, "anna.w").login()


def errors(place: Place) -> None:
    stranger = Client(place, "anna.e")
    stranger.bootstrap()
    stranger.expect_error("not_signed_on", stranger.say("bert.e", "not yet"))
    anna = Client(place, "anna.e").login()
    anna.expect_error("unknown_user", anna.say("nobody.at.all", "hello"))
    numbered = place.dialect == "v1"
    anna.expect_error("unknown_user", anna.im("add_buddy", numbered, buid="nobody.at.all", group="Offline"))
    anna.expect_error("no_such_group", anna.im("leave_group", numbered, gid="none"))
    anna.expect_error("bad_request", anna.im("send_im", False, msg="to whom?"), numbered=False)
    anna.expect_error("bad_request", anna.im("send_im", numbered, msg="to whom?"))
    anna.expect_error("bad_request", anna.im("send_im", numbered, buid=["a"], msg=7))
    anna.expect_error("bad_request", anna.im("boil_tea", numbered))
    anna.expect_error("too_large", anna.say("echo123", "z" * 100_000))
    if numbered:
        demand(
            "response" in anna.expect_result(anna.im("get_unread_msgs", True))[1], "a numbered request has no result"
        )
    anna.none("error")


def repeated_requests(place: Place) -> None:
    anna, bert = Client(place, "anna.d").login(), Client(place, "bert.d").login()
    acquaint(anna, bert)

    def texts(*said: tuple[int, str]) -> bytes:
        return anna.envelope(
            [
                anna.message("send_im", "im", anna.P(buid="bert.d", msg=text), seq, place.dialect == "v1")
                for seq, text in said
            ]
        )

    first = anna.seq
    body = texts((first, "one"))
    for _ in range(3):
        anna.post(body, first + 1)
    anna.post(texts((first, "one"), (first + 1, "two")), first + 2)
    # The connection breaks before the answer: the same goes out again on another one.
    body = texts((first + 2, "three"))
    broken = place.connect()
    broken.request("POST", place.path("imo"), body, FORM)
    time.sleep(0.1)
    broken.close()
    anna.post(body, first + 3)
    # Two connections overtake each other; the later one alone counts for the `ack`.
    anna.post(texts((first + 4, "five")), first + 5)
    anna.post(texts((first + 3, "four")), first + 5)
    anna.post(texts((first + 4, "five")), first + 5)
    anna.seq = first + 5
    anna.say("bert.d", "six")
    demand(bert.texts(6) == ["one", "two", "three", "five", "four", "six"], "a request was doubled, or lost")
    bert.none("recv_im")


def lost_answers(place: Place) -> None:
    """Whatever no request has acknowledged comes again, and nothing else does: `poll` demands it."""
    anna, bert = Client(place, "anna.l").login(), Client(place, "bert.l")
    bert.begin_login()
    acquaint(anna, bert)
    while bert.poll():
        bert.take()
    begin = time.monotonic()
    demand(bert.poll() == [], "there is more to say")
    held = time.monotonic() - begin
    demand(place.hold - 0.3 < held < place.hold + 3, f"a poll was held for {held} s")

    for cut in (0, 1, 100):
        lane = place.connect()
        lane.request("POST", place.path("imo"), bert.envelope([]), FORM)
        time.sleep(0.1)
        anna.say("bert.l", f"cut after {cut}")
        if cut == 0:
            lane.close()
            continue
        assert isinstance(lane.sock, socket.socket)
        demand(len(lane.sock.recv(cut)) > 0, "a poll ended without an answer")
        lane.sock.close()
    again = bert.poll(place.connect())
    demand(len(again) == 3, f"three texts were said, and there is {again}")
    demand(again == bert.poll(), "the same poll has another answer")
    # A request acknowledges too. One with a lower `ack` takes nothing back.
    bert.ack += 1
    bert.say("anna.l", "got the first")
    demand(bert.poll()[:2] == again[1:], "what was acknowledged comes again")
    bert.post(
        bert.envelope([bert.message("observed_user_activity", "session", {"ssid": bert.ssid}, bert.seq, False)], 0),
        bert.seq + 1,
    )
    bert.seq += 1
    demand(bert.poll()[:2] == again[1:], "a lower ack has changed something")
    demand(bert.texts(2) == ["cut after 1", "cut after 100"], f"{again}")
    demand(anna.texts(1) == ["got the first"], "the request was lost")


def unknown_session(place: Place) -> None:
    Client(place, "anna.u").login().sign_off()
    anna = Client(place, "anna.u")
    anna.ssid, anna.seq, anna.ack = drawn(16), 57, 9
    data = {"ssid": anna.ssid}
    anna.post(anna.envelope([anna.message("observed_user_activity", "session", data, 57, False)]), 0)
    begin = time.monotonic()
    messages = anna.poll()
    took = time.monotonic() - begin
    demand(0.9 < took < 5, f"the poll of an unknown session was answered after {took} s")
    demand([one["data"]["name"] for one in messages] == ["expired"], f"{messages}")
    anna.ack += 1
    # The same session goes on, and its numbers with it.
    anna.seq = 58
    if place.dialect == "v0":
        anna.ask("cookie_login", "session", data)
    anna.ask("account_login", "im", anna.P(passwd=anna.password, captcha=None))
    anna.ask("observed_user_activity", "session", data)
    anna.start()
    anna.expect("signed_on")
    anna.say("echo123", "I am back")
    demand(anna.texts(1) == ["I am back"], "the session is not what it was")


def plain_http(place: Place) -> None:
    lane = place.connect()
    imo = place.path("imo")

    def check(status: int, verb: str, path: str, body: bytes | None = None, headers: Json = FORM) -> bytes:
        found, said = exchange(lane, verb, path, body, headers)
        demand(found == status, f"{verb} {path} {str(body)[:60]}: {found}, not {status}")
        if status in (400, 413):
            demand("error" in answers.parse(said), f"{verb} {path}: {said!r}")
        return said

    check(200, "GET", place.path(""))
    demand(check(404, "GET", place.path("b/none")) == b"", "a missing picture has a body")
    check(404, "GET", place.path("other"))
    check(404, "POST", place.path("other"), b"")
    check(405, "GET", imo)
    check(405, "PUT", imo, b"")
    check(405, "POST", place.path(""), b"")
    for body in (
        b"",
        b"hello",
        b"method=forward_to_server",
        b"method=forward_to_server&data=%7B",
        b"method=forward_to_server&data=%ff",
    ):
        check(400, "POST", imo, body)
    wrong: list[Any] = [[], 7, {}, {"ack": 0, "ssid": "x"}, {"ack": 0, "ssid": "a" * 17, "messages": 3}]
    for value in wrong:
        check(400, "POST", imo, form("forward_to_server", value))
    check(413, "POST", imo, b"method=forward_to_server&data=" + b"x" * 1_100_000)

    lane = place.connect()
    check(200, "POST", imo, form("echo", {"t": str(int(time.time() * 1000))}))
    anna = Client(place, "anna.p").login()
    message = anna.message(
        "send_im", "im", anna.P(buid="echo123", msg="spaces + plus % here"), anna.seq, place.dialect == "v1"
    )
    value = {"ack": 0, "ssid": anna.ssid, "messages": [message]}
    body = form("forward_to_server", value, plus=True)
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    said = check(200, "POST", imo, body, headers)
    demand(answers.reply(said, anna.ssid) == (anna.seq + 1, []), "the request was not taken")
    demand(anna.texts(1) == ["spaces + plus % here"], "the form is read in another way")
    expect_continue(place, body)


def expect_continue(place: Place, body: bytes) -> None:
    """A client that asks whether to go on is told to."""
    lane = place.connect()
    assert isinstance(lane.sock, socket.socket)
    head = f"POST {place.path('imo')} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM['Content-Type']}\r\n"
    head += f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    lane.sock.sendall(head.encode())
    said = lane.sock.recv(100)
    demand(said.startswith(b"HTTP/1.1 100"), f"{said!r}")
    lane.sock.sendall(body)
    while not said.endswith(b"}"):
        more = lane.sock.recv(4096)
        demand(len(more) > 0, f"the answer ends with {said!r}")
        said += more
    demand(b"HTTP/1.1 200" in said, f"{said!r}")


class Old(Client):
    """A client of before 2011-03: each connection counts for itself, and several requests have another form."""

    def __init__(self, place: Place, user: str) -> None:
        super().__init__(place, user)
        self.poll_seq = 0

    def envelope(self, messages: list[Json], ack: int | None = None) -> bytes:
        # The connection for requests has taken no message of the service, ever.
        return super().envelope(messages, 0 if messages and ack is None else ack)

    def post(self, body: bytes, ack: int) -> None:
        """Is content with an `ack` that covers its own request, as it judges that alone."""
        status, said = exchange(self.requests, "POST", self.place.path("imo"), body)
        found, messages = answers.reply(said, self.ssid)
        demand(status == 200 and messages == [] and found >= ack, f"the answer has ack {found}, not {ack}")

    def active(self) -> None:
        """`observed_user_activity` on the connection for polls, between two of them."""
        message = self.message("observed_user_activity", "session", {"ssid": self.ssid}, self.poll_seq, False)
        self.poll_seq += 1
        status, said = exchange(self.polls, "POST", self.place.path("imo"), self.envelope([message], self.ack))
        found, messages = answers.reply(said, self.ssid)
        demand(status == 200 and messages == [] and found >= self.poll_seq, f"the answer has ack {found}")

    def login_as_then(self) -> None:
        self.bootstrap()
        self.ask("cookie_login", "session", {"ssid": self.ssid})
        self.ask("account_login", "im", self.P(passwd=self.password))
        self.active()
        while not any(data.get("name") == "signed_on" for _, _, data in self.events):
            self.take()


def old_forms(place: Place) -> None:
    """Only in the dialect of those years."""
    if place.dialect != "v0":
        return
    bert = Client(place, "bert.f").login()
    anna = Old(place, "anna.f")
    anna.login_as_then()
    acquaint(anna, bert)
    for primitive in ("away", "available"):
        anna.ask("set_status", "im", anna.P(primitive=primitive, status=f"I am {primitive}"))
        bert.expect("buddy_status", buid="anna.f", primitive=primitive, status=f"I am {primitive}")
    anna.ask("set_status", "session", {"ssid": anna.ssid, "ad": "", "primitive": "busy", "status": "later"})
    bert.expect("buddy_status", buid="anna.f", primitive="busy", status="later")
    anna.im("im_typing", buid="bert.f", status="typing")
    bert.expect("typing", buid="anna.f", typing_state="typing")
    # The numbers of its two connections meet, in either order.
    for _ in range(20):
        anna.active()
    for text in ("one", "two", "three"):
        anna.say("bert.f", text)
    demand(bert.texts(3) == ["one", "two", "three"], "a request was taken for that of the other connection")
    while anna.seq <= anna.poll_seq:
        anna.say("bert.f", str(anna.seq))
        demand(bert.texts(1) == [str(anna.seq - 1)], "a request was taken for that of the other connection")
    bert.say("anna.f", "good old days")
    demand(anna.texts(1) == ["good old days"], "nothing comes to an old client")
    anna.close()


SCENES: dict[str, Callable[[Place], None]] = {
    "wrong_password": wrong_password,
    "errors": errors,
    "repeated_requests": repeated_requests,
    "lost_answers": lost_answers,
    "unknown_session": unknown_session,
    "plain_http": plain_http,
    "old_forms": old_forms,
}
