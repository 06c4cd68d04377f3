#include "base/buf.h"
#include "base/unicode.h"
#include "crash/sig_brackets.h"
#include "crash/sig_frame_impl.h"
#include "crash/sig_own.h"
#include "sym/demangle.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       ((unsigned char)c & 0x80) != 0;
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

	while (end > 0 && (is_digit(s.p[end - 1]) || s.p[end - 1] == '.'))
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

/* What stands behind "operator" and would be taken for brackets; longer ones first. */
static const struct str symbols[] = {
	STR_INIT("<=>"), STR_INIT("<<="), STR_INIT(">>="), STR_INIT("->*"), STR_INIT("->"),
	STR_INIT("<<"),  STR_INIT(">>"),  STR_INIT("<="),  STR_INIT(">="),  STR_INIT("<"),
	STR_INIT(">"),   STR_INIT("()"),  STR_INIT("[]"),
};

/* The length of the word "operator" and its symbol at i, or 0. */
static size_t operator_at(struct str s, size_t i)
{
	static const struct str word = { "operator", 8 };
	struct str rest = str_from(s, i);

	if (rest.p[0] != 'o' || !str_starts(rest, word) || (i > 0 && is_word(s.p[i - 1])) ||
	    (rest.n > word.n && is_word(rest.p[word.n])))
		return 0;
	for (size_t k = 0; k < COUNT(symbols); k++) {
		if (str_starts(str_from(rest, word.n), symbols[k]))
			return word.n + symbols[k].n;
	}
	return word.n;
}

/* A walk over a name, which knows what is in brackets. */
struct scan {
	struct str s;
	size_t i;
	char *open; /* the brackets that are */
	size_t depth;
};

static struct scan scan_of(struct str s, struct arena *a)
{
	return (struct scan){ .s = s, .open = arena_new(a, char, s.n + 1) };
}

/* Goes over the character at i, or an operator. */
static void scan_next(struct scan *sc)
{
	static const char open[] = "({[<`", close[] = ")}]>'";
	size_t n = operator_at(sc->s, sc->i);
	char c = sc->s.p[sc->i];
	const char *found;

	if (n != 0) {
		sc->i += n;
		return;
	}
	if (c != '\0' && strchr(open, c) != NULL) {
		sc->open[sc->depth++] = c;
	} else if (c != '\0' && sc->depth != 0 && (found = strchr(close, c)) != NULL) {
		bool arrow = c == '>' && sc->i > 0 && sc->s.p[sc->i - 1] == '-';

		if (!arrow && open[found - close] == sc->open[sc->depth - 1])
			sc->depth--;
	}
	sc->i++;
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

/* The place of the bracket that the one at the end of s closes, or s.n. */
static size_t last_bracket(struct str s)
{
	size_t depth = 0;

	for (size_t i = s.n; i-- > 0;) {
		if (s.p[i] == ')')
			depth++;
		else if (s.p[i] == '(' && --depth == 0)
			return i;
	}
	return s.n;
}

/* Without one qualifier behind the arguments; s itself when there is none. */
static struct str cut_qualifier(struct str s)
{
	static const struct str words[] = {
		STR_INIT("const"),    STR_INIT("volatile"),     STR_INIT("noexcept"),
		STR_INIT("&"),        STR_INIT("__restrict__"), STR_INIT("restrict"),
		STR_INIT("override"), STR_INIT("final"),
	};
	struct str head;

	if (str_ends(s, STR(")")))
		head = str_trim(str_first(s, last_bracket(s)));
	else
		head = s;
	if (head.n != s.n && str_ends(head, STR("noexcept")))
		s = head;
	for (size_t i = 0; i < COUNT(words); i++) {
		if (!str_ends(s, words[i]))
			continue;
		head = str_first(s, s.n - words[i].n);
		if (words[i].p[0] == '&' || str_ends(head, STR(" ")) || str_ends(head, STR(")")))
			return str_trim(head);
	}
	return s;
}

/* Qualifiers stand behind arguments, else they are part of the name. */
static bool qualifiers(struct sig_name *n)
{
	struct str s = n->text, shorter;

	while ((shorter = cut_qualifier(s)).n < s.n)
		s = shorter;
	if (str_ends(s, STR(")")))
		n->text = s;
	return true;
}

static bool trailing_return(struct sig_name *n)
{
	struct scan sc = scan_of(n->text, n->arena);

	while (sc.i < n->text.n) {
		if (sc.depth == 0 && sc.i != 0 &&
		    str_starts(str_from(n->text, sc.i), STR(" -> "))) {
			n->text = str_first(n->text, sc.i);
			return true;
		}
		scan_next(&sc);
	}
	return true;
}

/* "int (*f(int))(char)": f(int) is in the bracket that begins with '*' or '&'. */
static bool declarator(struct sig_name *n)
{
	struct scan sc = scan_of(n->text, n->arena);

	while (sc.i < n->text.n) {
		size_t at = sc.i;
		struct str rest = str_from(n->text, at);

		scan_next(&sc);
		if (sc.i != at + 1) /* an operator: conversions have no declarator around */
			return true;
		if (sc.depth != 1 || at == 0 || n->text.p[at - 1] != ' ' ||
		    (!str_starts(rest, STR("(*")) && !str_starts(rest, STR("(&"))))
			continue;
		while (sc.i < n->text.n && sc.depth != 0)
			scan_next(&sc);
		rest = str_first(rest, sc.i - at - 1);
		while (rest.n != 0 && strchr("(*& ", rest.p[0]) != NULL)
			rest = str_from(rest, 1);
		if (rest.n != 0)
			n->text = rest;
		return qualifiers(n);
	}
	return true;
}

/* Whether a blank at i stands before the name or a part of its return type, not before its
 * arguments. */
static bool begins_token(struct str s, size_t i)
{
	struct str rest = str_from(s, i + 1);

	return rest.n != 0 && rest.p[0] != ' ' &&
	       (rest.p[0] != '(' || str_starts(rest, STR("(anonymous namespace)")));
}

static bool return_type(struct sig_name *n)
{
	struct scan sc = scan_of(n->text, n->arena);
	size_t start = 0;

	while (sc.i < n->text.n) {
		if (sc.depth == 0 && operator_at(n->text, sc.i) != 0)
			break; /* blanks behind it are of the name */
		if (sc.depth == 0 && n->text.p[sc.i] == ' ' && begins_token(n->text, sc.i))
			start = sc.i + 1;
		scan_next(&sc);
	}
	n->text = str_from(n->text, start);
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
	{ STR_INIT("$_"), '\0', is_digit, STR_INIT("lambda") },
	{ STR_INIT("'lambda"), '\'', is_digit, STR_INIT("lambda") },
	{ STR_INIT("<lambda_"), '>', is_word, STR_INIT("lambda") },
	{ STR_INIT("<lambda"), '>', is_digit, STR_INIT("lambda") },
	{ STR_INIT("`lambda_"), '\'', is_word, STR_INIT("lambda") },
	{ STR_INIT("{closure#"), '}', is_digit, STR_INIT("{{closure}}") },
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
	{ "qualifiers", qualifiers },
	{ "trailing return", trailing_return },
	{ "declarator", declarator },
	{ "anonymous", sig_step_anonymous },
	{ "lambda", lambdas },
	{ "return type", return_type },
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
