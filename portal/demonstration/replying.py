"""What a resident fills in: the known opinion of each, now and then "weet ik niet", and words of their own."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from portal.demonstration.drawing import Integers
from portal.demonstration.open_answers import open_answers
from portal.demonstration.opinions import ANSWERED, DONT_KNOW, refusals, true_answers
from portal.demonstration.population import SyntheticPopulation
from portal.demonstration.questions import QUESTIONS
from surveys.questionnaire import QuestionKind, QuestionSpec
from surveys.questions import kind_of
from surveys.questions.base import Missing, missing

Raw = dict[str, list[str]]


class Replies:
    """The answers of all residents, worked out once per question."""

    def __init__(self, population: SyntheticPopulation) -> None:
        self.population = population
        self._answers: dict[str, Integers] = {}
        self._refusals: dict[str, Integers] = {}

    @cached_property
    def _words(self) -> list[str]:
        satisfaction = self.opinions("green_satisfaction")
        return open_answers(satisfaction, np.random.default_rng([self.population.seed, 101]))

    def opinions(self, key: str) -> Integers:
        """The true answers of all residents."""
        if key not in self._answers:
            self._answers[key] = true_answers(self.population, key)
        return self._answers[key]

    def raw(self, spec: QuestionSpec, resident: int) -> Raw:
        """One page as this resident posts it."""
        return kind_of(spec.kind).fill(spec, self.value(spec, resident))

    def value(self, spec: QuestionSpec, resident: int) -> Any:
        """The answer of this resident, or why there is none."""
        if spec.item_key not in QUESTIONS:
            return self._other(spec, resident)
        said = int(self._refused(spec.item_key)[resident])
        if said != ANSWERED:
            return _not_said(spec, said)
        opinion = self.opinions(spec.item_key)[resident]
        value = AS_STORED[spec.kind](spec, opinion)
        return value if value != [] else missing(Missing.DONT_KNOW)

    def _refused(self, key: str) -> Integers:
        if key not in self._refusals:
            rng = np.random.default_rng([*rng_seed(self.population, key), 7])
            self._refusals[key] = refusals(self.population, key, rng)
        return self._refusals[key]

    def _other(self, spec: QuestionSpec, resident: int) -> Any:
        """Questions beside the known opinions: drawn by resident and question, the same at every load."""
        rng = np.random.default_rng([self.population.seed, resident, sum(spec.item_key.encode())])
        if spec.kind is QuestionKind.OPEN:
            return self._words[resident] or missing(Missing.REFUSED)
        if spec.kind is QuestionKind.SCORE:
            return int(np.clip(np.rint(rng.normal(7.4, 1.2)), 0, 10))
        chosen = [o.value for o in spec.options if rng.random() < 0.4]
        if spec.kind is QuestionKind.SEVERAL:
            return chosen or [spec.options[int(rng.integers(len(spec.options)))].value]
        return spec.options[int(rng.integers(len(spec.options)))].value


def rng_seed(population: SyntheticPopulation, key: str) -> list[int]:
    """The numbers from which chance starts for one question."""
    return [population.seed, list(QUESTIONS).index(key) + 1]


def _not_said(spec: QuestionSpec, said: int) -> Any:
    code = missing(Missing.DONT_KNOW if said == DONT_KNOW else Missing.REFUSED)
    return {item.value: code for item in spec.items} if spec.kind is QuestionKind.MATRIX else code


def _single(spec: QuestionSpec, opinion: Any) -> Any:
    return spec.options[int(opinion)].value


def _several(spec: QuestionSpec, opinion: Any) -> Any:
    return [option.value for option, used in zip(spec.options, opinion, strict=True) if used]


def _matrix(spec: QuestionSpec, opinion: Any) -> Any:
    return {item.value: spec.options[int(said)].value for item, said in zip(spec.items, opinion, strict=True)}


def _ranking(spec: QuestionSpec, opinion: Any) -> Any:
    return [option.value for _place, option in sorted(zip(opinion.tolist(), spec.options, strict=True), key=_place)]


def _place(pair: tuple[int, Any]) -> int:
    return pair[0]


def _budget(spec: QuestionSpec, opinion: Any) -> Any:
    return {option.value: int(points) for option, points in zip(spec.options, opinion, strict=True)}


def _whole(_spec: QuestionSpec, opinion: Any) -> Any:
    return int(opinion)


AS_STORED: dict[QuestionKind, Callable[[QuestionSpec, Any], Any]] = {
    QuestionKind.SINGLE: _single,
    QuestionKind.SEVERAL: _several,
    QuestionKind.MATRIX: _matrix,
    QuestionKind.SCORE: _whole,
    QuestionKind.NUMBER: _whole,
    QuestionKind.RANKING: _ranking,
    QuestionKind.BUDGET: _budget,
}
