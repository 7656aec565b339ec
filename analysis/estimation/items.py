"""Estimators per kind of question, in one place: several choices, scales, rankings, budgets and numbers."""

from analysis.estimation.budgets import BudgetEstimates, estimate_budget, estimate_budget_spread
from analysis.estimation.choices import ChoiceEstimates, estimate_choices, estimate_several
from analysis.estimation.quantities import QuantityEstimates, estimate_quantity
from analysis.estimation.rankings import Duels, RankingEstimates, estimate_duels, estimate_ranking
from analysis.estimation.scales import (
    MatrixEstimates,
    ScaleEstimates,
    estimate_matrix,
    estimate_scale_points,
    estimate_scales,
)

__all__ = [
    "BudgetEstimates",
    "ChoiceEstimates",
    "Duels",
    "MatrixEstimates",
    "QuantityEstimates",
    "RankingEstimates",
    "ScaleEstimates",
    "estimate_budget",
    "estimate_budget_spread",
    "estimate_choices",
    "estimate_duels",
    "estimate_matrix",
    "estimate_quantity",
    "estimate_ranking",
    "estimate_scale_points",
    "estimate_scales",
    "estimate_several",
]
