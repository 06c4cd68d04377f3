#include "sym/check_impl.h"
#include "sym/words.h"

/* What servers and proxies give for a missing file, and what people rename. */
static const struct {
	struct str start;
	enum check_kind kind;
} contents[] = {
	{ STR_INIT("<!doctype html"), CHECK_HTML },
	{ STR_INIT("<html"), CHECK_HTML },
	{ STR_INIT("<head"), CHECK_HTML },
	{ STR_INIT("<body"), CHECK_HTML },
	{ STR_INIT("<?xml"), CHECK_XML },
	{ STR_INIT("<error"), CHECK_XML },
	{ STR_INIT("{"), CHECK_JSON },
	{ STR_INIT("["), CHECK_JSON },
};

enum check_kind check_content(struct str text)
{
	enum { ENOUGH = 512 };
	struct str head = str_trim(str_first(text, ENOUGH));

	if (text.n == 0)
		return CHECK_EMPTY;
	for (unsigned i = 0; i < COUNT(contents); i++) {
		if (sym_same_word(str_first(head, contents[i].start.n), contents[i].start))
			return contents[i].kind;
	}
	/* A NUL in the first line is no damaged name: that line is the MODULE. */
	if (head.n != 0 && memchr(head.p, '\0', str_find_char(head, '\n')) != NULL)
		return CHECK_BINARY;
	return CHECK_KINDS;
}

/* The last part of a path, which is cut off. */
static struct str last_part(struct str *path)
{
	size_t n = path->n;

	while (n > 0 && path->p[n - 1] != '/')
		n--;

	struct str part = str_from(*path, n);
	*path = str_first(*path, n > 0 ? n - 1 : 0);
	return part;
}

/* A store's folders have ids of 33 to 40 digits. Others are folders of another use. */
static bool is_id(struct str s)
{
	return s.n >= 33 && s.n <= 40 && sym_is_hex(s);
}

void check_place(struct check *c)
{
	struct str path = str_of(c->o->name);

	last_part(&path);
	struct str id = last_part(&path);
	struct str name = last_part(&path);

	if (!c->has_module || !is_id(id))
		return;
	if (!sym_same_word(id, c->module_id))
		check_say_at(c, CHECK_PLACE_ID, 1);
	if (!sym_same_word(name, str_leaf(c->module_name)))
		check_say_at(c, CHECK_PLACE_NAME, 1);
}
