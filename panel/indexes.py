"""Blind indexes of the panel: how encrypted names and addresses are found back, and nothing else."""

import unicodedata

from core import crypto


def plain(value: str) -> str:
    """Lower case, without accents and spaces, so that the same name or address gives the same index."""
    decomposed = unicodedata.normalize("NFKD", value.casefold())
    return "".join(c for c in decomposed if c.isalnum() or c == "@" or c in ".+-_")


def email_index(email: str) -> str:
    """Index of a mailbox (case does not count)."""
    return crypto.blind_index("member-email", email.strip().casefold())


def surname_index(last_name: str) -> str:
    """Index of a surname."""
    return crypto.blind_index("member-surname", plain(last_name))


def household_index(postcode: str, house_number: str) -> str:
    """Index of an address: postcode and house number with its addition."""
    return crypto.blind_index("member-household", f"{plain(postcode)}|{plain(house_number)}")


def person_index(first_name: str, last_name: str, postcode: str, house_number: str) -> str:
    """Index of a sampled person: name and address."""
    parts = "|".join(plain(part) for part in (first_name, last_name, postcode, house_number))
    return crypto.blind_index("sample-person", parts)
