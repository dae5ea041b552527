"""Pages about one's own account, and the ways in that are ours and not allauth's."""

from allauth.account.forms import RequestLoginCodeForm
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.webauthn.views import AddWebAuthnView, login_webauthn
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relational_space.people import actions, erase, limits, sessions
from relational_space.people.adapter import let_begin, may_begin
from relational_space.people.forms import NameForm
from relational_space.people.models import Person
from relational_space.people.signing import end_others
from relational_space.people.visitors import GUEST_S, address, passkeys_work, visitor

TRIES_AN_HOUR = 20
PASSKEYS_A_MINUTE = 30

FORGET = '"cache", "cookies", "storage"'
"""What a browser is asked to forget when somebody goes."""


def _me(request: HttpRequest) -> Person:
    person = visitor(request).person
    if person is None:
        raise Http404
    return person


# Ways in


@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """By passkey, or by a code that is mailed. There are no passwords."""
    after = get_next_redirect_url(request)
    if request.user.is_authenticated:
        return redirect(after or "account")
    page = {
        "form": RequestLoginCodeForm(),
        "next": after,
        "may_begin": may_begin(request),
        "passkeys_work": passkeys_work(request),
    }
    return render(request, "people/sign_in.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """An account with a passkey, for whoever has sat here or was invited."""
    after = get_next_redirect_url(request)
    if request.user.is_authenticated:
        return redirect(after or "account")
    if not may_begin(request):
        return render(request, "people/by_invitation.html", status=403)
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, actions.make_account(form.cleaned_data["name"]))
        return redirect(_with_next(reverse("mfa_add_webauthn"), after))
    page = {"form": form, "next": after, "passkeys_work": passkeys_work(request)}
    return render(request, "people/begin.html", page, status=400 if form.errors else 200)


def passkey_login(request: HttpRequest) -> HttpResponse:
    """What a browser is to sign with its passkey, and the way in with it.

    Each question is kept in a session, so an address that asks and asks would fill the disk.
    """
    if limits.count("passkey", address(request), within_s=60) > PASSKEYS_A_MINUTE:
        return JsonResponse({"error": "too often"}, status=429)
    answer: HttpResponse = login_webauthn(request)
    if not request.user.is_authenticated and not request.session.is_empty():
        request.session.set_expiry(GUEST_S)
    return answer


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    """Make a passkey, and go on to where one was going."""

    def get_success_url(self) -> str:
        """Where one was going, else the account."""
        return get_next_redirect_url(self.request) or reverse("account")


@require_http_methods(["GET", "HEAD", "POST"])
def host(request: HttpRequest, token: str) -> HttpResponse:
    """The link that was printed where the place was started: a press signs its host in, once."""
    if limits.count("host-link", address(request), within_s=3600) > TRIES_AN_HOUR:
        return render(request, "people/link_spent.html", status=429)
    if request.method == "POST" and (person := actions.come_as_host(token)) is not None:
        login(request, person)
        return redirect("account")
    if not actions.knows_host_link(token):
        return render(request, "people/link_spent.html", status=404)
    return render(request, "people/host.html")


@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """The host makes a link with which somebody may make an account."""
    me = _me(request)
    if not me.is_host:
        raise Http404
    link = request.build_absolute_uri(reverse("welcome", args=[actions.invite(me)]))
    return render(request, "people/invited.html", {"link": link})


@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Where the host's invitation leads. Looking spends nothing, and tells nothing."""
    if request.method != "POST":
        return render(request, "people/welcome.html")
    if limits.count("invitation", address(request), within_s=3600) > TRIES_AN_HOUR:
        return render(request, "people/link_spent.html", status=429)
    if not actions.use_invitation(token):
        return render(request, "people/link_spent.html", status=404)
    let_begin(request)
    return redirect("begin")


@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ask, and sign out of this browser; it forgets what it kept for this place."""
    if request.method != "POST":
        return render(request, "account/logout.html")
    logout(request)
    gone = redirect("front")
    gone["Clear-Site-Data"] = FORGET
    return gone


# One's own account


@login_required
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """What is kept of me, and what I can do with it; or first, whether it is to be erased."""
    me = _me(request)
    if me.erase_at is not None:
        return render(request, "people/erasing.html", {"erase_at": me.erase_at})
    return _account(request, NameForm({"name": me.name}))


def _account(request: HttpRequest, form: NameForm, status: int = 200) -> HttpResponse:
    me = _me(request)
    shown = {
        "form": form,
        "has_way_back": actions.has_way_back(me),
        "signed_in": sessions.signed_in(me, here=request.session.session_key),
    }
    return render(request, "people/account.html", shown, status=status)


@login_required
@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    """A new name, for whoever meets me from now on."""
    form = NameForm(request.POST)
    if not form.is_valid():
        return _account(request, form, status=400)
    actions.rename(_me(request), form.cleaned_data["name"])
    return redirect("account")


@login_required
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    end_others(request, _me(request))
    return redirect("account")


@login_required
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """Sign out of one device."""
    actions.end_session(_me(request), request.POST.get("id", ""))
    return redirect("account")


@login_required
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Everything that is kept of me, as a file."""
    file = JsonResponse(erase.hand_over(_me(request)), json_dumps_params={"indent": 2})
    file["Content-Disposition"] = 'attachment; filename="relational-space.json"'
    return file


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase_me(request: HttpRequest) -> HttpResponse:
    """A page that says what goes, and a press that lets it go in a day; by whoever has just signed in."""
    me = _me(request)
    # Without a way back there is nothing to show but that this browser is signed in.
    has_way_back = actions.has_way_back(me)
    proved = sessions.is_fresh(request) or not has_way_back
    if request.method != "POST":
        asked = {"proved": proved, "has_way_back": has_way_back}
        return render(request, "people/erase.html", asked)
    logout(request)
    if not proved:
        return redirect(_with_next(reverse("account_login"), reverse("erase_me")))
    actions.ask_to_be_erased(me, now=timezone.now())
    page = {"erase_at": me.erase_at, "has_way_back": has_way_back}
    gone = render(request, "people/erased.html", page)
    gone["Clear-Site-Data"] = FORGET
    return gone


@login_required
@require_POST
def keep_account(request: HttpRequest) -> HttpResponse:
    """I would rather not be erased."""
    actions.keep_account(_me(request))
    return redirect("account")


def _with_next(path: str, after: str | None) -> str:
    return f"{path}?{urlencode({'next': after})}" if after else path
