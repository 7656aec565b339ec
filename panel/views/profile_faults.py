"""Everything that is wrong with a profile is told at once, also what only the rules of the municipality know."""

from panel.forms import ProfileForm, SignUpForm, add_faults
from panel.labels import PROFILE_FAULT
from panel.profiles import rule_faults
from panel.services import profile_rules


def tell_the_rest(form: ProfileForm) -> None:
    """Add what the rules say of fields that have the right form, to a form that is refused already."""
    postcode = (form.postcode.data or "").strip() if isinstance(form, SignUpForm) else ""
    found = rule_faults(profile_rules.current(), form.birth_year.data, form.district_code.data or "", postcode)
    add_faults(form, {name: code for name, code in found.items() if not form[name].errors}, PROFILE_FAULT)
