"""The one HTML table of objects that show themselves in a notebook."""

from html import escape


def html_table(rows, header=(), caption="", notes=(), align=None):
    """Return a table as HTML, all text in it escaped.

    rows: sequences of texts or numbers, each with the name of the row first. header: the names of the columns. caption:
    what the table shows. notes: sentences that stand below it. align: "left" for a table of words; None leaves that, as
    all colours, to the page's own style.
    """
    style = f' style="text-align: {align}"' if align else ""
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    head = "".join(f'<th scope="col"{style}>{escape(name)}</th>' for name in header)
    head = f"<thead><tr>{head}</tr></thead>" if head else ""
    body = "".join(
        f'<tr><th scope="row"{style}>{escape(str(name))}</th>'
        + "".join(f"<td{style}>{escape(str(cell))}</td>" for cell in cells)
        + "</tr>"
        for name, *cells in rows
    )
    below = "".join(f"<p>{escape(note)}</p>" for note in notes)
    return f"<table>{title}{head}<tbody>{body}</tbody></table>{below}"
