"""Every example in a docstring of `sensing` does what it says."""

import doctest
import importlib
import pkgutil

import pytest

from relational_space import sensing

MODULES = [module.name for module in pkgutil.iter_modules(sensing.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_are_true(name):
    module = importlib.import_module(f"relational_space.sensing.{name}")
    assert doctest.testmod(module).failed == 0
