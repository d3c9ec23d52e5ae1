# Wattledger. One file, not recursive (but for what must be finished first), no configure.
#
#   make run     installs what is missing, builds, starts a real web server on 127.0.0.1:8080
#   make test    installs what the tests need, builds, runs every test
#   make help    the other targets
#
# Variables: CC=clang, SAN=1 (address and undefined-behaviour sanitizers, debug arenas),
#            SERVER=nginx|apache|apache-cgi, PORT=8080, STORAGE=dir (./storage), DEMO=1

.DEFAULT_GOAL := all
ifeq ($(origin CC),default)
CC      := gcc
endif
ifeq ($(origin CXX),default)
CXX     := $(if $(findstring clang,$(CC)),clang++,g++)
endif
export PYTHONDONTWRITEBYTECODE := 1
# V=1 shows the commands.
V       ?=
Q       := $(if $(V),,@)
say      = $(if $(V),,@printf '  %-5s %s\n' $(1) $@)

SAN     ?=
STATIC  ?=
B       := build$(if $(SAN),/san)$(if $(STATIC),/static)$(if $(findstring clang,$(CC)),/clang)

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
WEB_OBJ   := $(call obj,$(WEB_SRC)) $(B)/obj/gen/assets.o $(if $(SAN),$(B)/obj/tests/sanitize.o)
CLI_OBJ   := $(call obj,$(CLI_SRC))

# libzip, libcurl and libxlsxwriter are loaded when they are needed first (lib/codec/zip.c says why).
CORE_LIBS := -lsqlite3 -lsodium -ljansson -lexpat -lz -lm -ldl -lpthread
WEB_LIBS  := -lfcgi -lctemplate
ifdef STATIC
CORE_LIBS := -Wl,-Bstatic -lsqlite3 -lsodium -ljansson -lexpat -lz -Wl,-Bdynamic -lm -ldl -lpthread
WEB_LIBS  := -Wl,-Bstatic -lfcgi -lctemplate -Wl,-Bdynamic -static-libstdc++ -static-libgcc
endif

PROGRAMS := $(B)/wattledger.fcgi $(B)/wattledger.cgi $(B)/wattledger-worker $(B)/wattledger

all: $(PROGRAMS)

$(B)/wattledger.fcgi: $(B)/obj/cgi-bin/wattledger_cgi.o $(WEB_OBJ) $(CORE_OBJ)
	$(call say,LD)
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^ $(WEB_LIBS) $(CORE_LIBS)
$(B)/wattledger.cgi: $(B)/wattledger.fcgi
	$(Q)cp -f $< $@
$(B)/wattledger-worker: $(B)/obj/cgi-bin/worker.o $(CORE_OBJ)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(CORE_LIBS)
$(B)/wattledger: $(B)/obj/cgi-bin/cli.o $(CLI_OBJ) $(CORE_OBJ)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(CORE_LIBS)

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(B)/obj/%.o: %.cc
	@mkdir -p $(@D)
	$(call say,CXX)
	$(Q)$(CXX) $(CPPFLAGS) $(CXXFLAGS) -MMD -MP -c -o $@ $<
$(B)/obj/gen/%.o: $(B)/gen/%.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The schema, as C strings: one element a file of lib/db/sql.
MIGRATIONS := $(sort $(wildcard lib/db/sql/*.sql))
$(B)/gen/migrations.c: $(MIGRATIONS) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "db/migrate.h"'; echo 'const struct migration migrations[] = {'; \
	  for f in $(MIGRATIONS); do n=$$(basename $$f .sql); \
	    printf '{%d, "%s",\n' "$$(echo $$n | sed 's/-.*//; s/^0*//')" "$$n"; \
	    sed 's/\\/\\\\/g; s/"/\\"/g; s/^/"/; s/$$/\\n"/' $$f; echo '},'; done; \
	  echo '};'; echo 'const size_t migrations_count = sizeof(migrations) / sizeof(migrations[0]);'; } > $@

# Templates and static files, embedded in the web program: name, bytes, length, hash of the content (lib/web/asset.h).
ASSETS := $(sort $(wildcard templates/*.tpl templates/*/*.tpl static/*.*))
$(B)/gen/assets.c: $(ASSETS) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "web/asset.h"'; i=0; \
	  for f in $(ASSETS); do i=$$((i + 1)); \
	    printf '__asm__(".section .rodata\\nasset_%d:\\n.incbin \\"%s\\"\\n.byte 0\\n.previous");\n' $$i $$f; \
	    echo "extern const char asset_$$i[];"; done; \
	  echo 'const struct asset assets[] = {'; i=0; \
	  for f in $(ASSETS); do i=$$((i + 1)); \
	    printf '{"%s", asset_%d, %d, "%s"},\n' $$f $$i "$$(wc -c <$$f)" "$$(sha256sum $$f | cut -c1-16)"; done; \
	  echo '};'; echo 'const size_t assets_count = sizeof(assets) / sizeof(assets[0]);'; } > $@

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

# ---- Tests and fuzz targets: each file is a program of its own ----

TEST_HELP  := $(call obj,$(filter-out tests/unit/test_%.c,$(wildcard tests/unit/*.c)))
UNIT_TESTS := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/test_*.c))
REPLAYS    := $(patsubst tests/fuzz/fuzz_%.c,$(B)/tests/fuzz/replay_%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZERS    := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))

$(B)/tests/unit/%: $(B)/obj/tests/unit/%.o $(TEST_HELP) $(CORE_OBJ)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -lxlsxwriter $(CORE_LIBS)
$(B)/tests/fuzz/replay_%: $(B)/obj/tests/fuzz/fuzz_%.o $(B)/obj/tests/fuzz/replay.o $(CORE_OBJ)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(CORE_LIBS)
$(B)/tests/sql_dump: $(B)/obj/tests/server/sql_dump.o $(CORE_OBJ)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(CORE_LIBS)
$(B)/tests/faultshim.so: tests/fault/faultshim.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) -std=c17 -O2 -g $(CWARN) -D_GNU_SOURCE -fPIC -shared -o $@ $< -ldl
$(B)/tests/hello.fcgi: tests/bench/hello.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) -std=c17 -O2 $(CWARN) -o $@ $< -lfcgi
$(B)/tests/measure: tests/bench/measure.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) -std=gnu17 -O2 $(CWARN) -o $@ $<
# libFuzzer wants the parsers instrumented, so it compiles them afresh.
build/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(CORE_SRC) $(B)/gen/migrations.c
	@mkdir -p $(@D)
	$(call say,FUZZ)
	$(Q)clang $(CPPFLAGS) -std=c17 -O1 -g -DARENA_DEBUG -fsanitize=fuzzer,address,undefined \
	  -fno-sanitize-recover=all -o $@ $(filter %.c,$^) $(CORE_LIBS)

tests-bin: $(UNIT_TESTS) $(REPLAYS) $(B)/tests/sql_dump $(B)/tests/faultshim.so $(B)/tests/measure

# ---- What Debian must have: the one list ----

PKG_BUILD := gcc g++ make libfcgi-dev libsqlite3-dev libctemplate-dev libjansson-dev libsodium-dev libzip-dev \
             libexpat1-dev zlib1g-dev libcurl4-openssl-dev libxlsxwriter-dev
PKG_RUN   := $(PKG_BUILD) libzip4 libcurl4 libxlsxwriter4 ca-certificates tzdata python3 $(if $(filter apache%,$(SERVER)),apache2 libapache2-mod-fcgid,nginx)
PKG_LINT  := python3 clang-format cppcheck shellcheck
PKG_FUZZ  := $(PKG_BUILD) clang libclang-rt-14-dev
PKG_TEST  := $(PKG_RUN) $(PKG_LINT) $(PKG_FUZZ) nginx apache2 libapache2-mod-fcgid libcmocka-dev \
             postgresql-15 chromium fonts-dejavu-core sqlite3 curl openssl procps \
             $(shell command -v npm >/dev/null || echo nodejs npm)
PKG_BENCH := $(PKG_RUN) sqlite3 zip nginx curl wrk php-cli php-sqlite3 php-fpm

# $(call need,PACKAGES): installs those that are missing, asks nothing. Debian's postinst scripts may start their
# services; nothing here depends on them, every server of ours has its own configuration, folder and port.
define need
	@command -v dpkg-query >/dev/null || { echo "Not a Debian system. Please install: $(1)" >&2; exit 1; }; \
	have=$$(dpkg-query -W -f '$${db:Status-Status} $${Package}\n' $(1) 2>/dev/null | sed -n 's/^installed //p'); \
	missing=$$(for p in $(1); do echo "$$have" | grep -qxF "$$p" || echo "$$p"; done | sort -u); \
	if [ -n "$$missing" ]; then \
	  echo "Installing:" $$missing; sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get update -q && \
	  $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing; \
	fi
endef

deps:
	$(call need,$(PKG_RUN))
deps-lint:
	$(call need,$(PKG_LINT))
deps-fuzz:
	$(call need,$(PKG_FUZZ))
deps-test:
	$(call need,$(sort $(PKG_TEST)))
deps-bench:
	$(call need,$(PKG_BENCH))
# The browser's driver and axe, a linter of OpenAPI and a client, for tests only; the browser itself is Debian's.
node_modules/.done: package-lock.json | deps-test
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# ---- What people type ----

SERVER  ?= nginx
PORT    ?= 8080
STORAGE ?=
DEMO    ?=
SERVE    = exec python3 tests/server/serve.py --build $(B) --server $(SERVER) --port $(PORT)

run: deps
	@$(MAKE) --no-print-directory all
	@$(SERVE) $(if $(STORAGE),--storage '$(STORAGE)') $(if $(DEMO),--demo)

test: deps-test node_modules/.done
	@exec python3 tests/run.py --build $(B) --make '$(MAKE)' full
check: deps-test
	@exec python3 tests/run.py --build $(B) --make '$(MAKE)' quick
lint: deps-lint
	@python3 tests/lint/lint.py
format:
	$(call need,clang-format)
	clang-format -i $(shell git ls-files -co --exclude-standard '*.c' '*.h' '*.cc')

FUZZ_SECONDS ?= 60
fuzz: deps-fuzz
	@$(MAKE) --no-print-directory $(FUZZERS)
	@for f in $(FUZZERS); do n=$${f##*fuzz_}; mkdir -p build/fuzz/corpus/$$n; echo "== $$n"; \
	  $$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
	    -artifact_prefix=build/fuzz/$$n- build/fuzz/corpus/$$n $(wildcard tests/fuzz/corpus)/$$n || exit 1; done

FAULT ?= --random 3000
FAULT_BACKUP ?=
fault: deps-test
	@$(MAKE) --no-print-directory all $(B)/tests/faultshim.so
	@python3 tests/fault/fault.py --build $(B) $(FAULT)
	@BUILD=$(B) exec python3 tests/fault/fault_backup.py $(FAULT_BACKUP)

bench: deps-bench
	@$(MAKE) --no-print-directory all $(B)/tests/hello.fcgi $(B)/tests/measure
	@exec python3 tests/bench/bench.py --build $(B) $(BENCH)

screenshot: deps-test node_modules/.done
	@$(MAKE) --no-print-directory all
	@mkdir -p templates/docs
	@BUILD=$(B) exec node tests/browser/screenshot.js templates/docs/screenshot.png

PREFIX  ?= /usr/local
DESTDIR ?=
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/wattledger $(DESTDIR)$(PREFIX)/share/wattledger/httpd-conf
	install -m 755 $(B)/wattledger $(B)/wattledger-worker $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(B)/wattledger.fcgi $(B)/wattledger.cgi $(DESTDIR)$(PREFIX)/lib/wattledger
	ln -sf ../../bin/wattledger-worker $(DESTDIR)$(PREFIX)/lib/wattledger/wattledger-worker
	install -m 644 $(filter-out %.sh,$(wildcard httpd-conf/*)) $(DESTDIR)$(PREFIX)/share/wattledger/httpd-conf
	install -m 644 cgi-bin/.htaccess $(DESTDIR)$(PREFIX)/share/wattledger/htaccess

# For a web space without these libraries: everything but libc is linked in (STATIC=1).
release:
	@$(MAKE) --no-print-directory STATIC=1 all
	@sh httpd-conf/release.sh $(VERSION) build/static

clean:
	rm -rf build

help:
	@echo 'make              builds the programs into build/ (CC=clang, SAN=1)'
	@echo 'make run          installs what is missing, builds, serves on 127.0.0.1:8080'
	@echo '                  SERVER=nginx|apache|apache-cgi PORT= STORAGE= DEMO=1'
	@echo 'make test         installs what the tests need, builds, runs every test'
	@echo 'make check        the quick tests: no web server, no browser'
	@echo 'make lint         layers, banned functions, homes of libraries, SQL, templates, format, cppcheck'
	@echo 'make format       clang-format over everything'
	@echo 'make fuzz         libFuzzer, FUZZ_SECONDS=60 a target'
	@echo 'make fault        kill -9, EIO and ENOSPC at every write of imports, backups and so on, and random kills'
	@echo 'make bench        speed and memory beside sqlite3, PHP and a hello program'
	@echo 'make screenshot   makes the picture of the README'
	@echo 'make deps         installs what `make run` needs'
	@echo 'make install      DESTDIR= PREFIX=/usr/local'
	@echo 'make release      a tarball for web spaces, in build/release/'
	@echo 'make clean        removes build/'

.PHONY: all deps deps-lint deps-fuzz deps-test deps-bench tests-bin run test check lint format fuzz fault bench \
	screenshot install release clean help
.SECONDARY:
.DELETE_ON_ERROR:
