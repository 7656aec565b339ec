"""What the forms make of what is typed: answers with stable values, conditions, lines, yes and no."""

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from surveys.commission_steps import BY_SLUG, STEPS
from surveys.forms.commission import FORMS, RoomForm, submitted
from surveys.forms.wave import condition_document, condition_values, numbered
from surveys.slugs import slugify

LABELS = st.lists(st.text("abcdefgh", min_size=1, max_size=3), max_size=8, unique=True)


@given(LABELS, LABELS)
def test_values_of_answers_stay_unique_and_kept_labels_keep_theirs(first, second):
    before = numbered(first, [], "o")
    after = numbered(second, before, "o")
    values = [row["value"] for row in after]
    assert len(set(values)) == len(values)
    old = {row["label"]: row["value"] for row in before}
    assert all(row["value"] == old[row["label"]] for row in after if row["label"] in old)


def test_mended_label_on_the_same_line_keeps_its_value():
    before = numbered(["Bomen", "Bankn"], [], "o")
    assert numbered(["Bomen", "Banken"], before, "o")[1]["value"] == "o2"


def test_value_of_a_removed_answer_is_not_given_to_another():
    before = numbered(["Ja", "Nee", "Soms"], [], "o")
    after = numbered(["Ja", "Nooit"], before, "o")
    assert after[1]["value"] == "o4"


def test_conditions_go_there_and_back():
    for chosen in ([], ["v1:o1"], ["v1:o1", "v1:o2"], ["v1:o1", "v2:o3"]):
        assert condition_values(condition_document(chosen)) == chosen


def test_every_step_has_a_form_with_its_fields():
    for step in STEPS:
        form = FORMS[step.slug](MultiDict())
        own = set(step.fields) | ({step.lines} if step.lines else set())
        if step.slug not in ("omvang", "niveau"):
            assert {field.name for field in form} == own


def test_unanswered_yes_or_no_stays_open():
    form = RoomForm(MultiDict({"room_for_influence": "no"}))
    assert form.validate()
    values = submitted(form, BY_SLUG["ruimte"])
    assert values["room_for_influence"] is False
    assert values["enough_time"] is None
    assert values["information_on"] is None
    assert values["why_ask"] == ""


def test_slug_is_never_empty():
    assert slugify("Café ’t Plein!") == "cafe-t-plein"
    assert slugify("!!!") == "vragenlijst"
