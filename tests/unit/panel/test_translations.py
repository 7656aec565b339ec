"""Every word of the pages for who joins exists in English, and what the product reads is what people edited."""

import ast
import hashlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from core.administration.labels import kind_label
from panel import classes
from panel.consents import CONSENT_VERSIONS
from panel.forms import (
    CodeForm,
    DigitsForm,
    EmailForm,
    JoinForm,
    LeaveForm,
    PauseForm,
    PreferencesForm,
    ProfileForm,
    SignUpForm,
)
from panel.labels import CODE_FAULT, CONSENT, MEMBER_STATUS, ORIGIN, PROFILE_FAULT, age_label
from panel.life_forms import AddressForm, DeathForm, HelperForm, ProofForm, SureForm
from panel.models import ConsentPurpose, MemberStatus
from panel.queries.contacts import OUTCOME
from panel.upkeep_labels import HELPER_ROLE, NOTE_KIND
from panel.views.language import LANGUAGE_NAMES
from panel.views.sign_up import TOO_QUICK
from portal import navigation, wording
from tools.compile_translations import catalogues, compiled

ROOT = Path(__file__).resolve().parents[3]
FORMS = (
    CodeForm, DigitsForm, JoinForm, SignUpForm, EmailForm, ProfileForm, PauseForm, PreferencesForm, LeaveForm,
    AddressForm, SureForm, HelperForm, DeathForm, ProofForm,
)  # fmt: skip
# modules that speak, and the functions that take the words
SPEAKING = ("panel/views/*.py", "portal/steps.py", "portal/views/mine.py")
SPOKEN_BY: dict[str, None] = {"say": None, "_home": None}
# mails that members get
KINDS = (
    "panel.code", "panel.known", "panel.duplicate", "panel.welcome", "panel.waiting", "panel.profile_check",
    "panel.profile_reminder", "panel.pause_ending", "panel.wake_up", "panel.last_call", "surveys.invitation",
    "surveys.reminder", "feedback.results_published", "feedback.feedback_published", "feedback.later_answer",
)  # fmt: skip
# what the page of one's own data tells beside plain fields
NO_FIELDS = ("toestemmingen", "gevraagd voor", "hulp", "contact")
# a version of a consent stands for these words; change the words, and give the purpose a new version
WORDS = {
    (ConsentPurpose.PARTICIPATE, "2026-1"): "24a3674af1709f13",
    (ConsentPurpose.LINK_WAVES, "2026-1"): "7bc0057b7103023f",
    (ConsentPurpose.TALK_FURTHER, "2026-1"): "b4ac43cfe4821596",
}


def wanted() -> set[str]:
    """Every text that a translated page can show."""
    return {text for text in chain(_templates(), _modules(), _forms(), _spoken(), _about_members()) if text}


def _templates() -> Iterator[str]:
    for file in (ROOT / "templates").rglob("*.html"):
        with file.open("rb") as source:
            options = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
            for _line, text, _comments, _context in extract("jinja2.ext:babel_extract", source, options=options):
                yield text if isinstance(text, str) else text[0]


def _forms() -> Iterator[str]:
    for form in FORMS:
        for name in dir(form):
            field = getattr(form, name)
            if type(field).__name__ != "UnboundField":
                continue
            yield str(field.args[0])
            validators = field.args[1] if len(field.args) > 1 else ()
            yield from (str(v.message) for v in validators if getattr(v, "message", None))
            yield from (str(choice.label) for choice in field.kwargs.get("choices", ()))
        yield str(getattr(form, "no_district", ""))


def _modules() -> Iterator[str]:
    for file in chain.from_iterable(ROOT.glob(pattern) for pattern in SPEAKING):
        with file.open("rb") as source:
            for _line, text, _comments, _context in extract("python", source, keywords=SPOKEN_BY):
                yield text if isinstance(text, str) else text[0]


def _about_members() -> Iterator[str]:
    """Words of a member's own pages that are kept with what they name."""
    for words in (MEMBER_STATUS, ORIGIN, NOTE_KIND, OUTCOME, HELPER_ROLE):
        yield from (text for code, text in words.items() if code is not MemberStatus.LEFT)
    yield from (label for label, _colour in wording.STAGE.values())
    yield from (wording.STEP_AGREED, wording.STEP_FIELD, wording.STEP_RESULTS, wording.STEP_FEEDBACK)
    yield from (age_label(code) for code in classes.AGE_CODES)
    yield from (label for kind in KINDS if (label := kind_label(kind)) != kind)
    yield from ("E-mail", "Uitgenodigd voor een vragenlijst", "De pauze moet na vandaag eindigen.")
    yield "Een pauze duurt ten hoogste een jaar."
    yield from kept_fields()


def kept_fields() -> Iterator[str]:
    """The names under which a member's data stand in the download."""
    tree = ast.parse((ROOT / "panel/services/own_data.py").read_text(encoding="utf-8"))
    (export,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "export_data")
    (kept,) = (node.value for node in ast.walk(export) if isinstance(node, ast.Return))
    yield from (
        key.value
        for key in (kept.keys if isinstance(kept, ast.Dict) else ())
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value not in NO_FIELDS
    )


def _spoken() -> Iterator[str]:
    yield from CODE_FAULT.values()
    # what only the griffie is told stays Dutch
    yield from (text for code, text in PROFILE_FAULT.items() if code != "known")
    yield from (TOO_QUICK, "Controleer wat u hebt ingevuld", "mijn wijk staat er niet bij")
    yield from ("Lid worden", "Mijn panel", navigation.MAILBOX[0])
    yield from (label for label, _url in navigation.PUBLIC)


def _catalogue(file: Path) -> Any:
    with file.open("rb") as source:
        return read_po(source)


def test_there_is_a_catalogue_for_every_language_beside_dutch() -> None:
    assert {file.parts[-3] for file in catalogues()} == set(LANGUAGE_NAMES) - {"nl"}


@pytest.mark.parametrize("file", catalogues(), ids=lambda file: file.parts[-3])
@pytest.mark.heavy
def test_every_text_is_translated_and_none_is_left_over(file: Path) -> None:
    known = {str(message.id): str(message.string) for message in _catalogue(file) if message.id}
    texts = wanted()
    assert not texts - set(known), "add these to the catalogue"
    assert not set(known) - texts, "these are said nowhere any more"
    assert not [text for text, translation in known.items() if not translation or "fuzzy" in translation]


@pytest.mark.parametrize("file", catalogues(), ids=lambda file: file.parts[-3])
def test_what_the_product_reads_is_what_people_edited(file: Path) -> None:
    assert file.with_suffix(".mo").read_bytes() == compiled(file), "run make translations"


@pytest.mark.parametrize("purpose", list(ConsentPurpose))
def test_changed_words_of_a_consent_are_a_new_version(purpose: ConsentPurpose) -> None:
    (english,) = [m.string for m in _catalogue(catalogues()[0]) if m.id == CONSENT[purpose]]
    digest = hashlib.sha256(f"{CONSENT[purpose]}|{english}".encode()).hexdigest()[:16]
    assert WORDS[purpose, CONSENT_VERSIONS[purpose]] == digest
