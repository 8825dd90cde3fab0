# Names for plain go commands. `make check` is the one gate before a commit.

FUZZTIME ?= 60s
N        ?= 100000
SEED     ?= 1
LINT      = go tool -modfile=tools/go.mod golangci-lint

# A package that does not compile must not be skipped silently by make fuzz.
SHELL       := bash
.SHELLFLAGS := -o pipefail -c

.PHONY: check test race programs fuzz bench bench-ops golden lint fmt net

check: lint ## everything a commit must pass
	go vet ./...
	go test -race ./...

test: ## what the README promises
	go test ./...

race: ## the tests under the race detector
	go test -race ./...

lint: ## formatting and linters, pinned in tools/go.mod
	$(LINT) config verify
	$(LINT) fmt --diff
	$(LINT) run

fmt: ## write the formatting
	$(LINT) fmt

programs: ## N random programs from SEED on, against the model and a second replica
	go test ./app -run 'TestRandomPrograms$$' -v -timeout 0 -seed $(SEED) -programs $(N)

fuzz: ## every fuzz target for FUZZTIME, one after the other
	@go test -list '^Fuzz' ./... | awk '/^Fuzz/ { t[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, t[i]; n = 0 }' | \
	while read -r pkg target; do \
		echo "go test -run '^$$' -fuzz ^$$target\$$ -fuzztime $(FUZZTIME) $$pkg"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$pkg" </dev/null || exit 1; \
	done

bench: ## the benchmarks of every package
	go test -run '^$$' -bench . -benchmem ./...

bench-ops: ## what every op costs, as a table
	@go test ./app -run 'TestOpTable$$' -table -benchtime 100ms -v | grep '^|'

golden: ## rewrite golden files and vectors; read the diff before committing it
	go test ./app -run TestScenarios -rewrite
	go test ./app -skip 'TestScenarios|TestRandom' -update
	go test ./app/merkle -update
	go test ./state/proof -update
	go test ./epcis -update
	go test ./bundle -update
	go test ./api -run TestReference -update
	go test ./node -run TestReference -update

net: ## four validators on this machine, telling their story
	go run ./cmd/pedigree demo
