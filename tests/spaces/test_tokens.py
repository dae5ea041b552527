"""The words of a door: three, the same each time they are shown, and none that could hurt."""

from relational_space.people import spoken
from relational_space.spaces import tokens


def test_three_words_are_the_same_whenever_their_door_is_looked_at() -> None:
    assert tokens.words("a salt") == tokens.words("a salt")
    assert len(tokens.words("a salt")) == 3
    assert tokens.words("a salt") != tokens.words("another")


def test_nobody_has_to_say_a_word_that_hurts_to_somebody_they_trust() -> None:
    assert set(spoken.whole_list()) >= spoken.UNKIND
    assert not spoken.UNKIND & set(spoken.word_list())
    said = [tokens.words(str(salt)) for salt in range(2000)]
    assert all(len(words) == 3 for words in said)
    assert not spoken.UNKIND & {word for words in said for word in words}


def test_what_is_said_is_heard() -> None:
    said = tokens.words("a salt")
    assert tokens.hear(", ".join(said).upper()) == said
