"""Passwords of staff: long, not among the known ones, hashed with argon2; no rules about which characters."""

import functools
import re
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 15
LONGEST = 200
# what people choose when fifteen characters are asked; repetitions and keyboard walks are recognised below
_COMMON = (
    "password passwort wachtwoord welkom welcome qwerty azerty letmein iloveyou administrator admin geheim gemeente "
    "zeist inwonerspanel panel griffie raadslid gemeenteraad raad nederland holland amsterdam utrecht ajax feyenoord "
    "zomer winter lente herfst januari februari maart april juni juli augustus september oktober november december "
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag monkey dragon football voetbal sunshine princess"
)
COMMON_WORDS = re.compile("|".join(sorted(re.findall(r"\w+", _COMMON), key=len, reverse=True)))
LOOKALIKES = str.maketrans("013457@$!", "oieastasi")
WALKS = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "azertyuiopqsdfghjklm")
FEWEST_DIFFERENT = 6

# RFC 9106, the option for little memory: 64 MiB, three passes
STRONG = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)
_hasher = STRONG


def use(hasher: PasswordHasher) -> None:
    """Hash with other parameters from now on; only for tests that are not about passwords."""
    global _hasher
    _hasher = hasher
    _nobody.cache_clear()


def normal(password: str) -> str:
    """The form in which a password is hashed, so that it does not depend on the keyboard that made an accent."""
    return unicodedata.normalize("NFKC", password)


def faults(password: str, *own: str) -> list[str]:
    """Codes of what is wrong with a new password: too-short, too-long, too-common, too-personal."""
    text = normal(password)
    found = []
    if len(text) < SHORTEST:
        found.append("too-short")
    if len(text) > LONGEST:
        found.append("too-long")
    if is_common(text):
        found.append("too-common")
    if _is_own(text, own):
        found.append("too-personal")
    return found


def is_common(password: str) -> bool:
    """Whether a password is made of nothing but well-known words, repetitions and walks over the keyboard."""
    text = password.casefold()
    if len(set(text)) < FEWEST_DIFFERENT or _is_walk(text):
        return True
    return _only_words(text) or _only_words(text.translate(LOOKALIKES))


def _only_words(text: str) -> bool:
    letters = re.sub(r"[^a-z]", "", text)
    rest = COMMON_WORDS.sub("", letters)
    return bool(letters) and text.isascii() and (len(rest) <= 2 or _is_walk(rest))


def _is_walk(text: str) -> bool:
    return len(text) >= 4 and any(text in walk * 3 or text in walk[::-1] * 3 for walk in WALKS)


def _is_own(password: str, own: tuple[str, ...]) -> bool:
    plain = re.sub(r"[\W_\d]", "", password.casefold())
    return any(plain and plain == re.sub(r"[\W_\d]", "", word.casefold()) for word in own if word)


def hash_password(password: str) -> str:
    """The argon2 hash to store."""
    return _hasher.hash(normal(password))


@functools.cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_hex(16))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password fits; without a stored hash the same work is done, so that time tells nothing."""
    nobody = _nobody()
    try:
        fits = _hasher.verify(stored or nobody, normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return fits and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)
