"""One session of a client at the service: what it is told, what it has taken, and whether it keeps the rules.

Written from the description of the protocol alone (core/docs/imo-protocol.md: "Requests", "Responses", "Delivery",
"A session"), never from the program. Never knows what a request is good for: that is `house`.
"""

import json
import time
from typing import Any, Callable

import forms
from forms import Json

# A poll is renewed at once; this is what a busy machine may need for it.
RENEWAL = 8.0
# What is asked after each login, in any order.
LOGIN = {
    "v1": {"get_unread_msgs", "get_alpha_for_user", "observed_user_activity"},
    "v0": {"get_unread_msgs", "observed_user_activity"},
}


class Session:
    """Called under the lock of the service only. `blame` is told of every rule that the client breaks."""

    def __init__(self, ssid: str, dialect: str, blame: Callable[[str], None]) -> None:
        self.ssid = ssid
        self.dialect = dialect
        self._blame = blame
        self.user: str | None = None
        self.over = False
        self.either_lane = False  # whether answers to requests bring messages too
        self.signed_off = False
        self.login_refused = False
        self.taken: int | None = 0  # the client's next seq, None if it may be any
        self.methods: list[str] = []  # since the last login began
        self.contents: dict[int, str] = {}
        self.unanswered: set[int] = set()  # seqs whose answer got lost
        self.request_id = 0
        self.busy = False
        self.outbox: list[Json] = []
        self.acknowledged: list[Json] = []  # the last few
        self.next_seq = 0
        self.poll: object | None = None
        self.idle_since: float | None = None  # when the last poll was answered
        self.told: tuple[object, int] | None = None  # the connection of that answer, and the ack it must lead to

    def blame(self, what: str) -> None:
        self._blame(f"{self.user or '?'} {self.ssid}: {what}")

    # To the client.

    def push(self, system: str, data: Any, to: str = "client") -> None:
        """Queues a message until the client acknowledges it."""
        message = {
            "seq": self.next_seq,
            "from": {"system": system},
            "to": {"system": to, "ssid": self.ssid},
            "data": data,
        }
        self.outbox.append(message)
        self.next_seq += 1

    def reply(self, messages: list[Json], ack: int | None = None) -> Json:
        known = (self.taken or 0) if ack is None else ack
        return {"method": "forward_to_client", "data": {"ack": known, "messages": messages}}

    # From the client.

    def begin_poll(self, token: object, connection: object, ack: int) -> None:
        if self.signed_off:
            self.blame("polls after signoff_all")
        if self.poll is not None:
            self.blame("a second poll while one is held")
        if "observed_user_activity" not in self.methods:
            self.blame(f"polls before observed_user_activity, after {self.methods}")
        if self.idle_since is not None and time.monotonic() - self.idle_since > RENEWAL:
            self.blame("had no poll outstanding for a long time")
        if self.told is not None and self.told[0] is connection:
            due = self.told[1]
            if ack < due or (ack > due and not self.either_lane):
                self.blame(f"acknowledges {ack} on a poll, not {due}")
        self.acknowledge(ack)
        self.poll = token

    def end_poll(self, token: object) -> None:
        if self.poll is token:
            self.poll = None

    def polled(self, connection: object, ack: int, messages: list[Json]) -> None:
        """An answer to a poll has gone out: what the client must acknowledge with its next poll there."""
        for message in messages:
            if message["seq"] > ack:
                break
            ack = max(ack, message["seq"] + 1)
        self.told = (connection, ack)
        self.idle_since = None if self.over or self.signed_off else time.monotonic()

    def acknowledge(self, ack: int) -> None:
        if ack > self.next_seq:
            self.blame(f"acknowledges {ack}, though only {self.next_seq} were sent")
        done = [message for message in self.outbox if message["seq"] < ack]
        self.outbox = self.outbox[len(done) :]
        self.acknowledged = (self.acknowledged + done)[-3:]

    def take(self, messages: list[Json]) -> list[Json]:
        """The messages that are new, in order."""
        new = []
        for message in messages:
            seq = message["seq"]
            content = json.dumps(message, sort_keys=True)
            if self.taken is not None and seq < self.taken:
                if self.contents.get(seq, content) != content:
                    self.blame(f"sends another message as {seq}: {content}, before {self.contents[seq]}")
                elif seq not in self.unanswered:
                    self.blame(f"sends {seq} again though it was answered")
                continue
            if self.taken is not None and seq > self.taken:
                self.blame(f"sends {seq}, though {self.taken} is next")
            self.taken = seq + 1
            self.contents[seq] = content
            new.append(message)
        return new

    def judge(self, message: Json) -> str | None:
        """The method of a new message if it is well-formed and comes in its turn."""
        try:
            method = forms.request(message, self.dialect, self.ssid)
        except forms.Malformed as error:
            self.blame(f"{error} in {json.dumps(message)[:400]}")
            return None
        number = message["data"].get("request_id")
        if number is not None:
            if number != self.request_id:
                self.blame(f"{method} has request_id {number}, not {self.request_id}")
            self.request_id = number + 1
        self._judge_turn(method, message["data"]["data"])
        self.methods.append(method)
        return method

    def _judge_turn(self, method: str, data: Json) -> None:
        if method in ("cookie_login", "account_login"):
            if method == "cookie_login" or self.dialect == "v1":
                self.methods = []
            elif self.methods != ["cookie_login"]:
                self.blame(f"account_login after {self.methods}, not after cookie_login")
            return
        if "account_login" not in self.methods:
            self.blame(f"{method} before account_login, after {self.methods}")
        due = LOGIN[self.dialect]
        if method not in due and not due <= set(self.methods):
            self.blame(f"{method} after no more than {self.methods}")
        if self.signed_off:
            self.blame(f"{method} after signoff_all")
        if self.methods[-1:] == ["set_status offline"] and method != "signoff_all":
            self.blame(f"{method} after the primitive offline")
        if data.get("uid", self.user) != self.user:
            self.blame(f"{method} of {data['uid']}")
