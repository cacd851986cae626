"""Controls that the kernel answers, for what is quicker to draw in Python than in the page."""

from ipywidgets import HTML, VBox

from rnn_course.validate import function


def live(draw, **controls):
    """Show controls above a picture, and draw it again whenever one of them moves.

    draw: a function of the controls' values, by name, that returns a `Picture`. controls: ipywidgets, by the names of
    its arguments. Returns the widget to show. It needs a running kernel: the built page shows the first picture alone.

    `ipywidgets.interact` does the same through an output area, which at times blocks the programs that run notebooks.
    """

    function("draw", draw)

    def drawn():
        return draw(**{name: control.value for name, control in controls.items()})._repr_html_()

    picture = HTML(drawn())

    def redraw(_):
        picture.value = drawn()

    for control in controls.values():
        control.observe(redraw, "value")
    return VBox([*controls.values(), picture])
