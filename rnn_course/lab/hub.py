"""A student's server of a JupyterHub: `python -m rnn_course.lab.hub` is the command with which the hub starts it.

It runs as the student, where the student's home is. So it serves a hub on one machine as well as one whose servers run
in containers, and neither needs a hook that acts in the homes of others.
"""

import os
import sys
from pathlib import Path

from rnn_course.lab import Learner, server

FOLDER = "rnn-course"  # in the home


def main(words):
    """Bring the student's copies up to date and become their server; `words` are what the hub says to it."""
    learner = Learner(Path.home() / FOLDER)
    try:
        learner.open()
    except (OSError, ValueError) as problem:  # on a full disk, say: the student needs the server to make room
        print(f"the copies of the course cannot be made: {problem}", file=sys.stderr)
    found = server.environment(learner.progress)
    os.execvpe("jupyterhub-singleuser", ["jupyterhub-singleuser", *words], found)


if __name__ == "__main__":
    main(sys.argv[1:])
