"""What is installed: named with hashes, the same for running and for testing."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

LOCKS = (
    "requirements.lock",
    "requirements-dev.lock",
    "requirements-node.lock",
    "requirements-film.lock",
)


def pins(name):
    return set(re.findall(r"^([a-z0-9.-]+==[^ ;]+)", (ROOT / name).read_text(), re.MULTILINE))


def test_the_tests_run_on_the_very_packages_that_are_served():
    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_every_package_has_a_hash_and_no_address():
    for name in LOCKS:
        text = (ROOT / name).read_text()
        assert len(pins(name)) > 0
        assert "://" not in text
        for block in re.split(r"\n(?=[a-z])", text):
            assert "--hash=sha256:" in block or not re.match(r"[a-z]", block)


def test_the_browser_lock_has_no_download_address():
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
