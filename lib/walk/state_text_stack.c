#include <inttypes.h>

#include "walk/state_text_impl.h"

/* Those that are known, for rust-minidump by the name that it prints (stackwalk.md 4), in lines of
 * at most 80 characters and a blank. */
static void put_registers(struct state_printer *p, const struct regs *regs)
{
	enum { LINE_MAX_CHARS = 80 };
	int filled = 0;

	for (unsigned i = 0; i < regs->cpu->n_regs; i++) {
		char one[64];
		int n;

		if (!(p->s->compat ? (regs->valid >> i & 1) != 0 : regs_has(regs, i)))
			continue;
		n = snprintf(one, sizeof(one), " %6s = 0x%0*" PRIx64, regs->cpu->regs[i].name,
			     (int)regs->cpu->hex_digits, regs->value[i]);
		if (filled + n > LINE_MAX_CHARS) {
			putc('\n', p->out);
			filled = 0;
		}
		fprintf(p->out, filled == 0 ? " %s" : "%s", one);
		filled += n;
	}
	if (filled != 0)
		putc('\n', p->out);
}

static void put_inlines(struct state_printer *p, struct str module, const struct sym_frame *f,
			uint64_t *number)
{
	for (size_t i = 0; i < f->n_inlines; i++) {
		const struct sym_inline *in = &f->inlines[i];

		fprintf(p->out, "%2" PRIu64 "  ", (*number)++);
		state_put_after(p, "", module);
		state_put_after(p, "!", in->function);
		if (in->place.has_file && in->place.has_line) {
			state_put_after(p, " [", str_leaf(in->place.file));
			fprintf(p->out, " : %" PRIu32 "]", in->place.line);
		}
		fputs("\n    Found by: inlining\n", p->out);
	}
}

static void put_unloaded_of_frame(struct state_printer *p, uint64_t address)
{
	struct names_unloaded *v = NULL;
	size_t n = names_unloaded(p->s->names, address, &p->names, &v);

	for (size_t i = 0; i < n; i++) {
		state_put_after(p, " (unloaded ", v[i].name);
		for (size_t k = 0; k < v[i].n_offsets; k++)
			fprintf(p->out, "%c0x%" PRIx64, k == 0 ? '@' : '|', v[i].offsets[k]);
		putc(')', p->out);
	}
}

/* What follows the module in a frame that has one. */
static void put_function(struct state_printer *p, const struct sym_frame *f, uint64_t offset)
{
	state_put_after(p, "!", f->function);
	if (f->place.has_file && f->place.has_line) {
		state_put_after(p, " [", str_leaf(f->place.file));
		fprintf(p->out, " : %" PRIu32 " + 0x%" PRIx64 "]", f->place.line,
			offset - f->line_base);
	} else {
		fprintf(p->out, " + 0x%" PRIx64, offset - f->base);
	}
}

static void put_args(struct state_printer *p, const struct walk_frame *frame, struct str function,
		     uint64_t index)
{
	enum args_call call = ARGS_CDECL;
	struct arg *v = NULL;
	size_t n = args_of(&p->args, index, &frame->regs, function, &call, &v, &p->names);

	if (n == 0)
		return;
	fprintf(p->out, "    Arguments (assuming %s)\n", args_call_text(call));
	for (size_t i = 0; i < n; i++) {
		fprintf(p->out, "        arg %zu (", i);
		state_put(p, v[i].name);
		if (v[i].known)
			fprintf(p->out, ") = 0x%08" PRIx32 "\n", v[i].value);
		else
			fputs(") = <unknown>\n", p->out);
	}
	putc('\n', p->out);
}

/* Frame number index of a walk and what is inlined in it; *number is the next line's, and counts
 * inlines too. */
static void put_frame(struct state_printer *p, const struct walk_frame *frame, uint64_t index,
		      uint64_t *number)
{
	struct sym_frame f = { 0 };

	arena_reset(&p->names);
	if (frame->module == MD_NO_MODULE) {
		fprintf(p->out, "%2" PRIu64 "  0x%" PRIx64, (*number)++, frame->instruction);
		put_unloaded_of_frame(p, frame->instruction);
	} else {
		const struct md_module *m = &p->dump->modules.v[frame->module];
		uint64_t offset = frame->instruction - m->base;
		bool named = names_find(p->s->names, frame->module, frame->instruction, &p->names,
					&f);

		put_inlines(p, str_leaf(m->code_file), &f, number);
		fprintf(p->out, "%2" PRIu64 "  ", (*number)++);
		state_put_after(p, "", str_leaf(m->code_file));
		if (named)
			put_function(p, &f, offset);
		else
			fprintf(p->out, " + 0x%" PRIx64, offset);
	}
	putc('\n', p->out);
	put_registers(p, &frame->regs);
	fprintf(p->out, "    Found by: %s\n", trust_text(frame->trust));
	put_args(p, frame, f.function, index);
}

/* The second half of a very deep stack, which waits in a ring until the walk has ended; n frames
 * went through it. */
static void put_second_half(struct state_printer *p, const struct buf *ring, uint64_t n,
			    uint64_t *number)
{
	struct walk_frame frame;
	uint64_t half = p->s->half_frames, kept = n < half ? n : half;

	if (n > kept) {
		fprintf(p->out, "... %" PRIu64 " frames left out ...\n", n - kept);
		*number += n - kept;
	}
	for (uint64_t i = n - kept; i < n; i++) {
		memcpy(&frame, ring->p + i % half * sizeof(frame), sizeof(frame));
		put_frame(p, &frame, half + i, number);
	}
}

void state_put_stack(struct state_printer *p, size_t thread)
{
	struct buf ring = { .oom = p->a->oom };
	struct walk_frame frame;
	struct walk w;
	uint64_t n = 0, number = 0, half = p->s->half_frames;

	if (p->o->args)
		args_collect(&p->args, p->s, thread, &p->scratch);
	if (!state_is_dump_thread(p->s, thread)) {
		state_walk(p->s, thread, &p->scratch, &w);
		for (; state_next(p->s, &w, &frame); n++) {
			if (n < half)
				put_frame(p, &frame, n, &number);
			else if (n < 2 * half)
				buf_put(&ring, &frame, sizeof(frame));
			else
				memcpy(ring.p + n % half * sizeof(frame), &frame, sizeof(frame));
		}
	}
	if (n == 0)
		fputs("<no frames>\n", p->out);
	if (n > half)
		put_second_half(p, &ring, n - half, &number);
	buf_free(&ring);
	args_free(&p->args);
}
