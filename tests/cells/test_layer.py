"""Parameters: named views of what is stored, their first values, and the slips that are refused."""

import numpy as np
from cell_kinds import refused
from learners_cells import PeepholeLSTM

from rnn_course.cells import GRU, LSTM, Readout, SimpleRNN


def test_named_views_are_the_equations_rows_and_write_through():
    cell = LSTM(3, 5, seed=2)
    for k, gate in enumerate("ifco"):
        assert np.shares_memory(getattr(cell, f"W_x{gate}"), cell.W_x)
        assert (getattr(cell, f"W_h{gate}") == cell.W_h[5 * k : 5 * k + 5]).all()
    cell.b_f = np.full(5, 7.0)
    assert (cell.parameters["b"][5:10] == 7).all() and not (cell.b[:5] == 7).any()
    gru = GRU(3, 5)
    assert [np.shares_memory(view, gru.W_x[5:10]) for view in (gru.W_xr, gru.W_xz, gru.W_xn)] == [False, True, False]
    assert "b_hn" in gru.parameters and "b_hn" not in GRU(3, 5, reset_after=False).parameters
    rnn = SimpleRNN(3, 5)
    assert np.shares_memory(rnn.W_xh, rnn.W_x) and rnn.W_hh.shape == (5, 5) and rnn.b_h.shape == (5,)


def test_first_weights_are_uniform_within_one_over_root_hidden_and_seeded():
    cell = LSTM(40, 64, seed=3)
    values = np.concatenate([v.ravel() for v in cell.parameters.values()])
    bound = 1 / np.sqrt(64)
    assert np.abs(values).max() <= bound and np.abs(values.std() - bound / np.sqrt(3)) < 0.01 * bound
    assert (cell.W_x == LSTM(40, 64, seed=3).W_x).all() and (cell.W_x != LSTM(40, 64, seed=4).W_x).any()


def test_a_slip_of_the_pen_is_refused():
    cell = PeepholeLSTM(3, 4)
    its = "its parameters are W_x, W_h, b, p_i, p_f, p_o"
    refused(lambda: setattr(cell, "p_g", np.ones(4)), AttributeError, f"this PeepholeLSTM has no p_g; {its}")
    refused(lambda: setattr(cell, "W_xg", np.ones(4)), AttributeError, f"this PeepholeLSTM has no W_xg; {its}")
    refused(lambda: cell.p_g, AttributeError, f"this PeepholeLSTM has no p_g; {its}")
    refused(lambda: setattr(cell, "p_i", np.ones(3)), ValueError, "p_i has shape (3,), this PeepholeLSTM wants (4,)")
    refused(lambda: setattr(LSTM(4, 5), "W_xg", np.ones((5, 4))), AttributeError, "this LSTM has no W_xg")
    refused(lambda: setattr(Readout(3, 2), "W_hx", np.ones((2, 3))), AttributeError, "this Readout has no W_hx")
    refused(lambda: setattr(GRU(3, 4, reset_after=False), "b_hn", np.ones(4)), AttributeError, "this GRU has no b_hn")
    refused(lambda: GRU(3, 4, reset_after=False).b_hn, AttributeError, "this GRU has no b_hn")
    cell.p_i = np.full(4, 2.0)
    assert (cell.parameters["p_i"] == 2).all()


def test_bad_values_dtypes_and_seeds_are_refused():
    cell = LSTM(4, 5)
    refused(lambda: setattr(cell, "b_f", np.zeros(4)), ValueError, "b_f has shape (4,), this LSTM wants (5,)")
    refused(lambda: setattr(cell, "b_f", np.full(5, np.inf)), ValueError, "b_f has inf at [0]")
    refused(lambda: cell.parameters.update(b=1), AttributeError, "update")
    refused(lambda: LSTM(4, 5, seed="a"), TypeError, "seed is 'a', it must be a whole number")
    refused(lambda: Readout(4, 5, seed=-1), ValueError, "seed is -1, it must be at least 0")
    refused(lambda: LSTM(4, 5, dtype="half a float"), TypeError, "dtype is half a float, LSTM computes in float32 or")
    refused(lambda: LSTM(4, 5, dtype=np.int32), TypeError, "dtype is int32, LSTM computes in float32 or float64")
    refused(lambda: Readout(4, 2, dtype=int), TypeError, "dtype is int64, Readout computes in float32 or float64")
