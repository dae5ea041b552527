"""What a practice is and how a sitting runs: pure values and functions.

Nothing here reads a clock, a file, a socket or a database. Time comes in as an argument, chance as
a field of the first event, and a practice as the text of its file.
"""
