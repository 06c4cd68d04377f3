#include <stdlib.h>
#include <string.h>

#include "base/tool_impl.h"

const struct tool_option tool_standard_options[TOOL_N_STANDARD] = {
	{ 'v', "verbose", "[LEVEL]", OPTION_LEVEL, offsetof(struct tool_standard, verbose),
	  "say more on standard error; LEVEL: off, error, warn, info, debug or trace" },
	{ 'q', "quiet", NULL, OPTION_FLAG, offsetof(struct tool_standard, quiet), "no warnings" },
	{ 'h', "help", NULL, OPTION_FLAG, offsetof(struct tool_standard, help),
	  "print this and exit" },
	{ 0, "version", NULL, OPTION_FLAG, offsetof(struct tool_standard, version),
	  "print the version and exit" },
};

/* What --verbose may be followed by: the levels of rust-minidump's tools. */
static const struct {
	const char *word;
	int verbosity;
} levels[] = {
	{ "off", DIAG_OFF },  { "error", DIAG_ERRORS }, { "warn", DIAG_WARNINGS },
	{ "info", DIAG_ALL }, { "debug", DIAG_ALL },    { "trace", DIAG_ALL },
};
enum { N_LEVELS = sizeof(levels) / sizeof(levels[0]) };

static bool parse_level(const char *word, int *verbosity)
{
	for (size_t i = 0; word != NULL && i < N_LEVELS; i++) {
		if (strcmp(word, levels[i].word) == 0) {
			*verbosity = levels[i].verbosity;
			return true;
		}
	}
	return false;
}

static bool same(const struct tool_option *o, char letter, const char *name, size_t n)
{
	return name != NULL ? strlen(o->name) == n && memcmp(o->name, name, n) == 0
			    : o->letter == letter;
}

/* The option and, in *base, the struct that it sets. */
static const struct tool_option *find(struct tool_parse *p, char letter, const char *name, size_t n,
				      char **base)
{
	for (size_t i = 0; i < p->tool->n_options; i++) {
		*base = p->opts;
		if (same(&p->tool->options[i], letter, name, n))
			return &p->tool->options[i];
	}
	for (size_t i = 0; i < TOOL_N_STANDARD; i++) {
		*base = (char *)&p->standard;
		if (same(&tool_standard_options[i], letter, name, n))
			return &tool_standard_options[i];
	}
	return NULL;
}

bool tool_size(const char *text, uint64_t *value)
{
	struct str s = str_of(text), units = STR("kMG");
	size_t unit = s.n == 0 ? units.n : str_find_char(units, s.p[s.n - 1]);

	if (unit < units.n)
		s.n--;

	bool hex = str_starts(s, STR("0x")) || str_starts(s, STR("0X"));
	if (!(hex ? str_hex_to_u64(str_from(s, 2), value) : str_to_u64(s, value)))
		return false;
	return unit == units.n ||
	       !__builtin_mul_overflow(*value, UINT64_C(1024) << 10 * unit, value);
}

static bool set(const struct tool_option *o, char *base, const char *arg)
{
	void *member = base + o->offset;
	struct option_list *list = member;

	switch (o->kind) {
	case OPTION_FLAG:
		*(bool *)member = true;
		return true;
	case OPTION_TEXT:
		*(const char **)member = arg;
		return true;
	case OPTION_LIST:
		list->v = realloc(list->v, (list->n + 1) * sizeof(*list->v));
		if (list->v == NULL)
			tool_oom(sizeof(*list->v));
		list->v[list->n++] = arg;
		return true;
	case OPTION_SIZE:
		return tool_size(arg, member);
	case OPTION_LEVEL:
		if (arg != NULL)
			return parse_level(arg, member);
		*(int *)member = DIAG_ALL;
		return true;
	}
	return false;
}

static bool usage_error(const struct tool_parse *p, const char *what, const char *which, size_t n)
{
	struct error err;

	error_set(&err, ERROR_NONE, "%s: %.*s (try --help)", what, (int)n, which);
	diag_error(p->diag, &err);
	return false;
}

/* Whether the next word is the argument of an option that has none in its own word. Of a level,
 * which may be left out, only if it is one: "--verbose warn file", "--verbose file". */
static bool takes_next(const struct tool_option *o, const char *next)
{
	int unused;

	return o->kind == OPTION_LEVEL ? parse_level(next, &unused) : o->kind != OPTION_FLAG;
}

static bool parse_long(struct tool_parse *p, const char *word, const char *next, bool *took_next)
{
	const char *eq = strchr(word, '=');
	size_t n = eq == NULL ? strlen(word) : (size_t)(eq - word);
	char *base;
	const struct tool_option *o = find(p, 0, word, n, &base);

	if (o == NULL)
		return usage_error(p, "unknown option", word - 2, n + 2);
	if (o->kind == OPTION_FLAG && eq != NULL)
		return usage_error(p, "option takes no argument", word - 2, n + 2);
	*took_next = eq == NULL && takes_next(o, next);
	if (*took_next && next == NULL)
		return usage_error(p, "option needs an argument", word - 2, n + 2);
	if (!set(o, base, *took_next ? next : eq == NULL ? NULL : eq + 1))
		return usage_error(p, "bad argument of option", word - 2, n + 2);
	return true;
}

static bool parse_letters(struct tool_parse *p, const char *letters, const char *next,
			  bool *took_next)
{
	for (; *letters != '\0'; letters++) {
		char *base;
		const struct tool_option *o = find(p, *letters, NULL, 0, &base);

		if (o == NULL)
			return usage_error(p, "unknown option", letters, 1);
		if (o->kind == OPTION_FLAG || o->kind == OPTION_LEVEL) {
			set(o, base, NULL);
			continue;
		}
		*took_next = letters[1] == '\0';
		if (*took_next && next == NULL)
			return usage_error(p, "option needs an argument", letters, 1);
		if (!set(o, base, *took_next ? next : letters + 1))
			return usage_error(p, "bad argument of option", letters, 1);
		return true;
	}
	return true;
}

bool tool_parse_all(struct tool_parse *p, int argc, char **argv, int *first)
{
	int operands = 0;
	bool ok = true;

	for (int i = 1; ok && i < argc; i++) {
		bool is_option = argv[i][0] == '-' && argv[i][1] != '\0', took_next = false;
		const char *next = i + 1 < argc ? argv[i + 1] : NULL;

		if (!is_option) {
			argv[1 + operands++] = argv[i];
		} else if (strcmp(argv[i], "--") == 0) {
			while (++i < argc)
				argv[1 + operands++] = argv[i];
		} else if (argv[i][1] == '-') {
			ok = parse_long(p, argv[i] + 2, next, &took_next);
		} else {
			ok = parse_letters(p, argv[i] + 1, next, &took_next);
		}
		i += took_next;
	}
	*first = argc - operands;
	memmove(argv + *first, argv + 1, (size_t)operands * sizeof(*argv));
	return ok;
}
