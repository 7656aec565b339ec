"""Classes of a profile: the same codes as the margins of the population, so that shares can be laid side by side."""

from datetime import date

AGE_CLASSES: tuple[tuple[str, int, int | None], ...] = (
    ("16-29", 16, 29),
    ("30-39", 30, 39),
    ("40-54", 40, 54),
    ("55-64", 55, 64),
    ("65-74", 65, 74),
    ("75+", 75, None),
)
AGE_CODES = tuple(code for code, _low, _high in AGE_CLASSES)
EDUCATION_OUTSIDE = "outside_75_plus"
UNKNOWN = "undisclosed"


def age_on(birth_year: int, on: date) -> int:
    """The age reached in the year of a date: all that a birth year can tell."""
    return on.year - birth_year


def age_class(birth_year: int | None, on: date) -> str:
    """The age class on a date; whoever is not 16 yet by the calendar year falls in the first class."""
    if birth_year is None:
        return UNKNOWN
    age = age_on(birth_year, on)
    return next((code for code, _low, high in AGE_CLASSES if high is None or age <= high), AGE_CODES[-1])


def birth_years(age: str, on: date) -> tuple[int | None, int]:
    """The first and the last birth year of an age class on a date; the eldest class has no first."""
    low, high = next((low, high) for code, low, high in AGE_CLASSES if code == age)
    return (None if high is None else on.year - high), on.year - low


def education_class(education: str, age: str) -> str:
    """The class of the education margin: those of 75 and over are a class of their own there."""
    return EDUCATION_OUTSIDE if age == AGE_CODES[-1] else education


def stratum_of(age: str, district_code: str) -> str:
    """The stratum of recruitment and of seats: age class by district."""
    return f"{age}|{district_code}"


def split_stratum(stratum: str) -> tuple[str, str]:
    """Age class and district code of a stratum."""
    age, _, district = stratum.partition("|")
    return age, district


def profile_classes(
    *, birth_year: int | None, sex: str, district_code: str, education: str, tenure: str, on: date
) -> dict[str, str]:
    """All classes of a profile on a date, by the names of the margins."""
    age = age_class(birth_year, on)
    return {
        "sex": sex,
        "age": age,
        "district": district_code,
        "education": education_class(education, age),
        "tenure": tenure,
    }
