"""Many windows at once: what is answered, sent and begun at the same moment makes one record."""

import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from surveys.models import DayCounter, Invitation, SealedResponse
from surveys.services import answering, taking
from surveys.services.taking import Taking

AT_ONCE = 20
Work = Callable[[Taking, int], object]


@pytest.fixture
def invitation(make: SimpleNamespace) -> Invitation:
    """Somebody who may answer."""
    wave = make.surveys_fieldwork.fielding_wave(3)
    found: Invitation = make.surveys_fieldwork.invitations(wave)[0]
    return found


def do_at_once(app: Flask, number: int, work: Work) -> list[BaseException]:
    """Do the same twenty times at once for one invitation, each as a request of its own; returns what went wrong."""
    faults: list[BaseException] = []

    def one(i: int) -> None:
        with app.app_context():
            try:
                taken = taking.by_invitation(number)
                assert taken is not None
                work(taken, i)
                db.session.commit()
            except Exception as error:
                faults.append(error)
            finally:
                db.session.remove()

    db.session.remove()
    threads = [threading.Thread(target=one, args=(i,)) for i in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def sealed() -> int:
    """How many records there are."""
    return db.session.scalar(select(func.count()).select_from(SealedResponse)) or 0


def test_the_same_pages_saved_at_once_keep_every_answer(
    app: Flask, make: SimpleNamespace, invitation: Invitation
) -> None:
    pages = (("use", {"use": ["often"]}), ("mark", {"mark": ["7"]}))
    number = invitation.id
    answering.start(make.surveys_fieldwork.taking_of(invitation))
    db.session.commit()
    assert do_at_once(app, number, lambda taken, i: answering.save_page(taken, *pages[i % 2], seen_revision=1)) == []
    again = db.session.get_one(Invitation, number)
    draft = answering.load(make.surveys_fieldwork.taking_of(again)).document.draft
    assert draft is not None
    assert draft.answers == {"use": "often", "mark": 7}
    assert sealed() == 1


def test_sending_at_once_sends_and_counts_once(app: Flask, make: SimpleNamespace, invitation: Invitation) -> None:
    number = invitation.id
    make.surveys_fieldwork.answer(invitation, {"use": {"use": ["often"]}, "mark": {"mark": ["7"]}}, send=False)
    assert do_at_once(app, number, lambda taken, _i: answering.submit(taken)) == []
    assert sealed() == 1
    assert db.session.scalars(select(DayCounter.sent)).one() == 1


def test_beginning_at_once_makes_one_record(app: Flask, invitation: Invitation) -> None:
    assert do_at_once(app, invitation.id, lambda taken, _i: answering.start(taken)) == []
    assert sealed() == 1
