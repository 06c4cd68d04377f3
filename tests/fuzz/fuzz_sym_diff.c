#include <stdlib.h>
#include <string.h>

#include "sym/stats.h"
#include "sym/sym_diff.h"
#include "sym/sym_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static FILE *open_text(char **text, size_t *n)
{
	FILE *f = open_memstream(text, n);

	if (f == NULL)
		abort();
	return f;
}

/* No file differs from itself. */
static void compare(struct sym_input old, struct sym_input new)
{
	char *text;
	size_t n;
	FILE *out = open_text(&text, &n);

	if (sym_diff(&old, &old, false, NULL, out) || fflush(out) != 0 || n != 0)
		abort();
	bool differ = sym_diff(&old, &new, new.text.n % 2 != 0, NULL, out);
	fclose(out);
	if (differ != (n != 0))
		abort();
	free(text);
}

/* An object for each line at least, in ASCII without control bytes or as UTF-8. */
static void print(struct str text)
{
	struct stats s;
	char *json;
	size_t n;
	FILE *out = open_text(&json, &n);
	uint64_t records = 0;

	sym_json_put(text, false, out);
	fclose(out);
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)json[i] < ' ' && json[i] != '\n')
			abort();
	}
	free(json);
	stats_of(&s, text, false);
	for (size_t i = 0; i < RECORD_KINDS; i++)
		records += s.kinds[i].records;
	if (records > text.n || s.longest > text.n)
		abort();
}

/* Two .sym files with a NUL between them, or one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str whole = { (const char *)data, n };
	struct sym_input old = { .text = str_first(whole, str_find_char(whole, '\0')) };
	struct sym_input new = { .text = str_from(whole, old.text.n + 1) };

	print(old.text);
	compare(old, new);
	return 0;
}
