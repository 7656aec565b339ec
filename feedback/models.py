"""What came of a wave: its publication, the frozen result sets, the findings and the answers to them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import BigId, Model, enum_column, new_public_id
from core.dialect import append_only


class PublicationStatus(StrEnum):
    """From the closed wave to the published feedback."""

    WEIGHING = "weighing"
    NEEDS_DECISION = "needs_decision"
    PROPOSED = "proposed"
    WEIGHTED = "weighted"
    RESULTS_PUBLISHED = "results_published"
    FEEDBACK_PUBLISHED = "feedback_published"


class Outcome(StrEnum):
    """What a body did with a finding (overgenomen, deels, niet, nog geen besluit)."""

    ADOPTED = "adopted"
    PARTLY = "partly"
    NOT_ADOPTED = "not_adopted"
    UNDECIDED = "undecided"


class FindingOrigin(StrEnum):
    """Whether a finding came by itself from a question, or was added by a council member."""

    QUESTION = "question"
    COUNCIL = "council"


class Publication(Model):
    """The results and the feedback of one wave."""

    __tablename__ = "publication"
    __table_args__ = (
        CheckConstraint(
            "status NOT IN ('results_published', 'feedback_published') OR results_at IS NOT NULL",
            name="results_have_a_moment",
        ),
        CheckConstraint(
            "status <> 'feedback_published' OR feedback_published_at IS NOT NULL", name="feedback_has_a_moment"
        ),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), unique=True)
    status: Mapped[PublicationStatus] = mapped_column(
        enum_column(PublicationStatus, "publication_status"), default=PublicationStatus.WEIGHING
    )
    created_at: Mapped[datetime]
    results_due_at: Mapped[datetime]
    results_at: Mapped[datetime | None]
    feedback_due_on: Mapped[date]
    feedback_published_at: Mapped[datetime | None]
    refusals: Mapped[list[Any]] = mapped_column(default=list)
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[str] = mapped_column(String(80), default="")
    result_sets: Mapped[list["ResultSet"]] = relationship(order_by="ResultSet.version")
    decisions: Mapped[list["WeightingDecision"]] = relationship(order_by="WeightingDecision.id")
    findings: Mapped[list["Finding"]] = relationship(order_by="Finding.position")
    statements: Mapped[list["Statement"]] = relationship(order_by="Statement.id")

    @property
    def current(self) -> "ResultSet | None":
        """The newest result set."""
        return self.result_sets[-1] if self.result_sets else None

    @property
    def is_public(self) -> bool:
        """Whether everybody may read the results."""
        return self.status in (PublicationStatus.RESULTS_PUBLISHED, PublicationStatus.FEEDBACK_PUBLISHED)


class WeightingDecision(Model):
    """A departure from the frozen plan that a person accepted, with the reason everybody can read."""

    __tablename__ = "weighting_decision"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), index=True)
    merges: Mapped[list[Any]] = mapped_column(default=list)
    trim_low: Mapped[float | None]
    trim_high: Mapped[float | None]
    dropped: Mapped[list[Any]] = mapped_column(default=list)
    reason: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(String(80))


class ResultSet(Model):
    """One computed set of results: never changed, a later version stands beside it."""

    __tablename__ = "result_set"
    __table_args__ = (UniqueConstraint("publication_id", "version"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    version: Mapped[int]
    document: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    code_version: Mapped[str] = mapped_column(String(80))
    computed_at: Mapped[datetime]


class Finding(Model):
    """A sentence the data carry (bevinding), or one a council member added; the database refuses to drop it."""

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("publication_id", "position"),
        Index("ux_finding_item", "publication_id", "item_key", unique=True),
        Index(
            "ux_finding_author",
            "publication_id",
            "author_id",
            unique=True,
            sqlite_where=text("author_id IS NOT NULL"),
            postgresql_where=text("author_id IS NOT NULL"),
        ),
        CheckConstraint(
            "(origin = 'question' AND item_key IS NOT NULL AND author_id IS NULL) OR "
            "(origin = 'council' AND item_key IS NULL AND author_id IS NOT NULL)",
            name="origin_fits",
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    position: Mapped[int]
    origin: Mapped[FindingOrigin] = mapped_column(
        enum_column(FindingOrigin, "finding_origin"), default=FindingOrigin.QUESTION
    )
    item_key: Mapped[str | None] = mapped_column(String(80))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    author_name: Mapped[str] = mapped_column(String(200), default="")
    central_question: Mapped[str] = mapped_column(Text, default="")
    sentence: Mapped[str] = mapped_column(Text)
    base_text: Mapped[str] = mapped_column(Text, default="")
    uncertainty: Mapped[str] = mapped_column(Text, default="")
    not_concluded: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    answers: Mapped[list["FindingAnswer"]] = relationship(order_by="FindingAnswer.version", lazy="selectin")

    @property
    def answer(self) -> "FindingAnswer | None":
        """The newest answer, draft or published."""
        return self.answers[-1] if self.answers else None

    @property
    def published_answers(self) -> list["FindingAnswer"]:
        """What everybody may read, oldest first."""
        return [a for a in self.answers if a.published_at is not None]


class FindingAnswer(Model):
    """The body's answer to a finding; once published it stays and a later one stands beside it."""

    __tablename__ = "finding_answer"
    __table_args__ = (
        UniqueConstraint("finding_id", "version"),
        CheckConstraint("outcome <> 'undecided' OR undecided_until IS NOT NULL", name="undecided_has_a_date"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"))
    version: Mapped[int]
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome, "outcome"))
    why: Mapped[str] = mapped_column(Text)
    decision_number: Mapped[str] = mapped_column(String(80), default="")
    decision_on: Mapped[date | None]
    vote: Mapped[str] = mapped_column(String(200), default="")
    link: Mapped[str] = mapped_column(String(500), default="")
    next_step: Mapped[str] = mapped_column(Text, default="")
    next_on: Mapped[date | None]
    undecided_until: Mapped[date | None]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class Statement(Model):
    """A statement that a group or member of the council signed beside the feedback."""

    __tablename__ = "statement"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    signed_as: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime]


append_only(ResultSet, Finding, WeightingDecision, Statement)
