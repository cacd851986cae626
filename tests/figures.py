"""What the tests of figures share: the pixels and the texts of a picture, and a training to draw."""

import io
from html.parser import HTMLParser
from itertools import combinations

import matplotlib as mpl
import matplotlib.pyplot as plt

from rnn_course.plots.picture import RC
from rnn_course.training import History


def history(train, validation=(), stopped="finished"):
    return History(device="cpu", train_loss=list(train), validation_loss=list(validation), stopped=stopped)


def pixels(picture):
    return plt.imread(io.BytesIO(picture.png))


def images(html):
    """The attributes of each <img>, as a browser's parser reads them."""
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    parser.feed(html)
    return found


def overlaps(picture, labels):
    """The pairs of texts that lie on each other where the picture is drawn."""
    with mpl.rc_context(RC):
        picture.figure.draw_without_rendering()
        places = [(label.get_text(), label.get_window_extent()) for label in labels]
    return [(a, b) for (a, here), (b, there) in combinations(places, 2) if here.overlaps(there)]


def texts(picture):
    return [text for text in picture.figure.axes[0].texts if text.get_text()]
