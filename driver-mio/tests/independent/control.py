"""What a test asks of the service, by lines on its standard input, and the troubles that this makes.

Never makes anything happen by itself.

Lines on standard input, each answered by `done`:
    expire|reset NAME       his sessions are over: an event says so
    forget                  all sessions are unknown from now on
    odd NAME                what is to be ignored, and between it one text that is not
    away NAME               he went away, in another session
    icon NAME OF ICON       somebody has another picture
    fault KIND              that happens at the next occasion: see `Faults`
    due                     how many of these faults have not happened yet; answered by `due N`
    asked NAME METHOD       how often he has asked for that; answered by `asked N`
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import forms
from forms import Json
from house import event
from session import Session

if TYPE_CHECKING:
    from service import Service


class Faults:
    """Troubles asked for, each to happen once, when there is the next occasion for it."""

    KINDS = {
        "request-untaken": "a request with messages is read, and the connection closed",
        "request-unanswered": "a request with messages is taken, and the connection closed",
        "request-half": "a request with messages is taken, and half of its answer sent",
        "poll-unanswered": "an answer with messages is due, and the connection closed",
        "poll-half": "of an answer with messages half is sent",
        "poll-gap": "an answer with two or more messages comes without the first",
        "poll-again": "an answer begins with what was acknowledged before",
    }

    def __init__(self) -> None:
        self.due: list[str] = []

    def now(self, *kinds: str) -> str | None:
        for kind in self.due:
            if kind in kinds:
                self.due.remove(kind)
                return kind
        return None


def command(service: Service, line: str) -> str:
    word, *rest = line.split()
    with service.lock:
        if word in ("expire", "reset"):
            for session in service.living(rest[0]):
                if word == "reset":
                    session.push("reset", {"reason": "because"})
                else:
                    session.push("im", {"name": "expired", "proto": forms.PROTO, "uid": rest[0]})
                session.over = True
        elif word == "forget":
            for session in service.sessions.values():
                session.over = True
            service.gone += service.sessions.values()
            service.sessions = {}
        elif word == "odd":
            for session in service.living(rest[0]):
                odd(session, rest[0])
        elif word == "away":
            service.house.tell(
                rest[0], "reflect", {"r_name": "set_status", "primitive": "away", "status": ""}, "account"
            )
        elif word == "icon":
            service.house.tell(rest[0], "buddy_icon", [{"buid": rest[1], "icon": rest[2]}])
        elif word == "fault":
            assert rest[0] in Faults.KINDS, line
            service.faults.due.append(rest[0])
        elif word == "due":
            return f"due {len(service.faults.due)}"
        elif word == "asked":
            return f"asked {service.asked[' '.join(rest)]}"
        else:
            raise ValueError(line)
        service.lock.notify_all()
    return "done"


def odd(session: Session, user: str) -> None:
    """What a client is to ignore, and one text that it is not."""

    def said(text: Any, **more: Any) -> Json:
        return event(
            user, "recv_im", {"buid": "bob", "alias": "bob", "msg": text, "timestamp": int(time.time())} | more
        )

    session.push("im", said("to somebody else"), to="gateway")
    session.push("weather", {"rain": True})
    session.push("im", said("over another network") | {"proto": "prpl-jabber"})
    session.push("im", said(["no", "text"]))
    session.push("im", said("from nobody", buid=None))
    session.push("im", said("to myself", buid=user))
    session.push("im", event(user, "horoscope", {"sign": "fish"}))
    session.push("im", event(user, "buddy_status", "no list"))
    session.push("internal", {"request_id": "none", "response": None})
    session.push("internal", {"request_id": 2**31 - 1, "response": {"timestamp": 1}})
    session.push("preference", {"preferences": [{"kind": "impref", "pref": "auto_away", "value": False}]})
    session.push("im", said("the one that counts", colour="red", font={"size": 12}) | {"more": [1, None]})
    session.push("im", "no event at all")
