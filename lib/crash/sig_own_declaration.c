#include "crash/sig_own_impl.h"

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

	if (rest.p[0] != 'o' || !str_starts(rest, word) || (i > 0 && sig_own_is_word(s.p[i - 1])) ||
	    (rest.n > word.n && sig_own_is_word(rest.p[word.n])))
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

bool sig_own_step_qualifiers(struct sig_name *n)
{
	struct str s = n->text, shorter;

	while ((shorter = cut_qualifier(s)).n < s.n)
		s = shorter;
	if (str_ends(s, STR(")")))
		n->text = s;
	return true;
}

bool sig_own_step_trailing_return(struct sig_name *n)
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

bool sig_own_step_declarator(struct sig_name *n)
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
		return sig_own_step_qualifiers(n);
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

bool sig_own_step_return_type(struct sig_name *n)
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
