"""What docs/analyst-files.md shows is what the commands read."""

import re

from feedback.analyst.plan import DataPlan, ItemPlan, PopulationPlan, TablesPlan, WeightingPlan, read_plan
from tests.integration.feedback.analyst_files import ROOT

TEXT = (ROOT / "docs" / "analyst-files.md").read_text("utf-8")
BLOCK = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)[0]


def test_plan_of_the_documentation_is_read_but_for_what_excludes_each_other() -> None:
    # trimming goes with plain raking, so the page cannot show everything in one valid plan
    shown = re.sub(r"(?m)^(totals|bounds|household = \"mean\").*$", "", BLOCK)
    plan = read_plan("plan.toml", shown.encode())
    assert plan.weighting is not None
    assert plan.weighting.trim == (0.2, 5.0)
    assert plan.tables is not None
    assert plan.tables.items[0].labels == {"eens": "Mee eens"}


def test_every_key_of_the_plan_is_documented() -> None:
    for part in (DataPlan, PopulationPlan, WeightingPlan, TablesPlan, ItemPlan):
        for name in part.__dataclass_fields__:
            assert re.search(rf"\b{name}\b", TEXT), f"{part.__name__}.{name}"
