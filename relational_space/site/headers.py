"""What every answer tells the browser to refuse, and which writes are refused here.

One table for pages and static files alike. There is no inline script or style anywhere, so there
is no nonce; whatever seems to need one belongs in `browser/`.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden

Respond = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types rs-urls",
    )
)

# A worker has the policy that its own file came with. So WebAssembly may be compiled there, by the one
# script that sees movement, and on no page.
POSE_WORKER = re.compile(r"/pose-[A-Z0-9]{8}\.js$")
POSE_WORKER_POLICY = CONTENT_SECURITY_POLICY.replace(
    "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"
)

EVERYWHERE_ALLOWED = (
    "screen-wake-lock",
    "fullscreen",
    "autoplay",
    "publickey-credentials-get",
    "publickey-credentials-create",
    "clipboard-write",
)
# Bluetooth has no name here: Chromium 156 knows none for it and complains on every page.
IN_A_SITTING_ALLOWED = ("accelerometer", "gyroscope", "camera", "microphone")
NEVER_ALLOWED = (
    "display-capture",
    "geolocation",
    "clipboard-read",
    "usb",
    "serial",
    "payment",
    "idle-detection",
)

# The name, in the URL table, of the only page that may sense anything.
SITTING_PAGE = "sitting"


def permissions_policy(*, sitting: bool) -> str:
    """The Permissions-Policy of a page; only the sitting's page may ask for a sense."""
    allowed = EVERYWHERE_ALLOWED + (IN_A_SITTING_ALLOWED if sitting else ())
    refused = NEVER_ALLOWED + (() if sitting else IN_A_SITTING_ALLOWED)
    return ", ".join([f"{name}=(self)" for name in allowed] + [f"{name}=()" for name in refused])


HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": permissions_policy(sitting=False),
    # Nothing to other sites. With `no-referrer` browsers call the origin of our own forms “null”,
    # and Django refuses them.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def file_headers(url: str) -> dict[str, str]:
    """What goes with a built file: the table, and for one of them leave to run WebAssembly."""
    if POSE_WORKER.search(url):
        return HEADERS | {"Content-Security-Policy": POSE_WORKER_POLICY}
    return HEADERS


def security_headers(respond: Respond) -> Respond:
    """Put the table on every page, and keep every page out of caches.

    It asks nothing of the database: a page that says so when that fails has these headers too.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not _is_trustworthy(request):
            # Browsers ignore it here, and say so in the console of every page.
            del response.headers["Cross-Origin-Opener-Policy"]
        match = request.resolver_match
        if match is not None and match.view_name == SITTING_PAGE:
            response.headers["Permissions-Policy"] = permissions_policy(sitting=True)
        response.headers["Cache-Control"] = "no-store"
        return response

    return answer


def _is_trustworthy(request: HttpRequest) -> bool:
    """Whether browsers take this origin for a secure one: https, or this very machine."""
    # As it was sent: a name that this place doesn't know has been refused already.
    name = request.META.get("HTTP_HOST", "").partition(":")[0]
    return request.is_secure() or name in ("localhost", "127.0.0.1")


def same_origin_writes(respond: Respond) -> Respond:
    """Refuse a write that another site caused, beside Django's own token."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "OPTIONS") and not _from_here(request):
            return HttpResponseForbidden(
                "This was sent from another site. Open the page here and try again.",
                content_type="text/plain; charset=utf-8",
            )
        return respond(request)

    return answer


def _from_here(request: HttpRequest) -> bool:
    # Browsers send Sec-Fetch-Site on secure origins only; on plain http, and in old ones, Origin
    # answers. A client that sends neither is no browser, and Django's token still stands.
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc == request.get_host()
