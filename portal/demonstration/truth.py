"""The known truth of every question of the demonstration: what all residents of 16 and over would say."""

from dataclasses import dataclass

import numpy as np

from portal.demonstration.drawing import Flags, Floats, Integers
from portal.demonstration.opinions import true_answers
from portal.demonstration.population import SyntheticPopulation
from portal.demonstration.questions import QUESTIONS, OpinionKind


@dataclass(frozen=True)
class TrueFigure:
    """One known figure of the residents of 16 and over: a share (0-1) or a mean."""

    question_key: str
    label: str
    statistic: str
    value: float


def true_figures(population: SyntheticPopulation, question_key: str, weights: Floats | None = None) -> list[TrueFigure]:
    """Return the truth of one question among residents of 16 and over.

    With weights (one per resident, for instance the chance to join) the figures of whom they describe.
    """
    grown = population.is_eligible
    answers = true_answers(population, question_key)[grown]
    chances = np.ones(len(answers)) if weights is None else weights[grown]
    question = QUESTIONS[question_key]

    def figure(label: str, statistic: str, values: Floats | Flags | Integers) -> TrueFigure:
        return TrueFigure(question_key, label, statistic, float(np.average(values, weights=chances)))

    match question.kind:
        case OpinionKind.SINGLE:
            return [figure(option, "share", answers == i) for i, option in enumerate(question.options)]
        case OpinionKind.MATRIX:
            return [
                figure(f"{item}: {option}", "share", answers[:, j] == i)
                for j, item in enumerate(question.items)
                for i, option in enumerate(question.options)
            ]
        case OpinionKind.SCORE | OpinionKind.NUMBER:
            return [figure("", "mean", answers)]
        case _:
            statistic = "share" if question.kind is OpinionKind.SEVERAL else "mean"
            return [figure(option, statistic, answers[:, i]) for i, option in enumerate(question.options)]
