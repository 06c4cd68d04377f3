#include "sym/words.h"

/* symbolic-common: src/types.rs, Arch::from_str. */
static const struct str cpus[] = {
	STR_INIT("aarch64"),
	STR_INIT("amd64"),
	STR_INIT("amd64_unknown"),
	STR_INIT("amd64h"),
	STR_INIT("arm"),
	STR_INIT("arm64"),
	STR_INIT("arm64_32"),
	STR_INIT("arm64_32_unknown"),
	STR_INIT("arm64_32_v8"),
	STR_INIT("arm64_unknown"),
	STR_INIT("arm64e"),
	STR_INIT("arm64v8"),
	STR_INIT("arm_unknown"),
	STR_INIT("armv5"),
	STR_INIT("armv6"),
	STR_INIT("armv6m"),
	STR_INIT("armv7"),
	STR_INIT("armv7em"),
	STR_INIT("armv7f"),
	STR_INIT("armv7k"),
	STR_INIT("armv7m"),
	STR_INIT("armv7s"),
	STR_INIT("i386"),
	STR_INIT("mips"),
	STR_INIT("mips64"),
	STR_INIT("ppc"),
	STR_INIT("ppc64"),
	STR_INIT("thumbv6m"),
	STR_INIT("thumbv7em"),
	STR_INIT("thumbv7m"),
	STR_INIT("unknown"),
	STR_INIT("wasm32"),
	STR_INIT("x86"),
	STR_INIT("x86_64"),
	STR_INIT("x86_64_unknown"),
	STR_INIT("x86_64h"),
	STR_INIT("x86_unknown"),
};

bool sym_knows_cpu(struct str cpu)
{
	for (unsigned i = 0; i < COUNT(cpus); i++) {
		if (str_eq(cpus[i], cpu))
			return true;
	}
	return false;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool sym_is_hex(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = lower(s.p[i]);

		if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
			return false;
	}
	return s.n != 0;
}

bool sym_is_old_origin(struct str name)
{
	size_t i = name.n > 0 && name.p[0] == '-' ? 1 : 0, start = i;

	while (i < name.n && name.p[i] >= '0' && name.p[i] <= '9')
		i++;
	return i > start && (i == name.n || name.p[i] == ' ');
}

bool sym_same_word(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	}
	return true;
}
