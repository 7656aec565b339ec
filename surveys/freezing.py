"""From the rows of a design to the frozen questionnaire, and the hash that signatures stand under."""

from typing import Any

from core import settings
from panel.wave_samples import SamplePlan, sample_from
from surveys import agreement
from surveys.models.wave import Question, Wave
from surveys.questionnaire import (
    FrozenWave,
    Option,
    QuestionKind,
    QuestionSpec,
    WeightingPlan,
    digest,
    plan_from,
    to_document,
)


def spec_of(question: Question) -> QuestionSpec:
    """One question as it would be frozen."""
    return QuestionSpec(
        item_key=question.item_key,
        kind=QuestionKind(question.kind),
        text=question.text,
        hint=question.hint,
        options=tuple(Option(o["value"], o["label"]) for o in question.options),
        items=tuple(Option(i["value"], i["label"]) for i in question.items),
        minimum=question.minimum,
        maximum=question.maximum,
        low_label=question.low_label,
        high_label=question.high_label,
        max_choices=question.max_choices,
        condition=question.condition,
        sensitive=question.sensitive,
        central_question=question.central_question.text if question.central_question else "",
    )


def specs(wave: Wave) -> tuple[QuestionSpec, ...]:
    """All questions of a wave in their order."""
    return tuple(spec_of(question) for question in wave.questions)


def plan_of(wave: Wave) -> WeightingPlan:
    """The weighting plan as it was saved, or the empty plan."""
    return plan_from(wave.plan)


def sample_of(wave: Wave) -> SamplePlan | None:
    """The sample that was chosen; None when everybody who can be asked is invited."""
    return sample_from(wave.sample)


def tables_of(wave: Wave) -> tuple[dict[str, Any], ...]:
    """The closed list of tables: each question in total, and the breakdowns that were chosen for it."""
    breakdowns = plan_of(wave).breakdowns
    chosen = {(row["item_key"], row["by"]) for row in wave.tables}
    return tuple(
        {"item_key": question.item_key, "by": by}
        for question in wave.questions
        for by in ("", *breakdowns)
        if not by or (question.item_key, by) in chosen
    )


def frozen_wave(wave: Wave) -> FrozenWave:
    """Everything that is fixed before the first invitation, as it stands now."""
    version = settings.latest_version()
    return FrozenWave(
        title=wave.title,
        introduction=wave.introduction,
        minutes=wave.minutes,
        questions=specs(wave),
        plan=plan_of(wave),
        tables=tables_of(wave),
        agreement=agreement.with_changes(wave.commission),
        settings_version=version.number if version else 0,
        sample=sample_of(wave),
    )


def design_document(wave: Wave) -> dict[str, Any]:
    """The document that stands: the frozen one, or what would be frozen now."""
    return wave.frozen_document if wave.frozen_document is not None else to_document(frozen_wave(wave))


def design_hash(wave: Wave) -> str:
    """The hash that signatures stand under."""
    return wave.frozen_hash or digest(design_document(wave))
