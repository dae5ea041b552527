"""Every example in `sensing` does what it says, and whoever calls it reads all that they need."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

from relational_space import sensing

MODULES = [module.name for module in pkgutil.iter_modules(sensing.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_are_true(name):
    module = importlib.import_module(f"relational_space.sensing.{name}")
    assert doctest.testmod(module).failed == 0


FOR_OTHERS = {
    "breath": ["breath"],
    "clock": ["clock", "to_sitting", "uncertainty_between"],
    "coupling": ["couple"],
    "cycles": ["rises", "usual_period_s"],
    "leakage": ["leakage", "shared_heart"],
    "moments": ["moments"],
    "movement": ["movement", "movement_of_phone"],
    "surrogates": None,
    "synchrony": None,
    "trace": None,
}
"""What is called from elsewhere; None is every public function of a module."""


@pytest.mark.parametrize("name", FOR_OTHERS)
def test_who_calls_a_function_reads_what_it_takes_and_gives_and_when_it_refuses(name):
    module = importlib.import_module(f"relational_space.sensing.{name}")
    chosen = FOR_OTHERS[name] or [
        each
        for each, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and each[0] != "_"
    ]
    for each in chosen:
        function = getattr(module, each)
        wanted = ["Parameters", "Returns", "Examples"]
        if "raise " in inspect.getsource(function) or "_checked" in inspect.getsource(function):
            wanted.append("Raises")
        said = inspect.getdoc(function)
        missing = [word for word in wanted if f"{word}\n{'-' * len(word)}\n" not in said]
        taken = [word for word in inspect.signature(function).parameters if f"{word}" not in said]
        assert not missing + taken, f"{name}.{each} does not say: {missing + taken}"
