"""Who chose English gets it on every page of a member: what is said, what is refused, what is kept, and the way out."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import html5lib
import pytest
from flask.testing import FlaskClient

from core import clock
from core.db import db
from panel.models import ConsentPurpose, HelperRole, Member
from panel.services import helping
from tests.conftest import CheckingClient

# words that stand in nearly every Dutch sentence and in no English one
DUTCH = re.compile(
    r"\b(?:aan|alles|bij|dan|dat|deze|dit|een|en|geen|hebt|het|kunt|met|naar|niet|nog|ons|ook|op|uw|van|voor|vul"
    r"|wij|wilt|wordt|zijn)\b",
    re.IGNORECASE,
)
OWN_PAGES = (
    "/mijn", "/mijn/profiel", "/mijn/e-mailadres", "/mijn/e-mailadres/code", "/mijn/voorkeuren", "/mijn/pauze",
    "/mijn/gegevens", "/mijn/verlaten", "/mijn/verhuisd", "/mijn/hulp",
)  # fmt: skip
PUBLIC_PAGES = ("/inloggen", "/gestopt", "/overleden", "/overleden/ontvangen", "/weer-meedoen/niemand/sleutel")
REFUSED = (
    "/mijn/profiel", "/mijn/e-mailadres", "/mijn/e-mailadres/code", "/mijn/voorkeuren", "/mijn/pauze",
    "/mijn/verlaten", "/mijn/verhuisd", "/mijn/verhuisd/andere-gemeente", "/mijn/hulp", "/gestopt", "/overleden",
)  # fmt: skip


def dutch_left(html: str, language: str = "en") -> list[str]:
    """The pieces of a page that still speak Dutch: all words, labels and titles, without names of places."""
    page = html5lib.parse(html, namespaceHTMLElements=False)
    assert page.get("lang") == language
    return [piece for part in page for piece in _pieces(part) if DUTCH.search(piece)]


def _pieces(element: Any) -> list[str]:
    if element.tag in ("script", "style") or element.get("lang") == "nl" or element.get("id") == "district_code":
        return []
    own = [element.text, element.get("aria-label"), element.get("title")]
    return [
        *(piece.strip() for piece in own if piece),
        *(piece for child in element for piece in [*_pieces(child), (child.tail or "").strip()]),
    ]


@pytest.fixture
def english(member: Member) -> Member:
    member.language = "en"
    helping.set_helper(member, name="Bo", role=HelperRole.READS_ALONG, how="030 123", consented=True)
    db.session.commit()
    return member


@pytest.fixture
def browser(english: Member, client: CheckingClient, sign_in_member: Any) -> FlaskClient:
    signed_in: FlaskClient = sign_in_member(client, english)
    return signed_in


@pytest.mark.parametrize("path", OWN_PAGES)
def test_own_page_speaks_english(browser: FlaskClient, path: str) -> None:
    assert dutch_left(browser.get(path).get_data(as_text=True)) == []


@pytest.mark.parametrize("path", REFUSED)
def test_refusal_speaks_english(browser: FlaskClient, path: str) -> None:
    answer = browser.post(path, data={})
    assert answer.status_code == 422
    assert dutch_left(answer.get_data(as_text=True)) == []


@pytest.mark.parametrize("path", PUBLIC_PAGES)
@pytest.mark.usefixtures("ready")
def test_public_page_follows_the_language_of_the_mail(client: CheckingClient, path: str) -> None:
    assert dutch_left(client.get(f"{path}?taal=en").get_data(as_text=True)) == []
    assert len(dutch_left(client.get(f"{path}?taal=nl").get_data(as_text=True), "nl")) > 1


@pytest.mark.usefixtures("ready")
def test_other_language_can_be_chosen_on_a_page_that_a_mail_opened(client: CheckingClient) -> None:
    page = client.get("/weer-meedoen/niemand/sleutel?taal=en").get_data(as_text=True)
    (link,) = re.findall(r'href="(/taal/nl[^"]*)"', page)
    back = client.get(link, follow_redirects=True).get_data(as_text=True)
    assert "Wilt u nog meedoen?" in back


def test_what_was_done_is_told_in_english(browser: FlaskClient, english: Member) -> None:
    told = []
    day = (clock.today() + timedelta(days=10)).isoformat()
    for path, data in (
        ("/mijn/profiel/klopt", {}),
        ("/mijn/pauze", {"until": day}),
        ("/mijn/pauze", {"until": clock.today().isoformat()}),
        ("/mijn/pauze/stoppen", {}),
        ("/mijn/hulp/weg", {}),
        ("/mijn/voorkeuren", {"language": "en"}),
    ):
        answer = browser.post(path, data=data, follow_redirects=True).get_data(as_text=True)
        told.append(dutch_left(answer))
    assert told == [[]] * 6
    left = browser.post("/mijn/verlaten", data={"sure": "y"}, follow_redirects=True).get_data(as_text=True)
    assert "Your details have been erased" in left
    assert dutch_left(left) == []


def test_changed_consent_is_asked_in_english(browser: FlaskClient, english: Member) -> None:
    for consent in english.consents:
        consent.version = "2000-1"
    db.session.commit()
    page = browser.get("/mijn/toestemming").get_data(as_text=True)
    assert ConsentPurpose.PARTICIPATE.value in page
    assert dutch_left(page) == []


def test_language_follows_the_member_from_sign_in_on_and_changes_with_the_preference(
    english: Member, client: CheckingClient, outbox_run: Any
) -> None:
    client.post("/inloggen", data={"email": english.email})
    text = outbox_run()[-1].get_body(("plain",)).get_content()
    assert "taal=en" in text
    assert not DUTCH.search(re.sub(r"https?://\S+", "", text))
    code = re.search(r"\b\d{6}\b", text)
    assert code
    client.post("/inloggen/code", data={"code": code[0]})
    assert "My panel" in client.get("/mijn").get_data(as_text=True)
    told = client.post("/mijn/voorkeuren", data={"language": "nl"}, follow_redirects=True).get_data(as_text=True)
    assert "Uw voorkeuren zijn opgeslagen." in told


def test_page_that_is_not_there_says_so_in_english(browser: FlaskClient) -> None:
    answer = browser.get("/gestopt/ONBEKEND")
    assert answer.status_code == 404
    assert dutch_left(answer.get_data(as_text=True)) == []


def test_only_the_title_of_a_questionnaire_is_dutch(
    ready: SimpleNamespace, client: CheckingClient, sign_in_member: Any
) -> None:
    wave = ready.surveys_fieldwork.fielding_wave()
    invitation = ready.surveys_fieldwork.invitations(wave)[0]
    invited = db.session.get_one(Member, invitation.member_id)
    invited.language = "en"
    db.session.commit()
    sign_in_member(client, invited)
    page = client.get("/mijn").get_data(as_text=True)
    assert f'<span lang="nl">{wave.title}</span>' in page
    assert "To the questionnaire" in page
    assert dutch_left(page) == []
    ready.surveys_fieldwork.close(wave)
    page = client.get("/mijn").get_data(as_text=True)
    assert "answers are being counted" in page
    assert "still to come" in page
    assert [piece for piece in dutch_left(page) if wave.title not in piece] == []
