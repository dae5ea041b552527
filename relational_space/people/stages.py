"""Between being known and being signed in, as allauth sees it."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage


class AddressStage(EmailVerificationStage):  # type: ignore[misc]
    """An address has to be confirmed, if there is one; who has a passkey needs none."""

    def handle(self) -> Any:
        """Go on at once where there is nothing to confirm."""
        if not EmailAddress.objects.filter(user=self.login.user).exists():
            return None, True
        return super().handle()
