"""A floor of time under an answer, so that how fast it came tells nothing."""

import time
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

FLOOR_S = 0.4
"""Longer than the slowest honest answer takes; both of known and unknown addresses then look alike."""

View = Callable[..., HttpResponse]


def no_faster(view: View) -> View:
    """Hold the answer to a form back until the floor is reached."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        begun = time.monotonic()
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            time.sleep(max(0.0, FLOOR_S - (time.monotonic() - begun)))
        return response

    return answer
