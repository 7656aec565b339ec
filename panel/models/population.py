"""Population figures and areas, as Statistics Netherlands publishes them or derived from that."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import BigId, Model, enum_column


class AreaKind(StrEnum):
    """Kinds of areas (wijk, buurt, postcodegebied)."""

    DISTRICT = "district"
    NEIGHBOURHOOD = "neighbourhood"
    POSTCODE4 = "postcode4"


class FigureStatus(StrEnum):
    """Whether a figure is as published (bron) or computed from published ones (afgeleid)."""

    SOURCE = "bron"
    DERIVED = "afgeleid"


class Area(Model):
    """An area of the municipality; CBS renumbers areas, so a code belongs to a year."""

    __tablename__ = "area"
    __table_args__ = (UniqueConstraint("code", "vintage"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(12))
    vintage: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[AreaKind] = mapped_column(enum_column(AreaKind, "area_kind"))
    gm_code: Mapped[str] = mapped_column(String(6), index=True)


class PopulationFigure(Model):
    """One figure with everything needed to judge it: source, date, licence, unit, ages, derivation."""

    __tablename__ = "population_figure"
    __table_args__ = (
        UniqueConstraint("gm_code", "area_code", "variable", "category", "reference", "margin"),
        CheckConstraint("count >= 0", name="count"),
        CheckConstraint("unit IN ('person', 'household', 'dwelling')", name="unit"),
        CheckConstraint("status <> 'afgeleid' OR derivation <> ''", name="derivation"),
        Index("ix_population_figure_margin", "gm_code", "margin", "variable"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    gm_code: Mapped[str] = mapped_column(String(6))
    area_code: Mapped[str] = mapped_column(String(12))
    area_name: Mapped[str] = mapped_column(String(120))
    variable: Mapped[str] = mapped_column(String(40))
    category: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    count: Mapped[int]
    unit: Mapped[str] = mapped_column(String(12))
    age_min: Mapped[int | None]
    age_max: Mapped[int | None]
    reference: Mapped[date]
    source: Mapped[str] = mapped_column(String(120))
    licence: Mapped[str] = mapped_column(String(40))
    attribution: Mapped[str] = mapped_column(String(80))
    status: Mapped[FigureStatus] = mapped_column(enum_column(FigureStatus, "figure_status"))
    derivation: Mapped[str] = mapped_column(Text, default="")
    margin: Mapped[bool] = mapped_column(default=False)
