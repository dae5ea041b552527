"""A place where two people who trust each other practise being close."""
