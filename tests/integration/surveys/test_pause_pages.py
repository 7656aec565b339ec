"""The griffie records how a body lifts its pause; everybody can read it."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

from flask.testing import FlaskClient

from core import clock
from core.db import db
from core.models import Account, Role
from surveys.models import Obligation, ObligationKind, Wave
from surveys.queries_commission import find_obligation, overdue_since

SignIn = Callable[[FlaskClient, Account], FlaskClient]
DECISION = {
    "decision": "2026-7",
    "url": "https://raad.voorbeeld.example/2026-7",
    "reason": "Het besluit is uitgesteld.",
}


def owe(wave: Wave, days: int) -> Obligation:
    made = Obligation(
        kind=ObligationKind.FEEDBACK,
        commission_id=wave.commission_id,
        body_id=wave.commission.body_id,
        wave_ref=wave.public_id,
        due_on=clock.today() - timedelta(days=days),
    )
    db.session.add(made)
    db.session.commit()
    return made


def test_a_pause_is_lifted_by_a_public_decision(
    make: SimpleNamespace, client: FlaskClient, new_client: Callable[[], FlaskClient], sign_in_staff: SignIn
) -> None:
    wave = make.surveys_fieldwork.fielding_wave(2)
    wave.commission = make.surveys_design.accepted(make.surveys_design.cast())
    owed = owe(wave, days=3)
    clerk = sign_in_staff(client, make.core.account(Role.CLERK))
    assert "Mag geen nieuwe opdracht indienen" in clerk.get("/griffie").text
    assert wave.title in clerk.get("/griffie/pauzes").text
    page = f"/griffie/pauzes/{wave.public_id}"
    shown = clerk.get(page).text
    assert "2 uitgenodigde panelleden wachten" in shown
    assert "kan niet ongedaan worden gemaakt" in shown
    data = {**DECISION, "decided_on": clock.today().isoformat()}
    assert clerk.post(page, data={}).status_code == 422
    for wrong in ({"url": "javascript:alert(1)"}, {"decided_on": "2999-01-01"}, {"decided_on": ""}):
        refused = clerk.post(page, data={**data, **wrong})
        assert refused.status_code == 409
        assert "Het besluit is uitgesteld." in refused.text
    assert overdue_since(owed.body_id, clock.today()) == owed.due_on
    assert clerk.post(page, data=data).status_code == 302
    assert overdue_since(owed.body_id, clock.today()) is None
    assert clerk.post(page, data=data).headers["Location"].endswith("/griffie/pauzes")
    for path in (f"/afspraken/{wave.commission.slug}", f"/vragenlijsten/{wave.slug}"):
        public = new_client().get(path).text
        assert "toch mag dit orgaan nieuwe opdrachten geven" in public
        assert 'href="https://raad.voorbeeld.example/2026-7"' in public
        assert "Het besluit is uitgesteld." in public


def test_without_a_pause_there_is_nothing_to_lift(
    make: SimpleNamespace, client: FlaskClient, sign_in_staff: SignIn
) -> None:
    wave = make.surveys_fieldwork.fielding_wave(1)
    owe(wave, days=0)
    clerk = sign_in_staff(client, make.core.account(Role.CLERK))
    page = f"/griffie/pauzes/{wave.public_id}"
    assert "Er is nu geen pauze om op te heffen" in clerk.get(page).text
    clerk.post(page, data={**DECISION, "decided_on": clock.today().isoformat()})
    db.session.expire_all()
    found = find_obligation(wave)
    assert found is not None
    assert found.pause_lifted_at is None
    assert clerk.get("/griffie/pauzes/onbekend").status_code == 404
