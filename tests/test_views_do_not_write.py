"""Views ask for pages and acts; what is written is written in actions."""

import ast
from pathlib import Path

import pytest

import relational_space

ROOT = Path(relational_space.__file__).parent
VIEWS = sorted([*ROOT.glob("*/views.py"), *ROOT.glob("site/*.py")])
WRITES = {
    "save",
    "create",
    "acreate",
    "asave",
    "adelete",
    "aupdate",
    "bulk_create",
    "bulk_update",
    "delete",
    "get_or_create",
    "update",
    "update_or_create",
    "select_for_update",
    "raw",
}


def writes(source: str) -> list[str]:
    """The calls in this source that write by the ORM, or could."""
    return [
        f"line {node.lineno}: {node.func.attr}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
    ]


def test_there_are_views_to_look_at() -> None:
    assert {path.parent.name for path in VIEWS} >= {"people", "spaces", "site"}


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_view_writes(path: Path) -> None:
    assert writes(path.read_text()) == []


@pytest.mark.parametrize("how", ["side.save()", "Door.objects.filter(pk=1).update(salt='')"])
def test_a_view_that_writes_would_be_found(how: str) -> None:
    assert writes(f"def view(request, side):\n    {how}\n")
