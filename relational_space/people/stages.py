"""Between being known and being signed in, as allauth sees it."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage


class AddressStage(EmailVerificationStage):  # type: ignore[misc]
    """An address has to be confirmed, if there is one; who has a passkey needs none."""

    def handle(self) -> Any:
        """Go on at once where there is nothing to confirm."""
        person = self.login.user
        # Nobody: somebody asked for an account that is there already, and must not see that it is.
        if person is not None and not EmailAddress.objects.filter(user=person).exists():
            return None, True
        return super().handle()
