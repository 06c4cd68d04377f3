#ifndef CRASH_TESTS_SYMX_TEXT_H
#define CRASH_TESTS_SYMX_TEXT_H

#include <inttypes.h>

#include "base/limits.h"
#include "sym/symx_impl.h"

/* Symbols over a text in memory, for tests. May not move. */
struct symx_text {
	struct buf index;
	struct peer_lines peer;
	struct symx_state state;
	struct symx symx;
};

static inline bool symx_text_open(struct symx_text *t, struct str text, bool compat)
{
	struct symx_build_options o = { 0 };
	struct error err = { 0 };

	*t = (struct symx_text){ .state.budget = LIMIT_SYM_BODY_BYTES };
	if (compat) {
		peer_lines_find(&t->peer, text);
		o.peer = &t->peer;
	}
	t->symx = (struct symx){ .text = text, .state = &t->state, .peer = o.peer };
	return symx_build(text, &o, &t->index, &err) &&
	       symx_index_open(&t->state.index,
			       (struct slice){ (const uint8_t *)t->index.p, t->index.n });
}

static inline void symx_text_close(struct symx_text *t)
{
	buf_free(&t->index);
	buf_free(&t->peer.offsets);
	symx_known_free(&t->state.known);
}

static inline void symx_text_place(struct buf *out, const struct sym_place *p)
{
	buf_put_char(out, ' ');
	if (p->has_file)
		buf_put_str(out, p->file);
	if (p->has_line)
		buf_printf(out, ":%" PRIu32, p->line);
	if (!p->has_file && !p->has_line)
		buf_put_char(out, '-');
}

/* Appends all that is known about an address: "1000 f a.c:5 < i b.c:7", inlines from the outside
 * in. */
static inline void symx_text_ask(const struct symx *x, uint64_t offset, struct buf *out)
{
	struct arena a = { 0 };
	struct sym_frame f;
	struct sym_cfi cfi;
	struct sym_win win;

	if (symx_find(x, offset, &a, &f)) {
		buf_printf(out, "%" PRIx64 "%s ", f.base, f.is_public ? " PUBLIC" : "");
		buf_put_str(out, f.function);
		if (!f.is_public)
			symx_text_place(out, &f.place);
		for (size_t i = f.n_inlines; i-- > 0;) {
			buf_printf(out, " < ");
			buf_put_str(out, f.inlines[i].function);
			symx_text_place(out, &f.inlines[i].place);
		}
		if (f.parameter_size != 0)
			buf_printf(out, " params %" PRIx32, f.parameter_size);
	} else {
		buf_put_char(out, '-');
	}
	if (symx_cfi(x, offset, &a, &cfi)) {
		buf_printf(out, " cfi %" PRIx64 "+%" PRIx64, cfi.start, cfi.size);
		for (size_t i = 0; i < cfi.n_rules; i++) {
			buf_printf(out, " [");
			buf_put_str(out, cfi.rules[i]);
			buf_put_char(out, ']');
		}
	}
	if (symx_win(x, offset, SYM_WIN_FRAME_DATA, &a, &win))
		buf_printf(out, " win4 %" PRIx64 "+%" PRIx32, win.start, win.size);
	if (symx_win(x, offset, SYM_WIN_FPO, &a, &win))
		buf_printf(out, " win0 %" PRIx64 "+%" PRIx32 "%s", win.start, win.size,
			   win.allocates_base_pointer ? " ebp" : "");
	arena_free(&a);
}

#endif
