"""From motion to breath, movement and what two people share: pure functions on arrays.

It knows no clock, no file, no socket and no person, and it never says more than the
recording shows: every result carries its trust, its coverage and the stretches it could
not read.
"""
