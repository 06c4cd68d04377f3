#include "base/utf.h"
#include "walk/frames.h"

static void put_field(struct buf *line, struct str text, char end)
{
	text_printable(line, text);
	buf_put_char(line, end);
}

void state_missing(struct state *s, struct arena *a, FILE *out)
{
	struct arena scratch = { .oom = a->oom };
	struct buf line = { .oom = a->oom };
	const struct sym_module **symbols;
	struct frames f;

	frames_collect(&f, s, a);
	symbols = names_symbols(s->names, &scratch);
	for (size_t i = 0; i < s->dump->modules.n; i++) {
		const struct md_module *m = &s->dump->modules.v[i];

		if (symbols[i] == NULL || symbols[i]->status != SYM_MISSING)
			continue;
		buf_clear(&line);
		put_field(&line, str_leaf(m->debug_file), '\t');
		put_field(&line, m->debug_id, '\t');
		put_field(&line, str_leaf(m->code_file), '\t');
		put_field(&line, m->code_id, '\n');
		fwrite(line.p, 1, line.n, out);
	}
	frames_free(&f);
	buf_free(&line);
	arena_free(&scratch);
}
