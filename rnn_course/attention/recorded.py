"""What was recorded of attention and recurrence: rows of the record, one a seed, at the rate that was best."""

from numbers import Real

from rnn_course import validate
from rnn_course.data import load_record


def recorded(part, **wanted):
    """Return the rows of a part that have the wanted values, one a seed, all at the same rate, in the order of seeds.

    Several rates were tried with the first seed and one was taken, on examples that no row is judged on.

    Arguments
        part      `"reversal"`, `"parity"`, `"recall"` or `"step"` of the record `attention`
        wanted    values that the rows have, such as `rival="dot", budget=30`

    Raises ValueError for an unknown part and where no row has these values, TypeError for what no row can have.

    >>> [row["seed"] for row in recorded("parity", rival="gru")]
    [0, 1, 2]
    """
    parts = load_record("attention")["parts"]
    validate.one_of("part", part, tuple(parts))
    for name, value in wanted.items():
        validate.instance(name, value, str | Real | None, "text, a number or None")
    rows = [row for row in parts[part]["rows"] if wanted.items() <= row.items()]
    if not rows:
        raise ValueError(f"no row of {part} has {wanted}")
    rate = best_rate(rows)
    return sorted((row for row in rows if row.get("rate") == rate), key=lambda row: row.get("seed", 0))


def best_rate(rows):
    """Return the rate whose row of the first seed is `chosen_by` most, the lowest where several are; None without."""
    tried = sorted((row for row in rows if "rate" in row), key=lambda row: (row["seed"], row["rate"]))
    first = [row for row in tried if row["seed"] == tried[0]["seed"]]
    return max(first, key=lambda row: row["chosen_by"])["rate"] if first else None
