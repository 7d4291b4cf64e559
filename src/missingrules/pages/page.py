"""The only door to jinja2: a template and its data become one page that asks nothing of any other file.

Every text is escaped, and what steers writing direction or a terminal is shown and not obeyed. Style and script
stand in the page, and its policy allows no others.
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from missingrules.domain.diagnostics import Diagnostic, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment

# Line breaks and tabs are white space in HTML, and do nothing there.
_HARMLESS: Final = "\n\r\t"
_HIDDEN: Final = ("Cc", "Cf", "Zl", "Zp")
_JOINERS: Final = "\N{SOFT HYPHEN}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


def page(template: str, data: Mapping[str, Any]) -> str:
    """The page that `templates/TEMPLATE.html.j2` makes of the data, the same every time.

    Raises `InvalidInput` (`not-installed`) without jinja2.
    """
    templates = _templates()
    from markupsafe import Markup

    style, script = (_own(name) for name in ("page.css", "page.js"))
    return templates.get_template(f"{template}.html.j2").render(
        data, style=Markup(style), script=Markup(script), style_hash=_hash(style), script_hash=_hash(script)
    )


def refuse_unready() -> None:
    """Before long work. Raises `InvalidInput` (`not-installed`) without jinja2."""
    _templates()


@lru_cache(maxsize=1)
def _templates() -> Environment:
    """The templates, each read once."""
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError:
        message = "HTML needs jinja2, which is not installed"
        hint = "python -m pip install 'missingrules[html]'"
        raise InvalidInput([Diagnostic("not-installed", message, hint=hint)]) from None
    return Environment(
        loader=PackageLoader("missingrules.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _own(name: str) -> str:
    return files("missingrules.pages").joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _shown(value: object) -> object:
    """A text with its invisible marks written out, so that none turns the line around in which it stands."""
    if type(value) is not str or value.isprintable():
        return value
    return "".join(f"[U+{ord(char):04X}]" if _is_hidden(char) else char for char in value)


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in _HIDDEN and char not in _HARMLESS and char not in _JOINERS
