# What `run`, `test` and `bench` need is installed, built and fetched by scripts/setup, once.

# Build output is kept outside the clone, so a fresh clone need not build everything again.
export CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/jarvis/target
jarvis := $(CARGO_TARGET_DIR)/debug/jarvis

.PHONY: run test fuzz pictures bench install package fmt lint
.DEFAULT_GOAL := run

run: ## set up, build, and start Jarvis: its window where there is a screen, else in the terminal
	@scripts/setup run
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then exec $(jarvis)-desktop; else exec $(jarvis) listen; fi

test: ## set up, and run every test on real models
	@scripts/setup test
	@scripts/test

fuzz: ## the API against nonsense of every kind, for longer than the tests do
	@scripts/setup test
	@scripts/fuzz-api

pictures: ## the pictures of the README, of a real server
	@scripts/setup test
	@npm --prefix tests/browser run --silent pictures

bench: ## speed and memory, beside comparable programs, and what a person waits for in the window
	@scripts/setup bench
	@JARVIS_RIVALS=$$(scripts/bench-rivals || true) $(jarvis) bench
	@npm --prefix tests/browser run --silent bench
	@$(CARGO_TARGET_DIR)/debug/bench-window

install: ## set up, build, and install for the person who asks; PREFIX is ~/.local
	@scripts/setup run
	@installers/linux/install $(CARGO_TARGET_DIR)/debug $(if $(PREFIX),--prefix $(PREFIX))

package: ## make a .deb and an .rpm, with everything inside that a distribution does not have
	@scripts/setup test
	@scripts/package

fmt: ## bring the code into its one form
	@cargo fmt --all

lint: ## form, compiler warnings, layers, and licences and spelling where the programs for them are installed
	@cargo fmt --all --check
	@cargo clippy --workspace --all-targets -- -D warnings
	@scripts/check-layers
	@if cargo deny --version >/dev/null 2>&1; then cargo deny check; else echo "lint: cargo-deny is not installed, licences are not checked (cargo install --locked cargo-deny)"; fi
	@if typos --version >/dev/null 2>&1; then typos; else echo "lint: typos is not installed, spelling is not checked (cargo install --locked typos-cli)"; fi
