"""Versions of the texts that members consent to: a changed text is a new version, and is asked again."""

from collections.abc import Iterable

from panel.models import Consent, ConsentPurpose

# a test holds each version to its exact words in every language: change the words, and the version must change
CONSENT_VERSIONS = {
    ConsentPurpose.PARTICIPATE: "2026-1",
    ConsentPurpose.LINK_WAVES: "2026-1",
    ConsentPurpose.TALK_FURTHER: "2026-1",
}


def outdated(consents: Iterable[Consent]) -> list[ConsentPurpose]:
    """The purposes to which somebody consented in words that have changed since."""
    standing = {c.purpose: c.version for c in consents if c.withdrawn_at is None}
    return [p for p in ConsentPurpose if p in standing and standing[p] != CONSENT_VERSIONS[p]]
