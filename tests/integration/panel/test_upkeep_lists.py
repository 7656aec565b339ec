"""The lists of the upkeep: what waits for a person, who rests, what was done; searched, paged and as a file."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient

from core import clock, settings
from core.db import db
from core.models import Role
from panel.models import Contact, Member, UpkeepRule, UpkeepRun
from panel.queries import actions, burden
from panel.queries.actions import Action, ActionFilter
from portal.queries.mine import profile_is_due

PAGE = "/griffie/panel"


@pytest.fixture
def clerk(client: FlaskClient, make: SimpleNamespace, sign_in_staff: Callable[..., FlaskClient]) -> FlaskClient:
    make.core.complete_settings()
    return sign_in_staff(client, make.core.account(Role.CLERK))


def without_mail(make: SimpleNamespace, n: int) -> list[Member]:
    made = [make.surveys_fieldwork.member(email=None, email_index=None) for _ in range(n)]
    db.session.commit()
    return made


def test_action_list_is_paged_searched_and_exported(make: SimpleNamespace, clerk: FlaskClient) -> None:
    waiting = without_mail(make, 53)
    failed = make.surveys_fieldwork.member(email=None, email_index=None, failed_email="x@voorbeeld.example")
    db.session.commit()
    assert actions.count(ActionFilter()) == 55
    assert [a for a, _ in actions.page(ActionFilter(), 1)].count(Action.FAILED_MAIL) == 1
    first, second = (clerk.get(f"{PAGE}/actielijst?pagina={n}").text for n in (1, 2))
    assert f">lid {waiting[0].id}</a>" in first
    assert f">lid {waiting[52].id}</a>" in second
    assert f">lid {waiting[52].id}</a>" not in first
    assert "55 acties" in first
    one = clerk.get(f"{PAGE}/actielijst?zoek={failed.id}").text
    assert "2 acties" in one
    assert f">lid {waiting[0].id}</a>" not in one
    assert "0 acties" in clerk.get(f"{PAGE}/actielijst?zoek=jansen").text
    only = clerk.get(f"{PAGE}/actielijst.csv?actie=failed_mail").text.splitlines()
    assert only[1:] == [f"E-mail werkt niet meer;{failed.id}"]
    assert len(clerk.get(f"{PAGE}/actielijst.csv").text.splitlines()) == 56


def test_a_page_beyond_the_last_is_the_last(make: SimpleNamespace, clerk: FlaskClient) -> None:
    (member,) = without_mail(make, 1)
    for address in ("actielijst", "belasting", "onderhoud"):
        assert clerk.get(f"{PAGE}/{address}?pagina=99").status_code == 200
    assert f">lid {member.id}</a>" in clerk.get(f"{PAGE}/actielijst?pagina=99").text


def test_who_rests_is_paged_searched_and_exported(make: SimpleNamespace, clerk: FlaskClient) -> None:
    members = without_mail(make, 52)
    for member in members:
        for n in range(settings.municipal().burden_cap):
            db.session.add(Contact(member_id=member.id, wave_ref=f"w{n}", asked_on=clock.today()))
    db.session.commit()
    assert burden.count_resting() == 52
    page = clerk.get(f"{PAGE}/belasting").text
    assert "52 leden" in page
    assert f">lid {members[51].id}</a>" not in page
    assert f">lid {members[51].id}</a>" in clerk.get(f"{PAGE}/belasting?pagina=2").text
    assert "1 lid" in clerk.get(f"{PAGE}/belasting?zoek={members[51].id}").text
    assert len(clerk.get(f"{PAGE}/belasting.csv").text.splitlines()) == 53


def test_log_of_what_was_done_is_narrowed_to_a_rule_and_exported(make: SimpleNamespace, clerk: FlaskClient) -> None:
    for n in range(60):
        rule = UpkeepRule.WAKE_UP if n % 3 else UpkeepRule.BOUNCED
        db.session.add(UpkeepRun(rule=rule, ran_on=clock.today(), planned=n, touched=n, started_at=clock.now()))
    db.session.commit()
    assert "60 uitvoeringen" in clerk.get(f"{PAGE}/onderhoud").text
    assert "20 uitvoeringen" in clerk.get(f"{PAGE}/onderhoud?regel=bounced").text
    assert len(clerk.get(f"{PAGE}/onderhoud.csv?regel=wake_up").text.splitlines()) == 41


@pytest.mark.parametrize(("months", "due"), [(12, False), (6, True)])
def test_notice_of_the_profile_check_follows_the_setting(make: SimpleNamespace, months: int, *, due: bool) -> None:
    make.core.complete_settings()
    settings.save(settings.from_document({**vars(settings.municipal()), "profile_check_months": months}))
    member = make.surveys_fieldwork.member(profile_checked_on=clock.today() - timedelta(days=200))
    db.session.commit()
    assert profile_is_due(member) is due
