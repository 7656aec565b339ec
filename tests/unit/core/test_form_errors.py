"""The summary above a form."""

from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, HiddenField, StringField
from wtforms.validators import InputRequired

from core.web.form_errors import summary_of


class Place(Form):
    street = StringField("Straat", [InputRequired("Vul iets in.")])


class Person(Form):
    first = StringField("Voornaam", [InputRequired("Vul iets in.")])
    phone = StringField("Telefoon?", [InputRequired("Vul een nummer in.")])
    token = HiddenField("Geheim", [InputRequired("Laad de pagina opnieuw.")])
    place = FormField(Place)
    friends = FieldList(StringField("Vriend", [InputRequired("Vul een naam in.")]), min_entries=1)


def test_a_message_that_two_fields_give_names_its_field_and_others_do_not():
    form = Person(MultiDict())
    assert not form.validate()
    assert summary_of(form) == [
        ("first", "Voornaam: vul iets in."),
        ("phone", "Vul een nummer in."),
        ("", "Laad de pagina opnieuw."),
        ("place-street", "Straat: vul iets in."),
        ("friends-0", "Vul een naam in."),
    ]


def test_faults_of_the_whole_form_stand_first_without_a_link():
    form = Person(MultiDict({"first": "A", "phone": "1", "token": "x", "place-street": "S", "friends-0": "B"}))
    assert form.validate()
    form.form_errors.append("Dit kan niet samen.")
    assert summary_of(form) == [("", "Dit kan niet samen.")]


class Terms(Form):
    paper = StringField("Extra tijd voor papier", [InputRequired("Vul een getal in van 0 tot en met 30.")])
    open_days = StringField("Hoelang open", [InputRequired("Vul een getal in van 3 tot en met 90.")])


def test_messages_that_differ_in_a_number_only_name_their_fields():
    form = Terms(MultiDict())
    assert not form.validate()
    assert [text.partition(":")[0] for _id, text in summary_of(form)] == ["Extra tijd voor papier", "Hoelang open"]
