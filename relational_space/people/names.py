"""What somebody calls themselves, made fit to be shown to somebody else: text, and nothing but text."""

import unicodedata

MOST_LETTERS = 40

# These two join letters in Persian, in Indic scripts and in emoji; what else is invisible goes.
_JOINERS = "\u200c\u200d"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean(name: str) -> str:
    """The name without control, direction and other unseen characters; empty when nothing is left."""
    seen = "".join(
        " " if letter.isspace() else letter
        for letter in unicodedata.normalize("NFC", name)
        if letter.isspace() or letter in _JOINERS or unicodedata.category(letter) not in _INVISIBLE
    )
    tidy = " ".join(seen.split())
    if not any(unicodedata.category(letter)[0] in "LNPS" for letter in tidy):
        return ""
    return tidy
