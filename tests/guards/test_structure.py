"""The house keeps its own rules: sizes, names, where a commit may stand, who may import whom."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("core", "panel", "surveys", "analysis", "feedback", "portal")
FILES = sorted([ROOT / "app.py", *(f for p in PACKAGES for f in (ROOT / p).rglob("*.py"))])
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN_NAMES = re.compile(r"(^|_)(utils?|helpers?|common|misc)(_|$)|\d$")
# the edges of the product: where a transaction may end
EDGES = re.compile(
    r"/views/|/(cli|jobs|chores|worker|trace|sending|rate_limit|rotation)\.py$|/demonstration/|^/core/(cli|administration)/"
)


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_file_stays_within_its_budget(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").count("\n")
    assert lines <= (120 if file.name == "app.py" else 400)
    long = [f"{f.name} ({size})" for f in functions(file) if (size := _code_lines(file, f)) > 40]
    assert not long, f"functions over 40 lines: {long}"


def _code_lines(file: Path, function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    skipped = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - skipped


def test_medians_stay_small() -> None:
    sizes = sorted(f.read_text(encoding="utf-8").count("\n") for f in FILES if f.name != "__init__.py")
    lengths = sorted(_code_lines(file, f) for file in FILES for f in functions(file))
    assert sizes[len(sizes) // 2] <= 150
    assert lengths[len(lengths) // 2] <= 10


@pytest.mark.parametrize("file", TEMPLATES, ids=name_of)
def test_template_stays_within_its_budget(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= 150
    assert not re.search(r"\.query\b|db\.session", text), "templates do not query"


def test_no_drawers_and_no_numbered_twins() -> None:
    bad = [name_of(f) for f in FILES if FORBIDDEN_NAMES.search(f.stem)]
    assert not bad


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_commit_stands_only_at_the_edges(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    if re.search(r"session\.commit\(\)", text):
        assert EDGES.search("/" + name_of(file)), "a service flushes; the view, the job or the command commits"


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_nobody_imports_the_application(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.module != "app"
        if isinstance(node, ast.Import):
            assert all(alias.name != "app" for alias in node.names)


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_the_clock_is_the_product_s_own(file: Path) -> None:
    if name_of(file) == "core/clock.py":
        return
    assert not re.search(r"datetime\.(now|utcnow|today)\(|date\.today\(", file.read_text(encoding="utf-8"))


def test_view_functions_stay_thin() -> None:
    thick = []
    for file in FILES:
        if "/views" not in "/" + name_of(file):
            continue
        for function in functions(file):
            decorated = any("route" in ast.dump(d) or "allow" in ast.dump(d) for d in function.decorator_list)
            if decorated and _code_lines(file, function) > 24:
                thick.append(f"{name_of(file)}:{function.name} ({_code_lines(file, function)})")
    assert not thick


def test_repository_names_no_machine_and_no_index() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = "|".join(("root", "work", "home"))
    patterns = re.compile(rf"index[-]url|[\"' =:]/({folders})/|\"resolved\": *\"http")
    bad = []
    for name in listed.split():
        file = ROOT / name
        if file.suffix in {".py", ".md", ".toml", ".txt", ".html", ".sh", ".json", ".css"} and file.exists():
            text = file.read_text(encoding="utf-8", errors="replace")
            if name != name_of(Path(__file__)) and patterns.search(text):
                bad.append(name)
    assert not bad


def test_demonstration_writes_only_through_services() -> None:
    bad = []
    for file in (ROOT / "portal" / "demonstration").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        if re.search(r"session\.(add|add_all|merge|bulk_)|(?<![.\w])(insert|update|delete|text)\(", text):
            bad.append(name_of(file))
    assert not bad
