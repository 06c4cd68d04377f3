#include "sym/demangle.h"

#include "base/iberty.h"
#include "base/limits.h"
#include "base/utf.h"

/* Reads a name that ends in a nul; false, and nothing appended, when it is none of its language. */
typedef bool (*reader)(struct buf *out, struct str name, enum demangle_style style);

enum { MAX_READERS = 3 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t leading_underscores(struct str name)
{
	size_t n = 0;

	while (n < name.n && name.p[n] == '_')
		n++;
	return n;
}

/* Mach-O puts an underscore in front, block functions have one or two more. */
static bool read_cxx(struct buf *out, struct str name, enum demangle_style style)
{
	size_t n = leading_underscores(name);

	if (n == 0 || n > 4 || n == name.n || name.p[n] != 'Z')
		return false;
	name = str_from(name, n - 1);
	return iberty_cxx(out, name.p, name.n, style == DEMANGLE_FULL);
}

static bool read_rust(struct buf *out, struct str name, enum demangle_style style)
{
	size_t n = leading_underscores(name);

	(void)style; /* these names have no parameters */
	if (n == 0 || n > 2 || n == name.n || (name.p[n] != 'R' && name.p[n] != 'Z'))
		return false;
	name = str_from(name, n - 1);
	return iberty_rust(out, name.p, name.n);
}

/* Without the parentheses at the end and what is between them. */
static void drop_parameters(struct buf *out, size_t start)
{
	size_t i = out->n, depth = 0;

	if (i == start || out->p[i - 1] != ')')
		return;
	do {
		i--;
		depth += out->p[i] == ')';
		depth -= out->p[i] == '(';
	} while (i > start && depth != 0);
	if (depth == 0)
		out->n = i;
}

static bool read_d(struct buf *out, struct str name, enum demangle_style style)
{
	size_t start = out->n;

	if (!str_starts(name, STR("_D")) || !iberty_d(out, name.p, name.n))
		return false;
	if (style == DEMANGLE_NAME)
		drop_parameters(out, start);
	return true;
}

/* Who reads the names of a language, in order. With optimization over units a function may come
 * from another language; C, Go, Objective-C and Swift have names that stay as they are. */
static const reader readers[][MAX_READERS] = {
	[LANGUAGE_UNKNOWN] = { read_rust, read_cxx, read_d },
	[LANGUAGE_C] = { NULL },
	[LANGUAGE_CPP] = { read_cxx, read_rust },
	[LANGUAGE_D] = { read_d, read_cxx },
	[LANGUAGE_GO] = { NULL },
	[LANGUAGE_OBJC] = { NULL },
	[LANGUAGE_OBJCPP] = { read_cxx },
	[LANGUAGE_RUST] = { read_rust, read_cxx },
	[LANGUAGE_SWIFT] = { NULL },
};

/* What GCC and LLVM append to names of parts and clones of functions; dump-sym-parse.md 7.1. */
static const struct str suffixes[] = {
	STR_INIT(".cold"),       STR_INIT(".constprop"), STR_INIT(".isra"), STR_INIT(".llvm"),
	STR_INIT(".localalias"), STR_INIT(".lto_priv"),  STR_INIT(".part"), STR_INIT(".str"),
};

static struct str without_number(struct str name)
{
	size_t n = name.n;

	while (n > 0 && is_digit(name.p[n - 1]))
		n--;
	return n > 0 && n < name.n && name.p[n - 1] == '.' ? str_first(name, n - 1) : name;
}

/* name without its last suffix; name itself when it has none. */
static struct str without_suffix(struct str name)
{
	struct str stem = without_number(name);

	for (size_t i = 0; i < COUNT(suffixes); i++) {
		if (stem.n > suffixes[i].n && str_ends(stem, suffixes[i]))
			return str_first(stem, stem.n - suffixes[i].n);
	}
	if (name.n == 0 || name.p[name.n - 1] != ']')
		return name;

	size_t at = str_find(name, STR(" [clone "));
	return at == 0 ? name : str_first(name, at);
}

static struct str without_suffixes(struct str name)
{
	for (struct str rest = without_suffix(name); rest.n < name.n; rest = without_suffix(name))
		name = rest;
	return name;
}

/* LLVM's hash of an internal function, "$" and 32 hexadecimal digits. */
static struct str without_hash(struct str name)
{
	enum { HASH = 33 };

	if (name.n <= HASH || name.p[name.n - HASH] != '$')
		return name;
	for (size_t i = name.n - HASH + 1; i < name.n; i++) {
		if (!is_digit(name.p[i]) && (name.p[i] < 'a' || name.p[i] > 'f'))
			return name;
	}
	return str_first(name, name.n - HASH);
}

/* The version of an ELF symbol ("@@GLIBCXX_3.4") is kept. */
static bool read_name(struct buf *out, const struct sym_name *name, enum demangle_style style)
{
	const reader *r = readers[name->language];
	struct str text = name->text;
	char copy[512];

	/* No reader takes what begins otherwise. */
	if (r[0] == NULL || text.n < 3 || text.p[0] != '_')
		return false;

	struct str mangled = without_hash(str_first(text, str_find_char(text, '@')));
	struct buf longer = { .oom = out->oom };
	bool ok = false;

	if (mangled.n < sizeof(copy)) {
		memcpy(copy, mangled.p, mangled.n);
		copy[mangled.n] = '\0';
		mangled.p = copy;
	} else {
		buf_put_str(&longer, mangled);
		buf_put_char(&longer, '\0');
		mangled.p = longer.p;
	}
	for (size_t i = 0; i < MAX_READERS && r[i] != NULL && !ok; i++)
		ok = r[i](out, mangled, style);
	buf_free(&longer);
	if (ok)
		buf_put_str(out, str_from(text, str_find_char(text, '@')));
	return ok;
}

/* Whether nothing in a text needs to be changed: it is ASCII without control bytes, and begins with
 * no blank, which readers take for a part of the separator. */
static bool is_clean(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	}
	return s.n != 0 && s.p[0] != ' ';
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/* Appends s without control characters and leading blanks. */
static void put_clean(struct buf *out, struct str s)
{
	bool latin1 = !utf8_valid(s);
	size_t start = out->n;

	while (s.n != 0) {
		uint32_t code = (unsigned char)s.p[0];
		size_t n = latin1 ? 1 : utf8_next(s, &code);

		if (!is_control(code) && (code != ' ' || out->n != start))
			utf8_put(out, code);
		s = str_from(s, n);
	}
	if (out->n == start)
		buf_put_str(out, STR("<name omitted>"));
}

/* Makes what stands in out from start on fit to be printed. */
static void clean(struct buf *out, size_t start)
{
	struct str text = str_from(buf_str(out), start);
	struct buf copy = { .oom = out->oom };

	if (is_clean(text))
		return;
	buf_put_str(&copy, text);
	out->n = start;
	put_clean(out, buf_str(&copy));
	buf_free(&copy);
}

void demangle(struct buf *out, struct sym_name name, enum demangle_style style)
{
	size_t start = out->n;
	struct str whole = str_first(name.text, LIMIT_NAME_BYTES);

	name.text = whole;
	if (!name.readable && name.language != LANGUAGE_GO)
		name.text = without_suffixes(whole);
	/* A name of who knows what language keeps what may be no suffix. */
	if (name.readable || !read_name(out, &name, style))
		buf_put_str(out, name.language == LANGUAGE_UNKNOWN ? whole : name.text);
	clean(out, start);
}
