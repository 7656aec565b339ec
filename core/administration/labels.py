"""The Dutch words of administration: states, kinds of actors, what happened."""

from collections.abc import Mapping

from core.models import JobState, MailState

JOB_STATES = {
    JobState.QUEUED: ("Wacht", "grey"),
    JobState.RUNNING: ("Bezig", "blue"),
    JobState.DONE: ("Klaar", "green"),
    JobState.FAILED: ("Mislukt", "red"),
    JobState.UNSURE: ("Onzeker", "yellow"),
}
MAIL_STATES = {
    MailState.QUEUED: ("Wacht", "grey"),
    MailState.SENDING: ("Wordt verstuurd", "blue"),
    MailState.SENT: ("Verstuurd", "green"),
    MailState.FAILED: ("Mislukt", "red"),
    MailState.UNSURE: ("Onzeker", "yellow"),
    MailState.DROPPED: ("Niet meer nodig", "grey"),
}
ACTOR_KINDS = {
    "system": "het systeem",
    "visitor": "een bezoeker",
    "member": "een panellid",
    "staff": "een medewerker",
    "outside": "een ondertekenaar van buiten",
    "invitation": "iemand met een persoonlijke link",
}
RESULTS = {"ok": "gelukt", "refused": "geweigerd"}

_kinds: dict[str, str] = {"accounts.setup": "Link om een account in te stellen"}


def name_kinds(labels: Mapping[str, str]) -> None:
    """Let a package name its kinds of jobs and mails in Dutch."""
    _kinds.update(labels)


def kinds_named(words: str) -> list[str]:
    """The kinds whose Dutch name holds these words."""
    return [kind for kind, label in _kinds.items() if words.lower() in label.lower()]


def kind_label(kind: str) -> str:
    """The Dutch name of a kind of job or mail; the kind itself when nobody named it."""
    return _kinds.get(kind, kind)
