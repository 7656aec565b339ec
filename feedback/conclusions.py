"""The finding of each question, made by itself from the result document; nobody writes or drops one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from feedback.labels import variable_label
from feedback.wording import could_be, decimal, listed, people, tenths, whole

Document = dict[str, Any]

TOO_FEW = "Er zijn te weinig antwoorden om hier iets over te zeggen."
NOT_REPAIRED = (
    "Let op: wie antwoordt, denkt over deze vraag vaak anders dan wie niet antwoordt. Weging kan dat niet herstellen. "
    "De echte mening van alle inwoners kan flink hoger of lager liggen, ook buiten de genoemde grenzen."
)
DRAWN_ONLY = (
    "Alle antwoorden komen van panelleden die door loting zijn uitgenodigd. De genoemde grenzen zijn de marge "
    "die bij zo'n loting hoort. De marge zegt niets over wie niet antwoordde."
)
SOME_VOLUNTEERED = "Een deel van de panelleden meldde zich zelf aan."
ALL_VOLUNTEERED = "Alle panelleden die meededen, meldden zich zelf aan."
MODELLED = (
    "{who} De genoemde grenzen zijn daarom een modelmatige onzekerheid. "
    "Die klopt alleen als panelleden die op elkaar lijken in {variables} ook ongeveer hetzelfde denken."
)
NOT_CONCLUDED = (
    "U kunt hieruit niet afleiden waarom mensen dit vinden, of dat de ene groep anders denkt dan de andere. "
    "De uitkomst is zo goed mogelijk een afspiegeling van de inwoners van 16 jaar en ouder, maar geen telling."
)
OPEN_NOT_CONCLUDED = "Hoeveel mensen iets schreven, zegt niet wat zij vinden."
LARGEST_LIST = 6


@dataclass(frozen=True)
class Conclusion:
    """One finding before it is stored."""

    item_key: str
    central_question: str
    sentence: str
    base_text: str
    uncertainty: str
    not_concluded: str


def conclusions_of(document: Document) -> list[Conclusion]:
    """One conclusion for each question, in the order of the questionnaire."""
    return [_conclusion(q, document) for q in document["questions"]]


def _conclusion(question: Document, document: Document) -> Conclusion:
    is_open = question["kind"] == "open"
    return Conclusion(
        item_key=question["item_key"],
        central_question=question["central_question"],
        sentence=sentence_of(question),
        base_text=base_of(question),
        uncertainty="" if is_open or is_withheld(question) else _uncertainty(question, document),
        not_concluded=OPEN_NOT_CONCLUDED if is_open else NOT_CONCLUDED,
    )


def is_withheld(question: Document) -> bool:
    """Whether a question has nothing that may be shown."""
    return question["kind"] != "open" and all(b["withheld"] for b in question["blocks"])


def base_of(question: Document) -> str:
    """On whom the sentence rests, and how many said that they do not know."""
    if question["kind"] == "open":
        return ""
    n = max((b["base"] for b in question["blocks"]), default=0)
    if is_withheld(question):
        return ""
    text = f"Dit gaat over {people(n)}."
    aside = [_aside(question, "dont_know", "weet het niet", "weten het niet")]
    aside.append(_aside(question, "refused", "zegt het liever niet", "zeggen het liever niet"))
    known = [a for a in aside if a]
    return text if not known else f"{text} {listed(known).capitalize()}."


def _aside(question: Document, name: str, one: str, many: str) -> str:
    entry = question["aside"].get(name) or {}
    n = entry.get("n")
    if n is None:
        return f"minder dan 10 panelleden {many}" if "n" in entry else ""
    return "" if n == 0 else f"{whole(n)} {'panellid ' + one if n == 1 else 'panelleden ' + many}"


def _uncertainty(question: Document, document: Document) -> str:
    base = document["base"]
    text = _margin_text(base) if base["self_registered"] == 0 else _modelled(document)
    return f"{NOT_REPAIRED} {text}" if question["response_related"] else text


def _modelled(document: Document) -> str:
    variables = [variable_label(m["variable"]) for m in document["weighting"]["margins"]]
    who = SOME_VOLUNTEERED if document["base"]["drawn"] else ALL_VOLUNTEERED
    return MODELLED.format(who=who, variables=listed(variables or ["hun kenmerken"]))


def _margin_text(base: Document) -> str:
    """The margin of a draw is given beside the cumulative response, so that nobody reads it as the whole doubt."""
    if not (base["letters"] and base["invited_drawn"]):
        return DRAWN_ONLY
    cumulative = base["joined"] / base["letters"] * base["answered_drawn"] / base["invited_drawn"]
    return f"{DRAWN_ONLY} Van alle mensen die een wervingsbrief kregen, deed {decimal(cumulative * 100)} % nu mee."


def sentence_of(question: Document) -> str:
    """The sentence that the data carry."""
    if is_withheld(question):
        return f"{asked(question)} {TOO_FEW}"
    return f"{asked(question)} {_SENTENCES[question['kind']](question)}"


def asked(question: Document) -> str:
    """The question that was asked, as the sentence begins."""
    return f"De vraag was: ‘{question['text']}’"


def _ordered(block: Document, *, largest_first: bool = True) -> list[Document]:
    known = [f for f in block["figures"] if f["value"] is not None]
    return sorted(known, key=lambda f: f["value"], reverse=largest_first)


def _single(question: Document) -> str:
    first, *rest = _ordered(question["blocks"][0])
    text = f"Het vaakst gekozen is ‘{first['label']}’: {tenths(first['value'])}. {could_be(first)}"
    return text + _close_by(first, rest)


def _several(question: Document) -> str:
    first, *rest = _ordered(question["blocks"][0])
    text = f"Het vaakst genoemd is ‘{first['label']}’: door {tenths(first['value'])}. {could_be(first)}"
    return text + _close_by(first, rest)


def _close_by(first: Document, rest: list[Document]) -> str:
    near = [f"‘{f['label']}’" for f in rest if f["high"] > first["low"]]
    if not near:
        return ""
    verb = "ligt" if len(near) == 1 else "liggen"
    return f" {listed(near)} {verb} daar dicht bij: wat echt het vaakst wordt gekozen, weten we niet zeker."


def _matrix(question: Document) -> str:
    shown = [b for b in question["blocks"] if not b["withheld"]]
    parts = [f"bij ‘{b['label']}’ is dat ‘{f['label']}’ ({tenths(f['value'])})" for b in shown for f in _ordered(b)[:1]]
    text = f"Per onderdeel het vaakst gekozen: {'; '.join(parts[:LARGEST_LIST])}."
    return (
        text
        if len(shown) == len(question["blocks"])
        else f"{text} Bij de andere onderdelen zijn er te weinig antwoorden."
    )


def _score(question: Document) -> str:
    mean = question["blocks"][0]["figures"][0]
    return (
        f"Het gemiddelde cijfer is een {decimal(mean['value'])}. We weten het niet precies: het kan ook tussen "
        f"{decimal(mean['low'])} en {decimal(mean['high'])} liggen."
    )


def _number(question: Document) -> str:
    block = question["blocks"][0]
    mean, median = block["figures"][0], block.get("median")
    text = (
        f"Gemiddeld antwoordden de panelleden {decimal(mean['value'])}. We weten het niet precies: het kan ook tussen "
        f"{decimal(mean['low'])} en {decimal(mean['high'])} liggen."
    )
    return text if not median else f"{text} De helft antwoordde {decimal(median['value'], 0)} of minder."


def _ranking(question: Document) -> str:
    first, *rest = _ordered(question["blocks"][0], largest_first=False)
    n = len(question["blocks"][0]["figures"])
    text = f"Gemiddeld het hoogst staat ‘{first['label']}’: gemiddeld op plaats {decimal(first['value'])} van {n}."
    near = [f"‘{f['label']}’" for f in rest if f["low"] < first["high"]]
    if not near:
        return text
    verb = "staat" if len(near) == 1 else "staan"
    return f"{text} {listed(near)} {verb} daar dicht bij: wat echt bovenaan staat, weten we niet zeker."


def _budget(question: Document) -> str:
    first, *rest = _ordered(question["blocks"][0])
    text = (
        f"Van elke 100 punten gaan er gemiddeld {whole(first['value'] * 100)} naar ‘{first['label']}’. Het kan ook "
        f"{whole(first['low'] * 100)} tot {whole(first['high'] * 100)} zijn."
    )
    last = rest[-1] if rest else None
    return text if last is None else f"{text} Het minst gaat naar ‘{last['label']}’: {whole(last['value'] * 100)}."


def _open(question: Document) -> str:
    n = question["wrote"]
    if n == 0:
        return "Niemand schreef een antwoord in eigen woorden."
    who = "Eén panellid schreef" if n == 1 else f"{whole(n)} panelleden schreven"
    return f"{who} een antwoord in eigen woorden. De onderzoeker leest die; de teksten worden niet openbaar."


_SENTENCES: dict[str, Callable[[Document], str]] = {
    "single": _single,
    "several": _several,
    "matrix": _matrix,
    "score": _score,
    "number": _number,
    "ranking": _ranking,
    "budget": _budget,
    "open": _open,
}
