"""The clerk's pages of kernen, and of groups that may be taken together."""

from flask import flash, redirect, render_template, request, url_for

from core import settings
from core.db import db
from core.errors import BlockedError
from core.form_fields import Form, options
from core.permissions import permitted
from core.web.access import Audience, allow
from panel import queries
from panel.labels import VARIABLE, category_label
from panel.models import Locality
from panel.population_forms import EndMergeForm, LocalityForm, MergeForm
from panel.queries import localities as found_localities
from panel.queries.category_merges import merge_hierarchy
from panel.queries.population import neighbourhoods
from panel.services.population import localities, merges
from panel.views.blueprints import CLERK
from panel.views.joining import Page

MERGEABLE = ("age", "sex_age", "education", "district")


@CLERK.get("/griffie/bevolking/kernen")
@allow(Audience.STAFF, "panel.view_population")
def localities_list() -> str:
    """The kernen with their buurten, and which buurten are left over."""
    may_change = permitted("panel.load_population")
    return render_template(
        "panel/clerk/population_localities.html", found=found_localities.overview(), may_change=may_change
    )


@CLERK.get("/griffie/bevolking/kernen/nieuw")
@allow(Audience.STAFF, "panel.load_population")
def new_locality() -> Page:
    """The form of a new kern."""
    return _locality_form(LocalityForm(formdata=None), None), 200


@CLERK.post("/griffie/bevolking/kernen/nieuw")
@allow(Audience.STAFF, "panel.load_population")
def create_locality() -> Page:
    """Make a kern."""
    return _save_locality(None)


@CLERK.get("/griffie/bevolking/kernen/<public_id>")
@allow(Audience.STAFF, "panel.load_population")
def edit_locality(public_id: str) -> Page:
    """The form of a kern."""
    locality = found_localities.get_locality(public_id)
    codes = [part.neighbourhood_code for part in locality.parts]
    return _locality_form(LocalityForm(formdata=None, name=locality.name, codes=codes), locality), 200


@CLERK.post("/griffie/bevolking/kernen/<public_id>")
@allow(Audience.STAFF, "panel.load_population")
def change_locality(public_id: str) -> Page:
    """Change a kern."""
    return _save_locality(found_localities.get_locality(public_id))


@CLERK.post("/griffie/bevolking/kernen/<public_id>/weghalen")
@allow(Audience.STAFF, "panel.load_population")
def remove_locality(public_id: str) -> Page:
    """Take a kern away."""
    localities.delete_locality(found_localities.get_locality(public_id))
    db.session.commit()
    flash("De kern is weggehaald.", "success")
    return redirect(url_for("panel_clerk.localities_list"))


def _locality_form(form: LocalityForm, locality: Locality | None) -> str:
    form.codes.choices = options((area.code, area.name) for area in neighbourhoods())
    return render_template("panel/clerk/population_locality.html", form=form, locality=locality)


def _save_locality(locality: Locality | None) -> Page:
    form, public_id = LocalityForm(), locality.public_id if locality else ""
    form.codes.choices = options((area.code, area.name) for area in neighbourhoods())
    if form.validate_on_submit():
        try:
            localities.save_locality(
                gm_code=settings.municipal().gm_code,
                name=form.name.data or "",
                codes=form.codes.data or [],
                locality=locality,
            )
            db.session.commit()
            flash("De kern is opgeslagen.", "success")
            return redirect(url_for("panel_clerk.localities_list"))
        except BlockedError as blocked:
            db.session.rollback()
            _tell(form, blocked)
    return _locality_form(form, found_localities.get_locality(public_id) if public_id else None), 422


def _tell(form: Form, blocked: BlockedError) -> None:
    told: dict[str, list[str]] = {}
    for blocker in blocked.blockers:
        told.setdefault(blocker.anchor, []).append(blocker.message)
    for anchor, messages in told.items():
        form[anchor].errors = messages


@CLERK.get("/griffie/bevolking/samenvoegen")
@allow(Audience.STAFF, "panel.view_population")
def category_merges() -> Page:
    """Which groups may be taken together when there are too few answers."""
    return _merges(MergeForm(formdata=None, preference=1)), 200


def _chosen_variable() -> str:
    chosen = request.args.get("kenmerk", "")
    return chosen if chosen in MERGEABLE else MERGEABLE[0]


def _labels(variable: str) -> dict[str, str]:
    return {c: label for m in queries.margins((variable,)) for c, label in zip(m.categories, m.labels, strict=True)}


def _merges(form: MergeForm) -> str:
    variable = _chosen_variable()
    labels = _offer(form, variable)
    steps = [step for step in merge_hierarchy() if step.variable == variable]
    return render_template(
        "panel/clerk/population_merges.html",
        form=form,
        variable=variable,
        variables=[(name, VARIABLE[name]) for name in MERGEABLE],
        steps=[(s, _word(labels, variable, s.category), _word(labels, variable, s.merge_with)) for s in steps],
        may_change=permitted("panel.load_population"),
    )


def _offer(form: MergeForm, variable: str) -> dict[str, str]:
    labels = _labels(variable)
    form.category.choices = form.merge_with.choices = options([("", "Kies"), *labels.items()])
    return labels


def _word(labels: dict[str, str], variable: str, category: str) -> str:
    return labels.get(category) or category_label(variable, category)


@CLERK.post("/griffie/bevolking/samenvoegen")
@allow(Audience.STAFF, "panel.load_population")
def add_category_merge() -> Page:
    """Add two groups that may be taken together."""
    form, variable = MergeForm(), _chosen_variable()
    _offer(form, variable)
    if form.validate_on_submit():
        try:
            merges.add_merge(
                gm_code=settings.municipal().gm_code,
                variable=variable,
                category=form.category.data or "",
                merge_with=form.merge_with.data or "",
                preference=form.preference.data or 0,
                reason=form.reason.data or "",
            )
            db.session.commit()
            flash("Dit geldt voor wat vanaf nu wordt vastgesteld.", "success")
            return redirect(url_for("panel_clerk.category_merges", kenmerk=variable))
        except BlockedError as blocked:
            db.session.rollback()
            _tell(form, blocked)
    return _merges(form), 422


@CLERK.post("/griffie/bevolking/samenvoegen/einde")
@allow(Audience.STAFF, "panel.load_population")
def end_category_merge() -> Page:
    """Two groups may no longer be taken together."""
    form, variable = EndMergeForm(), _chosen_variable()
    if not form.validate_on_submit():
        flash("Schrijf op waarom deze groepen niet meer samen mogen.", "error")
        return redirect(url_for("panel_clerk.category_merges", kenmerk=variable))
    merges.end_merge(
        gm_code=settings.municipal().gm_code,
        variable=variable,
        category=request.form.get("category", ""),
        preference=request.form.get("preference", 0, type=int),
        reason=form.reason.data or "",
    )
    db.session.commit()
    flash("Dit geldt voor wat vanaf nu wordt vastgesteld.", "success")
    return redirect(url_for("panel_clerk.category_merges", kenmerk=variable))
