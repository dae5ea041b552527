"""How much may be sent with one request."""

import asyncio

import pytest
from django.conf import settings

from relational_space.site.bodies import LARGEST_BODY_BYTES, bounded


async def echo(scope, receive, send):
    """Reads as Django does: all of it first, and nothing more once the sender has gone."""
    read = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        read += len(message["body"])
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(read).encode()})


def sent(*chunks, length=None):
    """The answer's status, and how many chunks were taken."""
    waiting, answers = list(chunks), []

    async def receive():
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def send(message):
        answers.append(message)

    headers = [] if length is None else [(b"content-length", str(length).encode())]
    application = bounded(echo, {"X-Content-Type-Options": "nosniff"})
    asyncio.run(application({"type": "http", "headers": headers}, receive, send))
    statuses = [each["status"] for each in answers if each["type"] == "http.response.start"]
    if statuses == [413]:
        assert (b"x-content-type-options", b"nosniff") in answers[0]["headers"]
    return statuses, len(chunks) - len(waiting)


@pytest.mark.parametrize("size", [0, 1, LARGEST_BODY_BYTES])
def test_what_people_send_is_taken(size):
    assert sent(b"a" * size, length=size) == ([200], 1)
    assert sent(b"a" * size) == ([200], 1)


def test_a_body_that_says_it_is_too_large_is_not_read():
    assert sent(b"a", length=LARGEST_BODY_BYTES + 1) == ([413], 0)


def test_a_body_that_does_not_say_how_large_it_is_is_read_up_to_the_bound():
    chunk = b"a" * (LARGEST_BODY_BYTES // 4)
    assert sent(*[chunk] * 100) == ([413], 5)


def test_a_body_that_is_taken_never_reaches_the_disk():
    assert settings.FILE_UPLOAD_MAX_MEMORY_SIZE > LARGEST_BODY_BYTES
