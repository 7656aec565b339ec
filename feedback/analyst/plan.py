"""The analyst's plan: what the columns mean, how to weigh, which tables to make."""

import hashlib
import tomllib
from dataclasses import dataclass, field

from feedback.analyst.faults import PlanRefusedError, suggestion
from feedback.analyst.sections import Section

DISTANCES = ("raking", "linear", "truncated", "logit")
UNITS = ("person", "household", "dwelling")
KINDS = ("single", "several", "scale", "number", "ranking", "budget")
INTERVALS = ("rule", "logit", "xlogit", "likelihood", "beta", "asin", "wilson", "mean")
LONELY = ("refuse", "certainty", "remove", "adjust", "average")
GUARDS = ("holm", "benjamini_hochberg")
_OF_ONE_COLUMN = ("single", "number")


@dataclass(frozen=True)
class DataPlan:
    """Which columns say what about a respondent."""

    id: str
    base_weight: str = ""
    weight: str = "gewicht"
    correction: str = "correctiefactor"
    missing: tuple[str, ...] = ()
    strata: str = ""
    clusters: str = ""
    household: str = ""
    fpc: str = ""


@dataclass(frozen=True)
class Variable:
    """One column with codes: which are allowed, how they are called, which mean no value."""

    name: str
    label: str
    codes: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def label_of(self, code: str) -> str:
        """The label of a code, also of merged ones."""
        return " + ".join(self.labels.get(part, part) for part in code.split(" + "))


@dataclass(frozen=True)
class PopulationPlan:
    """The population that the respondents speak for."""

    total: float | None = None
    unit: str = "person"
    age_min: int = 16
    age_max: int | None = None
    municipality: str = ""
    derivation_tolerance: float = 0.0


@dataclass(frozen=True)
class MarginPlan:
    """A margin by name, the columns that are crossed in it, and the classes that it does not count."""

    name: str
    columns: tuple[str, ...]
    own_classes: tuple[str, ...] = ()
    excluded_classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MergePlan:
    """Two neighbouring categories of one margin."""

    margin: str
    category: str
    into: str


@dataclass(frozen=True)
class WeightingPlan:
    """How weights are made."""

    margins: tuple[MarginPlan, ...] = ()
    totals: tuple[str, ...] = ()
    distance: str = "raking"
    bounds: tuple[float, float] | None = None
    trim: tuple[float, float] | None = None
    household: str = ""
    merges: tuple[MergePlan, ...] = ()
    neighbours: tuple[MergePlan, ...] = ()

    @property
    def is_raking(self) -> bool:
        """Plain raking, which may be trimmed."""
        return self.distance == "raking" and self.bounds is None and not self.totals and not self.household


@dataclass(frozen=True)
class ItemPlan:
    """One question: its kind and the column or columns that hold the answers."""

    name: str
    kind: str
    label: str
    columns: tuple[str, ...]
    labels: dict[str, str]
    answers: tuple[str, ...] = ()
    points: int = 5
    budget: float = 100.0
    sensitive: bool = False


@dataclass(frozen=True)
class TablesPlan:
    """Which tables are made, with which certainty, and what is too small to show."""

    items: tuple[ItemPlan, ...]
    breakdowns: tuple[str, ...]
    interval: str = "rule"
    level: float = 0.95
    guard: str = "holm"
    significance: float = 0.05
    floor: int = 10
    full_base: int = 30
    max_half_width: float = 0.10
    lonely: str = "refuse"
    replicates: int = 0
    seed: int = 0
    audit: bool = True


@dataclass(frozen=True)
class Plan:
    """The whole plan, with the text it was read from."""

    name: str
    text: str
    title: str
    data: DataPlan
    variables: dict[str, Variable]
    population: PopulationPlan
    weighting: WeightingPlan | None
    tables: TablesPlan | None

    @property
    def digest(self) -> str:
        """SHA-256 of the file as it was given."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def variable(self, name: str) -> Variable:
        """What the plan says of a column; one that it does not describe goes by its own name."""
        return self.variables.get(name, Variable(name, name))

    def missing_of(self, name: str) -> tuple[str, ...]:
        """The texts that mean *no value* in a column."""
        return ("", *self.data.missing, *self.variable(name).missing)


def read_plan(name: str, content: bytes) -> Plan:
    """Read a plan; raises PlanRefusedError with every fault."""
    try:
        text = content.decode("utf-8-sig")
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise PlanRefusedError(["the plan is not saved as UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        raise PlanRefusedError([f"this is no TOML: {error}"]) from error
    faults: list[str] = []
    root = Section("", document, faults)
    variables = {found.name: found for found in _variables(root.section("variables"))}
    plan = Plan(
        name=name,
        text=text,
        title=root.text("title", "Gewogen antwoorden"),
        data=_data(root.section("data")),
        variables=variables,
        population=_population(root.section("population")),
        weighting=_weighting(root.section("weighting")) if "weighting" in document else None,
        tables=_tables(root.section("tables"), variables) if "tables" in document else None,
    )
    root.section("weighting")
    root.section("tables")
    root.close()
    if faults:
        raise PlanRefusedError(faults)
    return plan


def _data(section: Section) -> DataPlan:
    names = ("base_weight", "strata", "clusters", "household", "fpc")
    found = DataPlan(
        id=section.required("id"),
        weight=section.text("weight", "gewicht"),
        correction=section.text("correction", "correctiefactor"),
        missing=section.texts("missing"),
        **{name: section.text(name) for name in names},
    )
    section.close()
    return found


def _variables(section: Section) -> list[Variable]:
    found = []
    for inner in section.named():
        name = inner.path.removeprefix("variables.")
        labels = _labels(inner)
        variable = Variable(name, inner.text("label", name), inner.texts("codes"), labels, inner.texts("missing"))
        for code in labels:
            if variable.codes and code not in variable.codes:
                inner.fault("labels", f"names {code!r}, which is no code{suggestion(code, list(variable.codes))}")
        inner.close()
        found.append(variable)
    return found


def _labels(section: Section) -> dict[str, str]:
    inner = section.section("labels")
    return {key: inner.text(key) for key in inner.names()}


def _population(section: Section) -> PopulationPlan:
    found = PopulationPlan(
        total=section.number("total"),
        unit=section.one_of("unit", UNITS, "person"),
        age_min=section.whole("age_min", 16) or 0,
        age_max=section.whole("age_max"),
        municipality=section.text("municipality"),
        derivation_tolerance=section.number("derivation_tolerance", 0.0) or 0.0,
    )
    section.close()
    return found


def _weighting(section: Section) -> WeightingPlan:
    own, excluded = section.section("own_classes"), section.section("excluded_classes")
    margins = tuple(_margin(name, own, excluded) for name in section.texts("margins"))
    found = WeightingPlan(
        margins=margins,
        totals=section.texts("totals"),
        distance=section.one_of("distance", DISTANCES, "raking"),
        bounds=section.pair("bounds"),
        trim=section.pair("trim"),
        household=section.one_of("household", ("", "mean", "sum"), ""),
        merges=_merges(section, "merges"),
        neighbours=_merges(section, "neighbours"),
    )
    section.close()
    own.close()
    excluded.close()
    _refuse_weighting(section, found)
    return found


def _margin(name: str, own: Section, excluded: Section) -> MarginPlan:
    return MarginPlan(name, tuple(part.strip() for part in name.split("*")), own.texts(name), excluded.texts(name))


def _merges(section: Section, key: str) -> tuple[MergePlan, ...]:
    found = []
    for inner in section.sections(key):
        found.append(MergePlan(inner.required("margin"), inner.required("category"), inner.required("into")))
        inner.close()
    return tuple(found)


def _refuse_weighting(section: Section, found: WeightingPlan) -> None:
    if not found.margins and not found.totals:
        section.fault("margins", "names no margin; there is nothing to weigh to")
    if found.distance in ("truncated", "logit") and found.bounds is None:
        section.fault("bounds", f"is missing; the {found.distance} distance needs bounds, like [0.3, 3]")
    if found.trim is not None and not found.is_raking:
        section.fault("trim", "goes with raking to margins alone; use bounds with the other distances")
    if found.trim is not None and not 0 <= found.trim[0] < 1 < found.trim[1]:
        section.fault("trim", "must enclose 1: they are multiples of the mean weight")
    if found.bounds is not None and not found.bounds[0] < 1 < found.bounds[1]:
        section.fault("bounds", "must enclose 1: they are multiples of the base weight")
    names = [margin.name for margin in found.margins]
    for merge in (*found.merges, *found.neighbours):
        if merge.margin not in names:
            section.fault("merges", f"names {merge.margin!r}, which is no margin{suggestion(merge.margin, names)}")


def _tables(section: Section, variables: dict[str, Variable]) -> TablesPlan:
    items = tuple(_item(inner, variables) for inner in section.sections("items"))
    found = TablesPlan(
        items=items,
        breakdowns=section.texts("breakdowns"),
        interval=section.one_of("interval", INTERVALS, "rule"),
        level=section.number("level", 0.95) or 0.0,
        guard=section.one_of("guard", GUARDS, "holm"),
        significance=section.number("significance", 0.05) or 0.0,
        floor=section.whole("floor", 10) or 0,
        full_base=section.whole("full_base", 30) or 0,
        max_half_width=section.number("max_half_width", 0.10) or 0.0,
        lonely=section.one_of("lonely", LONELY, "refuse"),
        replicates=section.whole("replicates", 0) or 0,
        seed=section.whole("seed", 0) or 0,
        audit=section.flag("audit", default=True),
    )
    section.close()
    _refuse_tables(section, found)
    return found


def _refuse_tables(section: Section, found: TablesPlan) -> None:
    if not found.items:
        section.fault("items", "is missing; expected one [[tables.items]] or more")
    names = [item.name for item in found.items]
    for name in sorted({name for name in names if names.count(name) > 1}):
        section.fault("items", f"has {name!r} twice")
    for key, value in (("level", found.level), ("significance", found.significance)):
        if not 0 < value < 1:
            section.fault(key, "must lie between 0 and 1")
    if found.floor < 1 or found.full_base < found.floor:
        section.fault("floor", "must be 1 or more, and full_base no less")
    if found.replicates < 0 or found.replicates == 1:
        section.fault("replicates", "must be 2 or more; leave it out for linearization")


def _item(section: Section, variables: dict[str, Variable]) -> ItemPlan:
    name, kind = section.required("name"), section.one_of("kind", KINDS, "single")
    columns = section.texts("columns") or (name,)
    variable = variables.get(columns[0])
    label = section.text("label", variable.label if variable and len(columns) == 1 else name)
    found = ItemPlan(
        name=name,
        kind=kind,
        label=label,
        columns=columns,
        labels=_labels(section) or (variable.labels if variable and kind == "single" else {}),
        answers=section.texts("answers") or (variable.codes if variable and kind == "single" else ()),
        points=section.whole("points", 5) or 0,
        budget=section.number("budget", 100.0) or 0.0,
        sensitive=section.flag("sensitive"),
    )
    section.close()
    if kind in _OF_ONE_COLUMN and len(columns) > 1:
        section.fault("columns", f"names {len(columns)} columns; a question of kind {kind} has one")
    if kind in ("ranking", "budget") and len(columns) < 2:
        section.fault("columns", f"names one column; a question of kind {kind} has one per option, two or more")
    return found
