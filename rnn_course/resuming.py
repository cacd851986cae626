"""Where a training stands after its last whole epoch: what counts wherever it stops, in memory and in a file."""

import copy
import time

from rnn_course import checkpoint

WRITING = 0.1  # the share of the time that writing the file may take


class LastEpoch:
    """The last whole epoch of a training, from which it goes on, and to which it falls back where it is stopped.

    Arguments
        model, optimiser, scheduler    of PyTorch, as they are before the first epoch
        generator                      the `torch.Generator` of all that the training draws
        history                        a `training.History`
        path                           None, or a `Path` that ends in `.safetensors`. Where there is such a file, all of
                                       the above is brought to the epoch that it holds; otherwise it is begun
        about                          `{name: value}` of what has to be the same to go on, see `checkpoint.write`;
                                       None where there is no path
        epochs                         how many there will be at most

    Raises ValueError for the file of another training or a damaged one, OSError where it cannot be written.
    """

    def __init__(self, model, optimiser, scheduler, generator, history, path, about, epochs):
        self.model, self.optimiser, self.scheduler = model, optimiser, scheduler
        self.generator, self.history, self.path, self.about = generator, history, path, about
        self.first_weights = path and checkpoint.digest(model.state_dict())
        self.taken = self.written = None
        self.written_at, self.cost = time.perf_counter(), 0.0
        if path is not None and path.is_file():
            self._go_on(checkpoint.read(path, about), epochs)
        else:
            self.keep()

    @property
    def epoch(self):
        """Its number; 0 before the first."""
        return _epoch(self.taken)

    @property
    def weights(self):
        """Which weights are the best so far, in words."""
        best = self.taken.place["history"]["best_epoch"]
        return f"the weights of epoch {best}" if best else "the weights that it came with"

    def keep(self):
        """Let the epoch count that has just been finished; write the file unless it was written a moment ago."""
        history = {name: value for name, value in vars(self.history).items() if name not in ("device", "stopped")}
        is_best = self.history.best_epoch == len(self.history.train_loss)
        best = self.model.state_dict() if is_best else self.taken.more
        place = {"history": history, "schedule": self.scheduler.state_dict(), "first weights": self.first_weights}
        random = [{"training": self.generator.get_state()}]
        self.taken = checkpoint.take(self.model, self.optimiser, random, place, best)
        if time.perf_counter() - self.written_at >= self.cost / WRITING:
            self.write()

    def write(self):
        """Bring the epoch into the file, if it is not there; where that fails, the one that is there counts again."""
        if self.path is None or self.written is self.taken:
            return
        start = time.perf_counter()
        try:
            checkpoint.write(self.path, self.taken, self.about)
        except OSError as error:
            if self.written is None:
                raise
            failed, self.taken = self.epoch, self.written
            raise OSError(
                f"epoch {failed} could not be written into {str(self.path)!r} ({error}): the file holds "
                f"epoch {self.epoch} as before, from which the same call goes on"
            ) from error
        self.written, self.written_at = self.taken, time.perf_counter()
        self.cost = self.written_at - start

    def settle(self):
        """End with this epoch: in the file, in the history, and with the best weights until then in the model."""
        try:
            self.write()
        finally:
            vars(self.history).update(copy.deepcopy(self.taken.place["history"]))
            self.model.load_state_dict(self.taken.more)

    def _go_on(self, found, epochs):
        if _epoch(found) > epochs:
            raise ValueError(
                f"epochs is {epochs}, but the training in {str(self.path)!r} has had {_epoch(found)} already"
            )
        if self.first_weights not in (found.place["first weights"], checkpoint.digest(found.more)):
            raise ValueError(
                f"{str(self.path)!r} is the checkpoint of another training: the model's weights are neither those "
                "that it began with nor those that it ended with"
            )
        checkpoint.restore(found, self.model, self.optimiser)
        self.scheduler.load_state_dict(found.place["schedule"])
        self.generator.set_state(found.random[0]["training"])
        vars(self.history).update(copy.deepcopy(found.place["history"]))
        self.first_weights = found.place["first weights"]
        self.taken = self.written = found


def _epoch(taken):
    return len(taken.place["history"]["train_loss"])
