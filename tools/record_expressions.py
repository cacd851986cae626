"""Record how well a recursive and two recurrent networks tell the sign of an arithmetic expression.

    python tools/record_expressions.py --out rnn_course/data/recorded/expressions.json

All have about the same number of parameters and the same training: expressions of 1 to 8 operators, then measured on
fresh ones of 1 to 16. The recursive network is given the tree; the recurrent ones read the tokens from left to right,
with brackets where the tree has any shape, and without where it is a chain. About six minutes on two cores.
"""

import argparse
import json
import os
import platform
from datetime import date

import joblib
import numpy as np
import torch
from whole import whole

from rnn_course import files, training
from rnn_course.data import expressions
from rnn_course.models import Forest, SequenceModel, recursive

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SEEDS, TRAIN, LONGEST, TEST, LENGTHS = 3, 6000, 8, 2000, (1, 2, 4, 8, 12, 16)
SHAPES = {"any": True, "left": False}  # and whether the recurrent networks need the brackets
HIDDEN = {"recursive": 32, "gru": 23, "simple_rnn": 43}
OPTIONS = {"epochs": 12, "batch_size": 32, "learning_rate": 0.005, "clip": 1.0, "progress": False}
LABELS = len(expressions.SYMBOLS)


def draw(n, operators, shape, rng):
    """Expressions with numbers of operators taken in turn from `operators`, and their signs."""
    trees = [expressions.draw_expression(operators[k % len(operators)], rng, shape) for k in range(n)]
    return trees, np.array([expressions.sign(tree) for tree in trees])


def forest(trees):
    """The expressions as the recursive network reads them."""
    return Forest.of_trees(trees, expressions.SYMBOLS)


def trained(kind, trees, y, brackets, seed):
    """Train a network of a kind; return it, and its function from expressions to classes."""
    if kind == "recursive":
        network = recursive.RecursiveNetwork(LABELS, HIDDEN[kind], 3, seed=seed)
        recursive.fit(network, forest(trees), y, seed=seed, **OPTIONS)
        return network, lambda trees: recursive.predict(network, forest(trees)).argmax(axis=1)
    network = SequenceModel(kind, LABELS, HIDDEN[kind], 3, task="classify", seed=seed)
    x, lengths = expressions.one_hot_tokens(trees, brackets)
    whole(training.fit(network, (x, y, lengths), seed=seed, device="cpu", **OPTIONS))
    return network, lambda trees: training.predict(network, *expressions.one_hot_tokens(trees, brackets)).argmax(axis=1)


def run(shape, kind, seed):
    """Train once and measure the accuracy by the number of operators, and by depth among those of 8 operators."""
    torch.set_num_threads(1)
    train = draw(TRAIN, range(1, LONGEST + 1), shape, np.random.default_rng(seed))
    network, classify = trained(kind, *train, SHAPES[shape], seed)
    by_operators, by_depth = {}, {}
    for operators in LENGTHS:
        trees, y = draw(TEST, [operators], shape, np.random.default_rng(1000 + operators))
        right = classify(trees) == y
        by_operators[operators] = float(right.mean())
        if operators == LONGEST and shape == "any":
            depths = np.array([expressions.depth(tree) for tree in trees])
            by_depth = {int(d): float(right[depths == d].mean()) for d in np.unique(depths) if (depths == d).sum() > 50}
    parameters = sum(p.numel() for p in network.parameters())
    print(shape, kind, seed, parameters, by_operators, by_depth, flush=True)
    return {
        "shape": shape,
        "network": kind,
        "seed": seed,
        "parameters": parameters,
        "accuracy_by_operators": by_operators,
        "accuracy_by_depth_of_8_operators": by_depth,
    }


def most_frequent(shape):
    """The accuracy of always saying the class that is the most frequent, by the number of operators."""
    shares = {}
    for operators in LENGTHS:
        _, y = draw(TEST, [operators], shape, np.random.default_rng(1000 + operators))
        shares[operators] = float(np.bincount(y).max() / TEST)
    return shares


def main():
    """Run every shape, network and seed, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    tasks = [(shape, kind, seed) for seed in range(SEEDS) for shape in SHAPES for kind in HIDDEN]
    runs = joblib.Parallel(arguments.jobs)(joblib.delayed(run)(*task) for task in tasks)
    record = {
        "command": f"python tools/record_expressions.py --out {os.path.relpath(arguments.out, ROOT)}",
        "date": date.today().isoformat(),
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "torch": torch.__version__},
        "settings": {"train": TRAIN, "longest": LONGEST, "test": TEST, "hidden": HIDDEN, "seeds": SEEDS, **OPTIONS},
        "most_frequent": {shape: most_frequent(shape) for shape in SHAPES},
        "runs": runs,
    }
    files.write(arguments.out, json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
