"""minGRU, a recurrence that is linear in its state and can therefore be scanned over time (Feng et al. 2024).

    z_t = σ(W_xz x_t + b_z)
    n_t = W_xn x_t + b_n
    h_t = (1 − z_t) ⊙ h_{t−1} + z_t ⊙ n_t        of the form h_t = a_t ⊙ h_{t−1} + b_t

Here z weighs the new value; in PyTorch's GRU it weighs the old one. No gate looks at h, so all a_t and b_t are known
before the walk (see `rnn_course.scan`).

Backwards, with g_t = ∂L/∂h_t, the same recurrence from the end:

    g_t = ∂⁺L/∂h_t + a_{t+1} ⊙ g_{t+1}
    ∂L/∂n_t = g_t ⊙ z_t        ∂L/∂(σ's argument) = ∂L/∂n_t ⊙ (n_t − h_{t−1}) ⊙ (1 − z_t)
"""

import numpy as np

from rnn_course import validate
from rnn_course.cells import convert
from rnn_course.cells.base import Cell, sigmoid
from rnn_course.cells.walks import MinGRUWalk
from rnn_course.scan import WALKS


class MinGRU(Cell):
    """h_t = (1 − z_t) ⊙ h_{t−1} + z_t ⊙ n_t, the minGRU of Feng et al. (2024, "Were RNNs all we needed?", section 3.1).

    input_size, hidden_size: whole numbers of at least 1. dtype: float64 or float32. seed: of the initial weights,
    uniform in ±1/√hidden_size. method: "scan" or "loop", two ways to the same numbers. The state is `h (batch,
    hidden)`. There is no W_h.
    """

    gates = ("z", "n")
    fast = MinGRUWalk
    torch_name = "MinGRUTorch"

    def __init__(self, input_size, hidden_size, dtype=np.float64, seed=0, *, method="scan"):
        self.method = validate.one_of("method", method, tuple(WALKS))
        super().__init__(input_size, hidden_size, dtype, seed)

    def shapes(self):
        """Name and shape of each stored array."""
        return {"W_x": (2 * self.hidden_size, self.input_size), "b": (2 * self.hidden_size,)}

    def equations(self, x, h):
        """z, n and h_t, from x_t `(batch, input)` and h_{t−1} `(batch, hidden)`."""
        z = sigmoid(x @ self.W_xz.T + self.b_z)
        n = x @ self.W_xn.T + self.b_n
        h = (1 - z) * h + z * n
        return {"z": z, "n": n, "h": h}

    def step_back(self, now, x, before, dh):
        """The mirror of the equations; see `Cell.step_back`."""
        z, n = now["z"], now["n"]
        da_n = dh * z
        da_z = da_n * (n - before.h) * (1 - z)
        return {"z": da_z, "n": da_n}, (dh * (1 - z),), {}

    @classmethod
    def from_torch(cls, module):
        """The same function as a `MinGRUTorch`, in its dtype."""
        from rnn_course.models.min_gru import MinGRUTorch  # brings torch

        if not isinstance(module, MinGRUTorch):
            raise TypeError(f"module is a {type(module).__name__}, MinGRU.from_torch wants a MinGRUTorch")
        weight = module.W_x.detach().cpu().numpy()
        cell = cls(module.input_size, module.hidden_size, dtype=weight.dtype, method=module.method)
        convert.refuse_without_equal(cell)
        cell.W_x, cell.b = weight, module.b.detach().cpu().numpy()
        return cell

    def to_torch(self):
        """The same function as a `MinGRUTorch`."""
        from rnn_course.models.min_gru import MinGRUTorch  # brings torch

        convert.refuse_without_equal(self)
        module = MinGRUTorch(self.input_size, self.hidden_size, method=self.method)
        module = module.double() if self.dtype == np.float64 else module
        state = {name: module.state_dict()[name].new_tensor(value) for name, value in self.parameters.items()}
        module.load_state_dict(state)
        return module
