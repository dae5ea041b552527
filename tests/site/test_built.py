"""What the browser part is built into: how much of it a page fetches, and what may be left out."""

import json

import pytest
from django.conf import settings
from django.template import Context, Template

from relational_space.site import headers
from relational_space.site.templatetags import built

MOST_BYTES = 150_000
"""A sitting's page, compressed, before somebody asks for anything more."""

FOLDER = settings.RELATIONAL_SPACE["built"]
MANIFEST = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))


def fetched(*entries):
    """The names of all files that a page with these entries fetches by itself."""
    return {
        name
        for entry in entries
        for kind in ("scripts", "imports", "styles")
        for name in MANIFEST[entry][kind]
    }


def test_the_page_of_a_sitting_is_small_and_fetches_nothing_that_sees():
    files = fetched("page", "sitting")
    sizes = {}
    for name in files:
        packed = FOLDER / f"{name}.br"
        sizes[name] = (packed if packed.exists() else FOLDER / name).stat().st_size
    assert sum(sizes.values()) < MOST_BYTES, sizes
    assert not any(name.endswith((".wasm", ".task")) for name in files)
    assert not any(name.startswith("pose-") for name in files)


@pytest.mark.parametrize(
    ("file", "may"),
    [
        ("/static/pose-ABCDEFG1.js", True),
        ("/static/sitting-ABCDEFG1.js", False),
        ("/static/pose-ABCDEFG1.task", False),
        ("/static/pose-ABCDEFG1.js.js", False),
        ("/static/x-pose-ABCDEFG1.js", False),
    ],
)
def test_only_the_worker_that_sees_movement_may_run_webassembly(file, may):
    sent = headers.file_headers(file)
    policy = sent["Content-Security-Policy"]
    assert ("script-src 'self' 'wasm-unsafe-eval';" in policy) is may
    assert policy.count("unsafe") == int(may)
    assert sent.keys() == headers.HEADERS.keys()


def test_what_goes_with_the_model_is_built_with_it():
    if "pose" not in MANIFEST:
        pytest.skip("movement by camera is not built here: its packages are not installed")
    kinds = {"*.task": 1, "*.wasm": 1, "pose.NOTICE.txt": 1, "pose.LICENSE.txt": 1}
    assert {kind: len(list(FOLDER.glob(kind))) for kind in kinds} == kinds
    assert "Version 2.0" in (FOLDER / "pose.LICENSE.txt").read_text(encoding="utf-8")


def test_a_page_names_no_worker_that_was_left_out(monkeypatch):
    page = Template('{% load built %}{% built_worker "pose" %}')
    monkeypatch.setattr(built, "_files", lambda _manifest: {})
    assert page.render(Context()) == ""
    entry = {"pose": {"scripts": ["pose-ABCDEFG1.js"], "imports": [], "styles": []}}
    monkeypatch.setattr(built, "_files", lambda _manifest: entry)
    written = '<meta name="pose-worker" content="/static/pose-ABCDEFG1.js">'
    assert page.render(Context()) == written
