"""The buttons of a form: which one goes on with a login, and which one would end it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_GOING_ON = re.compile(
    r"""\b(?:
        allow | accept | continue | authori[sz]e | grant | consent | agree | confirm | approve | submit | proceed | next
        | sign\s?(?:in|on)\b | log\s?(?:in|on)\b | (?:yes|ok)\b
        | toestaan | akkoord | doorgaan | inloggen | aanmelden | volgende | ja\b
        | zulassen | erlauben | akzeptieren | zustimmen | weiter | anmelden | einloggen
        | accepter | autoriser | continuer | suivant | se\sconnecter | oui\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_LEADING_AWAY = re.compile(
    r"""\b(?:
        deny | cancel | no | not | don\st | abort | reject | decline | disagree | back | refuse
        | sign\s?(?:out|off|up) | log\s?(?:out|off) | register | forgot\w*
        | annuleren | weigeren | nee | terug | afmelden | uitloggen
        | abbrechen | ablehnen | nein | zurück | abmelden
        | annuler | refuser | non | retour
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)

_DENYING = re.compile(
    r"""\b(?:
        deny | no | don\st | abort | reject | decline | disagree | refuse
        | weigeren | nee | ablehnen | nein | refuser | non
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def denying(form: Any) -> Any | None:
    """The button that says no; None where there is none. One that cancels may only put off the decision."""
    return next((button for button in buttons(form) if _DENYING.search(caption(button))), None)


def press(form: Any) -> Any | None:
    """The button that agrees, or else the first that does not lead away; None where there is none."""
    staying = [button for button in buttons(form) if not _LEADING_AWAY.search(caption(button))]
    return next((button for button in staying if goes_on(button)), next(iter(staying), None))


def goes_on(button: Any) -> bool:
    """Whether the button says that it goes on."""
    return _GOING_ON.search(caption(button)) is not None


def buttons(form: Any) -> Iterator[Any]:
    """The buttons that submit the form."""
    for element in form.iter("button", "input"):
        kind = (element.get("type") or ("submit" if element.tag == "button" else "text")).lower()
        submits = kind not in {"button", "reset"} if element.tag == "button" else kind in {"submit", "image"}
        if submits and "disabled" not in element.attrib:
            yield element


def caption(button: Any) -> str:
    """All that a button says of itself, as words: its text, its value, its name."""
    said = [button.text_content(), *(button.get(name, "") for name in ("value", "name", "alt", "title", "aria-label"))]
    return re.sub(r"[\W_]+", " ", " ".join(said))
