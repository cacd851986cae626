"""The step at which half is left at the start of the chart, right of its middle, and beyond its end."""

CUT_OFF = [{}, {"f": 0.978}, {"f": 0.99}]
CONTRAST = [{}, {"f": 0.97}]
TAB = [({}, 2)]
LEAST = {"labels": 6, "texts": 12, "lines": 0}
