"""Choosing from a list: one answer, several answers, a score, and the same choice for each row of a matrix."""

from typing import Any

from surveys.questionnaire import QuestionKind, QuestionSpec
from surveys.questions.base import (
    EXTRA,
    LABELS,
    Kind,
    Missing,
    Parsed,
    Raw,
    check_options,
    first,
    missing,
    missing_code,
    several,
)


class Single(Kind):
    """One answer from a list."""

    name = QuestionKind.SINGLE
    label = "Eén antwoord"
    options_needed = 2

    def extra_chosen(self, spec: QuestionSpec, raw: Raw) -> list[str]:
        """The extra answers stand in the same list."""
        return [v for v in [first(raw, spec.item_key)] if v in EXTRA]

    def extra_name(self, spec: QuestionSpec) -> str:
        """The extra answers stand in the same list."""
        return spec.item_key

    def focus(self, spec: QuestionSpec) -> str:
        """The first answer of the list."""
        return f"{spec.item_key}-0"

    def filled(self, spec: QuestionSpec, raw: Raw) -> bool:
        """Whether an answer was chosen."""
        return first(raw, spec.item_key) not in {"", *EXTRA}

    def read(self, spec: QuestionSpec, raw: Raw) -> Parsed:
        """The chosen answer, when it is one of the list."""
        value = first(raw, spec.item_key)
        if value not in {o.value for o in spec.options}:
            return Parsed(errors=[(self.focus(spec), "Kies een antwoord uit de lijst.")])
        return Parsed(value)

    def inputs(self, spec: QuestionSpec, value: Any) -> dict[str, list[str]]:
        """The chosen answer."""
        return {spec.item_key: [str(value)]}

    def words(self, spec: QuestionSpec, value: Any) -> str:
        """The label of the chosen answer."""
        return spec.label_of(str(value))


class Several(Single):
    """Several answers from a list, stored in the order of the list."""

    name = QuestionKind.SEVERAL
    label = "Meer antwoorden"
    empty = "Kies ten minste één antwoord. U kunt ook kiezen voor ‘Weet ik niet’ of ‘Zeg ik liever niet’."

    def check_own(self, spec: QuestionSpec) -> list[str]:
        """The maximum must fit the list."""
        if spec.max_choices is not None and not 1 <= spec.max_choices <= len(spec.options):
            return [f"Het hoogste aantal keuzes ligt tussen 1 en {len(spec.options)}."]
        return []

    def extra_chosen(self, spec: QuestionSpec, raw: Raw) -> list[str]:
        """The extra answers stand in the same list."""
        return [v for v in several(raw, spec.item_key) if v in EXTRA]

    def filled(self, spec: QuestionSpec, raw: Raw) -> bool:
        """Whether any answer was ticked."""
        return bool(set(several(raw, spec.item_key)) - set(EXTRA))

    def read(self, spec: QuestionSpec, raw: Raw) -> Parsed:
        """The ticked answers, when they are of the list and not too many."""
        chosen = set(several(raw, spec.item_key))
        known = [o.value for o in spec.options]
        if not chosen <= set(known):
            return Parsed(errors=[(self.focus(spec), "Kies antwoorden uit de lijst.")])
        if spec.max_choices and len(chosen) > spec.max_choices:
            text = f"U koos {len(chosen)} antwoorden. Kies er ten hoogste {spec.max_choices}."
            return Parsed(errors=[(self.focus(spec), text)])
        return Parsed([v for v in known if v in chosen])

    def inputs(self, spec: QuestionSpec, value: Any) -> dict[str, list[str]]:
        """The ticked answers."""
        return {spec.item_key: [str(v) for v in value]}

    def words(self, spec: QuestionSpec, value: Any) -> str:
        """The labels of the ticked answers."""
        return "; ".join(spec.label_of(str(v)) for v in value)


class Score(Single):
    """A score, 0 to 10 unless designed otherwise."""

    name = QuestionKind.SCORE
    label = "Cijfer"
    options_needed = 0
    empty = "Kies een cijfer. U kunt ook kiezen voor ‘Weet ik niet’ of ‘Zeg ik liever niet’."

    def bounds(self, spec: QuestionSpec) -> tuple[int, int]:
        """Lowest and highest score."""
        return int(spec.minimum or 0), int(spec.maximum if spec.maximum is not None else 10)

    def check_own(self, spec: QuestionSpec) -> list[str]:
        """Whole bounds, not too far apart, both or neither end named."""
        low, high = self.bounds(spec)
        problems = [] if 2 <= high - low <= 10 else ["Een cijfervraag heeft 3 tot 11 cijfers."]
        if bool(spec.low_label.strip()) != bool(spec.high_label.strip()):
            problems.append("Zeg bij beide uiteinden wat ze betekenen, of bij geen van beide.")
        return problems

    def read(self, spec: QuestionSpec, raw: Raw) -> Parsed:
        """The score, when it lies within the bounds."""
        low, high = self.bounds(spec)
        text = first(raw, spec.item_key)
        if text.removeprefix("-").isdecimal() and text.isascii() and low <= int(text) <= high:
            return Parsed(int(text))
        return Parsed(errors=[(self.focus(spec), f"Kies een cijfer van {low} tot en met {high}.")])

    def words(self, spec: QuestionSpec, value: Any) -> str:
        """The score with its highest value."""
        return f"{value} (van {self.bounds(spec)[0]} tot en met {self.bounds(spec)[1]})"


class Matrix(Kind):
    """The same scale for each row; each row has its own extra answers."""

    name = QuestionKind.MATRIX
    label = "Uitspraken op één schaal"
    options_needed = 2

    def check_own(self, spec: QuestionSpec) -> list[str]:
        """There must be rows, with codes of their own."""
        return check_options(spec.items, "stelling", 1)

    def extra_chosen(self, spec: QuestionSpec, raw: Raw) -> list[str]:
        """There is no extra answer for the whole matrix."""
        return []

    def filled(self, spec: QuestionSpec, raw: Raw) -> bool:
        """Rows are judged one by one."""
        return True

    def read(self, spec: QuestionSpec, raw: Raw) -> Parsed:
        """An answer for each row."""
        known = {o.value for o in spec.options}
        value: dict[str, Any] = {}
        errors: list[tuple[str, str]] = []
        for item in spec.items:
            name = f"{spec.item_key}.{item.value}"
            chosen = first(raw, name)
            if chosen in EXTRA:
                value[item.value] = missing(EXTRA[chosen])
            elif chosen in known:
                value[item.value] = chosen
            else:
                errors.append((f"{name}-0", f"Kies een antwoord bij ‘{item.label.rstrip('.')}’."))
        return Parsed(value if not errors else None, errors)

    def inputs(self, spec: QuestionSpec, value: Any) -> dict[str, list[str]]:
        """The answer of each row."""
        codes = {stored.value: name for name, stored in EXTRA.items()}
        posted = {row: codes.get(missing_code(v) or "", "") if missing_code(v) else str(v) for row, v in value.items()}
        return {f"{spec.item_key}.{row}": [v] for row, v in posted.items() if v}

    def words(self, spec: QuestionSpec, value: Any) -> str:
        """The rows with their answers."""
        parts = []
        for item in spec.items:
            given = value.get(item.value, missing(Missing.SKIPPED))
            code = missing_code(given)
            parts.append(f"{item.label.rstrip('.')}: {LABELS[Missing(code)] if code else spec.label_of(str(given))}")
        return "\n".join(parts)
