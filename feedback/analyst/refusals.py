"""What the numbers refuse, told to the person who can mend it: margin, category, counts, and the lines for the plan."""

import json

from analysis.errors import AnalysisError, Merge, Refusal, WeightingRefusedError

_MERGE = "[[weighting.{table}]]\nmargin = {margin}\ncategory = {category}\ninto = {into}"
_ADVICE = {
    "missing_value": (
        "complete the data, leave the respondents out, or give the value a class of its own: "
        '[weighting.own_classes]\n{margin} = ["..."]'
    ),
    "nonpositive_base_weight": (
        "a base weight is 1 / the chance of being drawn: correct the column, or leave the rows out"
    ),
    "margins_disagree": (
        "correct the figures, or state the tolerance that their derivation explains:\n"
        "[population]\nderivation_tolerance = 0.005   # and status afgeleid in the margins file"
    ),
    "unit_mismatch": "use figures of {population_unit}s, or change unit under [population]",
    "age_mismatch": "use figures of the same ages, or change age_min and age_max under [population]",
    "bounds_too_tight": "widen the bounds, or merge the category with a neighbour",
    "bounds_cannot_meet_all": "widen the bounds, or merge the category with a neighbour",
    "bounds_not_met": "widen trim, or merge the smallest categories",
    "margins_contradict": "check these figures against those of the other margins: they cannot all be right",
    "not_converged": "merge small categories, or leave out a margin that nearly follows from the others",
}


def explain(error: AnalysisError) -> list[str]:
    """Every reason with what would mend it."""
    if isinstance(error, WeightingRefusedError):
        return [_reason(refusal) for refusal in error.refusals]
    advice = _ADVICE.get(error.code, "")
    parts = [str(error)]
    if advice:
        parts.append(advice.format(**{"margin": "", **error.params}))
    proposal = error.params.get("proposal")
    if isinstance(proposal, Merge):
        parts.append(accepting(proposal))
    return ["\n".join(parts)]


def accepting(merge: Merge) -> str:
    """The lines of the plan that accept a merge."""
    return _lines("merges", merge.margin, merge.category, merge.into)


def _reason(refusal: Refusal) -> str:
    if refusal.proposal is not None:
        return f"{refusal}\nto accept this merge, add to the plan:\n{accepting(refusal.proposal)}"
    advice = _ADVICE.get(refusal.code)
    if advice is None and refusal.population > 0:
        neighbour = _lines("neighbours", refusal.margin, refusal.category, "...")
        advice = f"no neighbour is declared for this category; name one, or merge at once:\n{neighbour}"
    if advice is None:
        advice = (
            "correct the data or the margins file, or give the value a class of its own:\n"
            f"[weighting.own_classes]\n{_quoted(refusal.margin)} = [{_quoted(refusal.category)}]"
        )
    return f"{refusal}\n{advice.replace('{margin}', _quoted(refusal.margin))}"


def _lines(table: str, margin: str, category: str, into: str) -> str:
    return _MERGE.format(table=table, margin=_quoted(margin), category=_quoted(category), into=_quoted(into))


def _quoted(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False)
