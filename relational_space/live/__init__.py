"""A sitting while it is alive: devices, rooms and what passes between them. No Django, no database."""
