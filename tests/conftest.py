"""How many histories the property tests try: a few when quick, a thousand every day, more in `all`."""

from hypothesis import HealthCheck, settings

_slow_is_fine = [HealthCheck.too_slow, HealthCheck.filter_too_much]

for name, examples in (("quick", 100), ("usual", 1000), ("all", 10_000)):
    settings.register_profile(
        name, max_examples=examples, deadline=None, suppress_health_check=_slow_is_fine
    )
