"""A platform's own export, in which cells can be filled while every other byte stays as it is."""

import re
from pathlib import Path
from typing import NamedTuple

from rnn_course.assignments import sheets


class Export(NamedTuple):
    """A CSV file as a platform wrote it.

    name        the file's name
    text        its Text: the characters, their encoding and the byte order mark
    rows        the cells, the header first; an empty line is an empty list
    """

    name: str
    text: sheets.Text
    rows: list

    @property
    def header(self):
        """The names of the columns."""
        return self.rows[0]

    def filled(self, cells):
        """Return the file's bytes with other texts in some cells, `{(row, column): text}`.

        A cell keeps its quotes, and gets some where its new text needs them. Raises ValueError where the file has
        quotes that can be read in two ways, or where a text has a character that its encoding has not.
        """
        spans = self._spans()
        text, pieces, done = self.text.text, [], 0
        for row, column in sorted(cells):
            start, end = spans[row][column]
            quoted = text[start : start + 1] == '"'
            pieces += [text[done:start], self._cell(cells[row, column], quoted)]
            done = end
        try:
            return self.text.mark + "".join([*pieces, text[done:]]).encode(self.text.encoding)
        except UnicodeEncodeError as problem:
            sign = problem.object[problem.start]
            raise ValueError(f"{self.name} is in {self.text.encoding}, which has no {sign!r}") from None

    def _cell(self, value, quoted):
        if quoted or re.search(rf'["\r\n{sheets.delimiter(self.text.text)}]', value):
            return '"{}"'.format(value.replace('"', '""'))
        return value

    def _spans(self):
        """Where each cell stands in the text, checked against what the csv module reads."""
        text = self.text.text
        mark = sheets.delimiter(text)
        cell = re.compile(rf'("(?:[^"]|"")*"|[^{mark}\r\n]*)({mark}|\r\n|\r|\n|\Z)')
        spans, values, row, at = [], [], [], 0
        while at < len(text) or row:
            if (found := cell.match(text, at)) is None:
                raise ValueError(f"{self.name} has a quote in row {len(spans) + 1} that ends inside a cell")
            row.append(found.span(1))
            at = found.end()
            if found[2] != mark:
                spans.append(row)
                values.append([_value(text[start:end]) for start, end in row])
                row = []
        if [[] if row == [""] else row for row in values] != self.rows:
            raise ValueError(f"{self.name} has quotes that can be read in two ways: save it anew from the platform")
        return spans


def read(path):
    """Return the Export in a file.

    Raises ValueError where it is empty, or no CSV in an encoding that is known; OSError where it cannot be read.
    """
    name = Path(path).name
    text = sheets.decoded(name, Path(path).read_bytes())
    rows = sheets.parsed(name, text.text)
    if not rows or not any(rows[0]):
        raise ValueError(f"{name} has no header: its first row must name the columns")
    return Export(name, text, rows)


def _value(cell):
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell
