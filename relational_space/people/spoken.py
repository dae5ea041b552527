"""Plain words of one list: to be said at a door, compared on two screens, or taken as a passphrase.

The list is public and the same for everybody; what is drawn from it is drawn elsewhere.
"""

from functools import cache

from mnemonic import Mnemonic

# The list was made for other things. Nobody should have to say one of these to somebody they trust,
# at a moment that is tender.
UNKIND = frozenset(
    """
    abandon abuse accident assault attack bitter blood bomb burden crash crazy crime cruel crush
    cry damage danger defy deny destroy disease divorce dumb empty enemy evil fatal fatigue fault
    fat force guilt gun harsh hurt ill lonely mad obey panic pistol prison punch rifle sad scare
    shoot sick suffer tragic trap trouble ugly unable unhappy useless void weapon whip wrong
    """.split()
)


@cache
def whole_list() -> tuple[str, ...]:
    """Every word, the unkind ones too, in an order that never changes."""
    return tuple(Mnemonic("english").wordlist)


@cache
def word_list() -> tuple[str, ...]:
    """The words that may be said."""
    return tuple(word for word in whole_list() if word not in UNKIND)
