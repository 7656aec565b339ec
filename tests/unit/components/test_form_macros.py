"""Form fields: what WTForms found wrong is said first, at the field, and in the same words."""

from wtforms import Form, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind WTForms 3.3
from wtforms.validators import DataRequired, Optional

from tests.unit.components.rendering import render, texts, with_id

FORMS = '{% import "components/forms.html" as forms %}'
FIELDS = "{{ forms.text(form.name, hint='Zoals u genoemd wilt worden.') }}{{ forms.text(form.mail) }}"
CHOICES = "{{ forms.radios(form.level, hints={'d': 'De raad weegt mee.'}) }}{{ forms.checkboxes(form.groups) }}"


class Sample(Form):
    name = StringField("Uw voornaam", [DataRequired("Vul uw voornaam in")])
    mail = StringField("E-mailadres", [Optional()])
    level = RadioField("Niveau", [DataRequired("Kies een niveau")], choices=[SelectChoice("w"), SelectChoice("d")])
    groups = SelectMultipleField("Groepen", choices=[SelectChoice("1"), SelectChoice("2")])


def _invalid() -> Sample:
    form = Sample()
    assert not form.validate()
    return form


def test_summary_links_each_message_to_an_input_that_is_there() -> None:
    page = render(FORMS + "{{ forms.error_summary(form) }}" + FIELDS + CHOICES, form=_invalid())
    links = page.findall(".//div[@role='alert']//a")
    assert ["".join(link.itertext()) for link in links] == ["Vul uw voornaam in", "Kies een niveau"]
    targets = [with_id(page, (link.get("href") or "").lstrip("#")) for link in links]
    assert [target.get("type") for target in targets] == ["text", "radio"]


def test_form_without_errors_has_no_summary() -> None:
    assert render(FORMS + "{{ forms.error_summary(form) }}", form=Sample()).find(".//div") is None


def test_faulty_field_names_hint_and_error_as_its_description() -> None:
    page = render(FORMS + FIELDS, form=_invalid())
    field = with_id(page, "name")
    assert field.get("aria-describedby") == "name-hint name-error"
    assert field.get("aria-invalid") == "true"
    assert texts(page, ".//p[@id='name-error']") == ["Fout: Vul uw voornaam in"]


def test_optional_field_says_so_and_a_required_one_does_not() -> None:
    page = render(FORMS + FIELDS, form=Sample())
    assert texts(page, ".//label") == ["Uw voornaam", "E-mailadres (niet verplicht)"]


def test_chosen_options_stay_chosen_and_all_ids_differ() -> None:
    page = render(FORMS + CHOICES, form=Sample(data={"level": "d", "groups": ["1", "2"]}))
    chosen = [found.get("value") for found in page.findall(".//input") if "checked" in found.attrib]
    assert chosen == ["d", "1", "2"]
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_value_is_escaped_and_password_is_never_sent_back() -> None:
    form = Sample(data={"name": '"><b>x'})
    assert with_id(render(FORMS + FIELDS, form=form), "name").get("value") == '"><b>x'
    secret = render(FORMS + "{{ forms.text(form.name, type='password') }}", form=form)
    assert with_id(secret, "name").get("value") is None


def test_post_button_carries_the_token() -> None:
    page = render(FORMS + "{{ forms.post_button('Pauzeren', '/mijn/pauze', fields={'tot': 'mei'}) }}")
    hidden = {found.get("name"): found.get("value") for found in page.findall(".//input[@type='hidden']")}
    assert hidden == {"csrf_token": "token", "tot": "mei"}
