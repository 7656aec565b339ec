"""Public pages about leaving: the proof that data were erased, and telling that somebody has died."""

from flask import abort, redirect, url_for

from core.db import db
from core.web.access import Audience, allow
from core.web.context import say
from panel.life_forms import DeathForm, ProofForm, one_postcode
from panel.queries.departures import find_erasure
from panel.services import deaths
from panel.views import browser
from panel.views.blueprints import MEMBER, PUBLIC
from panel.views.joining import Page
from panel.views.language import show


@MEMBER.get("/gestopt/<reference>")
@allow(Audience.PUBLIC)
def left(reference: str) -> Page:
    """Proof on screen that everything was erased."""
    browser.count_proof()
    found = find_erasure(reference)
    if found is None:
        abort(404)
    return show("panel/member/left.html", reference=reference, erasure=found)


@PUBLIC.get("/gestopt")
@allow(Audience.PUBLIC)
def ask_proof() -> Page:
    """Ask for the number of a proof."""
    return show("panel/public/proof.html", form=ProofForm(formdata=None))


@PUBLIC.post("/gestopt")
@allow(Audience.PUBLIC)
def show_proof() -> Page:
    """Whether an erasure stands in the log under this number."""
    browser.count_proof()
    form = ProofForm()
    if form.validate_on_submit():
        reference = "".join((form.reference.data or "").split()).upper()
        if find_erasure(reference):
            return redirect(url_for("panel_member.left", reference=reference))
        form.reference.errors = [say("Dit nummer kennen wij niet. Kijk goed naar de letters en cijfers in de e-mail.")]
    return show("panel/public/proof.html", form=form), 422


@PUBLIC.get("/overleden")
@allow(Audience.PUBLIC)
def death() -> Page:
    """A relative can tell us."""
    return show("panel/public/death.html", form=DeathForm(formdata=None))


@PUBLIC.post("/overleden")
@allow(Audience.PUBLIC)
def report_death() -> Page:
    """The same thanks for a member and for anybody else."""
    form = DeathForm()
    if not form.validate_on_submit():
        return show("panel/public/death.html", form=form), 422
    browser.count_reports()
    deaths.report(
        first_name=form.first_name.data or "",
        last_name=form.last_name.data or "",
        postcode=one_postcode(form.postcode.data),
        house_number=form.house_number.data or "",
        reporter=form.reporter.data or "",
    )
    db.session.commit()
    return redirect(url_for("panel_public.death_reported"))


@PUBLIC.get("/overleden/ontvangen")
@allow(Audience.PUBLIC)
def death_reported() -> Page:
    """Thanks, and what happens now."""
    return show("panel/public/death_reported.html")
