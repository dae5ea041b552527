"""Pages of doors, sittings and spaces: a request → an act or a look → a page. Nothing is written here.

What isn't somebody's is answered by the same 404 as what never was.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from relational_space.people import limits
from relational_space.people.adapter import let_begin
from relational_space.people.spoken import word_list
from relational_space.people.visitors import address, marked, reachable, visitor
from relational_space.practice.errors import Refused
from relational_space.practice.reading import MOST_DAYS
from relational_space.spaces import access, actions, calendars, tickets, tokens
from relational_space.spaces.calendars import Every
from relational_space.spaces.forms import ComeForm, KeepForm, RhythmForm, TermsForm, WordsForm
from relational_space.spaces.models import Door, Kind, Member, Place, Seating, Token, Way
from relational_space.spaces.sitting_page import sitting_data

View = Callable[..., HttpResponse]

DOORS_AN_HOUR = 60
KNOCKS_AN_HOUR = 60
WRONG_OPENS_A_MINUTE = 10
WRONG_WORDS, WRONG_WORDS_S = 5, 15 * 60
TICKETS_A_MINUTE = 20
OWN_DOOR, OTHERS_DOORS = "own_door", "others_doors"
"""In a session: the door that was opened from here, and those at which somebody waits here."""


# Doors: the inviter


@require_POST
def beside(request: HttpRequest) -> HttpResponse:
    """The first door of the front page: somebody is here."""
    if limits.count("door", address(request), within_s=3600) > DOORS_AN_HOUR:
        return _too_often(request)
    _remember(request, OWN_DOOR, [actions.open_door(marked(request), now=timezone.now())])
    return redirect("door")


@require_GET
def door(request: HttpRequest) -> HttpResponse:
    """Where the inviter waits: ways in for the other, what is practised, and who has come."""
    mine = access.door_of(visitor(request))
    if mine is None:
        place = _place_behind(request, OWN_DOOR)
        return redirect("sitting", place.sitting_id) if place else redirect("front")
    _remember(request, OWN_DOOR, [mine])
    return _door_page(request, mine, TermsForm())


@require_GET
def door_state(request: HttpRequest) -> HttpResponse:
    """The same for the page's script."""
    mine = access.door_of(visitor(request))
    if mine is None:
        place = _place_behind(request, OWN_DOOR)
        return JsonResponse({"open": False, "sitting": _sitting_address(place)})
    knocks = [{"id": str(knock.pk), "name": knock.name} for knock in mine.knocks.all()]
    return JsonResponse({"open": True, "knocks": knocks, "left": _seconds_left(mine)})


@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """New ways in, when the old ones have run out."""
    try:
        actions.renew_door(visitor(request), now=timezone.now())
    except actions.Closed:
        return redirect("front")
    return redirect("door")


@require_POST
def close_door(request: HttpRequest) -> HttpResponse:
    """Nobody comes in any more."""
    actions.close_door(visitor(request))
    return redirect("front")


@require_POST
def share(request: HttpRequest) -> HttpResponse:
    """Only one phone: both sit at this one."""
    return _with_terms(request, lambda form: actions.share(marked(request), form.terms()).pk)


@require_POST
def let_in(request: HttpRequest) -> HttpResponse:
    """The inviter has seen the name and lets them in."""
    who = _uuid(request.POST.get("knock", ""))
    return _with_terms(request, lambda form: actions.let_in(visitor(request), who, form.terms()).pk)


def _with_terms(request: HttpRequest, act: Callable[[TermsForm], UUID]) -> HttpResponse:
    form = TermsForm(request.POST)
    mine = access.door_of(visitor(request))
    if mine is None:
        # Closed, or used from another tab: the page as it is now says which.
        return redirect("door")
    if not form.is_valid():
        return _door_page(request, mine, form, status=400)
    try:
        return redirect("sitting", act(form))
    except actions.Closed:
        return redirect("door")
    except Refused as refused:
        form.add_error(None, str(refused))
        return _door_page(request, mine, form, status=400)


def _door_page(
    request: HttpRequest, mine: Door, form: TermsForm, *, status: int = 200
) -> HttpResponse:
    ways = {token.way for token in mine.tokens.filter(expires_at__gt=timezone.now())}
    shown = {
        way: reachable(request, reverse("come", args=[tokens.token(mine.salt, way)]))
        for way in (Way.QR, Way.LINK)
        if way in ways
    }
    page = {
        "form": form,
        "door": mine,
        "knocks": mine.knocks.all(),
        "qr": shown.get(Way.QR, ""),
        "link": shown.get(Way.LINK, ""),
        "words": tokens.words(mine.salt) if Way.WORDS in ways else (),
        "words_at": reachable(request, reverse("words")),
        "space": mine.space,
    }
    return render(request, "spaces/door.html", page, status=status)


def _seconds_left(mine: Door) -> dict[str, int]:
    now = timezone.now()
    left = {each.way: int((each.expires_at - now).total_seconds()) for each in mine.tokens.all()}
    return {way: seconds for way, seconds in left.items() if seconds > 0}


# Doors: whoever comes


@require_http_methods(["GET", "HEAD", "POST"])
def come(request: HttpRequest, shown: str) -> HttpResponse:
    """Where a link or a QR code leads. Looking has no effect; a name and a press knock."""
    if limits.counted("wrong-open", address(request)) >= WRONG_OPENS_A_MINUTE:
        return _too_often(request)
    token = access.behind(shown, now=timezone.now())
    if token is None:
        limits.count("wrong-open", address(request), within_s=60)
        return _closed(request)
    mine = access.door_of(visitor(request))
    if mine is not None and mine.pk == token.door_id:
        return redirect("door")
    if token.door.space_id is not None:
        return _come_again(request, token)
    if request.method == "POST":
        return _knock(request, token, ComeForm(request.POST), "spaces/come.html")
    return render(request, "spaces/come.html", {"form": ComeForm()})


def _come_again(request: HttpRequest, token: Token) -> HttpResponse:
    """A space's door: for the other of the two, under the name that they are known by there."""
    person = visitor(request).person
    if person is None:
        return render(request, "spaces/come_signed_in.html", {"next": request.path})
    if not access.may_come(token, person):
        return _closed(request)
    if request.method == "POST":
        form = ComeForm({"name": person.name})
        return _knock(request, token, form, "spaces/come_again.html")
    return render(request, "spaces/come_again.html")


def _knock(request: HttpRequest, token: Token, form: ComeForm, template: str) -> HttpResponse:
    if not form.is_valid():
        return render(request, template, {"form": form}, status=400)
    if limits.count("knock", address(request), within_s=3600) > KNOCKS_AN_HOUR:
        return _too_often(request)
    me = marked(request)
    try:
        actions.knock(token, me, name=form.cleaned_data["name"], now=timezone.now())
    except actions.Closed:
        return _closed(request)
    waits_at = access.knocks_of(me).select_related("door")
    _remember(request, OTHERS_DOORS, [token.door, *(knock.door for knock in waits_at)])
    return redirect("waiting")


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest) -> HttpResponse:
    """Three words that somebody said, typed by whoever heard them."""
    if limits.counted("wrong-words", address(request)) >= WRONG_WORDS:
        return _too_often(request)
    form = WordsForm(request.POST or None)
    if request.method != "POST":
        return render(request, "spaces/words.html", {"form": form})
    if not form.is_valid():
        return render(request, "spaces/words.html", {"form": form}, status=400)
    token = access.behind_words(form.cleaned_data["words"], now=timezone.now())
    if token is None:
        limits.count("wrong-words", address(request), within_s=WRONG_WORDS_S)
        return _closed(request)
    return _knock(request, token, form, "spaces/words.html")


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Where a guest waits to be let in. It shows nothing of the other."""
    if knocks := access.knocks_of(visitor(request)).select_related("door"):
        _remember(request, OTHERS_DOORS, [knock.door for knock in knocks])
        return render(request, "spaces/waiting.html")
    place = _place_behind(request, OTHERS_DOORS)
    return redirect("sitting", place.sitting_id) if place else _closed(request)


@require_GET
def waiting_state(request: HttpRequest) -> HttpResponse:
    """The same for the page's script."""
    if access.knocks_of(visitor(request)).exists():
        return JsonResponse({"waiting": True})
    place = _place_behind(request, OTHERS_DOORS)
    return JsonResponse({"waiting": False, "sitting": _sitting_address(place)})


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "spaces/closed.html", status=404)


def _too_often(request: HttpRequest) -> HttpResponse:
    return render(request, "spaces/too_often.html", status=429)


def _remember(request: HttpRequest, which: str, doors: Sequence[Door]) -> None:
    """Keep in this browser's session where it is, to know the sitting that comes of it from an older one."""
    numbers = [str(door.pk) for door in doors]
    if request.session.get(which) != numbers:
        request.session[which] = numbers


def _place_behind(request: HttpRequest, which: str) -> Place | None:
    return access.place_behind(map(UUID, request.session.get(which, ())), visitor(request))


def _sitting_address(place: Place | None) -> str:
    return reverse("sitting", args=[place.sitting_id]) if place else ""


# Sittings


@require_GET
def sitting(request: HttpRequest, number: UUID) -> HttpResponse:
    """The sitting itself, for those who have a seat in it; afterwards a page to go on from."""
    me = visitor(request)
    seats = access.places(number, me)
    if not seats:
        raise Http404
    opened = access.opened(number)
    if opened is None:
        over = {
            "sitting": number,
            "can_keep": len(seats) == 1,
            "kept": seats[0].sitting.space_id is not None,
        }
        return render(request, "spaces/over.html", over)
    data = sitting_data(
        seats, opened, language=get_language() or "en", person=me.person, side=_side_of(seats[0])
    )
    return render(request, "spaces/sitting.html", {"data": data})


def _side_of(place: Place) -> Member | None:
    if place.person is None or place.sitting.space_id is None:
        return None
    return access.member(place.sitting.space_id, place.person)


@require_POST
def ticket(request: HttpRequest) -> HttpResponse:
    """A one-use ticket for the live part, for whoever has a seat."""
    me = visitor(request)
    who = me.mark or address(request)
    if limits.count("ticket", who, within_s=60) > TICKETS_A_MINUTE:
        return JsonResponse({"error": "too often"}, status=429)
    if request.content_type != "application/json":
        return JsonResponse({"error": "send JSON"}, status=415)
    number = _uuid(str(_json(request).get("sitting", "")))
    seats = access.places(number, me)
    if not seats or seats[0].sitting.closed_at is not None:
        raise Http404
    return JsonResponse({"ticket": tickets.issue(seats, get_language() or "en")})


def _json(request: HttpRequest) -> Mapping[str, Any]:
    try:
        content = json.loads(request.body[:1024])
    except (ValueError, RecursionError):
        raise Http404 from None
    return content if isinstance(content, dict) else {}


def _uuid(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        raise Http404 from None


# Spaces


@login_required
@require_GET
def spaces(request: HttpRequest) -> HttpResponse:
    """All spaces of somebody, by name."""
    me = visitor(request).person
    sides = access.members(me) if me else ()
    return render(request, "spaces/spaces.html", {"sides": sides})


def _of_a_member(view: Callable[[HttpRequest, Member], HttpResponse]) -> View:
    """Call the view with this person's side of the space; for everybody else there is none."""

    @wraps(view)
    def answer(request: HttpRequest, number: UUID) -> HttpResponse:
        person = visitor(request).person
        side = access.member(number, person) if person else None
        if side is None:
            raise Http404
        return view(request, side)

    return answer


@require_GET
@_of_a_member
def space(request: HttpRequest, side: Member) -> HttpResponse:
    """One space, from this person's side."""
    page = {"side": side, "space": side.space, "days": side.days.all()}
    return render(request, "spaces/space.html", page)


@require_POST
@_of_a_member
def meet(request: HttpRequest, side: Member) -> HttpResponse:
    """A door for the two of this space."""
    if limits.count("door", address(request), within_s=3600) > DOORS_AN_HOUR:
        return _too_often(request)
    door = actions.open_door(marked(request), now=timezone.now(), space=side.space)
    _remember(request, OWN_DOOR, [door])
    return redirect("door")


@require_POST
@_of_a_member
def rest(request: HttpRequest, side: Member) -> HttpResponse:
    """Let it rest, or wake it."""
    actions.rest(side, resting=request.POST.get("resting") == "yes")
    return redirect("space", side.space_id)


@require_POST
@_of_a_member
def check_in(request: HttpRequest, side: Member) -> HttpResponse:
    """Be asked before and after, or no longer."""
    actions.turn_check_in(side, on=request.POST.get("on") == "yes")
    return redirect("space", side.space_id)


@require_POST
@_of_a_member
def forget_day(request: HttpRequest, side: Member) -> HttpResponse:
    """Let a day go from this side."""
    with suppress(ValueError):
        actions.forget_day(side, date.fromisoformat(request.POST.get("day", "")))
    return redirect("space", side.space_id)


@require_http_methods(["GET", "HEAD", "POST"])
@_of_a_member
def rhythm(request: HttpRequest, side: Member) -> HttpResponse:
    """A rhythm for one's own calendar: what is chosen is in the file that is handed out, and nowhere else."""
    form = RhythmForm(request.POST or None)
    chosen = form.is_valid()
    every = Every(form.cleaned_data["every"]) if chosen else None
    if every is not None and every is not Every.MEETING:
        return _for_a_calendar(calendars.rhythm(every, form.begins(), made_at=timezone.now()))
    page = {"form": form, "side": side, "as_it_comes": chosen}
    return render(request, "spaces/rhythm.html", page, status=400 if form.errors else 200)


@require_safe
def later(request: HttpRequest, days: int) -> HttpResponse:
    """For whoever would like to be reminded of another sitting; nobody is asked who they are."""
    if not 1 <= days <= MOST_DAYS:
        raise Http404
    now = timezone.now()
    return _for_a_calendar(calendars.once(now.date() + timedelta(days=days), made_at=now))


def _for_a_calendar(content: bytes) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="time.ics"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@_of_a_member
def leave(request: HttpRequest, side: Member) -> HttpResponse:
    """Leave a space: a page that says what it means, and a press."""
    if request.method == "POST":
        actions.leave(side)
        return redirect("spaces")
    return render(request, "spaces/leave.html", {"side": side})


@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, number: UUID) -> HttpResponse:
    """After a sitting: would you like to keep this? Nobody learns of a yes until there are two.

    Two who have a space already are asked about the day.
    """
    me = visitor(request)
    if me.person is not None and access.member(number, me.person) is not None:
        # The other has said so since: it is kept, under the same number.
        return redirect("space", number)
    seats = access.places(number, me)
    if len(seats) != 1 or seats[0].sitting.seating == Seating.SHARED:
        raise Http404
    [place] = seats
    if place.sitting.space_id is not None:
        return _keep_day(request, place, place.sitting.space_id)
    if me.person is None:
        let_begin(request)
        return render(request, "spaces/keep_with_account.html", {"next": request.path})
    form = KeepForm(request.POST or None, initial={"name": me.person.name, "kind": place.kind})
    if request.method == "POST" and form.is_valid():
        return _keep(request, place, form)
    return _keep_page(request, place, form)


def _keep(request: HttpRequest, place: Place, form: KeepForm) -> HttpResponse:
    try:
        made = actions.would_keep(
            place.sitting,
            visitor(request),
            name=form.cleaned_data["name"],
            kind=Kind(form.cleaned_data["kind"]),
            wanted=request.POST.get("wanted", "yes") == "yes",
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return _keep_page(request, place, form)
    return redirect("space", made.pk) if made else redirect("keep", place.sitting_id)


def _keep_day(request: HttpRequest, place: Place, space: UUID) -> HttpResponse:
    person = visitor(request).person
    side = access.member(space, person) if person else None
    day = place.sitting.opened_at.date()
    if side is None or not place.sitting.sat or side.days.filter(day=day).exists():
        return redirect("space", space)
    if request.method == "POST":
        wanted = request.POST.get("wanted", "yes") == "yes"
        actions.would_keep_day(place.sitting, visitor(request), wanted=wanted)
        return redirect("keep", place.sitting_id)
    page = {"day": day, "side": side, "said": place.keeps}
    return render(request, "spaces/keep_day.html", page)


def _keep_page(request: HttpRequest, place: Place, form: KeepForm) -> HttpResponse:
    page = {
        "form": form,
        "sitting": place.sitting_id,
        "said": place.keeps,
        "word_list": word_list(),
    }
    return render(request, "spaces/keep.html", page, status=400 if form.errors else 200)
