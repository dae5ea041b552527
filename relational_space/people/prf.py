"""A guard against our own mistakes: what a passkey derives never reaches this place.

A browser's credential may carry the secret that opens somebody's words. Pages build what they post
from a list of what may leave; should one forget, the answer here is no, and nothing is kept of it.
"""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

Respond = Callable[[HttpRequest], HttpResponse]

# As a key of JSON, plain, escaped or in a form's encoding; three letters alone are in any key.
_PRF = re.compile(rb"""(?:["']|%22|%27)prf(?:\\?["']|%22|%27|%5C)""", re.IGNORECASE)


def refuse_prf(respond: Respond) -> Respond:
    """Refuse any body that holds a `prf`."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "OPTIONS") and _PRF.search(request.body):
            return HttpResponseBadRequest(
                "This held a secret that stays in the browser. Nothing was kept.",
                content_type="text/plain; charset=utf-8",
            )
        return respond(request)

    return answer
