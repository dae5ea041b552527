"""The page that tells phones how to come in, and gives them the certificate to trust or not.

Public, and served by plain http too: a phone that does not trust the certificate yet must be able
to read about it.
"""

from cryptography.hazmat.primitives import serialization
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from relational_space.site import lan


@require_safe
def phones(request: HttpRequest) -> HttpResponse:
    """What a phone can do here, what it would have to trust, and how to take that back."""
    return render(
        request,
        "phones.html",
        {"address": settings.RELATIONAL_SPACE["phones"], "certificate": _certificate()},
    )


@require_safe
def certificate(request: HttpRequest) -> HttpResponse:
    """The authority, as a file that phones offer to install."""
    kept = _certificate()
    if kept is None:
        raise Http404
    return HttpResponse(
        kept.authority.public_bytes(serialization.Encoding.DER),
        content_type="application/x-x509-ca-cert",
        headers={"Content-Disposition": f'attachment; filename="{kept.name}.crt"'},
    )


def _certificate() -> lan.Certificate | None:
    if not settings.RELATIONAL_SPACE["phones"]:
        return None
    return lan.read(settings.RELATIONAL_SPACE["home"])
