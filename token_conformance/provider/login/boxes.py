"""The boxes of a form that its user ticks in order to agree."""

from __future__ import annotations

import re
from typing import Any

from token_conformance.provider.login.buttons import caption

_AGREEING = re.compile(
    r"""\b(?:
        scopes?\b | consent | agree | accept | allow | authori[sz]e | grant | confirm | approve
        | toestaan | akkoord | zulassen | erlauben | akzeptieren | zustimm | accepter | autoriser
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_OF_SOMETHING_ELSE = re.compile(
    r"\b(?:remember|stay|keep|always|newsletters?|not|don\st|onthoud\w*|merken|souvenir)\b", re.IGNORECASE
)


def agreeing(form: Any) -> list[Any]:
    """The boxes that nobody has ticked and without which the form does not agree: required ones, and those that say so."""
    boxes = form.xpath(".//input[@name and not(@disabled)]")
    return [box for box in boxes if box.type == "checkbox" and not box.checked and _agrees(box)]


def _agrees(box: Any) -> bool:
    said = f"{caption(box)} {_label(box)}"
    return "required" in box.attrib or (_AGREEING.search(said) is not None and not _OF_SOMETHING_ELSE.search(said))


def _label(box: Any) -> str:
    """What stands beside a box, in the label around it or in one that names it."""
    around = next(box.iterancestors("label"), None)
    label = around if around is not None else box.label
    return str(label.text_content()) if label is not None else ""
