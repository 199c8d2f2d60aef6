# SPDX-License-Identifier: Apache-2.0
#
#   make            commands into bin/
#   make demo       packages, build, the sample image, and what fett says of it
#   make test       packages, build, every test
#   make asan       the same tests under AddressSanitizer and UBSan
#   make bench      side by side with the peers
#   make install    PREFIX, DESTDIR
#   make clean
#
# A new file in lib/, cmd/, man/ or tests/ needs no line here.

VERSION = 0.1.0
PREFIX  = /usr/local
BUILD   = build
BIN     = bin

CC      = cc
CFLAGS  = -O2 -g
WARN    = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla -Wwrite-strings
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -DFETT_VERSION='"$(VERSION)"' -Iinclude $(WARN) $(CFLAGS) $(SANITIZE) -pthread -MMD -MP
LIBS    = -ltsk -lewf -ldeflate -lcreg -lbfio -lpsl -ljansson -lcrypto -lm

PACKAGES = gcc libc6-dev pkg-config libtsk-dev libewf-dev libdeflate-dev libcreg-dev \
	libbfio-dev libpsl-dev publicsuffix libjansson-dev libssl-dev tzdata
TEST_PACKAGES = bats bats-support bats-assert bats-file python3-minimal ntfs-3g ntfs-3g-dev \
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

clean:
	rm -rf build bin

.PHONY: all unit clean
.SECONDARY:

-include $(LIB_OBJECTS:.o=.d) $(COMMANDS:%=$(BUILD)/cmd/%.d) $(UNIT_TESTS:$(BUILD)/unit/%=$(BUILD)/tests/unit/%.d)
