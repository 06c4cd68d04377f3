# make [all|check|asan|fuzz|lint|bench|demo|format|install|clean]   GNU make, gcc or clang
VERSION  = 0.1
PREFIX   = /usr/local
DESTDIR  =
CC       = cc
CFLAGS   = -O2 -g
WARN     = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
           -Wmissing-prototypes -Wold-style-definition -Wcast-qual -Wcast-align -Wpointer-arith \
           -Wwrite-strings -Wformat=2 -Wvla -Wundef -Wswitch-enum -Wimplicit-fallthrough -Wnull-dereference
HARDEN   = -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
LIBS     = zlib libpcre2-8
ALL_CF   = -std=c17 -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -D_FILE_OFFSET_BITS=64 -Ilib -MMD -MP $(WARN) $(HARDEN) $(CFLAGS)
ALL_LD   = -pie -Wl,-z,relro,-z,now,--as-needed $(LDFLAGS)
LDLIBS   = $(shell pkg-config --libs $(LIBS))
B        = build

CMDS  := $(basename $(notdir $(wildcard cmd/*.c)))
LIB   := $(patsubst %.c,$B/%.o,$(wildcard lib/*/*.c))
TESTS := $(patsubst %.c,$B/%,$(wildcard tests/lib/*.c))
FUZZ  := $(patsubst %.c,$B/%,$(wildcard tests/fuzz/*.c))

all: $(CMDS:%=$B/%)

$B/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CF) -c -o $@ $<
$B/lib/base/tool.o: ALL_CF += -DCRASH_VERSION='"$(VERSION)"'
$B/libcrash.a: $(LIB)
	$(AR) rcs $@ $^
$(CMDS:%=$B/%): $B/%: $B/cmd/%.o $B/libcrash.a
	$(CC) $(ALL_CF) $(ALL_LD) -o $@ $^ $(LDLIBS)
$(TESTS): $B/%: $B/%.o $B/libcrash.a
	$(CC) $(ALL_CF) $(ALL_LD) -o $@ $^ $$(pkg-config --libs check) $(LDLIBS)
$(FUZZ): %: %.o $B/libcrash.a
	clang $(ALL_CF) -fsanitize=fuzzer $(ALL_LD) -o $@ $^ $(LDLIBS)

check: all $(TESTS)
	@tests/run.sh $B

asan:
	$(MAKE) B=build/asan CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover' \
	    HARDEN=-fPIE check

fuzz:
	$(MAKE) B=build/fuzz CC=clang HARDEN=-fPIE CFLAGS='-O1 -g -fsanitize=address,undefined,fuzzer-no-link' fuzzers
fuzzers: $(FUZZ)

lint:
	tests/lint/layers.sh lib
	mandoc -Tlint -Wstyle man/*.1
	shellcheck tests/*.sh tests/*/*.sh
	clang-format --dry-run -Werror cmd/*.c lib/*/*.[ch] tests/lib/*.[ch] tests/fuzz/*.c
	cppcheck -q --std=c11 --enable=warning,portability --inline-suppr --error-exitcode=1 -Ilib lib cmd

format:
	clang-format -i cmd/*.c lib/*/*.[ch] tests/lib/*.[ch] tests/fuzz/*.c

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install $(CMDS:%=$B/%) $(DESTDIR)$(PREFIX)/bin
	install -m 644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1

clean:
	rm -rf build

.PHONY: all check asan fuzz fuzzers lint format install clean
-include $(shell find $B -name '*.d' 2>/dev/null)
