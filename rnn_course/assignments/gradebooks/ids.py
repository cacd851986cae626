"""Ids are text, and the names of folders: what no system takes for one is refused."""

import re
import unicodedata

MOST = 100
RESERVED = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³])(?:\..*)?", re.IGNORECASE)  # Windows' devices
SEPARATORS = '/\\:*?"<>|'


def folder_name(argument, value):
    """Return `value` if it can name a folder on every system; ValueError, with the argument's name, otherwise."""
    if not value:
        raise ValueError(f"{argument} is empty, it must be a name for a folder")
    if len(value) > MOST:
        raise ValueError(f"{argument} is {value[:20]!r}… of {len(value)} characters, it must have at most {MOST}")
    if bad := [sign for sign in value if sign in SEPARATORS or unicodedata.category(sign)[0] == "C"]:
        raise ValueError(f"{argument} is {value!r}, it must name a folder and may not have {bad[0]!r}")
    if value[0] in ". " or value[-1] in ". ":
        raise ValueError(f"{argument} is {value!r}, it must name a folder and may not begin or end with a dot or blank")
    if RESERVED.fullmatch(value):
        raise ValueError(f"{argument} is {value!r}, it must name a folder and Windows keeps this name for itself")
    return value


def same(value):
    """What two ids share that would be one folder on some systems: those that do not tell a from A, nor é from é."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", value).casefold())
