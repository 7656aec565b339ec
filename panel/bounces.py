"""What a mail server says about a mailbox: reports of RFC 3464, and which refusals mean that the mailbox is gone."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import default

# RFC 3463: no such mailbox or address (1), mailbox disabled (2.1), unspecified (0.0); a full mailbox is not gone
GONE = re.compile(r"5\.(1\.(?:0|1|2|3|6|10)|2\.[01]|0\.0)\b")
# without an enhanced code only these tell about the mailbox itself (RFC 5321 §4.2.2)
GONE_PLAIN = frozenset({"550", "551", "553"})
MESSAGE_ID = re.compile(r"<[^<>\s]{1,190}>")


@dataclass(frozen=True)
class BounceReport:
    """A report about one mail of ours: its Message-ID and whether the mailbox is gone."""

    message_id: str
    hard: bool


def is_hard(answer: str) -> bool:
    """Whether an answer ("550 5.1.1", "550") says that the mailbox does not exist or is closed."""
    code, _, enhanced = answer.strip().partition(" ")
    if enhanced:
        return GONE.match(enhanced) is not None
    return code in GONE_PLAIN or GONE.match(code) is not None


def read_report(raw: bytes) -> BounceReport | None:
    """What a delivery report says, or None when this is no such report or names no mail of ours."""
    message = message_from_bytes(raw, policy=default)
    parts = list(message.walk())
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    message_id = next((found for part in parts if (found := _original_id(part))), "")
    if status is None or not message_id:
        return None
    return BounceReport(message_id, _failed_hard(status))


def _original_id(part: Message) -> str:
    """The Message-ID of the mail that came back, whole or as its headers only."""
    kind = part.get_content_type()
    if kind == "message/rfc822" and (inside := _parts(part)):
        text = f"Message-ID: {inside[0].get('Message-ID', '')}"
    elif kind == "text/rfc822-headers":
        decoded = part.get_payload(decode=True)
        text = decoded.decode(errors="replace") if isinstance(decoded, bytes) else ""
    else:
        return ""
    line = re.search(r"^message-id:\s*(.*)$", text, re.IGNORECASE | re.MULTILINE)
    found = MESSAGE_ID.search(line[1]) if line else None
    return found.group() if found else ""


def _failed_hard(status: Message) -> bool:
    failed = [g for g in _parts(status) if str(g.get("Action", "")).strip().lower() == "failed"]
    return any(GONE.match(str(g.get("Status", "")).strip()) is not None for g in failed)


def _parts(message: Message) -> list[Message]:
    content = message.get_payload()
    return [part for part in content if isinstance(part, Message)] if isinstance(content, list) else []
