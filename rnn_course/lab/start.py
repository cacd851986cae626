"""The Start page: what to do first, the chapters with what has been done in each, and where help is."""

PAGE = """\
# Start

## What to do first

1. Open the first chapter: [{first}](notebooks/{first_name}).
2. Press **Shift + Enter**. It runs the cell that you are in and goes on to the next one. Press it again and again,
   and it takes you through the whole chapter.
3. Where a box says *Predict*, click on your guess before you go on. Where it asks for words, double-click the box and
   write them in the place of the dots.
4. Near the end come the exercises. Write your answer into the cell and run it: the check says whether it is right,
   and if it is not, what is wrong.

To see what the course gives you, answer the questions of [Before and after the course](book/before_and_after.ipynb)
first, and again at the end.

Everything in this folder is yours. Change what you like: a newer version of the course will not write over it. To
begin a chapter afresh, delete its file and start the lab again.

## The chapters

{chapters}

An exercise counts when its check has said **Right** to you. That is noted in the file `progress.json` in this folder
and nowhere else; `%env RNN_COURSE_PROGRESS=off` in a cell turns it off for that notebook.
{changed}
## Help

- [How to use the course](book/using.md): cells, checks, keyboard, comfort.
- [If something does not work](book/using.md#if-something-does-not-work).
- [Notation](book/notation.md), [glossary](book/glossary.md) and [references](book/references.md): every symbol, term
  and source.
- `rnn-course progress` in a terminal says what the table above says, and `rnn-course doctor` what your
  machine lacks.
"""

CHANGED = """
## Newer versions

These chapters have changed since you began them. Yours are as you left them; the new ones lie beside them. Delete a
new one when you are done with it.

{rows}
"""


def start_page(chapters, passed, newer):
    """The text of the page, Markdown.

    Arguments
        chapters    the course's, a list of `Chapter`
        passed      the names of the checks that have passed, a set
        newer       the file names of newer versions of chapters that the learner has changed
    """
    rows = "\n".join(f"| [{c.title}](notebooks/{c.name}) | {' | '.join(done(c, passed))} |" for c in chapters)
    new = "\n".join(f"- [{name}](notebooks/{name})" for name in newer)
    return PAGE.format(
        first=chapters[0].title,
        first_name=chapters[0].name,
        chapters=f"| chapter | exercises right | still to do |\n|---|---|---|\n{rows}",
        changed=CHANGED.format(rows=new) if new else "",
    )


def done(chapter, passed):
    """How many exercises of a chapter are right, of how many, and the numbers of the others, as two texts."""
    right = chapter.right(passed)
    left = [str(number) for number in chapter.exercises if number not in right]
    return f"{len(right)} of {len(chapter.exercises)}", ", ".join(left) or "–"
