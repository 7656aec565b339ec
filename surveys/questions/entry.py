"""Writing something: a number, a text, an order, and points to divide."""

import re
from typing import Any

from surveys.questionnaire import QuestionKind, QuestionSpec
from surveys.questions.base import Kind, Parsed, Raw, first

NUMBER = re.compile(r"^-?\d{1,12}(,\d{1,4}|\.\d{1,2})?$")
THOUSANDS = re.compile(r"^-?\d{1,3}(\.\d{3}){1,3}(,\d{1,4})?$")
OPEN_LIMIT = 1500
BUDGET_TOTAL = 100


def read_number(text: str) -> float | None:
    """A number as the Dutch write it (1.500 or 3,5), or None."""
    text = text.replace(" ", "").replace("−", "-")
    if THOUSANDS.match(text) and text.isascii():
        return float(text.replace(".", "").replace(",", "."))
    if NUMBER.match(text) and text.isascii():
        return float(text.replace(",", "."))
    return None


def dutch(value: float | int) -> str:
    """A number as the Dutch write it."""
    return f"{value:.4f}".rstrip("0").rstrip(".").replace(".", ",")


class Number(Kind):
    """A number, possibly within bounds."""

    name = QuestionKind.NUMBER
    label = "Getal"
    empty = "Vul een getal in. U kunt ook kiezen voor ‘Weet ik niet’ of ‘Zeg ik liever niet’."

    def check_own(self, spec: QuestionSpec) -> list[str]:
        """The bounds must leave room."""
        if spec.minimum is not None and spec.maximum is not None and spec.minimum >= spec.maximum:
            return ["Het laagste getal moet kleiner zijn dan het hoogste."]
        return []

    def filled(self, spec: QuestionSpec, raw: Raw) -> bool:
        """Whether anything was written."""
        return bool(first(raw, spec.item_key))

    def read(self, spec: QuestionSpec, raw: Raw) -> Parsed:
        """The number, when it lies within the bounds."""
        value = read_number(first(raw, spec.item_key))
        if value is None:
            return Parsed(errors=[(spec.item_key, "Vul alleen een getal in, bijvoorbeeld 12 of 3,5.")])
        if spec.minimum is not None and value < spec.minimum:
            return Parsed(errors=[(spec.item_key, f"Vul een getal in van {dutch(spec.minimum)} of hoger.")])
        if spec.maximum is not None and value > spec.maximum:
            return Parsed(errors=[(spec.item_key, f"Vul een getal in van {dutch(spec.maximum)} of lager.")])
        return Parsed(value)

    def inputs(self, spec: QuestionSpec, value: Any) -> dict[str, list[str]]:
        """The number as it is written."""
        return {spec.item_key: [dutch(value)]}

    def words(self, spec: QuestionSpec, value: Any) -> str:
        """The number as it is written."""
        return dutch(value)


class Open(Kind):
    """A text in own words."""

    name = QuestionKind.OPEN
    label = "Open vraag"
    empty = "Schrijf uw antwoord op. U kunt ook kiezen voor ‘Weet ik niet’ of ‘Zeg ik liever niet’."

    def filled(self, spec: QuestionSpec, raw: Raw) -> bool:
        """Whether anything was written."""
        return bool(first(raw, spec.item_key))

    def read(self, spec: QuestionSpec, raw: Raw) -> Parsed:
        """The text, when it is not too long; control characters are left out."""
        text = first(raw, spec.item_key).replace("\r\n", "\n").replace("\r", "\n")
        text = "".join(c for c in text if c == "\n" or c.isprintable())
        if len(text) > OPEN_LIMIT:
            over = len(text) - OPEN_LIMIT
            return Parsed(errors=[(spec.item_key, f"Uw antwoord is {over} tekens te lang. Maak het korter.")])
        return Parsed(text) if text.strip() else Parsed(errors=[(spec.item_key, self.empty)])

    def inputs(self, spec: QuestionSpec, value: Any) -> dict[str, list[str]]:
        """The text."""
        return {spec.item_key: [str(value)]}

    def words(self, spec: QuestionSpec, value: Any) -> str:
        """The text."""
        return str(value)


class Ranking(Kind):
    """An order, best first; with `max_choices` only the first so many places."""

    name = QuestionKind.RANKING
    label = "Volgorde"
    options_needed = 2
    empty = "Geef ten minste één antwoord een plaats. U kunt ook kiezen voor ‘Weet ik niet’ of ‘Zeg ik liever niet’."

    def check_own(self, spec: QuestionSpec) -> list[str]:
        """There cannot be more places than answers."""
        if spec.max_choices is not None and not 1 <= spec.max_choices <= len(spec.options):
            return [f"Het aantal plaatsen ligt tussen 1 en {len(spec.options)}."]
        return []

    def places(self, spec: QuestionSpec) -> int:
        """How many places there are to give."""
        return spec.max_choices or len(spec.options)

    def focus(self, spec: QuestionSpec) -> str:
        """The first answer of the list."""
        return f"{spec.item_key}.{spec.options[0].value}"

    def filled(self, spec: QuestionSpec, raw: Raw) -> bool:
        """Whether any place was given."""
        return any(first(raw, f"{spec.item_key}.{o.value}") for o in spec.options)

    def read(self, spec: QuestionSpec, raw: Raw) -> Parsed:
        """The order, when every place is given to one answer."""
        places = self.places(spec)
        valid = {str(n) for n in range(1, places + 1)}
        taken: dict[str, str] = {}
        errors = []
        for option in spec.options:
            name = f"{spec.item_key}.{option.value}"
            place = first(raw, name)
            if place and place not in valid:
                errors.append((name, f"Kies bij ‘{option.label}’ een plaats uit de lijst."))
            elif place in taken:
                errors.append((name, f"U gaf plaats {place} twee keer. Geef elk antwoord een eigen plaats."))
            elif place:
                taken[place] = option.value
        absent = [str(n) for n in range(1, places + 1) if str(n) not in taken]
        if absent and not errors:
            errors.append((self.focus(spec), f"Nog niet gegeven: plaats {', '.join(absent)}."))
        return Parsed(errors=errors) if errors else Parsed([taken[str(n)] for n in range(1, places + 1)])

    def inputs(self, spec: QuestionSpec, value: Any) -> dict[str, list[str]]:
        """The place of each answer."""
        return {f"{spec.item_key}.{v}": [str(n)] for n, v in enumerate(value, 1)}

    def words(self, spec: QuestionSpec, value: Any) -> str:
        """The answers in their order."""
        return "; ".join(f"{n}. {spec.label_of(str(v))}" for n, v in enumerate(value, 1))


class Budget(Kind):
    """A hundred points to divide."""

    name = QuestionKind.BUDGET
    label = "Punten verdelen"
    options_needed = 2
    empty = "Verdeel de 100 punten. U kunt ook kiezen voor ‘Weet ik niet’ of ‘Zeg ik liever niet’."

    def focus(self, spec: QuestionSpec) -> str:
        """The first entry."""
        return f"{spec.item_key}.{spec.options[0].value}"

    def filled(self, spec: QuestionSpec, raw: Raw) -> bool:
        """Whether anything was written."""
        return any(first(raw, f"{spec.item_key}.{o.value}") for o in spec.options)

    def read(self, spec: QuestionSpec, raw: Raw) -> Parsed:
        """The points, when they are whole and make a hundred; an empty entry is 0."""
        points: dict[str, int] = {}
        errors = []
        for option in spec.options:
            name = f"{spec.item_key}.{option.value}"
            text = first(raw, name) or "0"
            if text.isdecimal() and text.isascii() and int(text) <= BUDGET_TOTAL:
                points[option.value] = int(text)
            else:
                errors.append((name, f"Vul bij ‘{option.label}’ een heel getal in van 0 tot en met {BUDGET_TOTAL}."))
        total = sum(points.values())
        if not errors and total != BUDGET_TOTAL:
            rest = BUDGET_TOTAL - total
            text = f"Verdeel nog {rest} punten." if rest > 0 else f"U verdeelde {-rest} punten te veel."
            errors.append((self.focus(spec), f"Samen is het nu {total} punten, het moet {BUDGET_TOTAL} zijn. {text}"))
        return Parsed(errors=errors) if errors else Parsed(points)

    def inputs(self, spec: QuestionSpec, value: Any) -> dict[str, list[str]]:
        """The points of each entry."""
        return {f"{spec.item_key}.{v}": [str(n)] for v, n in value.items()}

    def words(self, spec: QuestionSpec, value: Any) -> str:
        """The points of each entry."""
        return "; ".join(f"{spec.label_of(v)}: {n}" for v, n in value.items())
