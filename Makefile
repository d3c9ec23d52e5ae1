# Wattledger. One file, not recursive, no configure.
#
#   make run     installs what is missing, builds, starts a real web server on 127.0.0.1:8080
#   make test    installs what the tests need, builds, runs every test
#   make help    the other targets
#
# Variables: CC=clang, SAN=1 (address and undefined-behaviour sanitizers, debug arenas),
#            SERVER=nginx|apache|apache-cgi, PORT=8080, STORAGE=dir, DEMO=1

.DEFAULT_GOAL := all
CC      ?= cc
CXX     ?= c++
ifeq ($(origin CC),default)
CC      := gcc
endif
ifeq ($(origin CXX),default)
CXX     := g++
endif
SAN     ?=
B       := build$(if $(SAN),/san)$(if $(findstring clang,$(CC)),/clang)

VERSION := 0.1.0
WARN    := -Wall -Wextra -Wformat=2 -Werror -Wvla -Wpointer-arith -Wundef
CWARN   := $(WARN) -Wstrict-prototypes -Wmissing-prototypes -Wshadow
HARD    := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE
OPT     := -O2 -g
LINK    := -pie -Wl,-z,relro,-z,now,-z,noexecstack
ifdef SAN
HARD    := -fPIE -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -DARENA_DEBUG
OPT     := -O1 -g
LINK    := -pie -fsanitize=address,undefined
endif
CPPFLAGS += -Ilib -I$(B)/gen -D_GNU_SOURCE -DWATTLEDGER_VERSION='"$(VERSION)"'
CFLAGS  := -std=c17 $(OPT) $(HARD) $(CWARN) -ffunction-sections -fdata-sections
CXXFLAGS := -std=c++17 $(OPT) $(HARD) $(WARN) -Wno-deprecated-declarations
LDFLAGS := $(LINK)

BASE_SRC  := $(wildcard lib/base/*.c)
CODEC_SRC := $(wildcard lib/codec/*.c)
DB_SRC    := $(wildcard lib/db/*.c)
APP_SRC   := $(wildcard lib/app/*.c lib/app/*/*.c)
WEB_SRC   := $(wildcard lib/web/*.c lib/web/*/*.c) $(wildcard lib/web/*.cc)
CLI_SRC   := $(wildcard lib/cli/*.c)
CORE_SRC  := $(BASE_SRC) $(CODEC_SRC) $(DB_SRC) $(APP_SRC)
obj        = $(patsubst %,$(B)/obj/%.o,$(basename $(1)))
CORE_OBJ  := $(call obj,$(CORE_SRC)) $(B)/obj/gen/migrations.o
WEB_OBJ   := $(call obj,$(WEB_SRC)) $(B)/obj/gen/assets.o
CLI_OBJ   := $(call obj,$(CLI_SRC))

CORE_LIBS := -lsqlite3 -lsodium -ljansson -lpthread
WEB_LIBS  := -lfcgi -lctemplate -lstdc++

PROGRAMS := $(B)/wattledger.fcgi $(B)/wattledger.cgi $(B)/wattledger-worker $(B)/wattledger

all: $(PROGRAMS)

$(B)/wattledger.fcgi: $(B)/obj/cgi-bin/wattledger_cgi.o $(WEB_OBJ) $(CORE_OBJ)
	$(CXX) $(LDFLAGS) -o $@ $^ $(WEB_LIBS) $(CORE_LIBS)
$(B)/wattledger.cgi: $(B)/wattledger.fcgi
	cp -f $< $@
$(B)/wattledger-worker: $(B)/obj/cgi-bin/worker.o $(CORE_OBJ)
	$(CC) $(LDFLAGS) -o $@ $^ $(CORE_LIBS)
$(B)/wattledger: $(B)/obj/cgi-bin/cli.o $(CLI_OBJ) $(CORE_OBJ)
	$(CC) $(LDFLAGS) -o $@ $^ $(CORE_LIBS)

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(B)/obj/%.o: %.cc
	@mkdir -p $(@D)
	$(CXX) $(CPPFLAGS) $(CXXFLAGS) -MMD -MP -c -o $@ $<
$(B)/obj/gen/%.o: $(B)/gen/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The schema, as C strings: one element a file of lib/db/sql.
MIGRATIONS := $(sort $(wildcard lib/db/sql/*.sql))
$(B)/gen/migrations.c: $(MIGRATIONS) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "db/migrate.h"'; echo 'const struct migration migrations[] = {'; \
	  for f in $(MIGRATIONS); do n=$$(basename $$f .sql); \
	    printf '{%d, "%s",\n' "$$(echo $$n | sed 's/-.*//; s/^0*//')" "$$n"; \
	    sed 's/\\/\\\\/g; s/"/\\"/g; s/^/"/; s/$$/\\n"/' $$f; echo '},'; done; \
	  echo '};'; echo 'const size_t migrations_count = sizeof(migrations) / sizeof(migrations[0]);'; } > $@

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

clean:
	rm -rf build
.PHONY: all clean
