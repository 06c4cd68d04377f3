#include <inttypes.h>

#include "crash/sig_explain.h"
#include "crash/sig_own.h"

static char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static struct str lower(struct str s, struct arena *a)
{
	char *p = arena_new(a, char, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = ascii_lower(s.p[i]);
	return (struct str){ p, s.n };
}

static bool is_windows(struct str low)
{
	static const struct str kinds[] = {
		STR_INIT(".dll"), STR_INIT(".exe"), STR_INIT(".sys"),
		STR_INIT(".drv"), STR_INIT(".ocx"), STR_INIT(".pdb"),
	};

	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (str_ends(low, kinds[i]))
			return true;
	}
	return false;
}

/* Without digits and dots at its end, and the character before them, if it is one of these. */
static struct str cut_version(struct str s, const char *marks)
{
	size_t end = s.n;

	while (end > 0 && ((s.p[end - 1] >= '0' && s.p[end - 1] <= '9') || s.p[end - 1] == '.'))
		end--;
	if (end == s.n)
		return s;
	if (end > 1 && s.p[end - 1] != '\0' && strchr(marks, s.p[end - 1]) != NULL)
		return str_first(s, end - 1);
	while (end < s.n && s.p[end] != '.') /* "libx264.164": digits of the name stay */
		end++;
	return end == 0 ? s : str_first(s, end);
}

/* Whether s is nothing, or numbers with a dot before each: what may stand behind ".so". */
static bool is_version(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '.' && (s.p[i] < '0' || s.p[i] > '9'))
			return false;
	}
	return s.n == 0 || s.p[0] == '.';
}

struct str sig_own_module(struct str name, struct arena *a)
{
	struct str low = lower(name, a);
	size_t so = str_find(name, STR(".so"));

	if (is_windows(low))
		return low;
	if (so != 0 && so < name.n && is_version(str_from(name, so + 3)))
		return arena_concat(a, PARTS(cut_version(str_first(name, so), "-"), STR(".so")));
	if (str_ends(name, STR(".dylib"))) {
		struct str stem = str_first(name, name.n - 6);

		return arena_concat(a, PARTS(cut_version(stem, "."), STR(".dylib")));
	}
	return name;
}

/* A cycle in the frames of a result. */
struct cycle {
	size_t first, n;
};

/* Whether the frames from c->first on, to the last one, repeat after c->n each. */
static bool repeats(const struct sig_result *r, const struct cycle *c)
{
	for (size_t i = c->first; i + c->n < r->n_frames; i++) {
		if (!str_eq(r->frames[i], r->frames[i + c->n]))
			return false;
	}
	return true;
}

/* A function calls another one a few frames below the last of the cycle, which was seen three times
 * at least. Modules and addresses repeat where there are no symbols: they are no cycle. */
static bool find_cycle(const struct sig_job *job, struct cycle *c)
{
	enum { MAX_ABOVE = 10, MAX_LENGTH = 10 };
	const struct sig_result *r = &job->result;

	for (c->n = 1; c->n <= MAX_LENGTH; c->n++) {
		for (c->first = 0; c->first <= MAX_ABOVE; c->first++) {
			uint64_t all = ((UINT64_C(1) << c->n) - 1) << c->first;

			if (c->first + 3 * c->n <= r->n_frames && (job->named & all) == all &&
			    repeats(r, c))
				return true;
		}
	}
	return false;
}

/* Whether the cycle that begins at frame a comes before the one that begins at b. */
static bool before(const struct sig_result *r, size_t a, size_t b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int order = str_cmp(r->frames[a + i], r->frames[b + i]);

		if (order != 0)
			return order < 0;
	}
	return false;
}

struct str sig_own_recursion(struct sig_job *job, bool long_stack)
{
	const struct sig_result *r = &job->result;
	struct str parts[2 * SIG_FRAMES + 1];
	struct cycle c;
	size_t start, n = 0;

	if (!long_stack || r->n_frames < SIG_FRAMES || !find_cycle(job, &c))
		return STR("");
	start = c.first;
	for (size_t i = c.first + 1; i < c.first + c.n; i++) {
		if (before(r, i, start, c.n))
			start = i;
	}
	for (size_t i = start; i < start + c.n; i++) {
		if (siglists_match(job->lists, SIGLIST_IRRELEVANT, r->frames[i]))
			continue;
		parts[n++] = r->frames[i];
		parts[n++] = STR(" | ");
	}
	if (n == 0)
		return STR("");
	parts[n++] = STR("(recursion)");
	for (size_t i = c.first; i < r->n_frames; i++)
		sig_explain_part(job, i, SIG_CYCLE);
	return arena_concat(job->arena, parts, n);
}

/* FNV-1a: what cannot be told apart by what is shown must differ here. */
static uint32_t hash_of(struct str s)
{
	uint32_t h = 2166136261;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (uint8_t)s.p[i]) * 16777619;
	return h;
}

struct str sig_own_cut(struct str signature, size_t max, struct arena *a)
{
	struct str mark = arena_printf(a, "...#%08" PRIx32, hash_of(signature));
	struct str head = str_first(signature, max - mark.n - 1);

	for (size_t i = head.n; i-- > head.n / 2;) {
		if (str_starts(str_from(signature, i), STR(" | "))) {
			head = str_first(signature, i + 2);
			break;
		}
	}
	return arena_concat(a, PARTS(str_trim(head), STR(" "), mark));
}
