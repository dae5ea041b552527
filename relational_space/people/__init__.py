"""Persons, and the ways in."""
