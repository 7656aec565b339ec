"""The cap on how often somebody is asked, and the exceptions that the griffie writes down with a reason."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from core import clock
from core.db import db
from core.errors import BlockedError, NotFoundError
from panel import wave_draws
from panel.models import BurdenException, Member
from panel.queries import burden
from panel.services import burden as caps
from panel.services import contacts
from tests.conftest import CheckingClient

DAY = timedelta(days=1)


def test_who_was_asked_often_enough_rests_unless_the_griffie_says_why(ready: SimpleNamespace, member: Member) -> None:
    coming = ready.surveys_fieldwork.ready_wave().public_id
    ready.core.complete_settings(burden_cap=2, burden_months=6)
    fresh, soon = ready.panel.member(), clock.now() + timedelta(minutes=1)
    contacts.note_asked([member.id], "w0", clock.today() - 400 * DAY)
    contacts.note_asked([member.id], "w1", clock.today() - 20 * DAY)
    assert len(wave_draws.invitable(soon, seed=1)) == 2
    contacts.note_asked([member.id], "w2", clock.today())
    assert [i.member_id for i in wave_draws.invitable(soon, seed=1)] == [fresh.id]
    assert [m.id for m in burden.resting_members()] == [member.id]
    assert len(wave_draws.invitable(soon, seed=1, wave_ref="w2")) == 2, "its own invitations do not count"
    with pytest.raises(NotFoundError):
        caps.allow_beyond_cap("w9", "spoed")
    with pytest.raises(BlockedError):
        caps.allow_beyond_cap(coming, "  ")
    made = caps.allow_beyond_cap(coming, "De raad beslist volgende maand.")
    assert len(wave_draws.invitable(soon, seed=1, wave_ref=coming)) == 2
    with pytest.raises(BlockedError):
        caps.allow_beyond_cap(coming, "nog eens")
    caps.withdraw(made)
    assert len(wave_draws.invitable(soon, seed=1, wave_ref=coming)) == 1


def test_exception_is_made_on_a_page_with_its_reason(ready: SimpleNamespace, clerk: CheckingClient) -> None:
    assert "geen vragenlijst die nog uitgezet" in clerk.get("/griffie/panel/belasting").get_data(as_text=True)
    coming = ready.surveys_fieldwork.ready_wave()
    assert coming.title in clerk.get("/griffie/panel/belasting").get_data(as_text=True)
    assert clerk.post("/griffie/panel/belasting", data={"wave": coming.public_id}).status_code == 422
    data = {"wave": coming.public_id, "reason": "De raad beslist volgende maand."}
    assert clerk.post("/griffie/panel/belasting", data=data).status_code == 302
    assert "De raad beslist" in clerk.get("/griffie/panel/belasting").get_data(as_text=True)
    data = {"exception": str(db.session.scalars(db.select(BurdenException.id)).one())}
    assert clerk.post("/griffie/panel/belasting/intrekken", data=data).status_code == 302
    assert clerk.post("/griffie/panel/belasting/intrekken", data=data).status_code == 404
