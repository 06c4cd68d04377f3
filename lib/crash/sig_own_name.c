#include "base/buf.h"
#include "base/unicode.h"
#include "crash/sig_brackets.h"
#include "crash/sig_own.h"
#include "crash/sig_own_impl.h"
#include "sym/demangle.h"

static bool is_hex(char c)
{
	return sig_own_is_digit(c) || (c >= 'a' && c <= 'f');
}

/* Whether s ends with mark, 16 digits and tail: the hash of a Rust function. */
static bool ends_in_hash(struct str s, struct str mark, struct str tail)
{
	enum { DIGITS = 16 };

	if (!str_ends(s, tail) || s.n < mark.n + DIGITS + tail.n)
		return false;
	s = str_from(s, s.n - tail.n - DIGITS - mark.n);
	for (size_t i = 0; i < DIGITS; i++) {
		if (!is_hex(s.p[mark.n + i]))
			return false;
	}
	return str_starts(s, mark);
}

/* Without a word that a compiler appends to parts and copies of a function, and its numbers. */
static struct str cut_suffix(struct str s)
{
	static const struct str words[] = {
		STR_INIT(".cold"),  STR_INIT(".isra"),     STR_INIT(".part"),
		STR_INIT(".llvm"),  STR_INIT(".clone"),    STR_INIT(".constprop"),
		STR_INIT(".uniq."), STR_INIT(".lto_priv"),
	};
	size_t end = s.n;

	while (end > 0 && (sig_own_is_digit(s.p[end - 1]) || s.p[end - 1] == '.'))
		end--;
	for (size_t i = 0; i < COUNT(words); i++) {
		struct str head = str_first(s, end);

		if (head.n > words[i].n && str_ends(head, words[i]))
			return str_first(s, end - words[i].n);
	}
	return s;
}

/* "f [clone .cold]" of GCC, "f (.cold)" of LLVM, "f.cold" of both. */
static struct str cut_suffixes(struct str name)
{
	struct str s = str_first(name, str_find(name, STR(" [clone ")));
	struct str shorter;

	s = str_first(s, str_find(s, STR(" (.")));
	while ((shorter = cut_suffix(s)).n != s.n)
		s = shorter;
	return s.n != 0 ? s : name;
}

bool sig_own_rust(struct str name)
{
	name = cut_suffixes(name);
	if (str_starts(name, STR("_R")) || ends_in_hash(name, STR("::h"), STR("")) ||
	    ends_in_hash(name, STR("17h"), STR("E")))
		return true;
	if (str_has(name, STR("{{closure}}")) || str_has(name, STR("{closure#")) ||
	    str_has(name, STR("{impl#")) || str_has(name, STR("{shim:")))
		return true;
	return str_starts(name, STR("<")) && str_has(name, STR(">::")) &&
	       !str_starts(name, STR("<lambda"));
}

static bool demangled(struct sig_name *n)
{
	struct buf b = { .oom = n->arena->oom };

	if (!str_starts(n->text, STR("_Z")) && !str_starts(n->text, STR("__Z")) &&
	    !str_starts(n->text, STR("_R")) && !str_starts(n->text, STR("?")))
		return true;
	demangle(&b, (struct sym_name){ .text = n->text }, DEMANGLE_FULL);
	n->text = arena_strdup(n->arena, buf_str(&b));
	buf_free(&b);
	return true;
}

static bool suffixes(struct sig_name *n)
{
	n->text = cut_suffixes(n->text);
	return true;
}

/* What compilers call functions without a name: how such a text begins and ends, and what may be
 * in between. */
static const struct nameless {
	struct str begin;
	char end;               /* '\0': with the last digit */
	bool (*inside)(char c); /* NULL: anything, brackets of the same kind in pairs */
	struct str text;
} nameless[] = {
	{ STR_INIT("{lambda"), '}', NULL, STR_INIT("lambda") },
	{ STR_INIT("$_"), '\0', sig_own_is_digit, STR_INIT("lambda") },
	{ STR_INIT("'lambda"), '\'', sig_own_is_digit, STR_INIT("lambda") },
	{ STR_INIT("<lambda_"), '>', sig_own_is_word, STR_INIT("lambda") },
	{ STR_INIT("<lambda"), '>', sig_own_is_digit, STR_INIT("lambda") },
	{ STR_INIT("`lambda_"), '\'', sig_own_is_word, STR_INIT("lambda") },
	{ STR_INIT("{closure#"), '}', sig_own_is_digit, STR_INIT("{{closure}}") },
};

/* The length of such a name at the start of s, or 0. One that is not closed soon is none: looking
 * for the end of each to the end of the name would take the square of its length. */
static size_t match_nameless(struct str s, const struct nameless *l)
{
	enum { LONGEST = 1024 };
	size_t i = l->begin.n, depth = 1;

	if (!str_starts(s, l->begin))
		return 0;
	s = str_first(s, LONGEST);
	for (; i < s.n; i++) {
		if (l->inside != NULL && !l->inside(s.p[i]))
			break;
		depth += s.p[i] == '{';
		if (l->inside == NULL && s.p[i] == l->end && --depth == 0)
			break;
	}
	if (l->end == '\0')
		return i > l->begin.n ? i : 0;
	return i < s.n && s.p[i] == l->end ? i + 1 : 0;
}

static const struct nameless *find_nameless(struct str s, size_t *length)
{
	if (strchr("{$'<`", s.p[0]) == NULL)
		return NULL;
	for (size_t i = 0; i < COUNT(nameless); i++) {
		*length = match_nameless(s, &nameless[i]);
		if (*length != 0)
			return &nameless[i];
	}
	return NULL;
}

static bool lambdas(struct sig_name *n)
{
	struct buf b = { .oom = n->arena->oom };
	struct str s = n->text;

	while (s.n != 0) {
		size_t length;
		const struct nameless *found = find_nameless(s, &length);

		if (found != NULL)
			buf_put_str(&b, found->text);
		else
			buf_put_char(&b, s.p[0]);
		s = str_from(s, found != NULL ? length : 1);
	}
	n->text = arena_strdup(n->arena, buf_str(&b));
	buf_free(&b);
	return true;
}

/* Of the type that a method belongs to, the path stays: "<a::Vec<u8>>::push". */
static enum sig_fate rust_type(struct str before, struct str text, bool nested)
{
	if (str_has(text, STR(" as ")) && !nested)
		return SIG_KEEP;
	return before.n == 0 && !nested ? SIG_ENTER : SIG_TYPE;
}

static bool rust_types(struct sig_name *n)
{
	static const struct sig_brackets types = { '<', '>', rust_type };

	n->text = sig_brackets_replace(n->text, &types, n->arena);
	return true;
}

/* Arguments go; what stands where a type does is a tuple: "<*const (a, b)>::add". */
static enum sig_fate rust_argument(struct str before, struct str text, bool nested)
{
	(void)text;
	(void)nested;
	return str_ends(before, STR("<")) || str_ends(before, STR(" ")) ? SIG_TYPE : SIG_REMOVE;
}

static bool rust_arguments(struct sig_name *n)
{
	static const struct sig_brackets arguments = { '(', ')', rust_argument };

	n->text = sig_brackets_replace(n->text, &arguments, n->arena);
	return true;
}

static bool blanks(struct sig_name *n)
{
	sig_step_blanks(n);
	n->text = unicode_trim(n->text);
	return true;
}

static const struct sig_step cpp_steps[] = {
	{ "demangled", demangled },
	{ "suffixes", suffixes },
	{ "qualifiers", sig_own_step_qualifiers },
	{ "trailing return", sig_own_step_trailing_return },
	{ "declarator", sig_own_step_declarator },
	{ "anonymous", sig_step_anonymous },
	{ "lambda", lambdas },
	{ "return type", sig_own_step_return_type },
	{ "types", sig_step_types },
	{ "arguments", sig_step_arguments },
	{ "line number", sig_step_line },
	{ "blanks", blanks },
};

static const struct sig_step rust_steps[] = {
	{ "demangled", demangled },
	{ "suffixes", suffixes },
	{ "hash", sig_step_hash },
	{ "closure", lambdas },
	{ "return type", sig_step_return_type },
	{ "types", rust_types },
	{ "arguments", rust_arguments },
	{ "line number", sig_step_line },
	{ "blanks", blanks },
};

_Static_assert(COUNT(cpp_steps) <= SIG_FRAME_STEPS, "a trace has room for all steps");

struct str sig_own_name(struct str name, bool rust, struct str line, struct siglists *lists,
			struct arena *a, struct sig_frame_trace *t)
{
	struct sig_name n = { unicode_trim(name), line, lists, a };
	struct str out;

	if (!sig_step_run(&n, rust ? rust_steps : cpp_steps,
			  rust ? COUNT(rust_steps) : COUNT(cpp_steps), t, &out) ||
	    out.n == 0)
		return unicode_trim(name);
	return out;
}
