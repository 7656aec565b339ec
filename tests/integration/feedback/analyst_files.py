"""The shipped example as files in a folder, and the commands run on them."""

import csv
import io
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from click.testing import CliRunner, Result

from analysis.arrays import FloatArray
from feedback.cli import ANALYSIS

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "tests" / "reference" / "data" / "panel_a.csv"
MARGINS = ROOT / "docs" / "examples" / "margins.csv"
PLAN = ROOT / "docs" / "examples" / "plan.toml"


@dataclass(frozen=True)
class Desk:
    """A folder with the analyst's files."""

    folder: Path

    def lay(self, name: str, content: str | bytes) -> Path:
        """Put a file on the desk."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def weigh(self, data: Path = DATA, *, margins: Path = MARGINS, plan: Path = PLAN) -> Result:
        """Run the first command."""
        arguments = ["weigh", data, "--margins", margins, "--plan", plan]
        return self._run([*arguments, "--out", self.weighted, "--report", self.folder / "weging.html"])

    def tabulate(self, plan: Path = PLAN) -> Result:
        """Run the second command on what the first wrote."""
        arguments = ["tables", self.weighted, "--plan", plan, "--out", self.folder / "tabellen.csv"]
        return self._run([*arguments, "--report", self.folder / "tabellen.html"])

    @property
    def weighted(self) -> Path:
        """What the first command writes."""
        return self.folder / "gewogen.csv"

    def weights(self, column: str = "gewicht", delimiter: str = ",") -> FloatArray:
        """A column of numbers of the weighted file."""
        rows = list(csv.DictReader(io.StringIO(self.weighted.read_text("utf-8-sig"), newline=""), delimiter=delimiter))
        return np.array([float(row[column].replace(",", ".")) for row in rows])

    def rows(self, **wanted: str) -> list[dict[str, str]]:
        """The rows of the tables in which columns have these values."""
        text = (self.folder / "tabellen.csv").read_text("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";")
        return [row for row in rows if all(row[name] == value for name, value in wanted.items())]

    def column(self, name: str, **wanted: str) -> FloatArray:
        """Numbers of the tables."""
        return np.array([float(row[name].replace(",", ".")) for row in self.rows(**wanted)])

    def names(self) -> set[str]:
        """What lies on the desk."""
        return {path.name for path in self.folder.iterdir()}

    def page(self, name: str) -> str:
        """A report."""
        return (self.folder / name).read_text("utf-8")

    @staticmethod
    def _run(arguments: list[object]) -> Result:
        result = CliRunner().invoke(ANALYSIS, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result


def plan_text(weighting: str, tables: str = "", data: str = 'id = "id"', population: str = "") -> str:
    """A plan of the parts that a test is about; checked to be TOML."""
    parts = [f"[data]\n{data}"]
    parts += [f"[population]\n{population}"] if population else []
    parts += [f"[weighting]\n{weighting}"] if weighting else []
    parts += [f"[tables]\n{tables}"] if tables else []
    text = "\n".join(parts) + "\n"
    tomllib.loads(text)
    return text
