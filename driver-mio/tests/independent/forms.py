"""What the requests of a client must look like, field by field.

Written from the description of the protocol alone (core/docs/imo-protocol.md: "HTTP", "Requests", "Calls",
"Dialects"), never from the program. Never does anything but judge.
"""

import json
import re
import urllib.parse
from typing import Any, Callable

Json = dict[str, Any]
Rule = Any  # a value that must be there exactly, or a test of the value

PROTO = "prpl-skype"
SSID = re.compile(r"[A-Za-z0-9]{16,17}")
OWN_SSID = re.compile(r"[A-Za-z0-9]{17}")
BODY = re.compile(r"method=(rest_rpc|forward_to_server|echo)&data=((?:[A-Za-z0-9_.~*'()!+-]|%[0-9A-Fa-f]{2})*)")


class Malformed(Exception):
    """A request is not what the description says."""


def text(value: Any) -> bool:
    return isinstance(value, str)


def is_object(value: Any) -> bool:
    return isinstance(value, dict)


def count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**31


def person(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200 and ";" not in value


def group(value: Any) -> bool:
    """A bare group id."""
    return person(value)


def member(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[^;]+;[^;]+;prpl-skype", value) is not None


def person_or_group(value: Any) -> bool:
    return person(value) or (isinstance(value, str) and re.fullmatch(r"[^;]+;", value) is not None)


def ssid(value: Any) -> bool:
    return isinstance(value, str) and SSID.fullmatch(value) is not None


def own_ssid(value: Any) -> bool:
    return isinstance(value, str) and OWN_SSID.fullmatch(value) is not None


def one_of(*values: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in values


def accounts(value: Any) -> bool:
    return (
        isinstance(value, list) and len(value) == 1 and set(value[0]) == {"uid", "proto"} and value[0]["proto"] == PROTO
    )


SESSION: dict[str, Rule] = {"ssid": ssid}
P: dict[str, Rule] = {"ssid": ssid, "uid": person, "proto": PROTO}
BUDDY: dict[str, Rule] = P | {"buid": person}
AWAY_OFF = [{"kind": "impref", "pref": "auto_away", "value": False}]

# Each method: the system it goes to, and its data.
REQUESTS: dict[str, tuple[str, dict[str, Rule]]] = {
    "cookie_login": ("session", SESSION),
    "account_login": ("im", P | {"passwd": text, "captcha": None}),
    "signoff_all": ("session", SESSION),
    "observed_user_activity": ("session", SESSION),
    "get_unread_msgs": ("im", P),
    "get_alpha_for_user": ("alpha", P),
    "set_status": (
        "session",
        SESSION
        | {
            "ad": "",
            "primitive": one_of("available", "away", "busy", "invisible", "offline"),
            "status": text,
            "auto_away": False,
        },
    ),
    "send_im": ("im", P | {"buid": person_or_group, "msg": text}),
    "im_typing": ("im", P | {"buid": person_or_group, "typing_state": one_of("typing", "typed", "not_typing")}),
    "add_buddy": ("im", BUDDY | {"group": "Offline"}),
    "del_buddy": ("im", BUDDY | {"group": one_of("Offline", "Skype", "Buddies")}),
    "block_buddy": ("im", BUDDY),
    "unblock_buddy": ("im", BUDDY),
    "change_buddy_alias": ("im", BUDDY | {"alias": text}),
    "auth_add": ("im", BUDDY),
    "auth_deny": ("im", BUDDY),
    "auth_block": ("im", BUDDY),
    "create_shared_group": ("im", P | {"is_native": False, "name": text}),
    "invite_to_group": ("im", P | {"gid": group, "iproto": PROTO, "iuid": person, "ibuid": person}),
    "kick_member": ("im", P | {"buid": member}),
    "set_group_topic": ("im", P | {"gid": group, "topic": text}),
    "leave_group": ("im", P | {"gid": group}),
    "start_audio_chat": ("av", BUDDY),
    "set": ("preference", {"accounts": accounts, "preferences": AWAY_OFF}),
}

BOOTSTRAP: dict[str, tuple[str, str, dict[str, Rule]]] = {
    "v1": ("get_cookie_and_ssid", "session", {"ssid": own_ssid, "kind": "reui", "version": text}),
    "v0": ("get_ssid", "ssid", {"ssid": own_ssid}),
}

# What our client may tell its own service beyond the protocol of others, who ignore it: "Message identity", "Calls".
ADDITIONS = {"send_im": {"mid"}, "add_buddy": {"msg"}}


def demand(holds: bool, what: str) -> None:
    if not holds:
        raise Malformed(what)


def fields(value: Any, rules: dict[str, Rule], what: str, more: set[str] = set()) -> None:
    """Demands an object of exactly these fields, each as its rule says; those in `more` may be there."""
    demand(isinstance(value, dict), f"{what} is no object: {value!r}")
    demand(set(value) - more == set(rules), f"{what} has the fields {sorted(value)}, not {sorted(rules)}")
    for name, rule in rules.items():
        found = value[name]
        right = rule(found) if callable(rule) else type(found) is type(rule) and found == rule
        demand(right, f"{what} has {name} = {str(found)[:80]!r}")


def no_twice(pairs: list[tuple[str, Any]]) -> Json:
    demand(len({name for name, _ in pairs}) == len(pairs), f"an object names a field twice: {pairs!r}")
    return dict(pairs)


def parse(body: bytes) -> tuple[str, Json]:
    """The rpc of a request and the JSON in it."""
    match = BODY.fullmatch(body.decode("ascii", "replace"))
    if match is None:
        raise Malformed(f"the body is not method=...&data=<percent-encoded>: {body[:200]!r}")
    rpc, data = match.groups()
    try:
        value = json.loads(urllib.parse.unquote_plus(data, errors="strict"), object_pairs_hook=no_twice)
    except ValueError as error:
        raise Malformed(f"the data is no JSON in UTF-8: {error}") from error
    demand(isinstance(value, dict), f"the data is no object: {value!r}")
    return rpc, value


def envelope(value: Json, dialect: str, bootstrap: bool) -> None:
    """Judges all of an envelope but the data of its messages."""
    unassigned = bootstrap and dialect == "v0"
    whose: Rule = 0 if unassigned else own_ssid if bootstrap else ssid
    fields(value, {"ack": count, "ssid": whose, "messages": lambda found: isinstance(found, list)}, "the envelope")
    whole: dict[str, Rule] = {"data": is_object, "to": is_object, "from": is_object, "seq": count}
    for message in value["messages"]:
        fields(message, whole, "a message")
        fields(message["to"], {"system": text}, "the addressee")
        fields(message["from"], {"system": "client", "ssid": lambda found: True}, "the sender")
        sender = message["from"]["ssid"]
        # The description leaves open which of the two a v0 client calls itself before it has a session.
        known = sender == value["ssid"] or (unassigned and own_ssid(sender))
        demand(known, f"the envelope is of {value['ssid']!r} and the message from {sender!r}")


def request(message: Json, dialect: str, session: str) -> str:
    """Judges the data of a message of a session, and gives its method."""
    data = message["data"]
    numbered = {"request_id"} if dialect == "v1" else set()
    fields(data, {"method": text, "data": is_object}, "the data of a message", numbered)
    method = data["method"]
    demand(method in REQUESTS, f"there is no method {method!r}")
    system, rules = REQUESTS[method]
    demand(message["to"]["system"] == system, f"{method} goes to {message['to']['system']!r}")
    fields(data["data"], rules, method, ADDITIONS.get(method, set()))
    demand(data["data"].get("ssid", session) == session, f"{method} names another session")
    demand(dialect == "v0" or method != "send_im" or "request_id" in data, "send_im has no request_id")
    demand(dialect == "v1" or method not in ("get_alpha_for_user",), f"v0 has no {method}")
    demand(dialect == "v0" or method != "cookie_login", "v1 has no cookie_login")
    return str(method)
