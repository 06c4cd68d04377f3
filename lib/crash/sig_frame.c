#include "crash/sig_frame.h"

#include <limits.h>

#include "base/limits.h"
#include "crash/sig_brackets.h"
#include "crash/sig_frame_impl.h"

/* Without the rest of a name that is too long, cut between two characters. */
static struct str bounded(struct str s)
{
	size_t n = LIMIT_SIG_NAME_BYTES;

	if (s.n <= n)
		return s;
	while (n > 0 && ((uint8_t)s.p[n] & 0xc0) == 0x80)
		n--;
	return str_first(s, n);
}

/* What is entered was searched for the words already. */
static enum sig_fate cpp_type(struct str before, struct str text, bool nested)
{
	if (str_eq(text, STR("<name omitted>")) ||
	    (!nested && (str_has(text, STR(" as ")) || str_has(text, STR(" in ")))))
		return SIG_KEEP;
	if (str_ends(before, STR("operator")))
		return SIG_KEEP;
	return str_ends(before, STR("IPC::ParamTraits")) ? SIG_ENTER : SIG_TYPE;
}

static enum sig_fate cpp_arguments(struct str before, struct str text, bool nested)
{
	(void)nested;
	if (str_eq(text, STR("(anonymous namespace)")) || str_ends(before, STR("operator")))
		return SIG_KEEP;
	return SIG_REMOVE;
}

static enum sig_fate rust_type(struct str before, struct str text, bool nested)
{
	(void)before;
	(void)nested;
	return str_has(text, STR(" as ")) ? SIG_KEEP : SIG_TYPE;
}

static enum sig_fate removed(struct str before, struct str text, bool nested)
{
	(void)before;
	(void)text;
	(void)nested;
	return SIG_REMOVE;
}

static const struct sig_brackets cpp_types = { '<', '>', cpp_type };
static const struct sig_brackets cpp_argument_lists = { '(', ')', cpp_arguments };
static const struct sig_brackets clones = { '[', ']', removed };
static const struct sig_brackets rust_types = { '<', '>', rust_type };
static const struct sig_brackets rust_argument_lists = { '(', ')', removed };

struct str sig_frame_types(struct str name, struct arena *a)
{
	return sig_brackets_replace(bounded(name), &cpp_types, a);
}

struct str sig_frame_arguments(struct str name, struct arena *a)
{
	return sig_brackets_replace(bounded(name), &cpp_argument_lists, a);
}

/* The bracket that a character closes, or 0. */
static char opener(char c)
{
	static const char openers[UCHAR_MAX + 1] = {
		[')'] = '(', ['}'] = '{', [']'] = '[', ['>'] = '<', ['\''] = '`',
	};

	return openers[(unsigned char)c];
}

static bool is_opener(char c)
{
	return c == '(' || c == '{' || c == '[' || c == '<' || c == '`';
}

/*
 * Tokens end at blanks outside brackets. One that begins with a bracket of arguments or with
 * "[clone" belongs to the token before it, so what is wanted is the text from the last other token
 * on, to the end of the last one. Two blanks have an empty token between them; a blank at the end
 * has none behind.
 */
bool sig_frame_drop(struct str name, struct arena *a, struct str *out)
{
	char *open = arena_new(a, char, name.n + 1);
	size_t depth = 0, token = 0, start = 0, end = 0;
	bool any = false;

	for (size_t i = 0; i <= name.n; i++) {
		char c = i == name.n ? ' ' : name.p[i];

		if (i == name.n ? i > token : c == ' ' && depth == 0) {
			struct str text = str_from(name, token);

			if (!any ||
			    !(str_starts(text, STR("(")) || str_starts(text, STR("[clone"))))
				start = token;
			any = true;
			end = i;
			token = i + 1;
		} else if (is_opener(c)) {
			open[depth++] = c;
		} else if (depth != 0 && opener(c) == open[depth - 1]) {
			depth--;
		}
	}
	*out = str_first(str_from(name, start), end - start);
	return any;
}

bool sig_step_return_type(struct sig_name *n)
{
	return sig_frame_drop(n->text, n->arena, &n->text);
}

static bool step_drop_cpp(struct sig_name *n)
{
	return str_has(n->text, STR("::operator")) || sig_step_return_type(n);
}

bool sig_step_types(struct sig_name *n)
{
	n->text = sig_brackets_replace(n->text, &cpp_types, n->arena);
	return true;
}

bool sig_step_arguments(struct sig_name *n)
{
	n->text = sig_brackets_replace(n->text, &cpp_argument_lists, n->arena);
	return true;
}

static bool step_clones(struct sig_name *n)
{
	if (str_has(n->text, STR("clone .cold")))
		n->text = sig_brackets_replace(n->text, &clones, n->arena);
	return true;
}

static bool step_types_rust(struct sig_name *n)
{
	n->text = sig_brackets_replace(n->text, &rust_types, n->arena);
	return true;
}

static bool step_arguments_rust(struct sig_name *n)
{
	n->text = sig_brackets_replace(n->text, &rust_argument_lists, n->arena);
	return true;
}

static const struct sig_step cpp_steps[] = {
	{ "qualifiers", sig_step_qualifiers },
	{ "return type", step_drop_cpp },
	{ "anonymous", sig_step_anonymous },
	{ "lambda", sig_step_lambdas },
	{ "types", sig_step_types },
	{ "arguments", sig_step_arguments },
	{ "clone", step_clones },
	{ "line number", sig_step_line },
	{ "blanks", sig_step_blanks },
};

static const struct sig_step rust_steps[] = {
	{ "return type", sig_step_return_type }, { "types", step_types_rust },
	{ "arguments", step_arguments_rust },    { "line number", sig_step_line },
	{ "blanks", sig_step_blanks },           { "hash", sig_step_hash },
};

bool sig_step_run(struct sig_name *n, const struct sig_step *steps, size_t n_steps,
		  struct sig_frame_trace *t, struct str *out)
{
	n->text = bounded(n->text);
	if (t != NULL)
		t->n = 0;
	for (size_t i = 0; i < n_steps; i++) {
		struct str before = n->text;

		if (!steps[i].apply(n))
			return false;
		if (t != NULL && !str_eq(before, n->text)) {
			t->step[t->n].what = steps[i].what;
			t->step[t->n++].after = n->text;
		}
	}
	*out = n->text;
	return true;
}

bool sig_frame_trace(struct str name, bool rust, struct str line, struct siglists *lists,
		     struct arena *a, struct sig_frame_trace *t, struct str *out)
{
	struct sig_name n = { name, line, lists, a };

	if (rust)
		return sig_step_run(&n, rust_steps, COUNT(rust_steps), t, out);
	return sig_step_run(&n, cpp_steps, COUNT(cpp_steps), t, out);
}

bool sig_frame_cpp(struct str name, struct str line, struct siglists *lists, struct arena *a,
		   struct str *out)
{
	return sig_frame_trace(name, false, line, lists, a, NULL, out);
}

bool sig_frame_rust(struct str name, struct str line, struct siglists *lists, struct arena *a,
		    struct str *out)
{
	return sig_frame_trace(name, true, line, lists, a, NULL, out);
}

struct str sig_frame_file(struct str file)
{
	struct str parts[4], rest = file;
	size_t n = 0;

	for (;; n++) {
		size_t colon = str_find_char(rest, ':');

		if (n < 4)
			parts[n] = str_first(rest, colon);
		if (colon == rest.n)
			break;
		rest = str_from(rest, colon + 1);
	}
	if (n == 3)
		return parts[2];
	if (n == 1)
		return parts[1];
	return file.n != 0 && file.p[0] == '/' ? file : (struct str){ "", 0 };
}
