"""The package as somebody installs it who has no copy of the repository and no Node."""

import os
import re
import subprocess
import sys
import urllib.request
import venv
import zipfile

import pytest

from tests.place import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", str(folder), str(ROOT)], check=True)
    (built,) = folder.glob("relational_space-*.whl")
    return built


def test_the_wheel_carries_the_built_browser_part_and_the_practices(wheel):
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    built = {file.name for file in (ROOT / "relational_space" / "site" / "built").iterdir()}
    assert "manifest.json" in built
    assert {f"relational_space/site/built/{name}" for name in built} <= names
    written = {file.name for file in (ROOT / "relational_space" / "practices").glob("*.toml")}
    assert written
    assert {f"relational_space/practices/{name}" for name in written} <= names


def test_the_wheel_carries_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as packed:
        tops = {name.split("/")[0] for name in packed.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"relational_space"}


def test_installed_in_a_clean_environment_it_serves_the_front_page(wheel, tmp_path):
    # Made without a pip of its own, which takes longer than all that this test is about.
    venv.create(tmp_path / "clean", with_pip=False)
    programs = tmp_path / "clean" / "bin"
    pip = [sys.executable, "-m", "pip", "--python", programs / "python"]
    install = [*pip, "install", "--quiet", "--no-compile", "--disable-pip-version-check"]
    lock = ROOT / "requirements.lock"
    subprocess.run([*install, "--require-hashes", "--requirement", lock], check=True)
    subprocess.run([*install, "--no-deps", wheel], check=True)
    subprocess.run([*pip, "check"], check=True, capture_output=True)

    # Neither the repository nor its Node is to be found from there.
    environment = {"PATH": os.defpath, "HOME": str(tmp_path), "RELATIONAL_SPACE_VOICE": "none"}
    command = [programs / "relational-space", "run", "--port", "0"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as place:
        try:
            address = re.search(r"http://localhost:\d+", place.stdout.readline()).group()
            with urllib.request.urlopen(f"{address}/") as answer:
                page = answer.read().decode()
            (style,) = re.findall(r'rel="stylesheet" href="([^"]+)"', page)
            with urllib.request.urlopen(f"{address}{style}") as answer:
                assert answer.headers["Content-Type"].startswith("text/css")
        finally:
            place.terminate()
    assert "Relational Space" in page
