# Every target sees to what it needs on a fresh machine; what is there already is left alone.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

PAGE := www/dist/data-anatomy.html
WASM := target/wasm/wasm32-unknown-unknown/page/data_anatomy_web.wasm
# One profile for all that is tested or shown, so that nothing is compiled twice (Cargo.toml says which).
CHECKED := --profile checked
# The builder of the page is tested with everything else.
WORKSPACE := --workspace --features data-anatomy-web/bundle
# What the demo takes: the program without GPUs and encoders, and the page's builder.
DEMO := -p data-anatomy -p data-anatomy-web --no-default-features --features data-anatomy-web/bundle
# With whose features the page's builder is compiled: those of what is compiled after it.
BUILDER ?= $(DEMO)
# Where software rasterisers want a folder of the user's own.
export XDG_RUNTIME_DIR ?= /tmp
STEP := scripts/step.sh

.PHONY: help
help: ## show the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 \t/p' Makefile | expand -t 24

.PHONY: demo
demo: page ## estimate, evaluate and report on what the binary carries
	cargo build $(DEMO) $(CHECKED) --bin data-anatomy
	target/checked/data-anatomy demo

.PHONY: test
test: setup-test ## check and test everything, cheapest first
	@$(STEP) "format" cargo fmt --all --check
	@$(STEP) "spelling" scripts/typos.sh
	@$(STEP) "dependencies" scripts/deny.sh
	@$(STEP) "page" $(MAKE) page BUILDER="$(WORKSPACE)"
	@$(STEP) "lints" cargo clippy $(WORKSPACE) $(CHECKED) --all-targets -- -D warnings
	@$(STEP) "lints for the browser" scripts/cargo-wasm.sh clippy --profile page --lib -p data-anatomy-web -- -D warnings
	@$(STEP) "build" cargo build $(WORKSPACE) $(CHECKED) --bins --tests --examples
	@$(STEP) "tests" cargo test $(WORKSPACE) $(CHECKED)
	@$(STEP) "tests of the page" $(MAKE) test-page

.PHONY: check
check: setup-rust ## the daily loop: format, lints and quick tests
	cargo fmt --all --check
	cargo test -p data-anatomy-core
	cargo test -p data-anatomy-architecture
	cargo clippy --workspace --all-targets -- -D warnings

.PHONY: page
page: setup-wasm ## build the page, one file that opens offline
	scripts/cargo-wasm.sh build --profile page --lib -p data-anatomy-web
	cargo build $(BUILDER) $(CHECKED) --bin bundle-page
	target/checked/bundle-page --wasm $(WASM) --www www --out $(PAGE)

.PHONY: test-page
test-page: setup-page-tests ## test the built page in a real browser
	CHROMIUM="$$(scripts/setup-chromium.sh)" node --test tests/page/*.test.mjs

.PHONY: bench
bench: setup-rust ## measure against the peers and the last run
	cargo bench -p data-anatomy-bench

.PHONY: clean
clean: ## drop everything that was built or installed here
	cargo clean
	rm -rf www/dist out tests/page/node_modules

.PHONY: setup-rust setup-wasm setup-page-tests setup-test
setup-rust:
	@scripts/setup-rust.sh
setup-wasm: setup-rust
	@scripts/setup-wasm.sh
setup-page-tests:
	@scripts/setup-node.sh
	@scripts/setup-chromium.sh >/dev/null
setup-test: setup-wasm setup-page-tests
	@scripts/setup-tool.sh cargo-deny
	@scripts/setup-tool.sh typos
	@scripts/setup-vulkan.sh
