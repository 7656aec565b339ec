"""Who has no e-mail gets a letter with the personal link and a paper form without a name."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import func, select

from core import clock, files
from core.db import db
from core.models import Account, AuditEvent, FileChunk, Role, StoredFile
from panel.models import Member
from surveys import jobs
from surveys.models import Fieldwork, Invitation, Wave
from surveys.services import by_post, fielding, opening, paper
from tests.factories import surveys_fieldwork
from tests.integration.paper import scan

SignIn = Callable[[FlaskClient, Account], FlaskClient]


@pytest.fixture
def wave(make: SimpleNamespace) -> Wave:
    """Four invited, of whom two have no e-mail."""
    factory = make.surveys_fieldwork
    for _ in range(2):
        factory.member(
            email=None, email_index=None, street="Dorpsstraat", house_number="1", postcode="3701 AA", city="Zeist"
        )
    made: Wave = factory.fielding_wave(2, questions=factory.questionnaire("every_kind"))
    return made


def posted(wave: Wave) -> int:
    mine = select(func.count()).where(Invitation.wave_id == wave.id, Invitation.posted_on.is_not(None))
    return db.session.scalar(mine) or 0


def test_letters_are_made_kept_encrypted_and_destroyed_at_closing(
    make: SimpleNamespace,
    wave: Wave,
    client: FlaskClient,
    sign_in_staff: SignIn,
    run_jobs: Callable[[], int],
) -> None:
    clerk = sign_in_staff(client, make.core.account(Role.CLERK))
    page = f"/griffie/vragenlijsten/{wave.public_id}/veldwerk/post"
    assert "Maak 2 brieven" in clerk.get(page).text
    assert clerk.post(page).status_code == 302
    run_jobs()
    assert posted(wave) == 2
    letters = select(StoredFile).where(StoredFile.owner == fielding.file_owner(wave))
    file = db.session.scalars(letters).one()
    assert file.expires_at <= clock.now() + timedelta(days=7)
    download = f"{page}/{file.public_id}.pdf"
    answer = clerk.get(download)
    assert answer.data.startswith(b"%PDF")
    assert db.session.scalars(select(AuditEvent).where(AuditEvent.action == "letters.download")).one()
    stored = b"".join(db.session.scalars(select(FileChunk.content)))
    assert b"%PDF" not in stored
    # nobody gets a second letter
    clerk.post(page)
    run_jobs()
    assert len(db.session.scalars(letters).all()) == 1
    make.surveys_fieldwork.close(wave)
    assert db.session.scalars(select(StoredFile)).all() == []
    assert db.session.scalars(select(FileChunk)).all() == []
    assert posted(wave) == 0
    assert clerk.get(download).status_code == 404


def test_the_letter_holds_the_link_that_opens_and_the_code_of_the_group(
    wave: Wave, client: FlaskClient, tmp_path: Path
) -> None:
    jobs.render_letters({"wave_id": wave.id}, lambda _a, _b: None)
    printed = files.read(db.session.scalars(select(StoredFile).filter_by(media_type="application/pdf")).one())
    sheets = [page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages]
    groups = {group.code for group in paper.groups(wave)}
    assert len(sheets) == 2
    for sheet in sheets:
        assert "Dorpsstraat 1" in sheet
        assert sum(code in sheet for code in groups) == 1
    links = [link for (link,) in scan(printed, tmp_path)]
    assert len(set(links)) == 2
    for link in links:
        assert wave.title in client.get(link.removeprefix("https://localhost")).text


def test_the_paper_form_has_every_question_and_no_person(
    make: SimpleNamespace, wave: Wave, client: FlaskClient, sign_in_staff: SignIn
) -> None:
    clerk = sign_in_staff(client, make.core.account(Role.CLERK))
    (code, *_rest) = by_post.forms_needed(wave)
    form = clerk.get(f"/griffie/vragenlijsten/{wave.public_id}/veldwerk/papier/formulier/{code}").text
    assert code in form
    assert wave.title in form
    for spec in surveys_fieldwork.questionnaire("every_kind"):
        assert spec.text in form
    for member in db.session.scalars(select(Member)):
        assert str(member.last_name) not in form
    unknown = f"/griffie/vragenlijsten/{wave.public_id}/veldwerk/papier/formulier/000000"
    assert clerk.get(unknown).status_code == 404


def test_without_people_on_the_post_route_there_is_nothing_to_make(make: SimpleNamespace) -> None:
    wave = make.surveys_fieldwork.fielding_wave(1)
    with pytest.raises(by_post.NoLettersError):
        by_post.order_letters(wave)
    assert files.destroy(fielding.file_owner(wave)) == 0


def test_a_missed_reminder_is_caught_up_by_day(make: SimpleNamespace) -> None:
    wave = make.surveys_fieldwork.fielding_wave(1)
    due = fielding.reminder_moments(wave).first
    day = clock.to_amsterdam(due).date() + timedelta(days=1)
    with clock.travel(clock.at_amsterdam(day, clock.to_amsterdam(due).time().replace(hour=3))):
        assert opening.advance() == []
    with clock.travel(clock.at_amsterdam(day, clock.to_amsterdam(due).time().replace(hour=10))):
        assert opening.advance() == [f"reminded:{wave.id}"]
    assert db.session.get_one(Fieldwork, wave.id).first_reminder_at is not None
