# Every product with its axes by name.
def step(x_t, h, C, W):
    m = np.einsum("bi,oi->bo", x_t, W["W_xm"]) * np.einsum("bh,oh->bo", h, W["W_hm"])

    def sum_of(gate):
        from_x = np.einsum("bi,oi->bo", x_t, W["W_x" + gate])
        return from_x + np.einsum("bh,oh->bo", m, W["W_m" + gate]) + W["b_" + gate]

    C = sigmoid(sum_of("f")) * C + sigmoid(sum_of("i")) * np.tanh(sum_of("c"))
    return sigmoid(sum_of("o")) * np.tanh(C), C


def sequence(x, h_0, C_0, W):
    h, C, states = h_0, C_0, []
    for x_t in np.einsum("bti->tbi", x):
        h, C = step(x_t, h, C, W)
        states.append(h)
    return np.stack(states, axis=1), C
