"""Doors, sittings and the spaces that two people keep."""
