"""python -m benchmarks.counting: language without a network, in bits per character, one line of JSON for each number.

Every rival reads the same test text. `learns` says whether it goes on learning while it reads: a compressor does,
n-grams are counted once. `given` says what it had before: nothing, the training part, or the validation part too. The
random split has as many addresses in each part as the split by time, and shows what a leak flatters by.
"""

import json
import time

import numpy as np

from rnn_course.data import load_state_of_the_union, load_tang_verse
from rnn_course.language import METHODS, NGram, bits_per_byte, compressed_bits

FORM = "，。\n"  # of Tang verse: what stands at the same places of every poem
ORDERS = {"State of the Union": (1, 3, 5, 9), "Tang verse": (1, 2, 3, 5)}
SMOOTHINGS = ("kneser_ney", "witten_bell")
PARTS = ("train", "validation", "test")


def given(corpus):
    """What a rival may have read before the test part, as texts by name."""
    return {"train": corpus.train, "train and validation": corpus.train + corpus.validation}


def counted(corpus, train, test, order, smoothing):
    """One n-gram model's row, and its surprises on the test text."""
    start = time.perf_counter()
    model = NGram(len(corpus.symbols), order, smoothing).fit(corpus.encode(train))
    fitted = time.perf_counter()
    surprises = model.surprises(corpus.encode(test))
    seconds = {"fit_s": round(fitted - start, 1), "read_s": round(time.perf_counter() - fitted, 1)}
    bits = {"bits": float(surprises.mean()), "bits_per_byte": bits_per_byte(surprises, test)}
    return {"text": corpus.name, "rival": smoothing, "order": order, "learns": False} | bits | seconds, surprises


def ngram_rows(corpus):
    """Every order and smoothing on the test part; of Tang verse, punctuation and characters apart too."""
    form = np.isin(list(corpus.test), list(FORM))
    for name, train in given(corpus).items():
        for smoothing in SMOOTHINGS:
            for order in ORDERS[corpus.name]:
                row, surprises = counted(corpus, train, corpus.test, order, smoothing)
                if corpus.name == "Tang verse":
                    row |= {"form": float(surprises[form].mean()), "characters": float(surprises[~form].mean())}
                yield row | {"given": name}


def compressor_rows(corpus):
    """Every compressor on the test part, with nothing read before, and after what `given` has."""
    characters, size = len(corpus.test), len(corpus.test.encode("utf8"))
    for method in METHODS:
        for name, primed in ({"nothing": ""} | given(corpus)).items():
            start = time.perf_counter()
            bits = compressed_bits(corpus.test, method, primed)
            row = {"text": corpus.name, "rival": method, "learns": True, "given": name, "bits": bits}
            seconds = round(time.perf_counter() - start, 1)
            yield row | {"bits_per_byte": bits * characters / size, "read_s": seconds}


def random_split_rows(corpus, order=9, seeds=(0, 1, 2)):
    """Kneser–Ney where the documents were shuffled before they were split: the same number in each part."""
    documents = [document.text + "\n" for part in PARTS for document in corpus.documents[part]]
    train, test = len(corpus.documents["train"]), len(corpus.documents["test"])
    for seed in seeds:
        shuffled = [documents[i] for i in np.random.default_rng(seed).permutation(len(documents))]
        row, _ = counted(corpus, "".join(shuffled[:train]), "".join(shuffled[-test:]), order, "kneser_ney")
        yield row | {"given": "train", "split": "random", "seed": seed}


def main():
    """Print every row as it comes."""
    english, chinese = load_state_of_the_union(), load_tang_verse()
    for corpus in (english, chinese):
        for rows in (ngram_rows(corpus), compressor_rows(corpus)):
            for row in rows:
                print(json.dumps(row, ensure_ascii=False), flush=True)
    for row in random_split_rows(english):
        print(json.dumps(row, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
