"""Controls that the kernel answers."""

from ipywidgets import FloatSlider, IntSlider

from rnn_course import plots
from rnn_course.widgets import live


def test_the_picture_follows_every_control():
    def draw(scale, power):
        return plots.lines([0, 1, 2], {"curve": [0.0, scale, scale * 2.0**power]})

    scale, power = FloatSlider(value=0.5, description="scale"), IntSlider(value=1, description="power")
    shown = live(draw, scale=scale, power=power)
    assert shown.children[:2] == (scale, power)
    picture = shown.children[2]
    assert picture.value == draw(0.5, 1)._repr_html_()
    scale.value = 1.5
    assert picture.value == draw(1.5, 1)._repr_html_() != draw(0.5, 1)._repr_html_()
    power.value = 3
    assert "from 0 to 12" in picture.value
