# No matrix product: one number after the other, and lists.
import math


def sigma(a):
    return 1 / (1 + math.exp(-a)) if a > 0 else math.exp(a) / (1 + math.exp(a))


def dot(u, v):
    return sum(a * b for a, b in zip(u, v, strict=True))


def step(x_t, h, C, W):
    h_new, C_new = [], []
    for x_row, h_row, C_row in zip(x_t, h, C, strict=True):
        m = [dot(W["W_xm"][j], x_row) * dot(W["W_hm"][j], h_row) for j in range(len(h_row))]
        shown, cells = [], []
        for j in range(len(h_row)):
            a = {k: dot(W["W_x" + k][j], x_row) + dot(W["W_m" + k][j], m) + W["b_" + k][j] for k in "ifco"}
            cells.append(sigma(a["f"]) * C_row[j] + sigma(a["i"]) * math.tanh(a["c"]))
            shown.append(sigma(a["o"]) * math.tanh(cells[-1]))
        h_new.append(shown)
        C_new.append(cells)
    return h_new, C_new


def sequence(x, h_0, C_0, W):
    h = [[] for _ in x]
    last = []
    for row in range(len(x)):
        state, cell = h_0[row : row + 1], C_0[row : row + 1]
        for t in range(len(x[row])):
            state, cell = step(x[row, t][None], state, cell, W)
            h[row].append(state[0])
        last.append(cell[0])
    return h, last
