"""Recording what the deciding body decided: the same for the griffie and for a member of that body."""

from flask import flash

from surveys.forms.commission import VerdictForm
from surveys.forms.fields import add_error
from surveys.models.commission import Commission
from surveys.services import commissioning
from surveys.views import blocking

SAID = {
    "accept": "De afspraak staat vast en is openbaar.",
    "return": "De opdracht is terug bij de indiener.",
    "decline": "De afwijzing is vastgelegd, met de reden.",
}


def record_verdict(commission: Commission, form: VerdictForm) -> list[blocking.Item] | None:
    """None when it was recorded; otherwise what blocks it (an empty list when the form itself is wrong)."""
    if not form.validate() or not _complete(form):
        return []
    blocked = blocking.attempt(lambda: _carry_out(commission, form))
    if blocked:
        return blocked
    flash(SAID[form.verdict.data], "success")
    return None


def _complete(form: VerdictForm) -> bool:
    if form.verdict.data == "return":
        return True
    if not form.number.data:
        add_error(form.number, "Vul het nummer van het besluit in.")
    if not form.decided_on.data:
        add_error(form.decided_on, "Vul de datum van het besluit in.")
    return not form.errors


def _carry_out(commission: Commission, form: VerdictForm) -> None:
    number, on, reason = form.number.data or "", form.decided_on.data, form.reason.data or ""
    if form.verdict.data == "return" or on is None:
        commissioning.return_to_author(commission, reason=reason)
    elif form.verdict.data == "accept":
        commissioning.accept(commission, number=number, on=on)
    else:
        commissioning.decline(commission, number=number, on=on, reason=reason)
