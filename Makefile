# migrate: build, test, install. `make demo` and `make test` install what is missing (Debian, Ubuntu).
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
# A variant has a folder and flags of its own: build/asan, build/coverage, build/clang.
VARIANT ?=
B := build$(if $(VARIANT),/$(VARIANT))
VERSION := 0.1.0

# 0 builds without libpq, or without libmysqlclient: that database's SQL can be written (--sql), but no server asked;
# WITH_GIT=0 without libgit2: nothing is known of a repository.
WITH_POSTGRESQL ?= 1
WITH_MYSQL ?= 1
WITH_GIT ?= 1
WITHOUT := $(if $(filter 0,$(WITH_POSTGRESQL)),postgresql) $(if $(filter 0,$(WITH_MYSQL)),mysql) \
    $(if $(filter 0,$(WITH_GIT)),git)

PACKAGES := glib-2.0 sqlite3 libcjson inih smartcols $(if $(filter postgresql,$(WITHOUT)),,libpq) \
    $(if $(filter mysql,$(WITHOUT)),,mysqlclient) $(if $(filter git,$(WITHOUT)),,libgit2)
PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PACKAGE_LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)
CPPFLAGS += -Ilib -Icmd -I$(B)/gen -D_GNU_SOURCE -DMIGRATE_VERSION='"$(VERSION)"' \
    $(if $(filter postgresql,$(WITHOUT)),,-DMIGRATE_WITH_POSTGRESQL) \
    $(if $(filter mysql,$(WITHOUT)),,-DMIGRATE_WITH_MYSQL) $(if $(filter git,$(WITHOUT)),,-DMIGRATE_WITH_GIT)
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wswitch-enum -Wmissing-prototypes $(if $(WERROR),-Werror)
OPT ?= -O2 -g
CFLAGS_ALL = -std=gnu11 $(OPT) $(WARNINGS) $(PACKAGE_CFLAGS) $(CFLAGS) $(SANITIZE)
LDFLAGS_ALL = $(LDFLAGS) -Wl,--as-needed
LDLIBS_ALL = $(PACKAGE_LIBS) -lm $(LDLIBS)

NO_GIT := lib/git/without_git.c
LIB_SRC := $(filter-out $(WITHOUT:%=lib/driver/%%) \
    $(if $(filter git,$(WITHOUT)),$(filter-out $(NO_GIT),$(wildcard lib/git/*.c)),$(NO_GIT)), \
    $(sort $(wildcard lib/*/*.c lib/*/*/*.c)))
CMD_SRC := $(sort $(wildcard cmd/*.c))
EMBED := $(sort $(wildcard lib/*/*/*.sql) $(shell find templates -type f 2>/dev/null))
# Programs of their own among the tests' helpers.
SUPPORT_PROGRAMS := tests/support/delay_proxy.c tests/support/graph_answers.c tests/support/print_facts.c \
    tests/support/git_fixture.c
# Tests that need a server or git, and what helps them, have "postgresql", "mysql" or "git" in their names.
with_servers = $(foreach file,$1,$(if $(strip $(foreach name,$(WITHOUT),$(findstring $(name),$(file)))),,$(file)))
SUPPORT_SRC := $(call with_servers,$(filter-out $(SUPPORT_PROGRAMS),$(sort $(wildcard tests/support/*.c))))
UNIT_SRC := $(call with_servers,$(sort $(wildcard tests/unit/*/*_test.c tests/suite/*_test.c)))
FUZZ_SRC := $(filter-out tests/fuzz/replay.c,$(sort $(wildcard tests/fuzz/*.c)))
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o)
CMD_OBJ := $(CMD_SRC:%.c=$(B)/%.o)
SUPPORT_OBJ := $(SUPPORT_SRC:%.c=$(B)/%.o)
UNIT_BIN := $(UNIT_SRC:%.c=$(B)/%)
FUZZ_BIN := $(FUZZ_SRC:%.c=$(B)/%)
PRELOAD := $(patsubst %.c,$(B)/%.so,$(wildcard tests/support/preload/*.c))
CLI_TESTS := $(call with_servers,$(sort $(wildcard tests/cli/*.t)))
DELAY_PROXY := $(B)/tests/support/delay-proxy
GRAPH_ANSWERS := $(B)/tests/support/graph-answers
PRINT_FACTS := $(B)/tests/support/print-facts
GIT_FIXTURE := $(if $(filter git,$(WITHOUT)),,$(B)/tests/support/git-fixture)

empty :=
CHOICE := $(B)/gen/without-$(subst $(empty) ,-,$(strip $(WITHOUT) .))

# `make V=1` prints the commands.
Q := $(if $(V),,@)
say = $(if $(V),,@echo "  $1 $(@:$(B)/%=%)")

.PHONY: all
all: $(B)/migrate

# Everything the tests run.
.PHONY: unit
unit: $(B)/migrate $(B)/docs $(UNIT_BIN) $(FUZZ_BIN) $(PRELOAD) $(DELAY_PROXY) $(GRAPH_ANSWERS) $(PRINT_FACTS) $(GIT_FIXTURE)

$(B)/migrate: $(CMD_OBJ) $(B)/libmigrate.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL)
$(B)/libmigrate.a: $(LIB_OBJ) $(CHOICE)
	@rm -f $@
	$(Q)$(AR) rcs $@ $(LIB_OBJ)
$(B)/%.o: %.c $(B)/gen/embedded.h
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(if $(filter tests/%,$<),-Itests) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
# The one object that knows which drivers there are, and the library have to follow another choice.
$(B)/lib/driver/driver.o: $(CHOICE)
$(CHOICE):
	@mkdir -p $(@D)
	@rm -f $(@D)/with-* $(@D)/without-* && touch $@
# Catalog queries and templates as C strings: lib/dialect/sqlite/tables.sql becomes embedded_lib_dialect_sqlite_tables_sql.
$(B)/gen/embedded.h: $(EMBED) tools/embed.sh
	@mkdir -p $(@D)
	$(Q)tools/embed.sh $(EMBED) >$@.new && mv $@.new $@
$(UNIT_BIN): $(B)/tests/%: tests/%.c $(SUPPORT_OBJ) $(B)/libmigrate.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(CPPFLAGS) -Itests $(CFLAGS_ALL) -MMD -MP -o $@ $< $(SUPPORT_OBJ) $(B)/libmigrate.a $(LDFLAGS_ALL) $(LDLIBS_ALL) -lcmocka
.SECONDARY: $(FUZZ_BIN:=.o)
# A fuzz target replays its corpus; under `make fuzz` libFuzzer brings main().
$(FUZZ_BIN): $(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(if $(FUZZER),,$(B)/tests/fuzz/replay.o) $(B)/libmigrate.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS_ALL) $(FUZZER) -o $@ $^ $(LDFLAGS_ALL) $(LDLIBS_ALL)
$(DELAY_PROXY): tests/support/delay_proxy.c
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $< $(LDLIBS_ALL)
$(GRAPH_ANSWERS): tests/support/graph_answers.c $(B)/libmigrate.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS_ALL) -o $@ $^ $(LDFLAGS_ALL) $(LDLIBS_ALL)
$(PRINT_FACTS): tests/support/print_facts.c $(SUPPORT_OBJ) $(B)/libmigrate.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(CPPFLAGS) -Itests $(CFLAGS_ALL) -o $@ $^ $(LDFLAGS_ALL) $(LDLIBS_ALL) -lcmocka
$(B)/tests/support/git-fixture: $(patsubst %,$(B)/tests/support/%.o,git_fixture git_repository git_clones)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS_ALL) -o $@ $^ $(LDFLAGS_ALL) $(LDLIBS_ALL)
$(B)/tests/support/preload/%.so: tests/support/preload/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O1 -g -D_GNU_SOURCE $(WARNINGS) -fPIC -shared -o $@ $< -ldl

# --- packages ---
.PHONY: deps deps-all
deps:
	@tools/deps.sh build test
# Also what lint, coverage, fuzzing and valgrind need.
deps-all:
	@tools/deps.sh build test lint

# --- tests ---
.PHONY: test check-tests asan valgrind coverage fuzz fuzz-run
test: deps
	@$(MAKE) --no-print-directory check-tests

TEST_ENV = B=$(B) MIGRATE=$(abspath $(B)/migrate) G_DEBUG=fatal-criticals CMOCKA_MESSAGE_OUTPUT=TAP $(TEST_ENVIRONMENT)
check-tests: unit
	@$(TEST_ENV) prove --jobs $(or $(JOBS),2) --directives --exec '' $(UNIT_BIN) $(FUZZ_BIN) $(CLI_TESTS)

asan: deps
	@$(MAKE) --no-print-directory check-tests VARIANT=asan OPT='-O1 -g -fno-omit-frame-pointer' \
	    SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=undefined' \
	    TEST_ENVIRONMENT='MIGRATE_TEST_SANITIZED=1 MIGRATE_TEST_SCALE=small ASAN_OPTIONS=detect_leaks=1:abort_on_error=1 LSAN_OPTIONS=suppressions=$(CURDIR)/tests/support/leaks.supp:print_suppressions=0'
# The test programs under valgrind (not the suite's, whose work other programs do), and the real commands.
valgrind: unit
	@printf '%s\n' $(filter-out $(B)/tests/suite/%,$(UNIT_BIN)) | $(TEST_ENV) MIGRATE_TEST_SCALE=small G_SLICE=always-malloc xargs -P $(or $(JOBS),2) -I {} \
	    sh -c 'echo "valgrind {}"; valgrind -q --error-exitcode=9 --leak-check=full --suppressions=tests/support/valgrind.supp \
	        --errors-for-leak-kinds=definite {} >{}.valgrind 2>&1 || { cat {}.valgrind; exit 255; }'
	@for script in $(call with_servers,$(wildcard tests/support/valgrind-commands*.sh)); do \
	    $(TEST_ENV) $$script || exit 1; \
	done
# Line coverage of lib/, at least 85%.
coverage: deps-all
	@$(MAKE) --no-print-directory check-tests VARIANT=coverage OPT='-O0 -g --coverage' \
	    TEST_ENVIRONMENT=MIGRATE_TEST_SCALE=small
	gcovr --root . --filter 'lib/' --object-directory build/coverage --print-summary --fail-under-line 85 \
	    --txt build/coverage/report.txt build/coverage && tail -5 build/coverage/report.txt

# Every parser, FUZZ_SECONDS each (FUZZ_TARGETS: some of them), from the corpus; what is new is kept in build/fuzz/found.
FUZZ_SECONDS ?= 30
FUZZ_TARGETS ?= $(FUZZ_SRC:tests/fuzz/%.c=%)
fuzz: deps-all
	@$(MAKE) --no-print-directory fuzz-run VARIANT=fuzz CC=clang OPT='-O1 -g -fno-omit-frame-pointer' \
	    SANITIZE='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined' FUZZER=-fsanitize=fuzzer
fuzz-run: $(FUZZ_TARGETS:%=$(B)/tests/fuzz/%)
	@set -e; for target in $(FUZZ_TARGETS); do \
	    mkdir -p $(B)/found/$$target; \
	    G_DEBUG=fatal-criticals $(B)/tests/fuzz/$$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 -max_len=8192 -dict=tests/fuzz/dict/$$target -print_final_stats=1 \
	        -artifact_prefix=$(B)/$$target- $(B)/found/$$target tests/fuzz/corpus/$$target 2>$(B)/$$target.log \
	        || { tail -60 $(B)/$$target.log; exit 1; }; \
	    echo "$$target: $$(sed -n 's/^stat::number_of_executed_units: *//p' $(B)/$$target.log) inputs, no crash"; \
	done

# --- what a reviewer would ask for ---
.PHONY: lint deps-check format man man-check
FORMATTED := $(wildcard cmd/*.[ch] lib/*/*.[ch] lib/*/*/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch] tools/*.c)
format:
	clang-format -i $(FORMATTED)
lint: deps-all deps-check $(B)/gen/embedded.h
	clang-format --dry-run -Werror $(FORMATTED)
	printf '%s\n' $(LIB_SRC) $(CMD_SRC) tools/docs.c | xargs -P $(or $(JOBS),2) -n 4 sh -c \
	    'clang-tidy --quiet --warnings-as-errors="*" "$$@" -- -std=gnu11 $(subst ",\",$(subst ',,$(CPPFLAGS))) $(PACKAGE_CFLAGS) 2>/dev/null' clang-tidy
	cppcheck --quiet --std=c11 --error-exitcode=1 --enable=warning,performance,portability --inline-suppr \
	    --suppress=missingIncludeSystem --suppress=unknownMacro -j $(or $(JOBS),2) -Ilib -Icmd lib cmd
	@$(MAKE) --no-print-directory man-check
# Who may include whom, and what a driver and a dialect export.
deps-check: $(B)/libmigrate.a
	tools/deps-check.sh
	tools/exports-check.sh $(B)

# --- documentation, made from the commands' declarations ---
$(B)/docs: $(B)/tools/docs.o $(filter-out %/main.o,$(CMD_OBJ)) $(B)/libmigrate.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL)
man: $(B)/docs
	$(B)/docs write .
man-check: $(B)/docs
	$(B)/docs check .
	@if command -v mandoc >/dev/null; then mandoc -T lint -W error man/*.[157]; fi

# --- the tool at work, in under a minute ---
.PHONY: demo
demo: deps
	@$(MAKE) --no-print-directory --silent all
	@MIGRATE=$(abspath $(B)/migrate) tools/demo.sh

.PHONY: install uninstall clean
BINDIR := $(DESTDIR)$(PREFIX)/bin
SHARE := $(DESTDIR)$(PREFIX)/share
MAN := $(wildcard man/*.1 man/*.5 man/*.7)
install: all
	install -d $(BINDIR) $(SHARE)/man/man1 $(SHARE)/man/man5 $(SHARE)/man/man7 $(SHARE)/bash-completion/completions \
	    $(SHARE)/zsh/site-functions $(SHARE)/fish/vendor_completions.d $(SHARE)/migrate/sqlalchemy
	install -m 755 $(B)/migrate $(BINDIR)/migrate
	install -m 755 contrib/sqlalchemy/models_json.py $(SHARE)/migrate/sqlalchemy/models_json.py
	install -m 644 contrib/sqlalchemy/README.md $(SHARE)/migrate/sqlalchemy/README.md
	install -m 644 $(filter %.1,$(MAN)) $(SHARE)/man/man1
	install -m 644 $(filter %.5,$(MAN)) $(SHARE)/man/man5
	install -m 644 $(filter %.7,$(MAN)) $(SHARE)/man/man7
	$(B)/migrate completion bash >$(SHARE)/bash-completion/completions/migrate
	$(B)/migrate completion zsh >$(SHARE)/zsh/site-functions/_migrate
	$(B)/migrate completion fish >$(SHARE)/fish/vendor_completions.d/migrate.fish
uninstall:
	rm -f $(BINDIR)/migrate $(SHARE)/bash-completion/completions/migrate $(SHARE)/zsh/site-functions/_migrate \
	    $(SHARE)/fish/vendor_completions.d/migrate.fish
	rm -f $(foreach page,$(MAN),$(SHARE)/man/man$(patsubst .%,%,$(suffix $(page)))/$(notdir $(page)))
	rm -rf $(SHARE)/migrate
clean:
	rm -rf build

-include $(LIB_OBJ:.o=.d) $(CMD_OBJ:.o=.d) $(SUPPORT_OBJ:.o=.d) $(UNIT_BIN:=.d) $(FUZZ_BIN:=.d)
