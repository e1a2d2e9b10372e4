"""One session of a client at the service, which demands of every answer what the protocol promises.

Written from the description of the protocol alone (core/docs/imo-protocol.md: "HTTP", "Requests", "Responses",
"Delivery", "A session"), never from the program. Never decides what is said: that is in the scenes.
"""

import http.client
import json
import random
import socket
import ssl
import string
import threading
import time
from dataclasses import dataclass
from typing import Any, Callable
from urllib.parse import quote, urlsplit

import answers
from answers import PROTO, Json, demand

PATIENCE = 15.0
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Place:
    """Where the service is, and how to speak to it."""

    url: str
    trust: ssl.SSLContext
    dialect: str
    hold: float

    def connect(self) -> http.client.HTTPSConnection:
        parts = urlsplit(self.url)
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=PATIENCE, context=self.trust)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def path(self, name: str) -> str:
        return urlsplit(self.url).path + name


def drawn(length: int) -> str:
    return "".join(random.choices(string.ascii_letters + string.digits, k=length))


def exchange(
    lane: http.client.HTTPSConnection, verb: str, path: str, body: bytes | None = None, headers: Json = FORM
) -> tuple[int, bytes]:
    try:
        lane.request(verb, path, body, dict(headers) if body is not None else {})
    except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
        pass  # Who refuses a body need not read it to its end.
    response = lane.getresponse()
    return response.status, response.read()


def form(rpc: str, value: Any, plus: bool = False) -> bytes:
    """The body of a request. With `plus` spaces are written as `+`."""
    data = quote(json.dumps(value, ensure_ascii=False, separators=(",", ":")), safe="")
    return f"method={rpc}&data={data.replace('%20', '+') if plus else data}".encode()


class Client:
    """One session. Polls on a thread of its own from `login` to `close`."""

    def __init__(self, place: Place, user: str, password: str = "secret-1") -> None:
        self.place = place
        self.user = user
        self.password = password
        self.requests = place.connect()
        self.polls = place.connect()
        self.ssid = ""
        self.seq = 0
        self.ack = 0
        self.request_id = 0
        self.news = threading.Condition()
        self.events: list[tuple[float, str, Any]] = []  # when, from which system, data
        self.trouble: BaseException | None = None
        self.thread: threading.Thread | None = None
        self.closing = False

    # One request.

    def P(self, **more: Any) -> Json:
        return {"ssid": self.ssid, "uid": self.user, "proto": PROTO} | more

    def message(self, method: str, to: str, data: Json, seq: int, number: bool) -> Json:
        inner: Json = {"method": method, "data": data}
        if number:
            inner["request_id"] = self.request_id
            self.request_id += 1
        return {"data": inner, "to": {"system": to}, "from": {"system": "client", "ssid": self.ssid}, "seq": seq}

    def envelope(self, messages: list[Json], ack: int | None = None) -> bytes:
        return form(
            "forward_to_server", {"ack": self.ack if ack is None else ack, "ssid": self.ssid, "messages": messages}
        )

    def ask(self, method: str, to: str, data: Json, number: bool | None = None) -> int:
        """Sends one request and demands a true reply. Gives its request_id in v1, its seq in v0."""
        numbered = self.place.dialect == "v1" and (method == "send_im" if number is None else number)
        known = self.request_id if numbered else self.seq
        message = self.message(method, to, data, self.seq, numbered)
        self.seq += 1
        self.post(self.envelope([message]), self.seq)
        return known

    def post(self, body: bytes, ack: int) -> None:
        """Sends a body on the connection for requests, and demands an answer with this `ack` and no messages."""
        status, said = exchange(self.requests, "POST", self.place.path("imo"), body)
        demand(status == 200, f"HTTP {status}: {said[:200]!r}")
        found, messages = answers.reply(said, self.ssid)
        demand(messages == [], f"the answer to a request brings {messages}")
        demand(found == ack, f"the answer has ack {found}, not {ack}")

    def poll(self, lane: http.client.HTTPSConnection | None = None, ack: int | None = None) -> list[Json]:
        """One poll; its messages are judged, and must begin with the first that is not acknowledged."""
        ack = self.ack if ack is None else ack
        status, said = exchange(lane or self.polls, "POST", self.place.path("imo"), self.envelope([], ack))
        demand(status == 200, f"HTTP {status}: {said[:200]!r}")
        _, messages = answers.reply(said, self.ssid)
        for at, message in enumerate(messages):
            demand(message["seq"] == ack + at, f"message {message['seq']} came where {ack + at} is due")
        return messages

    # A session.

    def bootstrap(self) -> None:
        path = self.place.path("")
        self.requests.request("GET", path)
        response = self.requests.getresponse()
        response.read()
        cookie = (response.getheader("Set-Cookie") or "").split(";")[0]
        demand(response.status == 200 and "=" in cookie, f"GET {path}: {response.status}, cookie {cookie!r}")
        own, v1 = drawn(17), self.place.dialect == "v1"
        data = {"ssid": own, "kind": "reui", "version": "independent 1.0"} if v1 else {"ssid": own}
        inner = {"method": "get_cookie_and_ssid" if v1 else "get_ssid", "data": data}
        who: Any = own if v1 else 0
        sender = {"system": "client", "ssid": who}
        message = {"data": inner, "to": {"system": "session" if v1 else "ssid"}, "from": sender, "seq": 0}
        body = form("rest_rpc", {"ack": 0, "ssid": who, "messages": [message]})
        status, said = exchange(self.requests, "POST", self.place.path("imo"), body, FORM | {"Cookie": cookie})
        demand(status == 200, f"HTTP {status}: {said[:200]!r}")
        answers.parse(said)
        # As old clients look for it.
        words = said.decode()
        at = words.find('ssid":"')
        at = at + 7 if at >= 0 else words.index('ssid": "') + 8
        self.ssid = words[at : words.index('"', at)]
        demand(len(self.ssid) in (16, 17) and self.ssid.isalnum(), f"assigned is {self.ssid!r}")

    def begin_login(self) -> None:
        self.bootstrap()
        if self.place.dialect == "v0":
            self.ask("cookie_login", "session", {"ssid": self.ssid})
        self.ask("account_login", "im", self.P(passwd=self.password, captcha=None))
        self.ask("observed_user_activity", "session", {"ssid": self.ssid})

    def login(self, unread: bool = True) -> "Client":
        self.begin_login()
        self.start()
        event = self.expect("signed_on")
        demand(event["uid"] == self.user, f"signed on as {event['uid']}")
        if unread:
            self.ask("get_unread_msgs", "im", self.P())
        if self.place.dialect == "v1":
            self.ask("get_alpha_for_user", "alpha", self.P())
        return self

    def take(self) -> None:
        """Polls once, and keeps what comes."""
        messages = self.poll()
        with self.news:
            for message in messages:
                self.events.append((time.monotonic(), message["from"]["system"], message["data"]))
            self.ack += len(messages)
            self.news.notify_all()

    def start(self) -> None:
        self.thread = threading.Thread(target=self._keep_polling, daemon=True)
        self.thread.start()

    def _keep_polling(self) -> None:
        try:
            while not self.closing:
                self.take()
        except BaseException as error:  # It is raised again where the scene waits.
            with self.news:
                self.trouble = None if self.closing else error
                self.news.notify_all()

    def close(self) -> None:
        """Breaks off, as a computer does that is switched off."""
        self.closing = True
        for lane in (self.requests, self.polls):
            if lane.sock is not None:
                lane.sock.close() if self.thread is None else lane.sock.shutdown(socket.SHUT_RDWR)
        if self.thread is not None:
            self.thread.join()

    def sign_off(self) -> None:
        """Says good-bye, which ends the held poll at once."""
        self.closing = True
        self.status("offline")
        time.sleep(0.2)  # The poll that is to be ended must have come.
        self.ask("signoff_all", "session", {"ssid": self.ssid})
        begin = time.monotonic()
        if self.thread is not None:
            self.thread.join(PATIENCE)
            took = time.monotonic() - begin
            demand(
                not self.thread.is_alive() and took < max(0.5, self.place.hold * 0.7),
                f"signoff_all left the poll held for {took} s",
            )

    # What has come.

    def _wait(self, fits: Callable[[str, Any], bool], what: str) -> tuple[float, Any]:
        until = time.monotonic() + PATIENCE
        while True:
            with self.news:
                for at, (when, system, data) in enumerate(self.events):
                    if fits(system, data):
                        del self.events[at]
                        return when, data
                if self.trouble is not None:
                    raise self.trouble
                demand(time.monotonic() < until, f"{self.user} got no {what}, but {self.events}")
                if self.thread is not None:
                    self.news.wait(0.2)
                    continue
            self.take()

    def expect(self, name: str, **edata: Any) -> Json:
        """Waits for an event with these fields in its edata, or in one entry of it; that is its `edata` then."""

        def entry(data: Json) -> Json | None:
            found = data.get("edata")
            entries = found if isinstance(found, list) else [found or {}]
            return next((one for one in entries if edata.items() <= one.items()), None)

        fits = lambda system, data: system in ("im", "av") and data["name"] == name and entry(data) is not None
        event = self._wait(fits, f"{name} {edata}")[1]
        return dict(event) | {"edata": entry(event)}

    def expect_result(self, request_id: int) -> tuple[float, Json]:
        when, data = self._wait(
            lambda system, data: system == "internal" and data["request_id"] == request_id, f"result {request_id}"
        )
        return when, dict(data)

    def expect_error(self, code: str, known: int, numbered: bool = True) -> None:
        """Waits for the error of a request, by what `ask` gave for it."""
        if self.place.dialect == "v1" and numbered:
            data = self.expect_result(known)[1]
            demand(data.get("error", {}).get("code") == code, f"{data}, not {code}")
        else:
            self.expect("error", code=code, seq=known)

    def texts(self, count: int) -> list[str]:
        """The next texts, in order, whoever says them."""
        return [self.expect("recv_im")["edata"]["msg"] for _ in range(count)]

    def forget_events(self) -> None:
        with self.news:
            self.events = []

    def none(self, name: str) -> None:
        """Demands that no such event has come until now."""
        with self.news:
            found = [data for _, system, data in self.events if system in ("im", "av") and data["name"] == name]
        demand(not found, f"{self.user} got {found}")

    # Short forms.

    def say(self, to: str, text: str, mid: str | None = None) -> int:
        return self.ask("send_im", "im", self.P(buid=to, msg=text) | ({} if mid is None else {"mid": mid}))

    def status(self, primitive: str, mood: str = "") -> None:
        data = {"ssid": self.ssid, "ad": "", "primitive": primitive, "status": mood, "auto_away": False}
        self.ask("set_status", "session", data)

    def im(self, method: str, number: bool | None = None, **data: Any) -> int:
        """A request to `im`, with P."""
        return self.ask(method, "im", self.P(**data), number)


def acquaint(one: Client, other: Client) -> None:
    """Makes two people know each other."""
    one.im("add_buddy", buid=other.user, group="Offline")
    other.expect("buddy_request", buid=one.user)
    other.im("auth_add", buid=one.user)
    one.expect("buddy_status", buid=other.user, auth="granted", primitive="available")
    other.expect("buddy_added", buid=one.user)
