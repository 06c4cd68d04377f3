#include <stdio.h>

#include "base/file.h"
#include "dump/reason.h"

/*
 * Compares reason_text() and reason_address() with rust-minidump's answers: a file of lines
 *
 *   os cpu exception_code exception_flags number_parameters exception_information exception_address
 *   crash_info.type crash_info.address
 *
 * separated by tabs, numbers hexadecimal but the fifth, the sixth column a list with commas. Prints
 * the rows that differ and how many are equal.
 */
enum { COLUMNS = 9 };

static const struct {
	const char *name;
	enum md_os os;
} systems[] = {
	{ "win", MD_OS_WINDOWS }, { "mac", MD_OS_MACOS },       { "ios", MD_OS_IOS },
	{ "linux", MD_OS_LINUX }, { "android", MD_OS_ANDROID }, { "solaris", MD_OS_SOLARIS },
	{ "ps3", MD_OS_PS3 },     { "nacl", MD_OS_NACL },       { "fuchsia", MD_OS_UNKNOWN },
};

static const struct {
	const char *name;
	enum cpu_kind cpu;
	unsigned pointer_bits;
} cpus[] = {
	{ "amd64", CPU_AMD64, 64 }, { "x86", CPU_X86, 32 }, { "arm", CPU_ARM, 32 },
	{ "arm64", CPU_ARM64, 64 }, { "ppc", CPU_PPC, 32 }, { "ppc64", CPU_PPC64, 64 },
};

static uint64_t hex(struct str s)
{
	uint64_t v = 0;

	str_hex_to_u64(str_from(s, 2), &v);
	return v;
}

static struct str take(struct str *rest, char separator)
{
	size_t n = str_find_char(*rest, separator);
	struct str first = str_first(*rest, n);

	*rest = str_from(*rest, n + 1);
	return first;
}

static struct md_system make_system(struct str os, struct str cpu)
{
	struct md_system s = { 0 };

	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
		if (str_eq(os, str_of(systems[i].name)))
			s.os = systems[i].os;
	}
	for (size_t i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
		if (str_eq(cpu, str_of(cpus[i].name))) {
			s.cpu = cpus[i].cpu;
			s.pointer_bits = cpus[i].pointer_bits;
		}
	}
	return s;
}

static struct md_exception make_exception(const struct str column[COLUMNS])
{
	struct md_exception e = { .present = true };
	struct str list = column[5];
	uint64_t n = 0;

	e.code = (uint32_t)hex(column[2]);
	e.flags = (uint32_t)hex(column[3]);
	str_to_u64(column[4], &n);
	e.n_parameters = (uint32_t)n;
	for (size_t i = 0; list.n != 0 && i < MD_EXCEPTION_PARAMETERS; i++)
		e.parameters[i] = hex(take(&list, ','));
	e.address = hex(column[6]);
	return e;
}

static bool row_is_equal(struct str line, struct arena *a)
{
	struct str column[COLUMNS], rest = line;
	uint64_t address = 0;

	for (size_t i = 0; i < COLUMNS; i++)
		column[i] = take(&rest, '\t');

	struct md_system s = make_system(column[0], column[1]);
	struct md_exception e = make_exception(column);
	struct str reason = reason_text(&e, &s, a);

	if (str_eq(reason, column[7]) && reason_address(&e, &s, true, &address) &&
	    address == hex(column[8]))
		return true;
	printf("%.*s\n  ours: %.*s 0x%jx\n", STR_ARGS(line), STR_ARGS(reason), (uintmax_t)address);
	return false;
}

int main(int argc, char **argv)
{
	struct file f;
	struct error err = { 0 };
	struct arena a = { 0 };
	struct str line;
	size_t n = 0, equal = 0;

	if (argc != 2 || !file_open(&f, argv[1], &err)) {
		fprintf(stderr, "crash_reasons: %s\n", argc == 2 ? err.text : "no file given");
		return EXIT_USAGE;
	}

	struct str text = { (const char *)f.data.p, f.data.n };
	while (str_next_line(&text, &line)) {
		if (line.n == 0 || line.p[0] == '#')
			continue;
		n++;
		equal += row_is_equal(line, &a) ? 1 : 0;
		arena_reset(&a);
	}
	printf("%zu of %zu rows equal\n", equal, n);
	arena_free(&a);
	file_close(&f);
	return equal == n ? EXIT_DONE : EXIT_INPUT;
}
