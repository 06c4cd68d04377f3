# make [all|check|hostile|faults|asan|fuzz|lint|bench|demo|format|install|clean]   GNU make, gcc or clang
# B=DIR builds elsewhere; FUZZ_TIME=60 and FUZZ="md sym" say how long make fuzz runs which targets.
VERSION  = 0.1
PREFIX   = /usr/local
DESTDIR  =
CFLAGS  ?= -O2 -g
WARN     = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
           -Wmissing-prototypes -Wold-style-definition -Wcast-qual -Wcast-align -Wpointer-arith \
           -Wwrite-strings -Wformat=2 -Wvla -Wundef -Wswitch-enum -Wimplicit-fallthrough -Wnull-dereference
HARDEN   = -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
# Linked from their archives where there are such: each shared library costs a start 0.05 ms. STATIC= shares them all.
STATIC   = z deflate isal zstd lzma pcre2-8 iberty crypto
B        = build
FUZZ_TIME = 60

ALL_CF   = -std=c17 -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -D_FILE_OFFSET_BITS=64 -Ilib -MMD -MP $(WARN) $(HARDEN) $(CFLAGS)
ALL_LD   = $(if $(filter Darwin,$(shell uname)),,-pie -Wl,-z,relro,-z,now,--as-needed) $(LDFLAGS)
# What the linker shall take for -lNAME: the archive if the compiler finds one, which it says with its path.
archive  = $(if $(filter /%,$(shell $(CC) -print-file-name=lib$(1).a)),$(shell $(CC) -print-file-name=lib$(1).a),-l$(1))
# libc first: most symbols are found there, and that is a thirtieth of the time of a short run.
LDLIBS  := -lc $(foreach l,$(STATIC),$(call archive,$l)) $(addprefix -l,$(filter-out $(STATIC),z deflate isal zstd lzma pcre2-8 iberty crypto)) -lZydis

CMDS    := $(basename $(notdir $(wildcard cmd/*.c)))
LIB     := $(patsubst %.c,$B/%.o,$(wildcard lib/*/*.c)) $B/lib/dump/code_tables.o
TESTS   := $(patsubst %.c,$B/%,$(wildcard tests/lib/*.c tests/parity/*.c))
TARGETS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ     = $(TARGETS)
PRELOADED = $(if $(filter Linux,$(shell uname)),$(patsubst %.c,$B/%.so,$(wildcard tests/faults/*.c)))

# What this build needs from the system, by the groups of tools/needs.sh.
GROUPS  := $(if $(filter-out clean format lint,$(or $(MAKECMDGOALS),all)),build) \
           $(if $(filter check asan,$(MAKECMDGOALS)),check) $(if $(filter fuzz,$(MAKECMDGOALS)),fuzz)
LACKING := $(if $(strip $(GROUPS)),$(shell sh tools/needs.sh --list $(GROUPS)))
ifneq ($(LACKING),)
$(error missing packages: $(LACKING)(sh tools/needs.sh $(strip $(GROUPS)) installs them))
endif

all: $(CMDS:%=$B/%)

$B/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CF) -c -o $@ $<
$B/lib/base/tool.o: ALL_CF += -DCRASH_VERSION='"$(VERSION)"'
# Names of thousands of numbers are one literal: more than the 4095 characters that C promises.
$B/lib/dump/code_tables.c: lib/dump/codes/codes.awk $(wildcard lib/dump/codes/*.txt)
	@mkdir -p $(@D)
	awk -f $^ >$@ || { rm -f $@; exit 1; }
$B/lib/dump/code_tables.o: $B/lib/dump/code_tables.c
	$(CC) $(ALL_CF) -Wno-overlength-strings -c -o $@ $<
$B/libcrash.a: $(LIB)
	$(AR) rcs $@ $^
$(CMDS:%=$B/%): $B/%: $B/cmd/%.o $B/libcrash.a
	$(CC) $(ALL_CF) $(ALL_LD) -o $@ $^ $(LDLIBS)
$(TESTS): $B/%: $B/%.o $B/libcrash.a
	$(CC) $(ALL_CF) $(ALL_LD) -o $@ $^ $$(pkg-config --libs check) $(LDLIBS)

# Preloaded into commands by tests: functions of libc that are written anew must not be inlined by it.
$B/%.so: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CF) -U_FORTIFY_SOURCE -fPIC -shared -o $@ $< -ldl

# A fuzz target twice: with replay.c it reads the stored inputs in any build, with libFuzzer it looks for new ones.
$(TARGETS:%=$B/tests/fuzz/replay_%): $B/tests/fuzz/replay_%: $B/tests/fuzz/fuzz_%.o $B/tests/fuzz/replay.o $B/libcrash.a
	$(CC) $(ALL_CF) $(ALL_LD) -o $@ $^ $(LDLIBS)
$(TARGETS:%=$B/tests/fuzz/fuzz_%): %: %.o $B/libcrash.a
	$(CC) $(ALL_CF) -fsanitize=fuzzer $(ALL_LD) -o $@ $^ $(LDLIBS)

tests: all $(TESTS) $(PRELOADED) $(TARGETS:%=$B/tests/fuzz/replay_%)
check: tests
	@sh tests/run.sh $B

SANITIZE = -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
asan:
	HOSTILE='-m 0 -e 20' $(MAKE) B=$B-asan HARDEN=-fPIE CFLAGS='-O1 -g $(SANITIZE)' check

fuzz:
	$(MAKE) B=$B-fuzz CC=clang HARDEN=-fPIE \
	    CFLAGS='-O1 -g -DLIMITS_SMALL -fsanitize=fuzzer-no-link $(SANITIZE)' fuzzers
	@sh tests/fuzz/run.sh $B-fuzz $(FUZZ_TIME) $(FUZZ)
fuzzers: $(TARGETS:%=$B/tests/fuzz/fuzz_%)

# Of check, what is about malformed inputs; they are made from the corpus.
hostile: all
	@sh tests/run.sh $B parity/hostile cmd/limits

# Every allocation and every call to the system fails once, in every command of tests/faults/scenarios.
faults: all $(PRELOADED)
	@python3 tests/faults/faults.py $B $(FAULTS)

lint:
	@sh tests/lint/run.sh
format:
	clang-format -i cmd/*.c lib/*/*.[ch] bench/*.c $(wildcard tests/*/*.[ch])

$B/bench/measure: $B/bench/measure.o
	$(CC) $(ALL_CF) $(ALL_LD) -o $@ $^
bench: all $B/bench/measure
	@sh bench/run.sh $B
demo: all
	@sh examples/demo.sh $B

SHARE = $(DESTDIR)$(PREFIX)/share
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/man/man1 $(SHARE)/man/man5 $(SHARE)/man/man7 \
	    $(SHARE)/crash-tools/siglists $(SHARE)/crash-tools/schemas $(SHARE)/crash-tools/examples
	install $(CMDS:%=$B/%) $(DESTDIR)$(PREFIX)/bin
	for n in 1 5 7; do install -m 644 man/*.$$n $(SHARE)/man/man$$n || exit 1; done
	install -m 644 siglists/*.txt $(SHARE)/crash-tools/siglists
	install -m 644 schemas/*.json $(SHARE)/crash-tools/schemas
	install examples/process.sh examples/build-machine.sh examples/pings.sh $(SHARE)/crash-tools/examples

clean:
	rm -rf $B $B-asan $B-fuzz

.PHONY: all tests check hostile faults asan fuzz fuzzers lint format bench demo install clean
-include $(shell find $B -name '*.d' 2>/dev/null)
