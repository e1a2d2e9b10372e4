"""What the answers of the service must look like, field by field.

Written from the description of the protocol alone (core/docs/imo-protocol.md: "Responses", "Notices", "Contacts",
"Group chats", "Refusals"), never from the program. Never does anything but judge.
"""

import json
import re
from typing import Any, Callable, NoReturn

Json = dict[str, Any]
Rule = Callable[[Any], bool]

PROTO = "prpl-skype"
# A \u escape of half a character, where the backslash is not itself escaped.
HALF = re.compile(r"(?<!\\)(?:\\\\)*\\u[dD][89abAB]")


def text(value: Any) -> bool:
    return isinstance(value, str)


def short(limit: int) -> Rule:
    return lambda value: isinstance(value, str) and 0 < len(value.encode()) <= limit


def count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**31


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def one_of(*values: str) -> Rule:
    return lambda value: isinstance(value, str) and value in values


BUID = short(200)
PRIMITIVE = one_of("available", "away", "busy", "invisible", "offline")

BUDDY: dict[str, Rule] = {"buid": BUID, "alias": text, "group": text, "primitive": PRIMITIVE}
BUDDY_MORE: dict[str, Rule] = {
    "display": text,
    "status": text,
    "type": text,
    "inviter": text,
    "auth": one_of("pending", "granted"),
}
# What our service tells beyond that, for others to ignore: "Contacts", "Group chats".
BUDDY_MORE |= {"name": text, "creator": flag}

# Events by name: the fields that must be there, those that may, and whether they come in an array.
EVENTS: dict[str, tuple[dict[str, Rule], dict[str, Rule], bool]] = {
    "signed_on": ({"alias": text}, {}, False),
    "disconnect": ({"msg": text}, {}, False),
    "buddy_added": (BUDDY, BUDDY_MORE, True),
    "buddy_status": (BUDDY, BUDDY_MORE, True),
    "buddy_removed": ({"buid": BUID}, {}, False),
    "buddy_request": ({"buid": BUID, "msg": text}, {}, False),
    "buddy_icon": ({"buid": BUID, "icon": short(200)}, {}, True),
    "recv_im": (
        {"buid": BUID, "alias": text, "msg": text, "timestamp": count},
        {"author": text, "mid": lambda found: re.fullmatch("[A-Za-z0-9]{16}", found) is not None, "topic": flag},
        False,
    ),
    "typing": ({"buid": BUID, "typing_state": one_of("typing", "typed", "not_typing")}, {}, False),
    "streams_info": (
        {"buid": BUID, "is_initiator": flag},
        {"send_stream": text, "recv_stream": text, "pipe": lambda found: True},
        False,
    ),
    "ended": ({"buid": BUID}, {"reason": text}, False),
    "answered": ({"buid": BUID}, {}, False),
    "kicked": ({"buid": BUID, "by": BUID}, {}, False),
    "error": ({"method": text, "code": text, "msg": text}, {"seq": count}, False),
}
REFLECTED: dict[str, tuple[dict[str, Rule], dict[str, Rule]]] = {
    "set_status": ({"primitive": PRIMITIVE, "status": text}, {}),
    "send_im": (
        {"buid": BUID, "msg": text, "timestamp": count},
        {"alias": text, "mid": lambda found: re.fullmatch("[A-Za-z0-9]{16}", found) is not None},
    ),
}
CODES = one_of(
    "no_session", "not_signed_on", "unknown_user", "not_authorised", "blocked", "no_such_group", "not_a_member", "bad_request",
    "too_large", "rate_limited",
)  # fmt: skip


class Wrong(Exception):
    """An answer is not what the description promises."""


def demand(holds: bool, what: str) -> None:
    if not holds:
        raise Wrong(what)


def fields(value: Any, rules: dict[str, Rule], more: dict[str, Rule], what: str) -> None:
    """Demands an object with all fields of `rules`, perhaps some of `more`, and no other."""
    demand(isinstance(value, dict), f"{what} is no object: {value!r}")
    demand(
        set(rules) <= set(value) <= set(rules) | set(more),
        f"{what} has the fields {sorted(value)}, due are {sorted(rules)}",
    )
    for name, found in value.items():
        demand((rules | more)[name](found), f"{what} has {name} = {str(found)[:80]!r}")


def _no_twice(pairs: list[tuple[str, Any]]) -> Json:
    demand(len({name for name, _ in pairs}) == len(pairs), f"an object names a field twice: {pairs!r}")
    return dict(pairs)


def _no_float(found: str) -> NoReturn:
    raise Wrong(f"a number is no integer: {found}")


def _walk(value: Any) -> None:
    demand(value is not None, "there is a null")
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            _walk(one)
    elif isinstance(value, int):
        demand(abs(value) < 2**31, f"{value} has more than 31 bits")


def parse(body: bytes) -> Json:
    """The JSON of an answer, in the form that old clients can read."""
    words = body.decode("utf-8")
    demand(words.startswith("{"), f"the body starts with {words[:10]!r}")
    demand(HALF.search(words) is None, "a character is written as two escapes")
    value = json.loads(words, object_pairs_hook=_no_twice, parse_float=_no_float, parse_constant=_no_float)
    _walk(value)
    return dict(value)


def reply(body: bytes, ssid: str) -> tuple[int, list[Json]]:
    """The `ack` and the messages of an answer to an envelope; the messages are judged."""
    value = parse(body)
    carried = {"ssid": lambda found: found == ssid}
    # The description says that each reply carries the session's id, not where.
    demand(
        f'"ssid":"{ssid}"'.encode() in body.replace(b'": "', b'":"'),
        f"a reply without the session's id: {body[:200]!r}",
    )
    fields(
        value, {"method": lambda found: found == "forward_to_client", "data": lambda found: True}, carried, "a reply"
    )
    data = value["data"]
    fields(data, {"ack": count, "messages": lambda found: isinstance(found, list)}, carried, "the data of a reply")
    for message in data["messages"]:
        _message(message, ssid)
    return data["ack"], data["messages"]


def _message(message: Json, ssid: str) -> None:
    to = {"system": "client", "ssid": ssid}
    parts: dict[str, Rule] = {
        "seq": count,
        "to": lambda found: bool(found == to),
        "from": lambda found: True,
        "data": lambda found: True,
    }
    fields(message, parts, {}, "a message")
    fields(message["from"], {"system": one_of("im", "av", "internal", "preference", "reset")}, {}, "the sender")
    data = message["data"]
    if message["from"]["system"] in ("im", "av"):
        _event(data)
    elif message["from"]["system"] == "internal":
        result = "error" if "error" in data else "response"
        fields(data, {"request_id": count, result: lambda found: True}, {}, "a result")
        if result == "error":
            fields(data["error"], {"code": CODES, "msg": text}, {}, "an error")
        else:
            demand(isinstance(data["response"], dict), f"a response is {data['response']!r}")


def _event(event: Json) -> None:
    demand(isinstance(event, dict) and text(event.get("name")), f"an event is {event!r}")
    name = event["name"]
    known: dict[str, Rule] = {"name": text, "proto": lambda found: found == PROTO, "uid": text}
    if name in ("expired", "error"):
        # Of these the description does not say whose account they are about.
        known = {"name": text}
    edata: dict[str, Rule] = {} if name == "expired" else {"edata": lambda found: True}
    more: dict[str, Rule] = {"type": text, "proto": lambda found: found == PROTO, "uid": text}
    fields(event, known | edata, more, f"the event {name}")
    if name == "expired":
        return
    if name == "reflect":
        demand(event.get("type") in ("account", "conv"), f"a reflect of type {event.get('type')}")
        due, may = REFLECTED[event["edata"].get("r_name")]
        return fields(event["edata"], due | {"r_name": text}, may, "a reflect")
    demand(name in EVENTS, f"there is no event {name}")
    due, may, array = EVENTS[name]
    demand(isinstance(event["edata"], list) == array, f"{name} has {event['edata']!r}")
    for one in event["edata"] if array else [event["edata"]]:
        fields(one, due, may, name)
        if name == "error":
            demand(CODES(one["code"]), f"there is no code {one['code']}")
        if name in ("buddy_added", "buddy_status"):
            _buddy(one, name)


def _buddy(buddy: Json, name: str) -> None:
    kind = buddy["buid"].count(";")
    what = f"{name} of {buddy!r}"
    if kind == 0:
        demand(buddy["group"] in ("Skype", "Buddies", "Offline") and "type" not in buddy, what)
    elif kind == 1:
        group = buddy["buid"].endswith(";") and buddy["group"] == "Skype" and buddy.get("type") == "group"
        demand(group and "display" in buddy and "status" in buddy, what)
    else:
        gid, _, proto = buddy["buid"].split(";")
        demand(kind == 2 and proto == PROTO and buddy["group"] == gid and "type" not in buddy, what)
