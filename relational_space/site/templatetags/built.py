"""Where the built scripts and styles are, by the name they have in `browser/`."""

import functools
import json
from pathlib import Path

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@functools.cache
def _files(manifest: Path) -> dict[str, dict[str, list[str]]]:
    entries: dict[str, dict[str, list[str]]] = json.loads(manifest.read_text(encoding="utf-8"))
    return entries


def _entry(name: str) -> dict[str, list[str]]:
    return _files(settings.RELATIONAL_SPACE["built"] / "manifest.json")[name]


@register.simple_tag
def built_styles(name: str) -> SafeString:
    """The style sheets of an entry, as links."""
    return format_html_join(
        "\n", '<link rel="stylesheet" href="{}">', ((static(f),) for f in _entry(name)["styles"])
    )


@register.simple_tag
def built_script(name: str) -> SafeString:
    """The script of an entry, with what it imports fetched beside it."""
    entry = _entry(name)
    preloads = format_html_join(
        "\n", '<link rel="modulepreload" href="{}">', ((static(f),) for f in entry["imports"])
    )
    scripts = format_html_join(
        "\n", '<script type="module" src="{}"></script>', ((static(f),) for f in entry["scripts"])
    )
    return format_html("{}\n{}", preloads, scripts)


@register.simple_tag
def built_worker(name: str) -> SafeString:
    """Where a page's script finds what runs beside it; nothing where the build left that out."""
    if name not in _files(settings.RELATIONAL_SPACE["built"] / "manifest.json"):
        return SafeString("")
    [script] = _entry(name)["scripts"]
    return format_html('<meta name="{}-worker" content="{}">', name, static(script))
