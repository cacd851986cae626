"""The questions: one file a chapter, CHAPTER.toml beside this module, read and checked.

A file is a list of `[[question]]` with
    key       its name, CHAPTER-NAME, by which answers are kept
    concept   one of CONCEPTS
    text      what is asked
and several `[[question.option]]` with
    text      what can be chosen
    right     true for the one that is right; it has no misconception
    misconception   the one mistake in thinking that leads to a wrong option: its name, a sentence
    feedback  why it is right or wrong
    source    where that stands or is measured: `CHAPTER#HEADING` of the chapter itself, or `references#HEADING`

Texts may hold `code` between backticks, symbols such as h_t, C_{t−1} and w^2, and one *word* between asterisks.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent

# In the order in which the chapters meet them; at least three questions each.
CONCEPTS = {
    "state": "what a state carries",
    "memory": "how long it is kept",
    "comparison": "fair comparison",
    "cells": "cells and their gates",
    "gradients": "gradients",
    "speed": "speed",
    "missing": "missing values",
    "language": "models of language",
    "attention": "attention",
}
FEWEST, MOST = 3, 4  # options of a question
NEEDED = {"text", "feedback", "source"}


@dataclass(frozen=True)
class Option:
    """What can be chosen, why it is right or wrong, and where that stands. A right one has no misconception."""

    text: str
    feedback: str
    source: str
    misconception: str = ""

    @property
    def right(self):
        """Whether it is the right one."""
        return not self.misconception

    @property
    def name(self):
        """What is kept of an answer: `right`, or the misconception."""
        return self.misconception or "right"


@dataclass(frozen=True)
class Question:
    """A question of a chapter, one concept, and its options, of which one is right."""

    key: str
    concept: str
    text: str
    options: tuple

    @property
    def answer(self):
        """The right option."""
        return next(option for option in self.options if option.right)

    def named(self, name):
        """The option of this name.

        Raises ValueError where there is none.
        """
        for option in self.options:
            if option.name == name:
                return option
        raise ValueError(f"{self.key} has no option {name!r}, it has {', '.join(repr(o.name) for o in self.options)}")


def chapters():
    """The stems of the chapters that have questions, in the order of the alphabet."""
    return sorted(path.stem for path in HERE.glob("*.toml"))


def questions(chapter):
    """The questions of a chapter, a list of Question; chapter: its stem, such as "bptt".

    Raises ValueError where there is no such chapter, and where its file says what it may not.
    """
    if not isinstance(chapter, str) or chapter not in chapters():
        raise ValueError(f"chapter is {chapter!r}, it must be one of {', '.join(chapters())}")
    return read((HERE / f"{chapter}.toml").read_text("utf8"), chapter)


def every_question():
    """The questions of all chapters, `{key: Question}`."""
    return {question.key: question for chapter in chapters() for question in questions(chapter)}


def read(text, chapter):
    """The questions in the text of a file, a list of Question.

    Raises ValueError, with a sentence that names the question, where the text says what it may not.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ValueError(f"the questions of {chapter} are no TOML: {problem}") from None
    if found.keys() != {"question"}:
        raise ValueError(f"the questions of {chapter} hold {_listed(found)}, they must be a list of [[question]]")
    several = [_question(entry, chapter) for entry in found["question"]]
    _all_differ("keys", chapter, [question.key for question in several])
    return several


def _question(entry, chapter):
    key = entry.get("key", "")
    if not str(key).removeprefix(f"{chapter}-") or not str(key).startswith(f"{chapter}-"):
        raise ValueError(f"a question of {chapter} has the key {key!r}, it must begin with {chapter}-")
    _has_texts(entry, key, {"key", "concept", "text"}, also={"option"})
    if entry["concept"] not in CONCEPTS:
        raise ValueError(f"{key}: concept is {entry['concept']!r}, it must be one of {', '.join(CONCEPTS)}")
    options = tuple(_option(option, key, chapter) for option in entry.get("option", ()))
    if not FEWEST <= len(options) <= MOST:
        raise ValueError(f"{key} has {len(options)} options, it must have {FEWEST} to {MOST}")
    if sum(option.right for option in options) != 1:
        raise ValueError(f"{key} has {sum(option.right for option in options)} right options, it must have one")
    _all_differ("texts", key, [option.text for option in options])
    _all_differ("misconceptions", key, [option.name for option in options])
    return Question(key, entry["concept"], entry["text"], options)


def _option(entry, key, chapter):
    right = entry.get("right", False)
    if right is not True and "right" in entry:
        raise ValueError(f"{key}: right is {right!r}, it is true or left out")
    _has_texts(entry, key, NEEDED | (set() if right else {"misconception"}), also={"right"} if right else set())
    place, _, heading = entry["source"].partition("#")
    if place not in (chapter, "references") or not heading:
        wanted = f"{chapter}#HEADING or references#HEADING"
        raise ValueError(f"{key}: source is {entry['source']!r}, it must be {wanted}")
    return Option(entry["text"], entry["feedback"], entry["source"], entry.get("misconception", ""))


def _has_texts(entry, key, needed, also):
    """Refuse what lacks one of these texts, or has something else beside them."""
    if missing := needed - entry.keys():
        raise ValueError(f"{key} lacks {_listed(missing)}")
    if more := entry.keys() - needed - also:
        raise ValueError(f"{key} has {_listed(more)}, which has no meaning there")
    for name in needed:
        if not isinstance(entry[name], str) or not entry[name].strip():
            raise ValueError(f"{key}: {name} is {entry[name]!r}, it must be a text")


def _all_differ(what, key, several):
    twice = {one for one in several if several.count(one) > 1}
    if twice:
        raise ValueError(f"{key}: {what} must all differ, and {_listed(twice)} is there twice")


def _listed(names):
    return ", ".join(sorted(map(str, names)))
