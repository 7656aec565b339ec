"""What each page shows to whom: the public, the griffie, the analyst, the council; also by raw POST."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core import clock
from core.db import db
from core.models import Account, AuditEvent, Role
from feedback import queries
from feedback.models import Outcome, Publication, PublicationStatus
from surveys.lifecycle import WaveStatus
from surveys.models import Fieldwork, Wave

SignIn = Callable[[FlaskClient, Account], FlaskClient]


def _slug(publication: Publication) -> str:
    return db.session.get_one(Wave, publication.wave_id).slug


@pytest.fixture
def public(make: SimpleNamespace) -> Publication:
    """A publication with public results."""
    found: Publication = make.feedback.published(make.feedback.closed_wave(300, drawn=0.8))
    return found


def _text(client: FlaskClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.get_data(as_text=True)


def test_list_is_empty_without_waves(client: FlaskClient) -> None:
    assert "geen vragenlijsten" in _text(client, "/vragenlijsten")


def test_list_is_searched_and_filtered(client: FlaskClient, public: Publication) -> None:
    title = db.session.get_one(Wave, public.wave_id).title
    assert title in _text(client, "/vragenlijsten?stand=resultaten")
    assert title in _text(client, f"/vragenlijsten?zoek={title[:8]}")
    assert title not in _text(client, "/vragenlijsten?stand=terugkoppeling")
    assert title not in _text(client, "/vragenlijsten?zoek=bestaat-niet")


def test_wave_in_design_has_no_public_page(client: FlaskClient, make: SimpleNamespace) -> None:
    wave = make.surveys_fieldwork.ready_wave()
    assert client.get(f"/vragenlijsten/{wave.slug}").status_code == 404
    wave.status = WaveStatus.FIELDING
    db.session.commit()
    assert wave.title in _text(client, f"/vragenlijsten/{wave.slug}")


def test_before_the_hour_nothing_is_shown_anywhere(client: FlaskClient, make: SimpleNamespace) -> None:
    publication = make.feedback.weighed(make.feedback.closed_wave(60))
    slug = _slug(publication)
    page = _text(client, f"/vragenlijsten/{slug}")
    assert "antwoorden worden nu verwerkt" in page
    assert "Moet het 30 worden?" not in page
    assert "nog niet" in _text(client, f"/vragenlijsten/{slug}/terugkoppeling")
    for path in ("onderzoek", "cijfers.csv", "cijfers/speed.csv"):
        _text(client, f"/vragenlijsten/{slug}/{path}", 404)


def test_results_page_has_figures_base_and_doubt(client: FlaskClient, public: Publication) -> None:
    page = _text(client, f"/vragenlijsten/{_slug(public)}")
    figure = public.current.document["questions"][0]["blocks"][0]["figures"][0]
    assert f"{figure['percent']} %" in page
    assert "panelleden die deze vraag invulden" in page
    assert "modelmatige onzekerheid" in page
    assert "Dit spraken we af" in page
    assert "er is nog geen antwoord" in page
    assert "representatief" not in page


def test_drawn_only_panel_gets_a_margin(client: FlaskClient, make: SimpleNamespace) -> None:
    page = _text(client, f"/vragenlijsten/{_slug(make.feedback.published())}")
    assert "die bij zo&#39;n loting hoort" in page
    assert "modelmatige" not in page


def test_question_that_weighting_cannot_repair_says_so_loudly(client: FlaskClient, public: Publication) -> None:
    slug = _slug(public)
    for path in ("", "/terugkoppeling", "/onderzoek"):
        assert "Weging kan dit niet herstellen" in _text(client, f"/vragenlijsten/{slug}{path}")


def test_method_page_names_source_status_and_hashes(client: FlaskClient, public: Publication) -> None:
    page = _text(client, f"/vragenlijsten/{_slug(public)}/onderzoek")
    assert "Bron: CBS" in page
    assert "afgeleid uit gepubliceerde cijfers" in page
    assert public.current.digest in page
    assert "AAPOR" in page
    assert "Zonder weging" in page


def test_file_holds_what_the_page_shows(client: FlaskClient, public: Publication) -> None:
    slug = _slug(public)
    everything = _text(client, f"/vragenlijsten/{slug}/cijfers.csv")
    one = _text(client, f"/vragenlijsten/{slug}/cijfers/speed.csv")
    figure = public.current.document["questions"][0]["blocks"][0]["figures"][0]
    assert f"{figure['percent']} %" in one
    assert "Welk cijfer?" in everything
    assert "Welk cijfer?" not in one
    assert "Meer bomen" not in everything
    _text(client, f"/vragenlijsten/{slug}/cijfers/bestaat-niet.csv", 404)


def test_withheld_breakdown_is_in_no_page_and_no_file(client: FlaskClient, make: SimpleNamespace) -> None:
    publication = make.feedback.published(make.feedback.closed_wave(90))
    slug = _slug(publication)
    breakdowns = publication.current.document["questions"][0]["blocks"][0]["breakdowns"]
    assert {b["variable"]: b["withheld"] for b in breakdowns} == {"sex": False, "age": True}
    page, file = _text(client, f"/vragenlijsten/{slug}"), _text(client, f"/vragenlijsten/{slug}/cijfers.csv")
    assert "te weinig antwoorden" in page
    assert "30 tot en met 39 jaar" not in page
    assert "30 tot en met 39 jaar" not in file
    assert "te weinig antwoorden" in file


def test_griffie_answers_and_publishes_in_the_browser(
    client: FlaskClient, make: SimpleNamespace, sign_in_staff: SignIn, public: Publication
) -> None:
    sign_in_staff(client, make.feedback.clerk())
    board = f"/griffie/publicaties/{public.public_id}/bevindingen"
    assert "Dit ontbreekt nog" in _text(client, board)
    refused = client.post(f"{board}/publiceren")
    assert refused.status_code == 409
    assert "Bevinding 1: er is nog geen antwoord." in refused.get_data(as_text=True)
    for finding in public.findings:
        path = f"{board}/{finding.public_id}"
        assert client.get(path).status_code == 200
        assert client.post(path, data=make.feedback.form_of(make.feedback.ADOPTED)).status_code == 302
    assert client.post(f"{board}/publiceren").status_code == 302
    db.session.expire_all()
    assert public.status is PublicationStatus.FEEDBACK_PUBLISHED
    page = _text(client, f"/vragenlijsten/{_slug(public)}/terugkoppeling")
    for text in ("Overgenomen", "21 voor, 12 tegen", "De borden worden geplaatst.", "1 juni 2027"):
        assert text in page


def test_wrong_answer_keeps_what_was_filled_in(
    client: FlaskClient, make: SimpleNamespace, sign_in_staff: SignIn, public: Publication
) -> None:
    sign_in_staff(client, make.feedback.clerk())
    path = f"/griffie/publicaties/{public.public_id}/bevindingen/{public.findings[0].public_id}"
    data = {"outcome": Outcome.UNDECIDED.value, "why": "Wij wachten nog.", "link": "geen adres"}
    response = client.post(path, data=data)
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "Wij wachten nog." in page
    assert "Vul in wanneer er wel een besluit is." in page
    assert "Vul een volledig webadres in" in page


@pytest.mark.parametrize("role", [Role.COUNCIL_MEMBER, Role.ANALYST, Role.ADMINISTRATOR])
def test_only_the_griffie_publishes_feedback(
    client: FlaskClient, make: SimpleNamespace, sign_in_staff: SignIn, public: Publication, role: Role
) -> None:
    make.feedback.answer_all(public)
    sign_in_staff(client, make.core.account(role))
    assert client.post(f"/griffie/publicaties/{public.public_id}/bevindingen/publiceren").status_code == 403


def test_refused_weighting_is_decided_in_the_browser(
    client: FlaskClient, make: SimpleNamespace, sign_in_staff: SignIn
) -> None:
    publication = make.feedback.weighed(make.feedback.closed_wave(ages=make.feedback.AGES[1:]))
    sign_in_staff(client, make.core.account(Role.ANALYST))
    path = f"/griffie/publicaties/{publication.public_id}/weging"
    assert "16 tot en met 29 jaar samen met 30 tot en met 39 jaar" in _text(client, path)
    nothing = client.post(f"{path}/besluit", data={"reason": "Zomaar"})
    assert nothing.status_code == 422
    without = client.post(f"{path}/besluit", data={"merges": "age::16-29::30-39"})
    assert without.status_code == 422
    other = client.post(f"{path}/besluit", data={"merges": "age::75+::16-29", "reason": "Liever zo"})
    assert other.status_code == 422
    done = client.post(f"{path}/besluit", data={"merges": "age::16-29::30-39", "reason": "Niemand onder 30"})
    assert done.status_code == 302
    db.session.expire_all()
    assert publication.status is PublicationStatus.WEIGHING
    assert client.post(f"{path}/akkoord").status_code == 409


def test_early_look_is_listed_in_public(
    client: FlaskClient, new_client: Callable[[], FlaskClient], make: SimpleNamespace, sign_in_staff: SignIn
) -> None:
    publication = make.feedback.weighed(make.feedback.closed_wave(60))
    staff = sign_in_staff(new_client(), make.feedback.clerk())
    _text(staff, f"/griffie/publicaties/{publication.public_id}/weging")
    publication.results_due_at = clock.now() - timedelta(minutes=1)
    db.session.commit()
    assert make.feedback.feedback_jobs.publish_due_results() == 1
    page = _text(client, f"/vragenlijsten/{_slug(publication)}/onderzoek")
    assert "<li>griffie, op " in page


def test_open_answers_are_for_the_analyst_alone_and_audited(
    new_client: Callable[[], FlaskClient], make: SimpleNamespace, sign_in_staff: SignIn, public: Publication
) -> None:
    path = f"/griffie/publicaties/{public.public_id}/open-antwoorden"
    both = make.core.account(Role.ANALYST, Role.CLERK)
    for account in (make.feedback.clerk(), both):
        assert sign_in_staff(new_client(), account).get(path).status_code == 403
    page = _text(sign_in_staff(new_client(), make.core.account(Role.ANALYST)), path)
    assert "Meer bomen" in page
    seen = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "open_answers.read")).all()
    assert len(seen) == 1


def test_council_member_adds_a_finding_and_signs_a_statement(
    client: FlaskClient, make: SimpleNamespace, sign_in_staff: SignIn, public: Publication
) -> None:
    sign_in_staff(client, make.core.account(Role.COUNCIL_MEMBER, name="R. Aadslid"))
    path = f"/raad/bevindingen/{public.public_id}"
    assert "Voeg een bevinding toe" in _text(client, path)
    assert _text(client, "/raad/bevindingen")
    assert client.post(f"{path}/bevinding", data={"sentence": ""}).status_code == 422
    assert client.post(f"{path}/bevinding", data={"sentence": "Jongeren missen."}).status_code == 302
    assert client.post(f"{path}/bevinding", data={"sentence": "Nog een."}).status_code == 409
    statement = {"text": "Wij vinden dit te snel.", "signed_as": "R. Aadslid, fractie"}
    assert client.post(f"{path}/verklaring", data=statement).status_code == 302
    page = _text(client, f"/vragenlijsten/{_slug(public)}")
    for text in ("Jongeren missen.", "R. Aadslid", "Wij vinden dit te snel."):
        assert text in page


def test_council_member_finds_nothing_before_everybody(
    client: FlaskClient, make: SimpleNamespace, sign_in_staff: SignIn
) -> None:
    publication = make.feedback.weighed(make.feedback.closed_wave(60))
    sign_in_staff(client, make.core.account(Role.COUNCIL_MEMBER))
    assert client.get(f"/raad/bevindingen/{publication.public_id}").status_code == 404
    assert client.get(f"/griffie/publicaties/{publication.public_id}/weging").status_code == 403


def test_wave_in_the_field_shows_the_promise(client: FlaskClient, make: SimpleNamespace) -> None:
    wave = make.feedback.closed_wave(3)
    wave.status = WaveStatus.FIELDING
    db.session.commit()
    page = _text(client, f"/vragenlijsten/{wave.slug}")
    assert "Deze vragenlijst is nu open" in page
    assert "Dit spraken we af" in page


def test_boards_of_the_griffie_list_and_export(
    client: FlaskClient, make: SimpleNamespace, sign_in_staff: SignIn, public: Publication
) -> None:
    sign_in_staff(client, make.feedback.clerk())
    title = db.session.get_one(Wave, public.wave_id).title
    assert title in _text(client, "/griffie/publicaties")
    assert title not in _text(client, "/griffie/publicaties?stand=weighing")
    assert title in _text(client, "/griffie/publicaties/lijst.csv")


def test_method_page_says_when_the_weighting_groups_go(client: FlaskClient, public: Publication) -> None:
    wave = queries.wave_of(public)
    work = db.session.get(Fieldwork, wave.id) or Fieldwork(wave_id=wave.id, carried={}, started_at=clock.now())
    work.classes_until = date(2031, 5, 1)
    db.session.add(work)
    db.session.commit()
    path = f"/vragenlijsten/{wave.slug}/onderzoek"
    assert "als de terugkoppeling er is, en niet eerder dan 1 mei 2031" in _text(client, path)
    obligation = queries.find_obligation(wave)
    assert obligation is not None
    obligation.fulfilled_at = clock.now()
    db.session.commit()
    assert "gewist op 1 mei 2031" in _text(client, path)
