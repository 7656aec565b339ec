"""Codes in letters: a row number and a 60-bit MAC, typed in groups of four. Derived, never stored.

A short code that is not stored hashed is a documented deviation from ASVS 6.5.2: the rate limit holds it, and a
second letter can print the same code.
"""

from dataclasses import dataclass

from core import crypto

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MAC_LENGTH = 12
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True)
class TypedCode:
    """A code as somebody typed it, read back into its parts."""

    number: int
    mac: str


def letter_purpose(round_public_id: str) -> str:
    """Purpose of the codes of one round: each round has a key of its own."""
    return f"letter-code:{round_public_id}"


ADDRESS_PURPOSE = "address-letter-code"


def make(purpose: str, number: int, value: str) -> str:
    """The code of a row, in groups of four."""
    whole = _digits(number) + crypto.short_code(purpose, value)
    return "-".join(whole[i : i + 4] for i in range(0, len(whole), 4))


def read(typed: str) -> TypedCode | None:
    """Read a typed code: dashes, spaces and case do not count, O is 0, I and L are 1; None when it is no code."""
    code = "".join(c for c in typed.upper() if c.isalnum()).translate(MISREAD)
    if not MAC_LENGTH < len(code) <= MAC_LENGTH + 12 or any(c not in ALPHABET for c in code):
        return None
    number = 0
    for character in code[:-MAC_LENGTH]:
        number = number * 32 + ALPHABET.index(character)
    return TypedCode(number, code[-MAC_LENGTH:])


def fits(typed: TypedCode, purpose: str, value: str) -> bool:
    """Whether the MAC belongs to this row (constant time)."""
    return crypto.equal(typed.mac, crypto.short_code(purpose, value))


def _digits(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number, 32)
        text = ALPHABET[rest] + text
    width = -(-max(len(text), 4) // 4) * 4
    return text.rjust(width, "0")
