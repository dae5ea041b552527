"""What the browser part may do with cameras, microphones and the ways between two devices."""

import re

import pytest

from tests.place import ROOT

SCRIPTS = {
    file.name: re.sub(r"^\s*//.*$|/\*[\s\S]*?\*/", "", file.read_text(encoding="utf-8"), flags=re.M)
    for file in sorted((ROOT / "browser").rglob("*.ts*"))
    if "tests" not in file.parts[len(ROOT.parts) :]
}


def naming(pattern: str) -> set[str]:
    return {name for name, text in SCRIPTS.items() if re.search(pattern, text)}


def test_one_file_knows_how_two_browsers_find_each_other():
    assert naming(r"new RTCPeerConnection|window\.RTCPeer|webkitRTC") == {"call.ts"}
    assert naming("RTC[A-Z]") == {"call.ts"}
    assert naming(r"\"(stun|turn)s?:") == set()


def test_the_page_of_a_sitting_alone_comes_by_it():
    imports = {
        name: set(re.findall(r'from "[\w./-]*/([\w-]+)"|import\("[\w./-]*/([\w-]+)"\)', text))
        for name, text in SCRIPTS.items()
    }
    known = {"call", "calling", "call-place"}
    users = {name for name, those in imports.items() if known & {n for pair in those for n in pair}}
    assert users == {"calling.ts", "call-place.tsx", "arriving.tsx", "room.tsx", "sitting.tsx"}


@pytest.mark.parametrize("never", ["MediaRecorder", "getDisplayMedia", "ImageCapture"])
def test_nothing_is_recorded_and_no_screen_is_shared(never):
    assert naming(never) == set()


def test_what_a_call_knows_is_neither_kept_nor_written_down():
    for name in ("call.ts", "calling.ts", "call-place.tsx"):
        for kept in ("localStorage", "sessionStorage", "indexedDB", "console.", "fetch("):
            assert kept not in SCRIPTS[name], (name, kept)


def test_camera_and_microphone_are_asked_for_where_somebody_presses():
    """`open` asks, and is called by `choose` and `again`, which a press calls."""
    text = SCRIPTS["calling.ts"]
    assert text.count("getUserMedia") == 1
    assert len(re.findall(r"this\.open\(", text)) == 2
    pressed = SCRIPTS["call-place.tsx"]
    assert re.findall(r"calling\.(?:choose|again)\(", pressed) == re.findall(
        r"onPress=\{\(\) => void (calling\.(?:choose|again)\()", pressed
    )
    assert naming(r"calling\.(choose|again)\(") == {"call-place.tsx"}
