"""Who lives with whom: position in the household, and persons grouped into households."""

from dataclasses import dataclass

import numpy as np

from portal.demonstration.drawing import Flags, Floats, Integers, choose
from portal.demonstration.residents import FEMALE, MALE, Residents
from portal.demonstration.targets import Targets

CHILD, SINGLE, COUPLE, COUPLE_WITH_CHILDREN, SINGLE_PARENT, INSTITUTION = range(6)
ONE_PERSON, WITHOUT_CHILDREN, WITH_CHILDREN = range(3)
NO_HOUSEHOLD = -1
SINGLE_MOTHERS = 0.83
MOTHER_TO_CHILD_YEARS = 30
GROWN_UP_CLASS = 4
ELDEST_CHILD = 60
MOST_EXTRA_CHILDREN = 3
EXTRA_CHILD_CHANCES = np.array([0.8, 0.4, 0.15])
LEAST_IN_INSTITUTIONS = 0.008


@dataclass(frozen=True)
class Households:
    """Per resident: position and household number (-1 in an institution); per household: type, district, head."""

    position: Integers
    household: Integers
    household_type: Integers
    household_district: Integers
    household_head: Integers


def draw_households(residents: Residents, targets: Targets, rng: np.random.Generator) -> Households:
    """Give every resident a position and a household; the number of households per type is as published."""
    types = scaled_types(targets)
    chances = position_chances(residents, targets)
    parents = single_parent_share(targets)
    position = np.full(residents.age.size, INSTITUTION, dtype=np.int64)
    household = np.full(residents.age.size, NO_HOUSEHOLD, dtype=np.int64)
    heads: list[Integers] = []
    kinds: list[Integers] = []
    for district in range(len(targets.districts)):
        members = np.flatnonzero(residents.district == district)
        size = float(targets.district_household_size[district])
        n_outside = residents_of_institutions(members.size, size * int(types[district].sum()))
        position[members] = draw_positions(
            residents, members, chances[members], types[district], parents, n_outside, rng
        )
        first = sum(part.size for part in heads)
        head, kind = group_district(residents, members, position, household, first, rng)
        heads.append(head)
        kinds.append(kind)
    head = np.concatenate(heads)
    return Households(position, household, np.concatenate(kinds), residents.district[head], head)


def scaled_types(targets: Targets) -> Integers:
    """Return households by district and type; what rounding to 5 leaves over goes to the largest district."""
    types = targets.district_household_types.astype(np.int64)
    missing = targets.household_types.astype(np.int64) - types.sum(axis=0)
    for column, difference in enumerate(missing):
        step = 1 if difference > 0 else -1
        for turn in range(abs(int(difference))):
            types[turn % types.shape[0], column] += step
    return types


def position_chances(residents: Residents, targets: Targets) -> Floats:
    """Return the chance of each position by age (2020); younger other members count as children, older as pairs."""
    counts = targets.positions
    chances = np.zeros((counts.shape[0], 6))
    chances[:, CHILD : SINGLE_PARENT + 1] = counts[:, :5]
    chances[:GROWN_UP_CLASS, CHILD] += counts[:GROWN_UP_CLASS, 5]
    chances[GROWN_UP_CLASS:, COUPLE] += counts[GROWN_UP_CLASS:, 5]
    chances *= (targets.private_share / chances.sum(axis=1))[:, np.newaxis]
    chances[:, INSTITUTION] = 1 - targets.private_share
    result = chances[residents.age_class]
    mothers = np.where(residents.sex == FEMALE, SINGLE_MOTHERS, 1 - SINGLE_MOTHERS)
    result[:, SINGLE_PARENT] *= 2 * mothers
    result[residents.age >= ELDEST_CHILD, CHILD] = 0
    result[residents.age < 18, SINGLE:INSTITUTION] *= 0.05
    return result


def single_parent_share(targets: Targets) -> float:
    """Return single parents as a part of all households with children (2020)."""
    parents = targets.positions.sum(axis=0)
    return float(parents[SINGLE_PARENT] / (parents[SINGLE_PARENT] + parents[COUPLE_WITH_CHILDREN] / 2))


def residents_of_institutions(inhabitants: int, in_households: float) -> int:
    """Return how many live outside households: who is left by the published household size, at least a few."""
    return max(round(inhabitants - in_households), round(LEAST_IN_INSTITUTIONS * inhabitants))


def draw_positions(
    residents: Residents,
    members: Integers,
    chances: Floats,
    types: Integers,
    single_parents: float,
    n_in_institutions: int,
    rng: np.random.Generator,
) -> Integers:
    """Draw the positions in one district, so that exactly the wanted households can be formed."""
    n_single_parents = round(single_parents * int(types[WITH_CHILDREN]))
    n_families = int(types[WITH_CHILDREN]) - n_single_parents
    man, woman = residents.sex[members] == MALE, residents.sex[members] == FEMALE
    wanted: list[tuple[int, Flags, int]] = [
        (COUPLE_WITH_CHILDREN, man, n_families),
        (COUPLE_WITH_CHILDREN, woman, n_families),
        (SINGLE_PARENT, man | woman, n_single_parents),
        (COUPLE, man, int(types[WITHOUT_CHILDREN])),
        (COUPLE, woman, int(types[WITHOUT_CHILDREN])),
        (SINGLE, man | woman, int(types[ONE_PERSON])),
        (CHILD, man | woman, members.size - n_in_institutions - persons_in(types, n_families)),
    ]
    fitted = fit_chances(chances, wanted)
    position = np.full(members.size, INSTITUTION, dtype=np.int64)
    rest = np.ones_like(fitted[:, 0])
    free = np.ones(members.size, dtype=np.bool_)
    for column, group, number in wanted:
        where = np.flatnonzero(free & group)
        chosen = where[choose(conditional(fitted[where, column], rest[where]), number, rng)]
        position[chosen] = column
        free[chosen] = False
        rest[group] -= fitted[group, column]
    return position


def persons_in(types: Integers, n_families: int) -> int:
    """Return how many grown-ups the households have: two in a couple, one elsewhere."""
    return int(types[ONE_PERSON] + 2 * types[WITHOUT_CHILDREN] + types[WITH_CHILDREN]) + n_families


def conditional(chances: Floats, rest: Floats) -> Floats:
    """Return the chance of a position for who has none yet."""
    return chances / np.maximum(rest, 1e-9) + 1e-12


def fit_chances(chances: Floats, wanted: list[tuple[int, Flags, int]]) -> Floats:
    """Scale chances so that each position is expected as often as wanted and each person has one."""
    fitted = chances.copy()
    for _ in range(40):
        for column, group, number in wanted:
            fitted[group, column] *= number / fitted[group, column].sum()
        fitted /= fitted.sum(axis=1, keepdims=True)
    return fitted


def group_district(
    residents: Residents,
    members: Integers,
    position: Integers,
    household: Integers,
    first: int,
    rng: np.random.Generator,
) -> tuple[Integers, Integers]:
    """Number the households of one district from first on; return the head and the type of each."""

    def having(wanted: int) -> Integers:
        found: Integers = members[position[members] == wanted]
        return found

    couples = pair(residents, having(COUPLE), rng)
    families = pair(residents, having(COUPLE_WITH_CHILDREN), rng)
    alone = having(SINGLE)
    single_parents = having(SINGLE_PARENT)
    head = np.concatenate([alone, couples[0], families[0], single_parents])
    kind = np.repeat(
        [ONE_PERSON, WITHOUT_CHILDREN, WITH_CHILDREN],
        [alone.size, couples.shape[1], families.shape[1] + single_parents.size],
    )
    household[head] = np.arange(first, first + head.size)
    household[couples[1]] = household[couples[0]]
    household[families[1]] = household[families[0]]
    parents = np.concatenate([families[0], single_parents])
    children = having(CHILD)
    household[children] = household[parents_of(residents.age, children, parents, rng)]
    return head, kind


def pair(residents: Residents, persons: Integers, rng: np.random.Generator) -> Integers:
    """Return women (first row) and men (second row) of like age, the man mostly a little older."""
    women = persons[residents.sex[persons] == FEMALE]
    men = persons[residents.sex[persons] == MALE]
    by_age = [who[np.argsort(residents.age[who] + rng.normal(0, 2.5, who.size))] for who in (women, men)]
    return np.stack(by_age)


def parents_of(age: Integers, children: Integers, parents: Integers, rng: np.random.Generator) -> Integers:
    """Return for each child one parent, each parent at least one child, about thirty years apart."""
    shuffled = rng.permutation(parents.size * MOST_EXTRA_CHILDREN)
    more = np.repeat(parents, MOST_EXTRA_CHILDREN)[shuffled]
    fertile = np.where((age[more] > 32) & (age[more] < 56), 1.0, 0.45)
    chances = np.tile(EXTRA_CHILD_CHANCES, parents.size)[shuffled] * fertile
    places = np.concatenate([parents, more[choose(chances, children.size - parents.size, rng)]])
    wish = age[places] - MOTHER_TO_CHILD_YEARS + rng.normal(0, 3.5, places.size)
    result = np.empty_like(children)
    result[np.argsort(age[children] + rng.random(children.size), kind="stable")] = places[np.argsort(wish)]
    return result
