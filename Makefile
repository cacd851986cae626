# Works with GNU make 3.81 and BSD tools (macOS). PYTHON=python3.12 make lab takes another interpreter, and TORCH=cpu or
# TORCH=gpu a build of PyTorch; without it the small one is taken where there is no NVIDIA driver.
PYTHON ?= python3
BIN := .venv/bin
ENVIRONMENT := .venv/.installed
ASSETS := book/_extra/vendor/.installed
SITE := book/_build/html/index.html
SITE_SOURCES := $(shell find book notebooks rnn_course -type f ! -name '* *' \
	! -path '*/_build/*' ! -path '*/vendor/*' ! -path '*/__pycache__/*' ! -path '*/.ipynb_checkpoints/*')

# One thread: the networks are small, and on a busy machine two threads that wait for each other are far slower.
OMP_NUM_THREADS ?= 1
export OMP_NUM_THREADS

.PHONY: help lab test test-long library notebooks book browser wheel release chapters picture bench bench-gpu bench-long portable portable-chapters clean

help:
	@echo "make lab      open your copies of the course in JupyterLab (makes the environment the first time; TORCH=cpu"
	@echo "              or TORCH=gpu chooses the build of PyTorch)"
	@echo "make test     run every test: library, notebooks, strict build of the book, browser"
	@echo "make test-long   what takes longer, and each explorable in WebKit where it is installed"
	@echo "make book     build the site and print where it lies"
	@echo "make wheel    build the wheel, the whole course in one file, into dist/"
	@echo "make release  build source and wheel, check them, and run chapters, site and browser tests on the wheel alone"
	@echo "make bench    measure the speed claims, under five minutes; fails below a floor"
	@echo "make bench-gpu   record the speed ladder on an NVIDIA or AMD GPU, and judge what was expected of it"
	@echo "make bench-long  measure again what takes long: long range, filling gaps, language and attention (hours), learning in the page"
	@echo "make portable resolve the pins for every system and Python, test with the lowest versions, and run the"
	@echo "              chapters with other seeds, kernels and threads (make portable-chapters: that alone)"
	@echo "make chapters write book/chapters.toml into the contents and tables of the pages again"
	@echo "make picture  take the pictures of the README and the front page again"
	@echo "make clean    remove the site and the caches; the environment .venv stays"

$(ENVIRONMENT): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) was not found (PYTHON=python3.12 make lab takes another one)"; exit 1; }
	@$(PYTHON) tools/check_python.py
	$(PYTHON) -m venv .venv
	@$(BIN)/python tools/torch_build.py $(TORCH)
	$(BIN)/python -m pip install -c constraints.txt -e '.[dev]'
	@touch $@

# Copies of the chapters in mine/, which git ignores; LAB="FOLDER --no-browser" takes another folder, and options.
lab: $(ENVIRONMENT)
	$(BIN)/rnn-course lab $(LAB)

# The cheap stages come first; the first one that fails ends the run. The last one builds the book.
test:
	@$(MAKE) library
	@$(MAKE) notebooks
	@$(MAKE) browser

test-long: $(ENVIRONMENT) $(ASSETS)
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[long]'
	$(BIN)/python -m pytest -m long

library: $(ENVIRONMENT) $(ASSETS)
	$(BIN)/python -m pytest -m "not book and not browser and not long" -n 2

notebooks: $(ENVIRONMENT)
	$(BIN)/python -m pytest --nbval-lax --nbval-current-env -n 2 --dist loadfile notebooks book/*.ipynb

browser: $(SITE)
	$(BIN)/python -m pytest -m "(book or browser) and not long" -n 2

book: $(SITE)
	@echo "The site lies in book/_build/html; open $(SITE) in a browser."

# Without npm the script says what that means and leaves no stamp, so that the next build looks again.
$(ASSETS): $(ENVIRONMENT) package.json package-lock.json tools/vendor_assets.py
	$(BIN)/python tools/vendor_assets.py

# Always built afresh: a cache of outputs would hide that the library beneath a chapter has changed.
$(SITE): $(ASSETS) $(SITE_SOURCES)
	rm -rf book/_build
	$(BIN)/jupyter-book build . --config book/_config.yml --toc book/_toc.yml --path-output book -W --keep-going \
		|| { rm -f $@; exit 1; }

# build/lib holds what an earlier build gathered, also modules that are gone.
wheel: $(ENVIRONMENT) $(ASSETS)
	rm -rf build/lib
	$(BIN)/python -m pip wheel -q --no-deps --wheel-dir dist .

# What builds and checks is no part of the course, so it has no pins and an environment of its own.
release: $(ENVIRONMENT) $(ASSETS)
	rm -rf dist build/lib
	$(PYTHON) -m venv --clear build/tools
	build/tools/bin/python -m pip install -q build twine check-wheel-contents
	build/tools/bin/python -m build
	build/tools/bin/twine check --strict dist/*
	build/tools/bin/check-wheel-contents dist/*.whl
	$(BIN)/python tools/try_wheel.py dist/*.whl

chapters:
	$(PYTHON) tools/chapters.py

picture: $(SITE)
	TAKE_PICTURE=1 CI=1 $(BIN)/python -m pytest tests/test_notebooks_browser.py tests/assignments/test_pictures.py -k picture

bench: $(ENVIRONMENT)
	$(BIN)/python -m benchmarks

# Measures what the chapter on speed expects of a GPU, says what held, and leaves the record where the course ships it.
bench-gpu: $(ENVIRONMENT)
	$(BIN)/rnn-course bench speed --device cuda --out rnn_course/data/recorded/speed_cuda.json

bench-long: $(ENVIRONMENT) $(ASSETS)
	$(BIN)/python tools/record_long_range.py --out rnn_course/data/recorded/long_range.json
	$(BIN)/python -m benchmarks.missing
	$(BIN)/python tools/record_language.py
	$(BIN)/python tools/record_attention.py
	$(BIN)/python tools/record_distributed.py
	npm ci --prefix benchmarks --ignore-scripts --no-audit --no-fund
	$(BIN)/python -m benchmarks.learning

# uv only resolves: pip installs, so that it takes the build of PyTorch that it was told to take.
portable: $(ENVIRONMENT)
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[portable]'
	$(BIN)/python tools/portable.py
	$(PYTHON) -m venv --clear build/lowest
	build/lowest/bin/python -m pip install -q -c build/lowest.txt -e '.[dev]'
	build/lowest/bin/python -m pytest -m "not book and not browser and not long"
	@$(MAKE) portable-chapters

# The environment variable of rnn_course/seeds.py shifts every seed.
portable-chapters: $(ENVIRONMENT)
	$(BIN)/python tools/portable_chapters.py $(CHAPTERS)

clean:
	rm -rf build book/_build book/_extra/vendor tests/_screenshots .pytest_cache .ruff_cache .hypothesis
	find rnn_course tests tools book notebooks -name __pycache__ -type d -prune -exec rm -rf {} +
	find notebooks -name .ipynb_checkpoints -type d -prune -exec rm -rf {} +
