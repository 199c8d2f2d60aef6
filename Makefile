# SPDX-License-Identifier: Apache-2.0
#
#   make            commands into bin/
#   make demo       packages, build, the sample image, and what fett says of it
#   make test       packages, build, every test
#   make asan       the same tests under AddressSanitizer and UBSan
#   make bench      side by side with the peers, on a disk of 2 GiB that is made first
#   make install    PREFIX, DESTDIR
#   make clean
#
# A new file in lib/, cmd/, man/ or tests/ needs no line here.

VERSION = 0.1.0
PREFIX  = /usr/local
BUILD   = build
BIN     = bin

CC      = cc
CFLAGS  = -O3 -g
WARN    = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla -Wwrite-strings
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -DFETT_VERSION='"$(VERSION)"' -DFETT_LIBTSK='"$(LIBTSK)"' -Iinclude $(WARN) $(CFLAGS) $(SANITIZE) -pthread -MMD -MP
LIBS    = -lmagic -ldeflate -lz -lvshadow -lbfio -lpsl -lcrypto -lm

# libtsk is loaded when it is needed (lib/evidence/tsk_library.h): by the name that a program
# linked with it would have.
LIBTSK := $(shell objdump -p "$$($(CC) -print-file-name=libtsk.so)" 2>/dev/null | \
    sed -n 's/^ *SONAME *//p')

PACKAGES = gcc libc6-dev pkg-config libtsk-dev libmagic-dev libdeflate-dev zlib1g-dev \
	libvshadow-dev libbfio-dev libpsl-dev publicsuffix libssl-dev tzdata
TEST_PACKAGES = bats bats-support bats-assert bats-file python3 ntfs-3g ntfs-3g-dev \
	mtools dosfstools e2fsprogs exfatprogs genisoimage fdisk ewf-tools libhivex-bin faketime \
	sleuthkit libevt-utils libcreg-utils mandoc binutils qemu-utils

LIB_SOURCES  := $(wildcard lib/*/*.c)
LIB_OBJECTS  := $(LIB_SOURCES:%.c=$(BUILD)/%.o)
COMMANDS     := $(patsubst cmd/%.c,%,$(wildcard cmd/*.c))
PROGRAMS     := $(COMMANDS:%=$(BIN)/%)
UNIT_TESTS   := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/*.c))
LIBFETT      := $(BUILD)/libfett.a

all: $(PROGRAMS)

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(LIBFETT): $(LIB_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $(LIB_OBJECTS)

$(PROGRAMS): $(BIN)/%: $(BUILD)/cmd/%.o $(LIBFETT)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -pthread -o $@ $< $(LIBFETT) $(LIBS)

$(UNIT_TESTS): $(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(LIBFETT)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -pthread -o $@ $< $(LIBFETT) $(LIBS)

unit: $(UNIT_TESTS)

# What is missing of the packages; quick when nothing is.
packages:
	@missing=$$(for p in $(PACKAGES) $(TEST_PACKAGES); do \
	    dpkg-query -W -f '$${db:Status-Status}\n' $$p 2>/dev/null | grep -qx installed || echo $$p; done); \
	[ -z "$$missing" ] || { \
	    as_root=$$([ "$$(id -u)" = 0 ] || echo sudo); export DEBIAN_FRONTEND=noninteractive; \
	    $$as_root apt-get update -q && \
	    $$as_root apt-get install -y -q --no-install-recommends $$missing; }

samples:
	images/build build/samples

build_all: packages
	@$(MAKE) --no-print-directory all unit samples

test: build_all
	FETT_BIN=$(abspath $(BIN)) tests/run $(UNIT_TESTS)

demo: build_all
	@demo/run

# AddressSanitizer and UBSan; what libraries leak at exit is not ours to report.
asan: packages
	@$(MAKE) --no-print-directory BUILD=build/asan BIN=build/asan/bin \
	    CFLAGS='-O1 -g -fno-omit-frame-pointer' SANITIZE='-fsanitize=address,undefined' all unit samples
	FETT_BIN=$(abspath build/asan/bin) UBSAN_OPTIONS=halt_on_error=1 \
	    tests/run $(UNIT_TESTS:$(BUILD)/%=build/asan/%)

bench: build_all
	@tests/bench/run

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/include/fett \
	    $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	for command in $(COMMANDS); do install -m 644 completions/fett.bash \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$command; done
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -m 644 include/fett/*.h $(DESTDIR)$(PREFIX)/include/fett
	install -m 644 $(LIBFETT) $(DESTDIR)$(PREFIX)/lib
	for page in man/*.[0-9]; do section=$${page##*.}; \
	    install -d $(DESTDIR)$(PREFIX)/share/man/man$$section; \
	    install -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$$section; done
	printf '%s\n' 'Name: fett' 'Description: Forensic Evidence Triage Toolkit' \
	    'Version: $(VERSION)' 'Cflags: -I$(PREFIX)/include' \
	    'Libs: -L$(PREFIX)/lib -lfett' 'Libs.private: $(LIBS) -pthread' \
	    >$(DESTDIR)$(PREFIX)/lib/pkgconfig/fett.pc

clean:
	rm -rf build bin

.PHONY: all unit packages samples build_all test demo asan bench install clean
.SECONDARY:

-include $(LIB_OBJECTS:.o=.d) $(COMMANDS:%=$(BUILD)/cmd/%.d) $(UNIT_TESTS:$(BUILD)/unit/%=$(BUILD)/tests/unit/%.d)
