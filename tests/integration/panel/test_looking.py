"""Whoever of the griffie looks at the data of somebody leaves a row in the audit log."""

from types import SimpleNamespace

import pytest

from core import clock
from core.db import db
from core.models import AuditEvent
from panel.models import DeathReport, Member
from tests.conftest import CheckingClient


def looks(action: str) -> int:
    rows = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == action)).all()
    return len([row for row in rows if row.actor_kind == "staff"])


@pytest.mark.parametrize("page", ["", "/bereiken", "/hulp"])
def test_a_page_with_the_data_of_a_member_leaves_a_row(member: Member, clerk: CheckingClient, page: str) -> None:
    assert clerk.get(f"/griffie/panel/lid/{member.public_id}{page}").status_code == 200
    assert looks("member.view") == 1


def test_reports_of_a_death_leave_a_row_and_an_empty_list_does_not(
    ready: SimpleNamespace, clerk: CheckingClient
) -> None:
    clerk.get("/griffie/panel/actielijst")
    assert looks("death.view_reports") == 0
    db.session.add(DeathReport(person="A. Voorbeeld", reporter="B. Voorbeeld", made_at=clock.now()))
    db.session.commit()
    assert "B. Voorbeeld" in clerk.get("/griffie/panel/actielijst").text
    assert looks("death.view_reports") == 1
