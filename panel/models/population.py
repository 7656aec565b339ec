"""Population figures and areas, as Statistics Netherlands publishes them or derived from that."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import BigId, Model, enum_column, new_public_id


class AreaKind(StrEnum):
    """Kinds of areas (wijk, buurt, postcodegebied)."""

    DISTRICT = "district"
    NEIGHBOURHOOD = "neighbourhood"
    POSTCODE4 = "postcode4"


class FigureStatus(StrEnum):
    """Whether a figure is as published (bron) or computed from published ones (afgeleid)."""

    SOURCE = "bron"
    DERIVED = "afgeleid"


class SetKind(StrEnum):
    """Where a set of figures comes from: shipped, or one file of Statistics Netherlands or in our own layout."""

    SHIPPED = "shipped"
    NEIGHBOURHOODS = "neighbourhoods"  # Kerncijfers wijken en buurten
    AGE_SEX = "age-sex"  # population by age and sex
    ADDRESSES = "addresses"  # postcode and house number to neighbourhood
    OWN = "own"  # the layout of the shipped files


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


class PopulationSet(Model):
    """One file of figures that was taken in whole; a newer one stands beside it, nothing is overwritten."""

    __tablename__ = "population_set"
    __table_args__ = (UniqueConstraint("gm_code", "kind", "reference", "sha256"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    gm_code: Mapped[str] = mapped_column(String(6))
    kind: Mapped[SetKind] = mapped_column(enum_column(SetKind, "population_set_kind"))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    reference: Mapped[date]
    source: Mapped[str] = mapped_column(String(120))
    licence: Mapped[str] = mapped_column(String(40))
    attribution: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(12))
    age_min: Mapped[int | None]
    age_max: Mapped[int | None]
    rows: Mapped[int]
    remarks: Mapped[list[Any]] = mapped_column(default=list)
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(80))


class PopulationChoice(Model):
    """From this moment a set counts for what is planned anew; earlier choices stay, so frozen plans keep theirs."""

    __tablename__ = "population_choice"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("population_set.id"), index=True)
    chosen_at: Mapped[datetime]
    chosen_by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text, default="")
    population_set: Mapped[PopulationSet] = relationship()


class PopulationFigure(Model):
    """One figure with everything needed to judge it: source, date, licence, unit, ages, derivation."""

    __tablename__ = "population_figure"
    __table_args__ = (
        # named, because the name by convention is longer than PostgreSQL keeps
        UniqueConstraint(
            "set_id", "area_code", "variable", "category", "reference", "margin", name="uq_population_figure_set"
        ),
        CheckConstraint("count >= 0", name="count"),
        CheckConstraint("unit IN ('person', 'household', 'dwelling')", name="unit"),
        CheckConstraint("status <> 'afgeleid' OR derivation <> ''", name="derivation"),
        Index("ix_population_figure_margin", "gm_code", "margin", "variable"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("population_set.id"))
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


class PostcodeArea(Model):
    """The neighbourhood of a postcode; number 0 stands for the postcode as a whole, by most of its addresses.

    A postcode that lies in one neighbourhood needs that row alone; a divided one has a row per house number too.
    """

    __tablename__ = "postcode_area"
    __table_args__ = (UniqueConstraint("set_id", "postcode", "house_number"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("population_set.id"))
    postcode: Mapped[str] = mapped_column(String(6))
    house_number: Mapped[int] = mapped_column(default=0)
    neighbourhood_code: Mapped[str] = mapped_column(String(12))
    district_code: Mapped[str] = mapped_column(String(12))
    divided: Mapped[bool] = mapped_column(default=False)


class CategoryMerge(Model):
    """With which neighbour a category is taken together when there are too few answers; a change ends the old row."""

    __tablename__ = "category_merge"
    __table_args__ = (
        Index("ix_category_merge_hierarchy", "gm_code", "variable"),
        CheckConstraint("category <> merge_with", name="other"),
        CheckConstraint("preference >= 1", name="preference"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    gm_code: Mapped[str] = mapped_column(String(6))
    variable: Mapped[str] = mapped_column(String(40))
    category: Mapped[str] = mapped_column(String(60))
    merge_with: Mapped[str] = mapped_column(String(60))
    preference: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]


class Locality(Model):
    """A village or built-up place (kern): a name for a group of neighbourhoods."""

    __tablename__ = "locality"
    __table_args__ = (UniqueConstraint("gm_code", "name"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_public_id)
    gm_code: Mapped[str] = mapped_column(String(6))
    name: Mapped[str] = mapped_column(String(120))
    parts: Mapped[list["LocalityPart"]] = relationship(
        cascade="all, delete-orphan", order_by="LocalityPart.neighbourhood_code"
    )


class LocalityPart(Model):
    """A neighbourhood in a locality; the key keeps it out of a second one."""

    __tablename__ = "locality_part"
    neighbourhood_code: Mapped[str] = mapped_column(String(12), primary_key=True)
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id", ondelete="CASCADE"))
