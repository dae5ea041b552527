"""What allauth asks of this place: who may make an account, and how a mail looks and leaves."""

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from relational_space.people.models import Person

MAY_BEGIN = "may_begin"
"""In the session of a browser that may make an account."""

SUBJECT = "Relational Space"
"""All that a mail's outside says, to whoever else reads that mailbox."""

_log = logging.getLogger(__name__)
_post = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def may_begin(request: HttpRequest) -> bool:
    """Whether this browser may make an account."""
    return bool(request.session.get(MAY_BEGIN))


def let_begin(request: HttpRequest) -> None:
    """From now on it may."""
    request.session[MAY_BEGIN] = True


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts without passwords, for those who have been let in."""

    def get_login_stages(self) -> list[str]:
        """What may stand between being known and being signed in."""
        return [
            "allauth.account.stages.LoginByCodeStage",
            "relational_space.people.stages.AddressStage",
        ]

    def post_login(self, request: HttpRequest, user: Person, **rest: Any) -> HttpResponse:
        """Where one was going; but first the offer to keep an account that is to be erased."""
        going: HttpResponse = super().post_login(request, user, **rest)
        return redirect("account") if user.erase_at is not None else going

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whoever has sat here with somebody, or was invited by the host."""
        return may_begin(request)

    def format_email_subject(self, subject: str) -> str:
        """The same for every mail."""
        return SUBJECT

    def send_account_already_exists_mail(self, email: str) -> None:
        """Somebody asked for a second account; the first one's owner is told so, and no more."""
        self.send_mail("account/email/account_already_exists", email, {})

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, Any]) -> None:
        """Post it aside, so that how long a mail server takes tells nobody who has an account."""
        whole = {"request": allauth_context.request, "email": email, **context}
        _post.submit(_send, self.render_mail(template_prefix, email, whole))


def _send(mail: EmailMessage) -> None:
    try:
        mail.send()
    except OSError as error:
        # Never the address: a log outlives an account.
        _log.warning("a mail could not be sent: %s", type(error).__name__)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """A passkey is a way in, beside the mailed code, and not a second lock behind it."""

    def is_mfa_enabled(self, user: Person, types: Any = None) -> bool:
        """No: one way in is enough."""
        return False

    def _get_site_name(self) -> str:
        return SUBJECT

    def generate_authenticator_name(self, user: Person, type: Any) -> str:
        """What a passkey is called in the list of its owner."""
        return _("Passkey")
