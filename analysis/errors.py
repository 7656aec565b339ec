"""Errors of the package: a code with parameters; the wording for residents is made elsewhere."""

from dataclasses import dataclass

_TEXTS = {
    # shape and content of the input
    "wrong_shape": "{name} must have {expected} dimension(s), got {got}",
    "wrong_length": "{name} must have {expected} rows, got {got}",
    "not_integer": "{name} must hold integer codes",
    "not_numeric": "{name} must hold numbers",
    "code_out_of_range": "{name}: code {value} lies outside 0..{last}",
    "no_rows": "{name} holds no rows",
    "no_columns": "{name} holds no columns",
    "invalid_value": "{name}: {value} is not allowed ({reason})",
    "unknown_factor": "no factor is called {factor}",
    # recruitment
    "duplicate_id": "id {id} occurs twice",
    "stratum_too_small": "stratum {stratum}: {wanted} persons to draw, {available} available",
    "allocation_infeasible": "{n} cannot be spread within the limits, which allow {low} to {high}",
    # margins
    "empty_margin": "margin {margin} has no categories",
    "duplicate_category": "margin {margin} names category {category} twice",
    "duplicate_margin": "margin {margin} is given twice",
    "invalid_total": "margin {margin}, category {category}: total {total} is negative or not a number",
    "zero_margin": "margin {margin} adds up to nothing",
    "unit_mismatch": "margin {margin} counts {margin_unit}s, the panel population counts {population_unit}s",
    "age_mismatch": "margin {margin} covers ages {margin_ages}, the panel population {population_ages}",
    "margins_disagree": (
        "margin {margin} adds up to {stated:g}, the declared total is {declared:g}: the difference of "
        "{difference:g} is larger than rounding or derivation explains ({allowed:g})"
    ),
    "unknown_category": "merge for {margin} names unknown category {category}",
    # weighting
    "not_converged": (
        "weighting did not meet the margins after {iterations} iterations: {margin}, category {category} "
        "({n_respondents} respondents), is off by {error:.3g} of its total. The margins cannot be met together by "
        "these respondents{advice}"
    ),
    "margins_contradict": (
        "margin {margin}, category {category}: {stated:g} is asked, but the other margins leave {implied:g} "
        "to these respondents. The margins contradict each other"
    ),
    "collinear_total": "the total of {variable} follows from the other margins and totals: leave it out",
    "total_without_population": "margin {margin} needs the population that it is a part of",
    "no_constraints": "there is nothing to calibrate to: no margins, no totals, no population",
    "uneven_household": "household {household}: its members differ in {name}, so they cannot have one weight",
    "bounds_too_tight": (
        "weights of {lower:g} to {upper:g} times {measure} cannot meet {margin}, category {category}: {wanted:g} in "
        "the population, {n_respondents} respondents, who can have {lowest:g} to {highest:g}{advice}"
    ),
    "bounds_cannot_meet_all": (
        "weights of {lower:g} to {upper:g} times {measure} cannot meet all margins together: at best {margin}, "
        "category {category} ({n_respondents} respondents), stays off by {error:.3g} of its total{advice}"
    ),
    "everything_trimmed": "all weights lie outside {lower:g} to {upper:g}: nothing is left to take up what is cut",
    "group_without_answers": "response group {group}: {n_invited} invited, nobody answered; merge it with a neighbour",
    "frame_too_small_for_draw": "recruitment stratum {stratum}: {drawn:g} drawn from a frame of {frame:g}",
    "bounds_not_met": (
        "weights within {lower:g} to {upper:g} times the mean cannot meet the margins: after {rounds} rounds "
        "they still run from {lowest:.3g} to {highest:.3g} times the mean"
    ),
    # estimation
    "lonely_stratum": "stratum {stratum} has a single sampling unit: its variance cannot be estimated",
    "uneven_stratum": "{name} differs between respondents of stratum {stratum}",
    "frame_too_small": "stage {stage}, stratum {stratum}: {n_units} units in the sample, {size:g} in the frame",
    "too_many_stages": "{name} describes {got} stages, clusters {expected}",
    "person_twice": "{count} persons are listed more than once in a wave",
    "several_stages": "the change between waves knows designs of one stage, not of {n_stages}",
    "cluster_across_strata": "cluster {cluster} lies in more than one stratum",
    "collinear_column": "column {column} of the model is a combination of the columns before it",
    "separation": (
        "the answers are predicted perfectly by a combination of columns in which column {column} weighs most: "
        "no finite coefficients fit best"
    ),
    "kappa_undefined": "both classifications use one and the same category: agreement beyond chance is undefined",
    "too_few_areas": "{areas} areas have a usable direct estimate, at least {needed} are needed",
    "fit_not_converged": "the model was not fitted within {iterations} iterations",
    "no_variation": "nobody responded, or everybody: there is no response to explain",
    "response_separated": (
        "a combination of variables tells exactly who responded, so that no model fits best: "
        "use fewer variables or merge categories"
    ),
    "not_two_units": "stratum {stratum} has {n_units} sampling units: balanced half-samples need exactly two",
    "too_many_replicates": "{n_units} units x {n_replicates} replicates is over {limit} values: use fewer replicates",
    "not_recalibrated": (
        "{count} of {n_replicates} replicates cannot be brought to the margins; the first is replicate {replicate}: "
        "{margin}, category {category}, {reason}"
    ),
    "totals_not_met": (
        "{count} of {n_replicates} replicates cannot meet the totals by linear calibration; in replicate {replicate} "
        "(0 is the full sample) auxiliary {column} is off by {error:.3g} of its total"
    ),
    "undefined_statistic": "the statistic is not a finite number on the full sample",
    "budget_sum": "{count} budgets do not add up to {expected:g} points",
    "rank_out_of_range": "{count} rankings are not a permutation of 1..{n_items} (unranked items may be missing)",
    "empty_category": "{name}: nobody is in category {category}; leave it out or merge it",
    "no_degrees_of_freedom": "{needed} degrees of freedom are needed, the design has {available}",
    "dependent_hypotheses": "of {needed} hypotheses tested together only {rank} are free of each other",
    # disclosure
    "category_mismatch": "table {table}: variable {variable} has other categories than in an earlier table",
    "cells_disagree": "{cell}: {first:g}, but {second:g} in {table}; another version is another population",
    "unknown_population": "no cell of {smaller} stands in {larger} too: nothing to nest",
    "relation_broken": "relation {row} does not hold for the counts: it is off by {gap:g}",
    "knowledge_contradicts": "what an attacker is said to know contradicts the relations between the cells",
    "not_protectable": "{count} cells follow from what is public already, whatever is withheld: {cells}",
    "not_anonymous": "{n_rows} rows cannot be made {k}-anonymous: fewer than {k} rows",
}

_REFUSALS = {
    "missing_value": "margin {margin}: {n_respondents} respondents have no value",
    "nonpositive_base_weight": "{n_respondents} respondents have a base weight that is not positive",
    "category_without_respondents": (
        "margin {margin}, category {category}: {population:g} in the population, no respondents"
    ),
    "category_not_in_population": (
        "margin {margin}, category {category}: {n_respondents} respondents, absent from the population"
    ),
}


class AnalysisError(Exception):
    """An input or a request that the numbers refuse; carries `code` and `params`."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(_TEXTS[code].format(**params))


class InputError(AnalysisError):
    """Arrays whose shape or content does not fit."""


class MarginError(AnalysisError):
    """Margins that are malformed, contradict each other or do not describe the panel population."""


class ConvergenceError(AnalysisError):
    """Margins or bounds that these respondents cannot meet."""


class DisclosureError(AnalysisError):
    """Figures that cannot be published without giving away a group that is too small."""


class EstimationError(AnalysisError):
    """A design or a set of answers from which the asked figure cannot be estimated."""


@dataclass(frozen=True)
class Merge:
    """Join `category` with its neighbour `into`, both categories of one margin."""

    margin: str
    category: str
    into: str


@dataclass(frozen=True)
class Refusal:
    """One reason why weighting is refused, with the merge that would remove it."""

    code: str
    margin: str
    category: str
    n_respondents: int
    population: float
    proposal: Merge | None = None

    def __str__(self) -> str:
        """Return the reason in English, with the proposed merge."""
        text = _REFUSALS[self.code].format(**vars(self))
        if self.proposal is None:
            return text
        return f"{text}; proposed: merge {self.proposal.category} with {self.proposal.into}"


class WeightingRefusedError(AnalysisError):
    """Weighting refused; `refusals` lists every reason at once, so that all can be mended together."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        self.refusals = refusals
        Exception.__init__(self, "; ".join(str(refusal) for refusal in refusals))
        self.code = "weighting_refused"
        self.params = {"refusals": refusals}
