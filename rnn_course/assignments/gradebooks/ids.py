"""Ids are text, and the names of folders: what no system takes for one is refused."""

import re
import unicodedata
from collections import Counter

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


def meant(found, known):
    """Return `{id: the id that is meant}` of ids in a table that a spreadsheet may have saved: it takes zeros away.

    An id that is known is meant as it is. Another one is the same number as an id that is known and is not in the
    table, where there is just one such; else it stays as it is.

    >>> meant(["7", "12"], ["007", "12"])
    {'7': '007', '12': '12'}
    >>> meant(["7", "07"], ["007", "7"])
    {'7': '7', '07': '07'}
    """
    left, bare = set(known) - set(found), set(found) - set(known)
    numbers = Counter(id.lstrip("0") for id in left if id.isdecimal())
    whole = {id.lstrip("0"): id for id in left if numbers[id.lstrip("0")] == 1}
    return {id: whole.get(id, id) if id in bare else id for id in found}


def same(value):
    """What two ids share that would be one folder on some systems: those that do not tell a from A, nor é from é."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", value).casefold())
