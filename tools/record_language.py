"""Record what the chapter on text cannot run in a minute: n-grams, compressors, and the networks that ship.

    python tools/record_language.py                        every part, about five hours on two cores
    python tools/record_language.py ngrams leak            these parts alone; the others stay as they were
    python tools/record_language.py english --seeds 0      one seed of a part, beside those that are there
    python tools/record_language.py ship                   put the first seed's networks where the course ships them

Each part is a section of the record, with its own date, processor and seconds of processor time. Trained networks are
kept in build/language, and a part that finds one there does not train it again. Parts may run side by side.
"""

import argparse
import json
import platform
import shutil
import time
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import torch
from whole import whole

from rnn_course import data, devices, files
from rnn_course.data.provenance import provenance
from rnn_course.language import (
    NGram,
    Subwords,
    best_weight,
    compressed_bits,
    dynamic_surprises,
    fit,
    mixed,
    sample,
    set_frequencies,
)
from rnn_course.models import LanguageModel, TransformerLanguageModel, load_language_model, save_language_model

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "rnn_course/data/recorded/language.json"
KEPT = ROOT / "build/language"
SHIPPED = ROOT / "rnn_course/models/trained"
SEEDS = (0, 1, 2)
FIRST = 150_000  # symbols of the test part that a short look reads
LATEST = 2_500_000  # symbols at the training part's end that the chapter's own run learns from
COMMAND = "python tools/record_language.py"

LIVE = {"hidden_size": 192, "updates": 1600, "batch_size": 32, "length": 32, "learning_rate": 2e-2, "latest": 1_000_000}
TRANSFORMER = {"width": 96, "layers": 2, "heads": 4, "context": 32, "updates": 950, "batch_size": 32, "length": 32,
               "learning_rate": 1e-2, "latest": 1_000_000}  # fmt: skip  # the best of ten settings that were tried
MINUTE = {"hidden_size": 192, "embedding_size": 96, "updates": 1500, "batch_size": 16, "length": 32,
          "learning_rate": 2e-2}  # fmt: skip
RECIPES = {
    "state_of_the_union": {"hidden_size": 448, "updates": 12_000, "batch_size": 32, "length": 64, "learning_rate": 1e-2,
                           "dropout": 0.1, "warm_up": 200, "latest": 5_000_000, "every": 1200},
    "tang_verse": {"hidden_size": 256, "embedding_size": 128, "dropout": 0.2, "updates": 6000, "batch_size": 32,
                   "length": 72, "learning_rate": 8e-3, "warm_up": 200, "every": 600},
}  # fmt: skip
RATES, DECAYS = (3e-4, 1e-3, 2e-3), (0.0, 1e-3)  # tried on the validation part's end, for learning while reading
PIECE, TRIED = 32, 50_000  # symbols from step to step, and symbols on which the rates are tried
TEMPERATURES, POEMS = (0.3, 0.5, 0.8, 1.0), 200
MERGES = 1000
NETWORK = ("hidden_size", "embedding_size", "num_layers", "dropout", "width", "layers", "heads", "context")


@cache
def corpus(name):
    return {"state_of_the_union": data.load_state_of_the_union, "tang_verse": data.load_tang_verse}[name]()


@cache
def ids(name, part):
    return corpus(name).encode(getattr(corpus(name), part))


def marks(name):
    """Where the test part of the verse has punctuation or the end of a poem: what the form alone decides."""
    return np.isin(ids(name, "test"), corpus(name).encode("，。\n"))


def bytes_each(name):
    """Bytes of UTF-8 in a character of the test part."""
    return round(len(corpus(name).test.encode("utf8")) / len(corpus(name).test), 4)


def bits(surprises):
    return round(float(np.mean(surprises)), 4)


def split_bits(surprises, where):
    return {"all": bits(surprises), "marks": bits(surprises[where]), "characters": bits(surprises[~where])}


def learned(kind, symbols, text, recipe, seed, validation=None):
    """Build a network by a recipe, train it, and return it with its `Learning` and the processor seconds it took."""
    settings = {name: value for name, value in recipe.items() if name in NETWORK}
    options = {name: value for name, value in recipe.items() if name not in NETWORK}
    model, before = kind(symbols=symbols, seed=seed, **settings), time.process_time()
    set_frequencies(model, text)
    learning = whole(fit(model, text, validation, seed=seed, progress=False, **options))
    return model, learning, round(time.process_time() - before, 1)


def parameters(model):
    return sum(parameter.numel() for parameter in model.parameters())


# The parts: each returns what its section of the record says, and takes the seeds it is asked for.


def ngrams(seeds):
    """Every order on the addresses, trained on the training part and with the validation part too; and on the verse."""
    found = []
    for name, orders in (("state_of_the_union", (1, 2, 3, 5, 7, 9)), ("tang_verse", (1, 2, 3, 4, 5))):
        text = corpus(name)
        for parts in (("train",), ("train", "validation")):
            read = np.concatenate([ids(name, part) for part in parts])
            for smoothing in ("kneser_ney", "witten_bell"):
                for order in orders:
                    model = NGram(len(text.symbols), order, smoothing).fit(read)
                    surprises = model.surprises(ids(name, "test"))
                    row = {"text": name, "parts": parts, "smoothing": smoothing, "order": order}
                    row |= split_bits(surprises, marks(name)) if name == "tang_verse" else {"all": bits(surprises)}
                    found.append(row | {"first": bits(surprises[:FIRST])})
    return found


def leak(seeds):
    """The same n-gram where the addresses are shuffled before they are split, as many to each part."""
    text = corpus("state_of_the_union")
    every = [document.text + "\n" for part in text.documents.values() for document in part]
    sizes = np.cumsum([len(part) for part in text.documents.values()])
    found = []
    for seed in seeds:
        order = np.random.default_rng(seed).permutation(len(every))
        train, _, test = ("".join(every[k] for k in part) for part in np.split(order, sizes[:2]))
        model = NGram(len(text.symbols), 9).fit(text.encode(train))
        found.append({"seed": seed, "all": bits(model.surprises(text.encode(test)))})
    return found


def compressors(seeds):
    """What each compressor needs for the test part: alone, after the training part, and after both parts before."""
    found = []
    for name in ("state_of_the_union", "tang_verse"):
        text = corpus(name)
        for method in ("gzip", "bz2", "xz", "zstd", "ppmd"):
            for parts in ((), ("train",), ("train", "validation")):
                primed = "".join(getattr(text, part) for part in parts)
                needed = compressed_bits(text.test, method, primed)
                found.append({"text": name, "method": method, "parts": parts, "all": round(needed, 4)})
    return found


def live(seeds):
    """The chapter's own run, with other seeds."""
    return own_runs(LanguageModel, LIVE, seeds)


def transformer(seeds):
    """A small Transformer with about as many weights and as much time as the chapter's own run."""
    return own_runs(TransformerLanguageModel, TRANSFORMER, seeds)


def own_runs(kind, recipe, seeds):
    name = "state_of_the_union"
    text, test = ids(name, "train")[-LATEST:], ids(name, "test")[:FIRST]
    found = []
    for seed in seeds:
        model, learning, seconds = learned(kind, len(corpus(name).symbols), text, recipe, seed)
        row = {"seed": seed, "parameters": parameters(model), "first": bits(model.surprises(test)), "seconds": seconds}
        found.append(row | {"updates": learning.updates, "bits": np.round(learning.bits, 4).tolist()})
    return found


def subwords(seeds):
    """The chapter's own run on subwords in place of characters: bits per subword, and per character."""
    text = corpus("state_of_the_union")
    made = Subwords.learn(text.train[-LATEST:], MERGES, text.symbols)
    train, test = made.encode(text.train[-LATEST:]), made.encode(text.test[:FIRST])
    found = []
    for seed in seeds:
        recipe = LIVE | {"embedding_size": 96, "latest": LIVE["latest"] * len(train) // LATEST}
        model, _, seconds = learned(LanguageModel, len(made.symbols), train, recipe, seed)
        surprises = model.surprises(test)
        found.append({"seed": seed, "symbols": len(made.symbols), "characters_each": round(FIRST / len(test), 3),
                      "parameters": parameters(model), "each": bits(surprises),
                      "first": round(float(surprises.sum()) / FIRST, 4), "seconds": seconds})  # fmt: skip
    return found


def verse_minute(seeds):
    """Tang verse in about 60 seconds of one processor."""
    found = []
    for seed in seeds:
        symbols = len(corpus("tang_verse").symbols)
        model, learning, seconds = learned(LanguageModel, symbols, ids("tang_verse", "train"), MINUTE, seed)
        row = {"seed": seed, "parameters": parameters(model), "seconds": seconds, "updates": learning.updates[-1]}
        found.append(row | split_bits(model.surprises(ids("tang_verse", "test")), marks("tang_verse")))
    return found


def kept(name, seed):
    """The network of a recipe, from build/language where it has been trained before."""
    path = KEPT / f"{name}-{seed}.safetensors"
    if not path.exists():
        text, parts = corpus(name), (ids(name, "train"), ids(name, "validation"))
        model, learning, seconds = learned(LanguageModel, len(text.symbols), parts[0], RECIPES[name], seed, parts[1])
        file = f"{name}.tsv.xz"
        curve = {"bits": np.round(learning.bits, 3).tolist(), "validation": np.round(learning.validation, 3).tolist()}
        note = {"command": f"{COMMAND} {PART_OF[name]} --seeds {seed}", "date": date.today().isoformat(), "seed": seed,
                "data": {file: provenance()[file].sha256}, "recipe": RECIPES[name], "seconds": seconds,
                "processor": devices.processor(), "updates": learning.updates} | curve  # fmt: skip
        KEPT.mkdir(parents=True, exist_ok=True)
        save_language_model(path, model, text.symbols, note)
    return load_language_model(path)


def english(seeds):
    """The network that ships: static, learning while it reads, and mixed with the n-gram of order 9, both ways.

    Rates and weights are chosen on the validation part's end. What has read the validation part too, as the rivals that
    are given both parts, is measured with the first seed.
    """
    name = "state_of_the_union"
    held, test = ids(name, "validation")[-FIRST:], ids(name, "test")
    counted = NGram(len(corpus(name).symbols), 9).fit(ids(name, "train"))
    beside = {"held": counted.surprises(held), "test": counted.surprises(test)}
    found = []
    for seed in seeds:
        trained = kept(name, seed)
        row = {"seed": seed, "parameters": parameters(trained.model), "seconds": trained.note["seconds"]}
        tried, chosen = chosen_rate(trained.model, held[-TRIED:])
        read = {
            "static": {part: trained.model.surprises(text) for part, text in (("held", held), ("test", test))},
            "dynamic": {part: dynamic_surprises(trained.model, text, **chosen)
                        for part, text in (("held", held), ("test", test))},
        }  # fmt: skip
        row |= {"chosen": chosen, "tried": tried, "first": bits(read["static"]["test"][:FIRST]), "weights": {}}
        for kind, surprises in read.items():
            weight = best_weight(surprises["held"], beside["held"])
            row |= {
                kind: bits(surprises["test"]),
                f"mixed_{kind}": bits(mixed(surprises["test"], beside["test"], weight)),
            }
            row["weights"][kind] = weight
        if seed == SEEDS[0]:
            both = dynamic_surprises(trained.model, test, before=ids(name, "validation"), **chosen)
            row["dynamic_both"] = bits(both)
        found.append(row)
        print(row, flush=True)
    return found


def chosen_rate(model, text):
    """What each rate and decay needs where the network learns while it reads `text`, and the best of them."""
    tried = [{"learning_rate": rate, "decay": decay, "length": PIECE} for rate in RATES for decay in DECAYS]
    needed = [bits(dynamic_surprises(model, text, **options)) for options in tried]
    return [options | {"bits": n} for options, n in zip(tried, needed, strict=True)], tried[int(np.argmin(needed))]


def verse(seeds):
    """The network that ships for the verse: bits, and how many of the poems it writes have the form."""
    name, found = "tang_verse", []
    for seed in seeds:
        trained = kept(name, seed)
        row = {"seed": seed, "parameters": parameters(trained.model), "seconds": trained.note["seconds"]}
        row |= split_bits(trained.model.surprises(ids(name, "test")), marks(name))
        rng = np.random.default_rng(seed)
        row["form"] = {}
        for temperature in TEMPERATURES:
            poems = [sample(trained.model, 100, temperature=temperature, seed=rng, stop=0) for _ in range(POEMS)]
            row["form"][str(temperature)] = sum(
                data.verse_form(corpus(name).decode(poem)) is not None for poem in poems
            )
        found.append(row | {"poems": POEMS})
    return found


PARTS = {part.__name__: part for part in (ngrams, leak, compressors, live, transformer, subwords, verse_minute, english,
                                          verse)}  # fmt: skip
PART_OF = {"state_of_the_union": "english", "tang_verse": "verse"}
WITHOUT_SEEDS = ("ngrams", "compressors")


def written(out, name, rows, seconds):
    """Put a part's rows into the record; of a part with seeds, those of other seeds stay."""
    with files.locked(out):
        record = json.loads(out.read_text("utf8")) if out.exists() else {}
        before = record.get("parts", {}).get(name, {}).get("rows", [])
        if name not in WITHOUT_SEEDS:
            seeds = {row["seed"] for row in rows}
            rows = sorted([*rows, *(row for row in before if row["seed"] not in seeds)], key=lambda row: row["seed"])
        section = {"command": f"{COMMAND} {name}", "date": date.today().isoformat(), "rows": rows,
                   "processor": devices.processor(), "seconds": round(seconds, 1)}  # fmt: skip
        record = {
            "command": COMMAND,
            "date": date.today().isoformat(),
            "versions": {"python": platform.python_version(), "numpy": np.__version__, "torch": torch.__version__},
            "settings": {"first": FIRST, "latest": LATEST, "bytes_each": {name: bytes_each(name) for name in RECIPES},
                         "live": LIVE, "transformer": TRANSFORMER, "merges": MERGES, "verse_minute": MINUTE,
                         "recipes": RECIPES},
            "parts": record.get("parts", {}) | {name: section},
        }  # fmt: skip
        files.write(out, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def ship():
    for name in RECIPES:
        shutil.copyfile(KEPT / f"{name}-0.safetensors", SHIPPED / f"{name}.safetensors")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, "ship", []])
    parser.add_argument("--seeds", nargs="+", type=int, default=list(SEEDS))
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    for name in given.parts or PARTS:
        if name == "ship":
            ship()
            continue
        before = time.process_time()
        rows = PARTS[name](given.seeds)
        written(given.out, name, rows, time.process_time() - before)
        print(f"{name}: {time.process_time() - before:.0f} s of processor time", flush=True)


if __name__ == "__main__":
    main()
