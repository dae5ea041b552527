"""Words: sealed text that this place keeps and cannot read.

A browser seals, a browser opens (`browser/words/words.ts`); here are only sizes, days and whose it is.
"""
