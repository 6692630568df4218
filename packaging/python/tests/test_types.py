"""The types are held against the schemas."""

from __future__ import annotations

import json
from typing import Any

import pytest

import gatelint
from gatelint import _types

from .conftest import ROOT


def schema(name: str, part: str = "") -> dict[str, Any]:
    whole: dict[str, Any] = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    for step in part.split("/") if part else []:
        whole = whole[step]
    return whole


@pytest.mark.parametrize(
    ("type_", "shape"),
    [
        (_types.LintReport, schema("lint")),
        (_types.LintSummary, schema("lint", "properties/summary")),
        (_types.Finding, schema("lint", "$defs/finding")),
        (_types.Related, schema("lint", "$defs/related")),
        (_types.Fix, schema("lint", "$defs/fix")),
        (_types.Edit, schema("lint", "$defs/edit")),
        (_types.JudgedPolicy, schema("lint", "$defs/policy")),
        (_types.Decision, schema("decision")),
        (_types.ReplayReport, schema("replay")),
        (_types.DiffReport, schema("diff")),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_type_has_the_fields_of_its_schema(type_: Any, shape: dict[str, Any]) -> None:
    assert set(type_.__required_keys__) == set(shape["required"])
    assert set(type_.__required_keys__ | type_.__optional_keys__) == set(shape["properties"])


def test_every_public_name_is_there() -> None:
    assert all(hasattr(gatelint, name) for name in gatelint.__all__)
