"""A municipality's own colours: light and dark, and whether they can be read where the portal uses them."""

import re
from typing import TYPE_CHECKING

from django.core.validators import RegexValidator

if TYPE_CHECKING:
    from publishing.portal import Portal

WRITTEN = re.compile("#[0-9a-fA-F]{6}")
COLOUR = RegexValidator(WRITTEN.pattern + r"\Z", "Skriv farven som # og seks tegn, fx #10314f.")
COLOURS = ["main_colour", "main_colour_dark", "accent_colour", "accent_colour_dark"]  # fields of the record
READABLE = 4.5  # WCAG 2.2, 1.4.3
CHALK, PAPER, TINT = "#f7f4ed", "#fffefa", "#ece7db"
NIGHT, DUSK, DARK_TINT = "#0c1826", "#132539", "#1a3048"
DEEP = "#10314f"
PATHS_ON_DEEP = ["#8bd0ea", "#a3d9a0", "#f0b3d3", "#f2c572", "#c3bdf5", "#8adbcb", "#f5b59b", "#c9d08a"]


def contrast(one: str, other: str) -> float:
    """From 1 to 21, as WCAG counts it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [part / 255 for part in bytes.fromhex(colour[1:])]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(one: str, other: str, share: float) -> str:
    """So much of the one, the rest of the other."""
    pairs = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def contrast_problems(portal: "Portal") -> dict[str, str]:
    """What cannot be read where it stands (static/css/tokens.css), by the field that has to change."""
    main, main_dark = portal.main_colour, portal.main_colour_dark
    accent, accent_dark = portal.accent_colour, portal.accent_colour_dark
    problems = _half(main, main_dark, "main_colour") | _half(accent, accent_dark, "accent_colour")
    if not all(WRITTEN.fullmatch(getattr(portal, name) or DEEP) for name in COLOURS):
        return problems
    if main and main_dark:
        grounds = [CHALK, PAPER, TINT, _soft(main), *PATHS_ON_DEEP]
        problems |= _unreadable("main_colour", main, grounds, "mørkere")
        problems |= _unreadable("main_colour_dark", main_dark, [NIGHT, DUSK, DARK_TINT], "lysere")
    if accent and accent_dark:
        grounds = [NIGHT, DUSK, DARK_TINT, _dark_tint(accent_dark), main or DEEP]
        problems |= _unreadable("accent_colour", accent, [CHALK, PAPER, TINT, _tint(accent)], "mørkere")
        problems |= _unreadable("accent_colour_dark", accent_dark, grounds, "lysere")
    return problems


def _half(light: str, dark: str, name: str) -> dict[str, str]:
    missing = name if dark and not light else f"{name}_dark" if light and not dark else ""
    return {missing: "Skriv farven til både lys og mørk bund, eller lad begge være tomme."} if missing else {}


def _unreadable(name: str, colour: str, grounds: list[str], way: str) -> dict[str, str]:
    worst = min(contrast(colour, ground) for ground in grounds)
    if worst >= READABLE:
        return {}
    found = f"{worst:.1f}".replace(".", ",")
    return {name: f"Kontrasten er kun {found}:1. Den skal være mindst 4,5:1. Vælg en {way} farve."}


def _soft(main: str) -> str:
    return mixed(main, "#ffffff", 0.15)


def _tint(accent: str) -> str:
    return mixed(accent, PAPER, 0.08)


def _dark_tint(accent: str) -> str:
    return mixed(accent, DUSK, 0.12)


def style_sheet(portal: "Portal") -> str:
    """The tokens that the record changes."""
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    if main := portal.main_colour:
        twin, hover = portal.main_colour_dark, mixed(portal.main_colour_dark, "#ffffff", 0.5)
        light |= {"deep": main, "action": main, "link": main, "on-deep-soft": _soft(main)}
        light |= dict.fromkeys(["action-hover", "link-hover"], mixed(main, "#000000", 0.7))
        dark |= {"deep": mixed(main, "#000000", 0.4), "link": twin, "action": twin}
        dark |= dict.fromkeys(["action-hover", "link-hover"], hover)
        light["deep-line"] = dark["deep-line"] = mixed(main, "#ffffff", 0.6)
    if accent := portal.accent_colour:
        twin = portal.accent_colour_dark
        light |= {"accent": accent, "accent-tint": _tint(accent), "on-deep-accent": twin}
        dark |= {"accent": twin, "accent-tint": _dark_tint(twin)}
    return f":root{{{_rules(light)}}}@media(prefers-color-scheme:dark){{:root{{{_rules(dark)}}}}}\n"


def _rules(tokens: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in tokens.items())
