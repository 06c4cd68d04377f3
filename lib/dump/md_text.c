#include "dump/md_text.h"

struct str md_text(const struct cursor *c)
{
	return (struct str){ (const char *)c->in.p, c->in.n };
}

static struct str unquote(struct str s)
{
	s = str_trim(s);
	if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		return str_from(str_first(s, s.n - 1), 1);
	return s;
}

bool md_text_pair(struct str *text, char separator, struct str *key, struct str *value)
{
	struct str line;

	while (str_next_line(text, &line)) {
		size_t at = str_find_char(line, separator);

		if (at == line.n)
			continue;
		*key = unquote(str_first(line, at));
		*value = unquote(str_from(line, at + 1));
		return true;
	}
	return false;
}
