"""What the service knows of people, and what their requests come to.

Written from the description of the protocol alone (core/docs/imo-protocol.md: "Calls", "Notices", "Contacts",
"Group chats", "Presence"), never from the program. Never does more than a service of the original client's days. Where
the description leaves a choice, this takes what the daemon is less used to: optional fields are left out, and group
messages come in both forms.
"""

import time
from typing import Any, Callable

from forms import PROTO, Json
from session import Session


class Account:
    def __init__(self, name: str, password: str, contacts: list[str], icon: str) -> None:
        self.name = name
        self.password = password
        self.contacts = contacts
        self.icon = icon
        self.aliases: dict[str, str] = {}
        self.blocked: set[str] = set()
        self.asked_by: list[str] = []
        self.primitive = "offline"
        self.mood = ""
        self.unread: list[Json] = []


class Group:
    def __init__(self, gid: str, name: str) -> None:
        self.gid = gid
        self.name = name
        self.topic = ""
        self.members: list[str] = []
        self.said = 0

    def member(self, user: str) -> str:
        return f"{self.gid};{user};{PROTO}"

    def itself(self) -> Json:
        entry = {"buid": f"{self.gid};", "alias": self.name, "type": "group"}
        return entry | ({"display": self.topic} if self.topic else {})

    def entry(self, user: str) -> Json:
        return {"buid": self.member(user), "group": self.gid}


def event(user: str, name: str, edata: Any, kind: str | None = None) -> Json:
    return {"name": name, "proto": PROTO, "uid": user} | ({"type": kind} if kind else {}) | {"edata": edata}


class House:
    """`sessions` gives the living sessions of a user."""

    def __init__(self, accounts: list[Account], sessions: Callable[[str], list[Session]]) -> None:
        self.accounts = {account.name: account for account in accounts}
        self.sessions = sessions
        self.groups: dict[str, Group] = {}

    # What people hear.

    def tell(self, user: str, name: str, edata: Any, kind: str | None = None, but: Session | None = None) -> bool:
        """Puts an event into every session of a user. False if he has none."""
        there = self.sessions(user)
        for session in there:
            if session is not but:
                session.push("im", event(user, name, edata, kind))
        return bool(there)

    def seen(self, user: str) -> str:
        """How others see somebody."""
        account = self.accounts.get(user)
        if account is None or not self.sessions(user) or account.primitive == "invisible":
            return "offline"
        return account.primitive

    def buddy(self, owner: Account, user: str) -> Json:
        entry: Json = {"buid": user, "group": "Skype", "primitive": self.seen(user)}
        if user in owner.aliases:
            entry["alias"] = owner.aliases[user]
        if user in self.accounts and self.accounts[user].mood:
            entry["status"] = self.accounts[user].mood
        return entry

    def show(self, user: str, change: Json) -> None:
        """Tells those who know somebody what has changed about him, and nothing else."""
        for account in self.accounts.values():
            if user in account.contacts:
                self.tell(account.name, "buddy_status", [{"buid": user} | change])

    def deliver(self, user: str, message: Json) -> None:
        if user in self.accounts and not self.tell(user, "recv_im", message):
            self.accounts[user].unread.append(message)

    # What people do. Each method has the name of its request.

    def apply(self, session: Session, method: str, message: Json) -> None:
        action = getattr(self, method, None)
        data = message["data"]
        if action is not None:
            action(session, data["data"])
        if method == "send_im" and session.dialect == "v1":
            result = {
                "request_id": data["request_id"],
                "response": {"timestamp": int(time.time()), "more": {"of": "this"}},
            }
            session.push("internal", result)

    def account_login(self, session: Session, data: Json) -> None:
        account = self.accounts.get(data["uid"])
        session.user = data["uid"]
        session.login_refused = account is None or account.password != data["passwd"]
        if account is None or session.login_refused:
            session.push("im", event(data["uid"], "disconnect", {"msg": "uidpassword"}))
            return
        if account.primitive == "offline":
            account.primitive = "available"
        self._welcome(session, account)
        preference = {"kind": "impref", "pref": "auto_away", "value": True}
        session.push("preference", {"preferences": [{"kind": "impref", "pref": "chat_log", "value": "on"}, preference]})
        self.show(account.name, {"primitive": self.seen(account.name)})

    def _welcome(self, session: Session, account: Account) -> None:
        def say(name: str, edata: Any) -> None:
            session.push("im", event(account.name, name, edata))

        say("signed_on", {"alias": account.name.title()})
        for at in range(0, len(account.contacts), 2):
            say("buddy_added", [self.buddy(account, user) for user in account.contacts[at : at + 2]])
        for group in self.groups.values():
            if account.name in group.members:
                say("buddy_added", [group.itself()] + [group.entry(user) for user in group.members])
        icons = [{"buid": user, "icon": self.accounts[user].icon} for user in account.contacts if user in self.accounts]
        say("buddy_icon", [icon for icon in icons if icon["icon"]])
        for user in account.asked_by:
            say("buddy_request", {"buid": user, "msg": "May I?"})

    def get_unread_msgs(self, session: Session, data: Json) -> None:
        account = self.accounts[data["uid"]]
        unread, account.unread = account.unread, []
        for message in unread:
            self.tell(account.name, "recv_im", message)

    def signed_off(self, user: str) -> None:
        """The last session of somebody may have ended."""
        if user in self.accounts and not self.sessions(user):
            self.show(user, {"primitive": "offline"})

    def set_status(self, session: Session, data: Json) -> None:
        account = self.accounts[session.user or ""]
        moods = account.mood
        account.primitive, account.mood = data["primitive"], data["status"]
        change = {"primitive": self.seen(account.name)}
        self.show(account.name, change | ({"status": account.mood} if account.mood != moods else {}))
        edata = {"r_name": "set_status", "primitive": data["primitive"], "status": data["status"]}
        self.tell(account.name, "reflect", edata, "account", but=session)

    def send_im(self, session: Session, data: Json) -> None:
        sender, to, now = data["uid"], data["buid"], int(time.time())
        echo = {"r_name": "send_im", "buid": to, "msg": data["msg"], "timestamp": now}
        self.tell(sender, "reflect", echo, "conv", but=session)
        if not to.endswith(";"):
            alias = self.accounts.get(to, Account(to, "", [], "")).aliases.get(sender, sender)
            self.deliver(to, {"buid": sender, "alias": alias, "msg": data["msg"], "timestamp": now})
            return
        group = self.groups.get(to[:-1])
        if group is None or sender not in group.members:
            session.blame(f"speaks in {to!r}, where it is no member")
            return
        group.said += 1
        buid = to if group.said % 2 else group.member(sender)
        message = {
            "buid": buid,
            "alias": group.topic or group.name,
            "msg": data["msg"],
            "timestamp": now,
            "author": sender,
        }
        for user in group.members:
            if user != sender:
                self.deliver(user, message)

    def im_typing(self, session: Session, data: Json) -> None:
        if not data["buid"].endswith(";"):
            self.tell(data["buid"], "typing", {"buid": data["uid"], "typing_state": data["typing_state"]})

    def add_buddy(self, session: Session, data: Json) -> None:
        account, user = self.accounts[data["uid"]], data["buid"]
        if user not in account.contacts:
            account.contacts.append(user)
        self.tell(account.name, "buddy_added", [{"buid": user, "group": "Offline"}])
        other = self.accounts.get(user)
        if other is not None and account.name not in other.contacts:
            other.asked_by.append(account.name)
            self.tell(user, "buddy_request", {"buid": account.name, "msg": "May I?"})

    def auth_add(self, session: Session, data: Json) -> None:
        account, user = self.accounts[data["uid"]], data["buid"]
        if user not in account.asked_by:
            session.blame(f"lets {user} in, who has not asked")
            return
        account.asked_by.remove(user)
        account.contacts.append(user)
        self.tell(account.name, "buddy_added", [self.buddy(account, user)])
        self.tell(user, "buddy_status", [self.buddy(self.accounts[user], account.name)])

    def auth_deny(self, session: Session, data: Json) -> None:
        self.accounts[data["uid"]].asked_by.remove(data["buid"])

    auth_block = auth_deny

    def del_buddy(self, session: Session, data: Json) -> None:
        account = self.accounts[data["uid"]]
        account.contacts.remove(data["buid"])
        self.tell(account.name, "buddy_removed", {"buid": data["buid"]})

    def change_buddy_alias(self, session: Session, data: Json) -> None:
        self.accounts[data["uid"]].aliases[data["buid"]] = data["alias"]
        self.tell(data["uid"], "buddy_status", [{"buid": data["buid"], "alias": data["alias"]}])

    def start_audio_chat(self, session: Session, data: Json) -> None:
        self.tell(data["buid"], "streams_info", {"buid": data["uid"], "is_initiator": False}, "call")
        self.tell(data["uid"], "streams_info", {"buid": data["buid"], "is_initiator": True}, "call")

    def create_shared_group(self, session: Session, data: Json) -> None:
        group = Group(f"G{len(self.groups)}x", data["name"])
        group.members.append(data["uid"])
        self.groups[group.gid] = group
        self.tell(data["uid"], "buddy_added", [group.itself(), group.entry(data["uid"])])

    def _group(self, session: Session, gid: str, user: str) -> Group | None:
        group = self.groups.get(gid)
        if group is None or user not in group.members:
            session.blame(f"{user} is no member of {gid!r}")
            return None
        return group

    def invite_to_group(self, session: Session, data: Json) -> None:
        group, user = self._group(session, data["gid"], data["uid"]), data["ibuid"]
        if data["iuid"] != data["uid"]:
            session.blame(f"invites as {data['iuid']}")
        if group is None or user in group.members:
            return
        for other in group.members:
            self.tell(other, "buddy_added", [group.entry(user) | {"inviter": data["uid"]}])
        group.members.append(user)
        entries = [group.entry(other) for other in group.members[:-1]]
        self.tell(user, "buddy_added", [group.itself() | {"inviter": data["uid"]}] + entries)
        self.tell(user, "buddy_added", [group.entry(user) | {"inviter": data["uid"]}])

    def set_group_topic(self, session: Session, data: Json) -> None:
        group = self._group(session, data["gid"], data["uid"])
        if group is None:
            return
        group.topic = data["topic"]
        said = {"buid": f"{group.gid};", "alias": group.topic, "msg": group.topic, "timestamp": int(time.time())}
        for user in group.members:
            if user != data["uid"]:
                self.tell(user, "recv_im", said | {"author": data["uid"]})
            self.tell(user, "buddy_status", [group.itself()])

    def _take_out(self, group: Group, user: str) -> None:
        group.members.remove(user)
        for other in group.members:
            self.tell(other, "buddy_removed", {"buid": group.member(user)})
        self.tell(user, "buddy_removed", [{"buid": group.member(user)}, {"buid": f"{group.gid};"}])

    def kick_member(self, session: Session, data: Json) -> None:
        gid, user, _ = data["buid"].split(";")
        group = self._group(session, gid, data["uid"])
        if group is not None and user in group.members:
            self._take_out(group, user)

    def leave_group(self, session: Session, data: Json) -> None:
        group = self._group(session, data["gid"], data["uid"])
        if group is not None:
            self._take_out(group, data["uid"])
