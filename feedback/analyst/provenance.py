"""What a report follows from: versions, hashes of the files, the plan as it was given."""

import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from feedback.analyst.csv_file import CsvFile
from feedback.analyst.plan import Plan

LIBRARIES = ("inwonerspanel", "numpy", "scipy")
UNRELEASED = "0.1.0"


@dataclass(frozen=True)
class Provenance:
    """Names and values for the method part of a report."""

    versions: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str, str], ...]
    plan_text: str


def provenance(plan: Plan, data: CsvFile, margins: tuple[str, str] | None = None) -> Provenance:
    """Versions of the libraries, and the role, name and SHA-256 of every file."""
    files = [("gegevens", data.name, data.digest), ("plan", plan.name, plan.digest)]
    if margins is not None:
        files.insert(1, ("bevolkingscijfers", *margins))
    versions = [("python", platform.python_version()), *((name, _version(name)) for name in LIBRARIES)]
    return Provenance(tuple(versions), tuple(files), plan.text)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return UNRELEASED
