"""Real series, sequences and texts that ship with the course, synthetic tasks, windows, splits, scaling and baselines.

Importing it brings in numpy and the standard library only; nothing is downloaded.
"""

from rnn_course.data.baselines import Scores, last_value, scores, seasonal_naive
from rnn_course.data.dates import date_task
from rnn_course.data.grid import on_a_grid
from rnn_course.data.pairs import Pairs
from rnn_course.data.provenance import Provenance, provenance
from rnn_course.data.reading import read_series
from rnn_course.data.recorded import load_record
from rnn_course.data.sequences import Sequences, load_digits, load_japanese_vowels, pad
from rnn_course.data.series import Series, load_co2, load_elnino, load_sunspots, load_weather
from rnn_course.data.strings import parity_task, recall_task, reversal_task
from rnn_course.data.tasks import adding_task, copy_task
from rnn_course.data.texts import Corpus, Document, load_state_of_the_union, load_tang_verse, verse_form
from rnn_course.data.windows import ForecastData, Scaler, Windows, forecast_splits, split, windows

__all__ = [
    "Corpus",
    "Document",
    "ForecastData",
    "Pairs",
    "Provenance",
    "Scaler",
    "Scores",
    "Sequences",
    "Series",
    "Windows",
    "adding_task",
    "copy_task",
    "date_task",
    "forecast_splits",
    "last_value",
    "load_co2",
    "load_digits",
    "load_elnino",
    "load_japanese_vowels",
    "load_record",
    "load_state_of_the_union",
    "load_sunspots",
    "load_tang_verse",
    "load_weather",
    "on_a_grid",
    "pad",
    "parity_task",
    "provenance",
    "read_series",
    "recall_task",
    "reversal_task",
    "scores",
    "seasonal_naive",
    "split",
    "verse_form",
    "windows",
]
