"""The conversation of a council member in a browser, and what the griffie does with it."""

from core import clock
from core.db import db
from core.models import Role
from surveys.commission_steps import STEPS
from surveys.lifecycle import CommissionStatus
from surveys.models import Commission


def page(response):
    return response.get_data(as_text=True)


def form_values(slug, values):
    """What a browser posts for a page of the step plan."""
    if slug == "omvang":
        return {code: str(n) for code, n in values["size_scales"].items()}
    if slug == "niveau":
        return {"level": f"{values['level']}:{values['intended_use']}"}
    return {name: posted(value) for name, value in values.items() if value not in (None, False, [], "")}


def posted(value):
    if value is True:
        return "yes"
    if isinstance(value, list):
        return "\n".join(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(getattr(value, "value", value))


STAKEHOLDER = {"name": "Ouders", "interest": "Veilig spelen", "weight": "4", "effect": "gain", "level": "think"}


def test_council_member_walks_the_whole_conversation_and_hands_in(make, client, sign_in_staff):
    design = make.surveys_design
    people = design.cast()
    sign_in_staff(client, people.author)
    assert client.get("/raad").status_code == 200
    assert client.get("/raad/opdrachten/nieuw").status_code == 200
    started = client.post(
        "/raad/opdrachten/nieuw",
        data={"title": "Het plein", "body": people.body.public_id, "deciding_body": people.body.public_id},
    )
    assert started.location.endswith("/stap/waarom")
    here = started.location.rsplit("/stap", 1)[0]
    for slug, values in design.answers().items():
        shown = client.get(f"{here}/stap/{slug}")
        assert shown.status_code == 200
        assert "Wat ontbreekt nog" in page(shown)
        saved = client.post(f"{here}/stap/{slug}", data=form_values(slug, values))
        assert saved.status_code == 302, (slug, page(saved))
    assert client.get(f"{here}/belanghebbende").status_code == 200
    assert client.post(f"{here}/belanghebbende", data=STAKEHOLDER).status_code == 302
    assert "Ouders" in page(client.get(f"{here}/stap/belanghebbenden"))
    assert "Wat ontbreekt nog" not in page(client.get(here))
    assert client.get(f"{here}/samenvatting").status_code == 200
    assert client.post(f"{here}/indienen").status_code == 302
    assert db.session.query(Commission).one().status is CommissionStatus.SUBMITTED
    assert client.get(f"{here}/stap/waarom").status_code == 404


def test_every_page_of_the_conversation_opens_empty(make, client, sign_in_staff):
    design = make.surveys_design
    people = design.cast()
    commission = design.draft(people)
    sign_in_staff(client, people.author)
    for step in STEPS:
        assert client.get(f"/raad/opdrachten/{commission.public_id}/stap/{step.slug}").status_code == 200
    assert client.get(f"/raad/opdrachten/{commission.public_id}/verder").location.endswith("/stap/waarom")


def test_handing_in_too_early_lists_everything_with_links(make, client, sign_in_staff):
    design = make.surveys_design
    people = design.cast()
    commission = design.draft(people)
    sign_in_staff(client, people.author)
    refused = client.post(f"/raad/opdrachten/{commission.public_id}/indienen")
    assert refused.status_code == 409
    assert "Wat is het doel?" in page(refused)
    assert f"/raad/opdrachten/{commission.public_id}/stap/niveau#level" in page(refused)
    assert commission.status is CommissionStatus.DRAFT


def test_wrong_input_comes_back_filled_with_a_message(make, client, sign_in_staff):
    design = make.surveys_design
    people = design.cast()
    commission = design.draft(people)
    sign_in_staff(client, people.author)
    wrong = {"decision_title": "Plein", "decision_url": "javascript://x", "papers_on": "morgen"}
    answer = client.post(f"/raad/opdrachten/{commission.public_id}/stap/besluit", data=wrong)
    assert answer.status_code == 422
    assert "Vul een link in die begint met https://" in page(answer)
    assert 'value="morgen"' in page(answer)
    assert "<title>Fout:" in page(answer)


def test_others_do_not_find_the_commission(make, client, new_client, sign_in_staff):
    design = make.surveys_design
    commission = design.complete_draft(design.cast())
    stranger = make.core.account(Role.COUNCIL_MEMBER, bodies=[make.core.body()])
    sign_in_staff(client, stranger)
    for path in ("", "/samenvatting", "/stap/waarom", "/belanghebbende"):
        assert client.get(f"/raad/opdrachten/{commission.public_id}{path}").status_code == 404
    assert client.post(f"/raad/opdrachten/{commission.public_id}/indienen").status_code == 404
    assert client.post(f"/raad/opdrachten/{commission.public_id}/stap/waarom", data={"goal": "x"}).status_code == 404
    anonymous = new_client()
    assert anonymous.get(f"/raad/opdrachten/{commission.public_id}").status_code == 302
    assert commission.goal != "x"


def test_griffie_advises_and_records_the_decision(make, client, new_client, sign_in_staff):
    design = make.surveys_design
    people = design.cast()
    commission = design.submitted(people)
    sign_in_staff(client, people.clerk)
    here = f"/griffie/opdrachten/{commission.public_id}"
    assert commission.title in page(client.get("/griffie/opdrachten"))
    assert client.get(here).status_code == 200
    assert client.post(f"{here}/advies", data={"advice": ""}).status_code == 422
    assert client.post(f"{here}/advies", data={"advice": "Past goed."}).status_code == 302
    assert client.post(f"{here}/besluit", data={"verdict": "accept"}).status_code == 422
    decision = {"verdict": "accept", "number": "2026-9", "decided_on": clock.today().isoformat()}
    assert client.post(f"{here}/besluit", data=decision).status_code == 302
    assert client.get(here).status_code == 200
    public = new_client().get(f"/afspraken/{commission.slug}")
    assert public.status_code == 200
    assert commission.accepted_hash in page(public)
    assert "De oude linden blijven staan." in page(public)


def test_member_of_the_deciding_body_records_a_return(make, client, sign_in_staff):
    design = make.surveys_design
    people = design.cast()
    commission = design.advised(people)
    sign_in_staff(client, people.author)
    here = f"/raad/opdrachten/{commission.public_id}"
    assert "Leg het besluit vast" in page(client.get(here))
    refused = client.post(f"{here}/besluit", data={"verdict": "return"})
    assert refused.status_code == 409
    assert "Schrijf op waarom de opdracht teruggaat." in page(refused)
    assert client.post(f"{here}/besluit", data={"verdict": "return", "reason": "Te breed."}).status_code == 302
    assert "Te breed." in page(client.get(here))
    assert commission.status is CommissionStatus.RETURNED


def test_change_of_the_agreement_stands_publicly_beside_the_original(make, client, new_client, sign_in_staff):
    design = make.surveys_design
    people = design.cast()
    commission = design.accepted(people)
    sign_in_staff(client, people.clerk)
    here = f"/griffie/opdrachten/{commission.public_id}"
    change = {"name": "results_promised_on", "value": "ooit", "reason": "Drukte."}
    assert client.post(f"{here}/wijzigen", data=change).status_code == 422
    assert client.post(f"{here}/wijzigen", data={**change, "value": "2031-02-03"}).status_code == 302
    assert client.get(here).status_code == 200
    public = page(new_client().get(f"/afspraken/{commission.slug}"))
    assert "3 februari 2031" in public
    assert "Drukte." in public


def test_unaccepted_agreement_is_not_public(make, client):
    commission = make.surveys_design.advised(make.surveys_design.cast())
    assert client.get(f"/afspraken/{commission.slug}").status_code == 404


def test_lists_search_filter_and_export(make, client, sign_in_staff):
    design = make.surveys_design
    people = design.cast()
    mine, other = design.submitted(people), design.draft(people)
    sign_in_staff(client, people.clerk)
    found = page(client.get("/griffie/opdrachten", query_string={"zoek": mine.title.upper()}))
    assert mine.title in found
    assert other.title not in found
    assert other.title not in page(client.get("/griffie/opdrachten?status=submitted&pagina=99"))
    exported = client.get("/griffie/opdrachten.csv?status=draft")
    assert exported.mimetype == "text/csv"
    assert other.title in page(exported)
    assert mine.title not in page(exported)
    sign_in_staff(client, people.author)
    assert client.get("/raad/opdrachten.csv").status_code == 200
