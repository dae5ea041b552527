"""Cookies for pages that came by plain http.

By https the cookies are `__Host-` ones, Secure, as the settings say. A browser refuses those by
plain http (Safari even on localhost), where a host sits down on their own machine and a guest
opens a door on the home network. There they get a plain name, no Secure, and an end with the
browser's session. A plain name is never heard by https, so nobody on the network can plant one.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Respond = Callable[[HttpRequest], HttpResponse]

PREFIX = "__Host-"


def cookies_for_plain_http(respond: Respond) -> Respond:
    """Rename the session's and the form token's cookie on the way in and out of plain http."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.is_secure():
            return respond(request)
        names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
        for name in names:
            request.COOKIES.pop(name, None)
            plain = request.COOKIES.pop(name.removeprefix(PREFIX), None)
            if plain is not None:
                request.COOKIES[name] = plain
        response = respond(request)
        for name in names:
            if name in response.cookies:
                _give_plainly(response, name)
        return response

    return answer


def _give_plainly(response: HttpResponse, name: str) -> None:
    cookie = response.cookies.pop(name)
    plain = name.removeprefix(PREFIX)
    response.cookies[plain] = cookie.value
    for attribute in ("path", "samesite", "httponly"):
        response.cookies[plain][attribute] = cookie[attribute]
    if not cookie.value:  # an emptied cookie is one that is taken away
        response.cookies[plain]["max-age"] = 0
