#include "base/regex_groups.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/limits.h"

struct regex_groups {
	pcre2_code *code;
	pcre2_match_context *context;
	pcre2_match_data *data;
	struct str text; /* of the last match */
	uint32_t n;
	void (*oom)(size_t wanted);
};

static void set_limits(pcre2_match_context *c)
{
	pcre2_set_match_limit(c, LIMIT_REGEX_MATCH);
	pcre2_set_depth_limit(c, LIMIT_REGEX_DEPTH);
	pcre2_set_heap_limit(c, LIMIT_REGEX_HEAP_KIB);
}

struct regex_groups *regex_groups_open(struct str pattern, struct arena *a, struct error *err)
{
	struct regex_groups *r = arena_new(a, struct regex_groups, 1);
	char why[128];
	int number;
	size_t at;

	r->oom = a->oom;
	r->code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, PCRE2_NEVER_BACKSLASH_C, &number,
				&at, NULL);
	if (r->code == NULL && number == PCRE2_ERROR_HEAP_FAILED && a->oom != NULL)
		a->oom(pattern.n);
	if (r->code == NULL) {
		pcre2_get_error_message(number, (PCRE2_UCHAR *)why, sizeof(why));
		error_set(err, ERROR_INPUT, "%.*s: %s", STR_ARGS(pattern), why);
		return NULL;
	}
	r->context = pcre2_match_context_create(NULL);
	r->data = pcre2_match_data_create_from_pattern(r->code, NULL);
	if ((r->context == NULL || r->data == NULL) && a->oom != NULL)
		a->oom(pattern.n);
	set_limits(r->context);
	pcre2_pattern_info(r->code, PCRE2_INFO_CAPTURECOUNT, &r->n);
	r->n++;
	return r;
}

void regex_groups_close(struct regex_groups *r)
{
	pcre2_match_data_free(r->data);
	pcre2_match_context_free(r->context);
	pcre2_code_free(r->code);
}

size_t regex_groups_n(const struct regex_groups *r)
{
	return r->n;
}

bool regex_groups_match(struct regex_groups *r, struct str text)
{
	int rc = pcre2_match(r->code, (PCRE2_SPTR)text.p, text.n, 0, 0, r->data, r->context);

	if (rc == PCRE2_ERROR_NOMEMORY && r->oom != NULL)
		r->oom(text.n);
	r->text = text;
	return rc > 0;
}

bool regex_groups_get(const struct regex_groups *r, size_t group, struct str *text)
{
	const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(r->data);

	if (group >= r->n || ends[2 * group] == PCRE2_UNSET ||
	    ends[2 * group + 1] < ends[2 * group])
		return false;
	*text = str_first(str_from(r->text, ends[2 * group]),
			  ends[2 * group + 1] - ends[2 * group]);
	return true;
}
