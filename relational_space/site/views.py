"""Pages that belong to no app: everything that can be read without asking anybody anything.

Nothing here stores, counts or remembers. Every page works without scripts.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from relational_space.practice.practice import Practice, Role, Stage, in_language
from relational_space.site import helplines
from relational_space.site.transcript import transcript
from relational_space.spaces.practices import shelf


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The front page: no account, nothing asked."""
    return render(request, "front.html")


@require_safe
def alone(request: HttpRequest) -> HttpResponse:
    """A minute to settle by oneself, and where to go from there."""
    settle = shelf().practices["settle"].practice
    language = _language()
    spoken = _spoken(request)
    says = [
        (cue.lasts.shortest_s, in_language(cue.say.to(Role.BOTH), language)) for cue in settle.cues
    ]
    cues = [{"seconds": s, "say": say, "voice": spoken(say, language)} for s, say in says]
    return render(request, "alone.html", {"cues": cues, "pace": settings.RELATIONAL_SPACE["pace"]})


@require_safe
def whom(request: HttpRequest) -> HttpResponse:
    """Whom to begin with: something to think about, and nothing to fill in."""
    return render(request, "whom.html")


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Words for asking somebody, to change and to send from one's own phone."""
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    # A link that opens nowhere but in this house would only puzzle: then the words go alone.
    link = request.build_absolute_uri("/asked/") if _is_public(host) else ""
    return render(request, "ask.html", {"asked": link})


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """What somebody who was asked should know. The same page for everybody: it can't tell who reads it."""
    first = [each for each in _about_all() if not each["later"]]
    return render(request, "asked.html", {"practices": first})


@require_safe
def practices(request: HttpRequest) -> HttpResponse:
    """Every practice that can be read here."""
    return render(request, "practices.html", {"practices": _about_all()})


@require_safe
def practice(request: HttpRequest, name: str) -> HttpResponse:
    """One practice with every word that may be said in it, to read and print."""
    written = shelf().practices.get(name)
    if written is None:
        raise Http404("There is no practice of this name.")
    return render(request, "practice.html", _about(written.practice))


@require_safe
def get_help(request: HttpRequest) -> HttpResponse:
    """Safety, what helps, and whom to call; the country is chosen by opening it."""
    today = datetime.now(UTC).date()
    countries = [
        {
            "name": country.name,
            "lines": [(line, line.is_checked(today)) for line in country.lines],
        }
        for country in _countries()
    ]
    return render(request, "help.html", {"countries": countries, "practices": _about_all()})


@require_safe
def care(request: HttpRequest) -> HttpResponse:
    """The aftercare card."""
    return render(request, "care.html")


@require_safe
def seen(request: HttpRequest) -> HttpResponse:
    """What whoever keeps this place can tell, of everybody; it is the same page for all."""
    return render(request, "seen.html")


def _spoken(request: HttpRequest) -> Callable[[str, str], str]:
    """What gives words the address of a recording; silent where no server has a voice."""
    state = getattr(request, "scope", {}).get("state", {})
    return state.get("spoken", lambda text, language: "")  # type: ignore[no-any-return]


def _is_public(host: str) -> bool:
    """Whether this address can be meant for people outside of the house."""
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".lan", ".home.arpa", ".internal"))


@cache
def _countries() -> tuple[helplines.Country, ...]:
    return helplines.gather(helplines.HERE, settings.RELATIONAL_SPACE["home"] / helplines.HERE.name)


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _about_all() -> list[dict[str, object]]:
    language = _language()
    return [
        {
            "name": practice.name,
            "title": in_language(practice.title, language),
            "promise": in_language(practice.promise, language),
            "later": practice.later,
        }
        for practice in shelf().to_sit()
    ]


def _about(practice: Practice) -> dict[str, object]:
    language = _language()
    settle = shelf().practices.get(practice.begins_with or "")
    leads_to = shelf().practices.get(practice.link.practice if practice.link else "")
    return {
        "name": practice.name,
        "later": practice.later,
        "title": in_language(practice.title, language),
        "promise": in_language(practice.promise, language),
        "touch": in_language(practice.touch, language),
        "limits": in_language(practice.limits, language),
        "gate": in_language(practice.gate.ask, language) if practice.gate else "",
        "link": leads_to
        and {
            "name": leads_to.practice.name,
            "title": in_language(leads_to.practice.title, language),
            "days": practice.link.after_days if practice.link else 0,
        },
        "cautions": [in_language(words, language) for words in practice.cautions],
        "adaptations": [in_language(a.text, language) for a in practice.adaptations],
        "evidence": [(in_language(e.text, language), e.source) for e in practice.evidence],
        "before": transcript(settle.practice, Stage.SETTLING, language) if settle else (),
        "sitting": (
            *transcript(practice, Stage.SETTLING, language),
            *transcript(practice, Stage.SITTING, language),
        ),
        "landing": transcript(practice, Stage.LANDING, language),
    }


def something_broke(request: HttpRequest) -> HttpResponse:
    """Whatever broke, a page; and a sentence to act on where it is only that the disk is full."""
    full = isinstance(broke := sys.exception(), OperationalError) and "disk is full" in str(broke)
    # Without the request: what broke may be what a page asks of it.
    page = render_to_string("full.html" if full else "500.html")
    return HttpResponse(page, status=503 if full else 500)
