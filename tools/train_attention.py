"""Train the networks of the alignment explorable, on dates and on strings to reverse, and put them where they ship.

python tools/train_attention.py              both tasks, about a quarter of an hour of one processor
python tools/train_attention.py dates        one of them
"""

import argparse
import time
from datetime import date
from pathlib import Path

import numpy as np
import torch
from whole import whole

from rnn_course import attention, data, devices
from rnn_course.models import CausalModel, EncoderDecoder

SHIPPED = Path(__file__).resolve().parent.parent / "rnn_course/models/trained"
TASKS = {
    "dates": lambda n, rng, part="train": data.date_task(n, part, rng),
    "reversal": lambda n, rng, part="train": data.reversal_task(n, 1, 20, rng),
}
# A recipe is the model's settings, its updates and its highest rate.
RECIPES = {
    "dates": {"dot": (64, 1000, 5e-3), "none": (64, 3000, 5e-3), "rotary": (2, 3000, 3e-3),
              "no_positions": (2, 3000, 3e-3)},
    "reversal": {"dot": (64, 3000, 5e-3), "none": (64, 6000, 5e-3), "rotary": (2, 5000, 3e-3),
                 "no_positions": (2, 5000, 3e-3)},
}  # fmt: skip


def built(name, size, symbols_x, symbols_y):
    if name in ("dot", "none"):
        return EncoderDecoder(symbols_x, symbols_y, size, 32, None if name == "none" else name)
    positions = "none" if name == "no_positions" else name
    return CausalModel(symbols_x + symbols_y, symbols_y, 64, ("attention",) * size, 4, positions)


def train(task):
    draw, test = TASKS[task], TASKS[task](1000, np.random.default_rng(10_000), "test")
    models, note = {}, {}
    for name, (size, updates, rate) in RECIPES[task].items():
        model, before = built(name, size, len(test.symbols_x), len(test.symbols_y)), time.process_time()
        progress = whole(attention.fit(model, draw, test, updates=updates, learning_rate=rate, progress=False))
        models[name] = model
        note[name] = {"parameters": sum(parameter.numel() for parameter in model.parameters()), "updates": updates,
                      "learning_rate": rate, "right": progress.right[-1],
                      "seconds": round(time.process_time() - before, 1)}  # fmt: skip
        print(task, name, note[name], flush=True)
    note |= {"command": f"python tools/train_attention.py {task}", "date": date.today().isoformat(),
             "processor": devices.processor(), "seed": 0, "test": len(test)}  # fmt: skip
    attention.save_models(SHIPPED / f"{task}.safetensors", models, test.symbols_x, test.symbols_y, note)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", nargs="*", choices=[*TASKS, []])
    torch.set_num_threads(1)
    for task in parser.parse_args().tasks or TASKS:
        train(task)


if __name__ == "__main__":
    main()
