"""The pages of the step plan: one decision each, what is still missing always in view."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form

from core import settings
from core.db import db
from core.errors import Blocker, NotFoundError
from core.form_fields import options
from core.web.access import Audience, allow
from panel import queries as panel_queries
from surveys import queries_commission
from surveys.commission_gates import complete
from surveys.commission_steps import BY_SLUG, STEP_OF, Step, steps_for
from surveys.forms.commission import FORMS, AreaForm, LevelForm, StakeholderForm, initial, submitted
from surveys.ladder import find_level, levels
from surveys.models.commission import Commission
from surveys.services import commissioning
from surveys.views import blocking, loading
from surveys.views.blueprints import council as bp

HERE = "/opdrachten/<public_id>"


def pages(commission: Commission) -> tuple[Step, ...]:
    """The pages of this commission's conversation."""
    level = find_level(commission.level)
    return steps_for(commission.approach, binding=bool(level and level.binding))


def _step_of(blocker: Blocker) -> str:
    return str(blocker.values.get("slug", "")) or STEP_OF.get(blocker.code, "")


def progress(commission: Commission, missing: list[Blocker]) -> list[dict[str, Any]]:
    """The pages with what is done, for the list beside the conversation."""
    open_slugs = {_step_of(b) for b in missing}
    return [
        {
            "label": step.title,
            "url": url_for("surveys_council.step", public_id=commission.public_id, slug=step.slug),
            "done": step.slug not in open_slugs,
        }
        for step in pages(commission)
    ]


def next_step(commission: Commission, missing: list[Blocker], after: str = "") -> str:
    """The page that comes next: the following one, or the first that misses something."""
    slugs = [step.slug for step in pages(commission)]
    if after in slugs:
        return slugs[slugs.index(after) + 1] if after != slugs[-1] else ""
    return next((_step_of(b) for b in missing), slugs[0])


@bp.route(f"{HERE}/stap/<slug>", methods=["GET", "POST"])
@allow(Audience.STAFF, "commission.edit")
def step(public_id: str, slug: str) -> str | tuple[str, int] | Response:
    """One page of the conversation."""
    commission = loading.commission(public_id, "commission.edit")
    if slug not in BY_SLUG or not commission.editable:
        raise NotFoundError("step")
    chosen = BY_SLUG[slug]
    form = _form(commission, chosen)
    if request.method == "POST" and form.validate():
        commissioning.save_section(commission, slug, submitted(form, chosen))
        db.session.commit()
        return redirect(_after(commission, slug))
    page = _page(commission, chosen, form)
    return (page, 422) if request.method == "POST" else page


def _after(commission: Commission, slug: str) -> str:
    following = next_step(commission, [], slug) if request.form.get("naar") != "overzicht" else ""
    if following:
        return url_for("surveys_council.step", public_id=commission.public_id, slug=following)
    return url_for("surveys_council.show", public_id=commission.public_id)


def _form(commission: Commission, chosen: Step) -> Form:
    form = FORMS[chosen.slug](request.form or None, data=initial(commission, chosen))
    if isinstance(form, LevelForm):
        form.offer(levels(settings.municipal().ladder))
    if isinstance(form, AreaForm):
        form.area_districts.choices = options((area.code, area.name) for area in panel_queries.districts())
    return form


def _page(commission: Commission, chosen: Step, form: Form) -> str:
    facts = queries_commission.facts(commission)
    missing = complete(commission, facts)
    every = pages(commission)
    return render_template(
        "surveys/council/step.html",
        commission=commission,
        step=chosen,
        form=form,
        number=next((n for n, s in enumerate(every, 1) if s.slug == chosen.slug), len(every)),
        total=len(every),
        missing=blocking.items([b for b in missing if _step_of(b) == chosen.slug]),
        complete=not missing,
        progress=progress(commission, missing),
        facts=facts,
        earliest=facts.schedule.earliest_papers(facts.today),
        ladder=levels(settings.municipal().ladder),
    )


@bp.route(f"{HERE}/belanghebbende", methods=["GET", "POST"])
@bp.route(f"{HERE}/belanghebbende/<stakeholder_id>", methods=["GET", "POST"])
@allow(Audience.STAFF, "commission.edit")
def stakeholder(public_id: str, stakeholder_id: str = "") -> str | tuple[str, int] | Response:
    """Add or change one stakeholder."""
    commission = loading.commission(public_id, "commission.edit")
    row = commissioning.find_stakeholder(commission, stakeholder_id) if stakeholder_id else None
    if not commission.editable or (stakeholder_id and row is None):
        raise NotFoundError("stakeholder")
    form = StakeholderForm(request.form or None, obj=row)
    form.offer(levels(settings.municipal().ladder))
    if request.method == "POST" and form.validate():
        commissioning.save_stakeholder(commission, {**form.data, "weight": int(form.weight.data)}, row)
        db.session.commit()
        return redirect(url_for("surveys_council.step", public_id=public_id, slug="belanghebbenden"))
    page = render_template("surveys/council/stakeholder.html", commission=commission, form=form, row=row)
    return (page, 422) if request.method == "POST" else page


@bp.post(f"{HERE}/belanghebbende/<stakeholder_id>/verwijderen")
@allow(Audience.STAFF, "commission.edit")
def remove_stakeholder(public_id: str, stakeholder_id: str) -> Response:
    """Take a stakeholder off the list."""
    commission = loading.commission(public_id, "commission.edit")
    row = commissioning.find_stakeholder(commission, stakeholder_id)
    if row is None:
        raise NotFoundError("stakeholder")
    name = row.name
    commissioning.remove_stakeholder(commission, row)
    db.session.commit()
    flash(f"{name} staat niet meer op de lijst.", "success")
    return redirect(url_for("surveys_council.step", public_id=public_id, slug="belanghebbenden"))
