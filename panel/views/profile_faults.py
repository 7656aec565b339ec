"""Everything that is wrong with a profile is told at once, also what only the rules of the municipality know."""

from panel.forms import AddressedForm, ProfileForm, add_faults
from panel.labels import PROFILE_FAULT
from panel.profiles import rule_faults
from panel.services import population, profile_rules


def tell_the_rest(form: ProfileForm) -> None:
    """Add what the rules say of fields that have the right form, to a form that is refused already."""
    postcode = (form.postcode.data or "").strip() if isinstance(form, AddressedForm) else ""
    found = rule_faults(profile_rules.current(), form.birth_year.data, form.district_code.data or "", postcode)
    if isinstance(form, AddressedForm) and _nowhere(form):
        found["district_code"] = "district-unknown"
    add_faults(form, {name: code for name, code in found.items() if not form[name].errors}, PROFILE_FAULT)


def _nowhere(form: AddressedForm) -> bool:
    """Whether an address is filled in whose wijk is neither known nor chosen."""
    postcode, number = form.postcode.data or "", form.house_number.data or ""
    if form.district_code.data or not postcode or not number:
        return False
    return population.district_of(postcode, number) is None
