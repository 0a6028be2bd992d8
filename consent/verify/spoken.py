"""The words that stand for figures in a report, in the languages that reports are written in."""

from __future__ import annotations

from typing import NamedTuple


class Spoken(NamedTuple):
    """One language."""

    thousands: str
    decimal: str
    first: str
    """The first day of a month."""
    months: tuple[str, ...]
    actions: dict[str, str]
    """In the order of a table's columns."""
    interfaces: dict[str, str]
    """In the order in which screens are shown."""
    answers: dict[str, str]
    outcomes: dict[str, str]
    """Of what was counted among the hosts."""


EN = Spoken(
    ",",
    ".",
    "1",
    (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    {
        "accept_all": "Accept all",
        "refuse_all": "Refuse all",
        "save": "One by one",
        "withdraw": "Withdrawal",
        "once": "One embed, once",
        "submit": "Form sent",
        "expire": "Time over",
        "signal": "Browser's signal",
    },
    {
        "banner": "Banner",
        "preferences": "Preferences",
        "placeholder": "Placeholder of an embed",
        "api": "The site's own interface",
        "no-js": "Form, without JavaScript",
        "form": "Form of the site",
        "server": "Nowhere (the server)",
    },
    {"all": "All", "granted": "Allowed", "refused": "Refused", "share": "Allowed (%)"},
    {"held": "held", "passed": "passed", "unknown": "unknown"},
)
FR = Spoken(
    "\u202f",
    ",",
    "1er",
    (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    {
        "accept_all": "Tout accepter",
        "refuse_all": "Tout refuser",
        "save": "Au détail",
        "withdraw": "Retrait",
        "once": "Un contenu, une fois",
        "submit": "Formulaire envoyé",
        "expire": "Échéance",
        "signal": "Signal du navigateur",
    },
    {
        "banner": "Bandeau",
        "preferences": "Préférences",
        "placeholder": "Emplacement d’un contenu",
        "api": "Interface propre au site",
        "no-js": "Formulaire, sans JavaScript",
        "form": "Formulaire du site",
        "server": "Nulle part (le serveur)",
    },
    {"all": "Tous", "granted": "Autorisé", "refused": "Refusé", "share": "Autorisé (%)"},
    {"held": "retenu", "passed": "passé", "unknown": "inconnu"},
)
LANGUAGES = {"en": EN, "fr": FR}
