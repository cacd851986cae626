"""What is in a `.safetensors` file, in NumPy: what tensors.js reads in the page."""

import json

from safetensors import SafetensorError
from safetensors.numpy import load


def read(data, owner):
    """Return the tensors and the texts of a file by its bytes, `{name: array}` and `{name: text}`.

    owner: whose file it is, as an error says it: "the network's". Raises ValueError for what is no such file.
    """
    try:
        tensors = load(data)
    except SafetensorError as error:
        raise ValueError(f"{owner} file is damaged or not a .safetensors file: {error}") from None
    return tensors, json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")]).get("__metadata__", {})
