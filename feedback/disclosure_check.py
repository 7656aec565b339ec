"""The last look before results become public: nothing that was to be withheld may stand in the document."""

from typing import Any

from core.errors import Blocker

Document = dict[str, Any]


def disclosure_blockers(document: Document, *, floor: int) -> list[Blocker]:
    """Everything in a result document that may not be shown; an empty list lets it pass."""
    found = []
    for question in document["questions"]:
        for block in question["blocks"]:
            found += [f"{question['item_key']}: {fault}" for fault in _block_faults(block, floor)]
    return [Blocker("disclosure", f"De controle op herleidbaarheid houdt dit tegen: {text}.") for text in found]


def _block_faults(block: Document, floor: int) -> list[str]:
    faults = []
    sides = [block["early_late"]] if block.get("early_late") else []
    if block["withheld"] and (block["figures"] or block["breakdowns"] or sides):
        faults.append("een achtergehouden vraag bevat cijfers")
    if not block["withheld"] and block["base"] < floor:
        faults.append(f"minder dan {floor} antwoorden")
    for breakdown in [*block["breakdowns"], *sides]:
        faults += _breakdown_faults(breakdown, floor)
    return faults


def _breakdown_faults(breakdown: Document, floor: int) -> list[str]:
    groups = breakdown["groups"]
    if breakdown["withheld"]:
        return ["een achtergehouden uitsplitsing bevat cijfers"] if groups else []
    faults = [f"een groep met minder dan {floor} antwoorden" for g in groups if g["base"] < floor]
    figures = [f for g in groups for f in g["figures"]]
    banded = [f for f in figures if f.get("band") in ("below", "above")]
    if any(f["value"] is not None or f["percent"] is not None for f in banded):
        faults.append("een heel klein of heel groot aandeel staat er voluit in")
    if banded and any(f.get("band") == "exact" for f in figures):
        faults.append("een heel klein of heel groot aandeel volgt uit de andere")
    return faults
