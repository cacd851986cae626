"""The learner's folder: copies of the course that are theirs, and a Start page that says what has been done."""

from rnn_course.lab.folder import Learner as Learner
from rnn_course.lab.folder import note as note
