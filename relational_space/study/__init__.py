"""Recordings given for research, read from files and made into figures; never part of a sitting."""
