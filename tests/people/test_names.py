"""What somebody calls themselves: shown to somebody else, so it is text and nothing but text."""

import pytest

from relational_space.people.names import clean


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Ada", "Ada"),
        ("  Ada \n\t Lovelace ", "Ada Lovelace"),
        ("Ada\x00\x1b[31m", "Ada[31m"),
        ("\u202eadA", "adA"),
        ("A\u2066d\u2069a\u200b\ufeff", "Ada"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("<b>Ada</b>", "<b>Ada</b>"),
        ("\u200d\u200c\u2060", ""),
        ("   ", ""),
        ("\u0301\u0301", ""),
    ],
)
def test_a_name_keeps_what_can_be_seen(said: str, shown: str) -> None:
    assert clean(said) == shown
