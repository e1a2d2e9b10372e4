#!/usr/bin/env python3
"""A small service for the daemon to sign on at, that blames it for whatever the protocol does not allow.

Written from the description of the protocol alone (core/docs/imo-protocol.md: "HTTP", "Requests", "Responses",
"Delivery", "A session"), never from the program. Never does more than a service of the original
client's days: it knows no `mid`, and refuses nothing with a code. Does what the lines of its standard input ask for
(`control.py`), and ends when that does: with 0, or with 1 if there was anything to blame.
"""

import argparse
import http.server
import json
import select
import socket
import ssl
import sys
import threading
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import control
import forms
from control import Faults
from forms import Json
from house import Account, House
from session import Session

PICTURE = b"\x89PNG\r\n\x1a\nnot much of a picture: "


class Service:
    def __init__(
        self, accounts: list[Account], dialect: str, base: str, hold: float, replies_carry_events: bool
    ) -> None:
        self.lock = threading.Condition()
        self.dialect = dialect
        self.base = base
        self.hold = hold
        self.replies_carry_events = replies_carry_events
        self.sessions: dict[str, Session] = {}
        self.gone: list[Session] = []
        self.house = House(accounts, self.living)
        self.faults = Faults()
        self.blamed = 0
        self.asked: Counter[str] = Counter()
        self.drawn = 0

    def blame(self, what: str) -> None:
        self.blamed += 1
        print(f"blame: {what}", file=sys.stderr, flush=True)

    def living(self, user: str) -> list[Session]:
        alive = (one for one in self.sessions.values() if one.user == user)
        return [one for one in alive if not (one.over or one.signed_off or one.login_refused)]

    def open(self, ssid: str) -> Session:
        session = self.sessions[ssid] = Session(ssid, self.dialect, self.blame)
        session.either_lane = self.replies_carry_events
        return session

    def inherit(self, user: str) -> None:
        """What the sessions of a user were told in vain before they ended waits for `get_unread_msgs`."""
        account = self.house.accounts.get(user)
        for session in self.gone + list(self.sessions.values()):
            if account is not None and session.user == user and (session.over or session.signed_off):
                events = [one["data"] for one in session.outbox if one["from"]["system"] == "im"]
                account.unread += [one["edata"] for one in events if one.get("name") == "recv_im"]
                session.outbox = []

    # Answers. All are called with the lock held.

    def bootstrap(self, envelope: Json) -> Json:
        messages = envelope["messages"]
        forms.demand(len(messages) == 1 and envelope["ack"] == 0, "a bootstrap is one message with ack 0")
        method, system, rules = forms.BOOTSTRAP[self.dialect]
        message = messages[0]
        forms.demand(message["seq"] == 0, f"the bootstrap has seq {message['seq']}")
        forms.demand(message["to"]["system"] == system, f"the bootstrap goes to {message['to']}")
        forms.fields(message["data"], {"method": method, "data": lambda found: True}, "the bootstrap")
        own = message["data"]["data"]
        forms.fields(own, rules, method)
        if self.dialect == "v1":
            forms.demand(own["ssid"] == envelope["ssid"], "the bootstrap has two session ids")
        self.drawn += 1
        assigned = f"aS{self.drawn:03}{int(time.time() * 1e6) % 10**11:011}"
        self.open(assigned)
        return {"method": "rest_rpc", "data": {"status": [1, {"deep": "enough"}], "result": {"at": {"ssid": assigned}}}}

    def requested(self, envelope: Json) -> Json:
        ssid, messages = envelope["ssid"], envelope["messages"]
        session = self.sessions.get(ssid)
        methods = [message["data"].get("method") for message in messages]
        if session is None or session.over:
            if methods[0] != ("account_login" if self.dialect == "v1" else "cookie_login"):
                return {"method": "forward_to_client", "data": {"ack": 0, "messages": []}}
            if session is None:
                session = self.open(ssid)
                session.taken, session.next_seq = None, envelope["ack"]
                session.request_id = next(
                    (one["data"]["request_id"] for one in messages if "request_id" in one["data"]), 0
                )
            session.over = False
        session.acknowledge(envelope["ack"])
        for message in session.take(messages):
            method = session.judge(message)
            if method is not None:
                user = message["data"]["data"].get("uid", session.user)
                self.asked[f"{user} {method}"] += 1
            if method == "signoff_all":
                session.signed_off = True
                self.house.signed_off(session.user or "")
            elif method is not None:
                if method == "account_login":
                    self.inherit(message["data"]["data"]["uid"])
                self.house.apply(session, method, message)
                if message["data"]["data"].get("primitive") == "offline":
                    session.methods[-1] = "set_status offline"
        self.lock.notify_all()
        return session.reply(session.outbox if self.replies_carry_events else [])

    def expired(self, envelope: Json) -> Json:
        """The answer to a poll of no session. That is not judged by its `ack`: only an event can say it."""
        told = {"name": "expired", "proto": forms.PROTO, "uid": ""}
        to = {"system": "client", "ssid": envelope["ssid"]}
        message = {"seq": envelope["ack"], "to": to, "from": {"system": "im"}, "data": told}
        return {"method": "forward_to_client", "data": {"ack": 0, "messages": [message]}}

    def polled(self, envelope: Json, handler: "Handler") -> tuple[Session | None, Json | None]:
        """Holds a poll. No answer if the client has left."""
        session = self.sessions.get(envelope["ssid"])
        if session is None or session.over:
            if session is not None:
                session.acknowledge(envelope["ack"])
            self.lock.wait(0.5)
            return None, self.expired(envelope)
        if session.poll is not None:
            self.lock.wait(0.3)  # The service may be about to notice that the client has closed the other one.
        token = object()
        session.begin_poll(token, handler, envelope["ack"])
        until = time.monotonic() + self.hold
        while not (session.outbox or session.signed_off or session.over or time.monotonic() > until):
            self.lock.wait(0.05)
            if handler.has_left():
                session.end_poll(token)
                return session, None
        session.end_poll(token)
        messages = list(session.outbox)
        if session.acknowledged and self.faults.now("poll-again"):
            messages = session.acknowledged + messages
        if len(messages) > 1 and self.faults.now("poll-gap"):
            messages = messages[1:]
        session.polled(handler, envelope["ack"], messages)
        return session, session.reply(messages)

    def end(self) -> int:
        with self.lock:
            for kind in self.faults.due:
                self.blame(f"there was no occasion for {kind}")
            return 1 if self.blamed else 0


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    server: "Server"
    lanes: dict[str, str]  # for each session whether this is its connection for polls or for requests

    def setup(self) -> None:
        super().setup()
        self.lanes = {}

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def has_left(self) -> bool:
        """While the client waits it says nothing, so whatever there is to read is the end."""
        return bool(select.select([self.connection], [], [], 0)[0])

    def answer(self, status: int, kind: str, body: bytes, half: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.path == self.server.service.base:
            self.send_header("Set-Cookie", "visit=v42; Path=/; Secure; HttpOnly")
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if half else body)
        self.close_connection |= half

    def do_GET(self) -> None:
        service = self.server.service
        picture = f"{service.base}b/"
        if self.path == service.base:
            self.answer(200, "text/html; charset=utf-8", b"<html><script>var ssid = 'not here';</script></html>")
        elif self.path.startswith(picture) and len(self.path) > len(picture):
            self.answer(200, "image/png", PICTURE + self.path[len(picture) :].encode())
        else:
            service.blame(f"gets {self.path}")
            self.answer(404, "text/plain", b"")

    def do_POST(self) -> None:
        service = self.server.service
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            forms.demand(self.path == f"{service.base}imo", f"posts to {self.path}")
            kind = self.headers["Content-Type"]
            forms.demand(kind == "application/x-www-form-urlencoded", f"Content-Type: {kind}")
            rpc, value = forms.parse(body)
            if rpc == "echo":
                forms.fields(value, {"t": lambda found: isinstance(found, str) and found.isdigit()}, "an echo")
                return self.answer(200, "application/json", b"{}")
            bootstrap = rpc == "rest_rpc"
            forms.envelope(value, service.dialect, bootstrap)
            if bootstrap:
                cookie = self.headers["Cookie"]
                forms.demand(cookie == "visit=v42", f"bootstrap with the cookies {cookie!r}")
        except forms.Malformed as error:
            service.blame(str(error))
            return self.answer(400, "text/plain", b"malformed")
        if bootstrap:
            self.on_bootstrap(value)
        elif value["messages"]:
            self.on_request(value)
        else:
            self.on_poll(value)

    def lane(self, ssid: str, lane: str) -> None:
        if self.lanes.setdefault(ssid, lane) != lane:
            self.server.service.blame(f"{ssid}: a {lane} on the connection of the {self.lanes[ssid]}s")

    def on_bootstrap(self, envelope: Json) -> None:
        service = self.server.service
        try:
            with service.lock:
                reply = service.bootstrap(envelope)
        except forms.Malformed as error:
            service.blame(str(error))
            return self.answer(400, "text/plain", b"malformed")
        self.answer(200, "application/json", json.dumps(reply, separators=(",", ": ")).encode())

    def on_request(self, envelope: Json) -> None:
        service = self.server.service
        methods = {message["data"].get("method") for message in envelope["messages"]}
        if methods != {"observed_user_activity"} or self.lanes.get(envelope["ssid"]) != "poll":
            self.lane(envelope["ssid"], "request")
        with service.lock:
            session = service.sessions.get(envelope["ssid"])
            if session is not None and session.busy:
                session.blame("a second request while one is not answered")
            fault = service.faults.now("request-untaken", "request-unanswered", "request-half")
            if fault != "request-untaken":
                reply = service.requested(envelope)
                session = service.sessions.get(envelope["ssid"])
            if session is not None:
                session.busy = fault is None
                if fault is not None:
                    session.unanswered |= {message["seq"] for message in envelope["messages"]}
        if fault in ("request-untaken", "request-unanswered"):
            self.close_connection = True
            return
        time.sleep(0.02)  # A second request that does not wait for this answer is to be seen.
        if session is not None:
            session.busy = False
        self.answer(200, "text/plain", json.dumps(reply).encode(), half=fault == "request-half")

    def on_poll(self, envelope: Json) -> None:
        service = self.server.service
        self.lane(envelope["ssid"], "poll")
        with service.lock:
            session, reply = service.polled(envelope, self)
            fault = None
            if session is not None and reply is not None and reply["data"]["messages"]:
                fault = service.faults.now("poll-unanswered", "poll-half")
        if reply is None or fault == "poll-unanswered":
            self.close_connection = True
            return
        self.answer(200, "application/json", json.dumps(reply, ensure_ascii=False).encode(), half=fault == "poll-half")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, service: Service, port: int, cert: str, key: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.service = service
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(cert, key)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Runs in the thread of the connection, so that a slow handshake delays nobody."""
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.context.wrap_socket(request, server_side=True) as stream:
            super().finish_request(stream, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client may break off whenever it likes."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            where = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(sys.exc_info()[2])]
            self.service.blame(f"the service itself failed: {error!r} at {' '.join(where)}")


def account(text: str) -> Account:
    name, password, contacts, icon = text.split(":")
    return Account(name, password, [one for one in contacts.split(",") if one], icon)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--base", default="/", help="the path of the base URL")
    parser.add_argument("--cert", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--dialect", choices=["v0", "v1"], default="v1")
    parser.add_argument("--hold", type=float, default=1.0, help="how long a poll is held, in seconds")
    parser.add_argument("--replies-carry-events", action="store_true", help="messages come on either connection")
    parser.add_argument("--account", type=account, action="append", default=[], help="NAME:PASSWORD:CONTACT,…:ICON")
    args = parser.parse_args()
    service = Service(args.account, args.dialect, args.base, args.hold, args.replies_carry_events)
    server = Server(service, args.port, args.cert, args.key)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"listening service 127.0.0.1:{server.server_address[1]}", flush=True)
    for line in sys.stdin:
        print(control.command(service, line), flush=True)
    return service.end()


if __name__ == "__main__":
    sys.exit(main())
