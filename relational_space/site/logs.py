"""What a log may say: where in the program something went wrong, and never at which address.

An address may hold a token, and who asked for it is nobody's business.
"""

import logging


def without_address(record: logging.LogRecord) -> bool:
    """Put the pattern of an address in place of the address, which Django says last."""
    request = getattr(record, "request", None)
    if request is not None and isinstance(record.args, tuple) and record.args:
        match = getattr(request, "resolver_match", None)
        record.args = (*record.args[:-1], f"/{match.route}" if match else "an unknown address")
    return True
