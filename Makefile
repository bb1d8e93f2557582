# migrate: build, test, install. `make demo` and `make test` install what is missing.
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
VARIANT ?=
B := build$(if $(VARIANT),/$(VARIANT))
VERSION := 0.1.0

PACKAGES := glib-2.0 sqlite3 libcjson inih smartcols
CPPFLAGS += -Ilib -Icmd -I$(B)/gen -D_GNU_SOURCE -DMIGRATE_VERSION='"$(VERSION)"'
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wswitch-enum -Wmissing-prototypes $(if $(WERROR),-Werror)
OPT ?= -O2 -g
CFLAGS_ALL = -std=gnu11 $(OPT) $(WARNINGS) $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null) $(CFLAGS) $(SANITIZE)
LDLIBS_ALL = $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lm $(LDLIBS)

LIB_SRC := $(sort $(wildcard lib/*/*.c lib/*/*/*.c))
CMD_SRC := $(sort $(wildcard cmd/*.c))
EMBED := $(sort $(wildcard lib/*/*/*.sql) $(shell find templates -type f 2>/dev/null))
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o)
CMD_OBJ := $(CMD_SRC:%.c=$(B)/%.o)
UNIT_SRC := $(sort $(wildcard tests/unit/*/*.c tests/suite/*.c))
UNIT_BIN := $(UNIT_SRC:%.c=$(B)/%)

.PHONY: all
all: $(B)/migrate

$(B)/migrate: $(CMD_OBJ) $(B)/libmigrate.a
	$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ $(LDLIBS_ALL)
$(B)/libmigrate.a: $(LIB_OBJ)
	@rm -f $@
	ar rcs $@ $^
$(B)/%.o: %.c $(B)/gen/embedded.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
# Catalog queries and templates, as C strings: lib/dialect/sqlite/tables.sql becomes `embedded_lib_dialect_sqlite_tables_sql`.
$(B)/gen/embedded.h: $(EMBED) tools/embed.sh Makefile
	@mkdir -p $(@D)
	tools/embed.sh $(EMBED) >$@.new && mv $@.new $@
$(B)/tests/%: tests/%.c $(B)/libmigrate.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests $(CFLAGS_ALL) -MMD -MP -o $@ $< $(wildcard tests/support/*.c) $(B)/libmigrate.a $(LDFLAGS) $(LDLIBS_ALL) -lcmocka

.PHONY: unit
unit: $(UNIT_BIN)

.PHONY: clean
clean:
	rm -rf build

-include $(LIB_OBJ:.o=.d) $(CMD_OBJ:.o=.d) $(UNIT_BIN:=.d)
