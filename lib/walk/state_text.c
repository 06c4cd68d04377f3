#include "walk/state.h"

#include <inttypes.h>

#include "base/js_copy.h"
#include "base/sort.h"
#include "base/utf.h"
#include "walk/args.h"
#include "walk/text_crashpad.h"

/*
 * The human report, line for line rust-minidump's (minidump-processor/src/process_state.rs, print;
 * minidump-unwind/src/lib.rs, CallStack::print). Threads are walked as they are printed.
 */
struct printer {
	FILE *out;
	struct state *s;
	const struct dump *dump;
	const struct state_text_options *o;
	unsigned digits;      /* of an address */
	struct arena *a;      /* for the whole report */
	struct arena scratch; /* for a step of the walk */
	struct arena names;   /* for one frame */
	struct buf text;      /* for one piece of text */
	struct args args;     /* of the thread being printed; empty unless asked for */
};

/* Text from the dump or a symbol file, between our own words. */
static void put(struct printer *p, struct str s)
{
	if (!p->s->compat) {
		buf_clear(&p->text);
		text_printable(&p->text, s);
		s = buf_str(&p->text);
	}
	if (s.n != 0)
		fwrite(s.p, 1, s.n, p->out);
}

/* BEFORE TEXT, within a line. */
static void put_after(struct printer *p, const char *before, struct str s)
{
	fputs(before, p->out);
	put(p, s);
}

static void put_line(struct printer *p, const char *before, struct str s)
{
	put_after(p, before, s);
	putc('\n', p->out);
}

static void put_address(struct printer *p, uint64_t v)
{
	fprintf(p->out, "0x%0*" PRIx64, (int)p->digits, v);
}

static void put_system(struct printer *p)
{
	const struct md_system *s = &p->dump->system;
	const struct md_linux *l = &p->dump->linux_info;

	put_line(p, "Operating system: ", s->os_name);
	if (s->os_version.n != 0)
		put_line(p, "                  ", s->os_version);
	put_line(p, "CPU: ", str_of(s->cpu_name));
	if (s->has_cpu_info)
		put_line(p, "     ", s->cpu_info);
	fprintf(p->out, "     %u CPU%s\n", s->n_cpus, s->n_cpus > 1 ? "s" : "");
	if (p->dump->gpu.version.n != 0) {
		put_line(p, "GPU: ", p->dump->gpu.version);
		put_line(p, "     ", p->dump->gpu.vendor);
		put_line(p, "     ", p->dump->gpu.renderer);
	}
	if (l->has_lsb) {
		put_after(p, "Linux ", l->lsb_id);
		put_after(p, " ", l->lsb_release);
		put_after(p, " - ", l->lsb_codename);
		put_after(p, " (", l->lsb_description);
		fputs(")\n", p->out);
	}
	putc('\n', p->out);
}

static void put_rating(struct printer *p)
{
	if (p->s->rating != NULL)
		fprintf(p->out, "Exploitability: %s\n", p->s->rating);
}

static void put_assertion(struct printer *p)
{
	struct str text;

	if (state_assertion(p->s, p->a, &text))
		put_line(p, "Assertion: ", text);
}

static void put_crash(struct printer *p)
{
	if (!p->dump->exception.present) {
		fputs("No crash\n", p->out);
		put_assertion(p);
		put_rating(p);
		return;
	}
	put_line(p, "Crash reason:  ", p->s->reason);
	put_assertion(p);
	if (p->s->has_address) {
		fputs("Crash address: ", p->out);
		put_address(p, p->s->address);
		hints_text_adjusted(&p->s->hints, p->digits, p->out);
	}
	put_rating(p);
	hints_text(&p->s->hints, p->digits, p->a, p->out);
}

/* The peer prints these numbers in decimal with "0x" before them. */
static void put_mac_number(struct printer *p, const char *label, uint64_t v)
{
	if (v != 0)
		fprintf(p->out,
			p->s->compat ? "    %s: 0x%" PRIu64 "\n" : "    %s: 0x%" PRIx64 "\n", label,
			v);
}

static void put_mac_text(struct printer *p, const char *label, struct str s)
{
	if (s.n == 0)
		return;
	fprintf(p->out, "    %s: ", label);
	put_line(p, "", s);
}

static void put_mac(struct printer *p)
{
	const struct md_extra *x = &p->dump->extra;

	if (x->has_mac_records)
		fputs("Mac Crash Info:\n", p->out);
	for (size_t i = 0; i < x->n_mac_records; i++) {
		const struct md_mac_record *m = &x->mac_records[i];

		fprintf(p->out, "  Record %zu\n", i);
		put_mac_number(p, "thread", m->thread);
		put_mac_number(p, "dialog mode", m->dialog_mode);
		put_mac_number(p, "abort_cause", m->abort_cause);
		put_mac_text(p, "module", m->module);
		put_mac_text(p, "message", m->message);
		put_mac_text(p, "signature string", m->signature);
		put_mac_text(p, "backtrace", m->backtrace);
		put_mac_text(p, "message2", m->message2);
	}
	if (x->has_mac_records)
		putc('\n', p->out);
	if (x->has_boot_args) {
		put_line(p, "Mac Boot Args: ", x->boot_args);
		putc('\n', p->out);
	}
}

static void put_process(struct printer *p)
{
	uint64_t from = p->dump->process.create_time, to = p->dump->md.time;

	if (p->dump->process.has_create_time)
		fprintf(p->out, "Process uptime: %" PRIu64 " seconds\n\n",
			to > from ? to - from : 0);
	else
		fputs("Process uptime: not available\n\n", p->out);
	if (p->dump->mappings.has_maps)
		fprintf(p->out, "Linux memory map count: %zu\n\n", p->dump->mappings.n_maps);
}

/* Frames. */

/* Those that are known, for rust-minidump by the name that it prints (stackwalk.md 4), in lines of
 * at most 80 characters and a blank. */
static void put_registers(struct printer *p, const struct regs *regs)
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

static void put_inlines(struct printer *p, struct str module, const struct sym_frame *f,
			uint64_t *number)
{
	for (size_t i = 0; i < f->n_inlines; i++) {
		const struct sym_inline *in = &f->inlines[i];

		fprintf(p->out, "%2" PRIu64 "  ", (*number)++);
		put_after(p, "", module);
		put_after(p, "!", in->function);
		if (in->place.has_file && in->place.has_line) {
			put_after(p, " [", str_leaf(in->place.file));
			fprintf(p->out, " : %" PRIu32 "]", in->place.line);
		}
		fputs("\n    Found by: inlining\n", p->out);
	}
}

static void put_unloaded_of_frame(struct printer *p, uint64_t address)
{
	struct names_unloaded *v = NULL;
	size_t n = names_unloaded(p->s->names, address, &p->names, &v);

	for (size_t i = 0; i < n; i++) {
		put_after(p, " (unloaded ", v[i].name);
		for (size_t k = 0; k < v[i].n_offsets; k++)
			fprintf(p->out, "%c0x%" PRIx64, k == 0 ? '@' : '|', v[i].offsets[k]);
		putc(')', p->out);
	}
}

/* What follows the module in a frame that has one. */
static void put_function(struct printer *p, const struct sym_frame *f, uint64_t offset)
{
	put_after(p, "!", f->function);
	if (f->place.has_file && f->place.has_line) {
		put_after(p, " [", str_leaf(f->place.file));
		fprintf(p->out, " : %" PRIu32 " + 0x%" PRIx64 "]", f->place.line,
			offset - f->line_base);
	} else {
		fprintf(p->out, " + 0x%" PRIx64, offset - f->base);
	}
}

static void put_args(struct printer *p, const struct walk_frame *frame, struct str function,
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
		put(p, v[i].name);
		if (v[i].known)
			fprintf(p->out, ") = 0x%08" PRIx32 "\n", v[i].value);
		else
			fputs(") = <unknown>\n", p->out);
	}
	putc('\n', p->out);
}

/* Frame number index of a walk and what is inlined in it; *number is the next line's, and counts
 * inlines too. */
static void put_frame(struct printer *p, const struct walk_frame *frame, uint64_t index,
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
		put_after(p, "", str_leaf(m->code_file));
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
static void put_second_half(struct printer *p, const struct buf *ring, uint64_t n, uint64_t *number)
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

static void put_stack(struct printer *p, size_t thread)
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

static void put_thread(struct printer *p, size_t thread, const char *note)
{
	const struct md_thread *t = &p->dump->threads.v[thread];

	fprintf(p->out, "Thread %zu ", thread);
	put(p, t->has_name ? t->name : STR(""));
	fprintf(p->out, "%s - tid: %" PRIu32 "\n", note, t->id);
	put_stack(p, thread);
}

static void put_requesting_thread(struct printer *p)
{
	if (p->s->requesting < 0)
		return;
	put_thread(p, (size_t)p->s->requesting,
		   p->dump->exception.present ? " (crashed)" : " (requested dump, did not crash)");
	putc('\n', p->out);
}

static void put_other_threads(struct printer *p)
{
	size_t left_out = 0;

	for (size_t i = 0; i < p->dump->threads.n; i++) {
		if ((ptrdiff_t)i != p->s->requesting && state_is_walked(p->s, i))
			put_thread(p, i, "");
		left_out += !state_is_walked(p->s, i) && !state_is_dump_thread(p->s, i);
	}
	if (left_out != 0)
		fprintf(p->out, "%zu other thread%s not walked\n", left_out,
			left_out == 1 ? " was" : "s were");
}

/* Modules and streams. */

static void put_range(struct printer *p, uint64_t base, uint64_t size, struct str code_file)
{
	fprintf(p->out, "0x%08" PRIx64 " - 0x%08" PRIx64 "  ", base, base + size - 1);
	put(p, str_leaf(code_file));
}

static void put_cert(struct printer *p, struct str module)
{
	const struct str *cert = evil_cert_of(p->s->evil, module);

	if (cert != NULL) {
		put_after(p, " (", *cert);
		putc(')', p->out);
	}
}

static void put_modules(struct printer *p)
{
	const struct md_modules *m = &p->dump->modules;

	fputs("\nLoaded modules:\n", p->out);
	for (size_t i = 0; i < m->by_address.n; i++) {
		const struct md_module *one = &m->v[m->by_address.v[i].item];

		put_range(p, one->base, one->size, one->code_file);
		put_after(p, "  ", one->has_version ? one->version : STR("???"));
		fputs(!p->dump->is_microdump && one->base == m->v[0].base ? "  (main)" : "",
		      p->out);
		put_cert(p, str_leaf(one->code_file));
		putc('\n', p->out);
	}
}

static int compare_unloaded(const void *a, const void *b, const void *context)
{
	const struct md_unloaded *const *x = a, *const *y = b;

	(void)context;
	if ((*x)->base != (*y)->base)
		return (*x)->base < (*y)->base ? -1 : 1;
	return ((*x)->size > (*y)->size) - ((*x)->size < (*y)->size);
}

static void put_unloaded_modules(struct printer *p)
{
	const struct md_unloaded_modules *u = &p->dump->unloaded;
	const struct md_unloaded **order = arena_new(p->a, const struct md_unloaded *, u->n);

	for (size_t i = 0; i < u->n; i++)
		order[i] = &u->v[i];
	sort_stable(order, u->n, sizeof(*order), compare_unloaded, NULL, p->a->oom);
	fputs("\nUnloaded modules:\n", p->out);
	for (size_t i = 0; i < u->n; i++) {
		put_range(p, order[i]->base, order[i]->size, order[i]->code_file);
		putc('\n', p->out);
	}
}

static int compare_streams(const void *a, const void *b, const void *context)
{
	const struct md_stream *const *x = a, *const *y = b;

	(void)context;
	return ((*x)->type > (*y)->type) - ((*x)->type < (*y)->type);
}

static bool is_unread(uint32_t type)
{
	return md_stream_is_unread(type);
}

static bool is_unknown(uint32_t type)
{
	return md_stream_name(type) == NULL;
}

/* Streams of one sort, by type; of several with one type the last, as everywhere. */
static void put_streams(struct printer *p, const struct md_stream **v, size_t n, const char *title,
			bool (*wanted)(uint32_t type))
{
	bool titled = false;

	for (size_t i = 0; i < n; i++) {
		const char *name = md_stream_name(v[i]->type);

		if (!wanted(v[i]->type) || (i + 1 < n && v[i + 1]->type == v[i]->type))
			continue;
		if (!titled)
			fprintf(p->out, "\n%s streams encountered:\n", title);
		titled = true;
		fprintf(p->out, "Stream 0x%08" PRIx32 " %s%s(%s) @ 0x%08" PRIx32 "\n", v[i]->type,
			name == NULL ? "" : name, name == NULL ? "" : " ",
			md_stream_vendor(v[i]->type), v[i]->offset);
	}
}

static void put_unread_streams(struct printer *p)
{
	const struct md *md = &p->dump->md;
	const struct md_stream **v = arena_new(p->a, const struct md_stream *, md->n_streams);

	for (size_t i = 0; i < md->n_streams; i++)
		v[i] = &md->streams[i];
	sort_stable(v, md->n_streams, sizeof(*v), compare_streams, NULL, p->a->oom);
	put_streams(p, v, md->n_streams, "Unimplemented", is_unread);
	put_streams(p, v, md->n_streams, "Unknown", is_unknown);
}

/* A filled array only. */
static void put_soft_errors(struct printer *p)
{
	const struct md_extra *x = &p->dump->extra;
	struct str json = str_trim(x->soft_errors);
	struct js j = js_make(p->out, true);

	if (!x->has_soft_errors || !str_starts(json, STR("[")) ||
	    str_starts(str_trim(str_from(json, 1)), STR("]")))
		return;
	fputs("\nSoft errors were encountered when minidump was written:\n", p->out);
	j.ascii = !p->s->compat;
	js_copy(&j, json, true);
	putc('\n', p->out);
}

/* What was left out, if anything was: the report would look complete. */
static void put_limits(struct printer *p)
{
	if (p->s->budget.hit)
		fputs("\nThe limit of steps was reached: some stacks are shorter than they are.\n",
		      p->out);
	for (unsigned i = 0; i < N_BOUNDS; i++) {
		if (i != BOUND_WALK_STEPS && state_has_reached(p->s, (enum bound)i))
			fprintf(p->out,
				"\nThe limit %s of %" PRIu64
				" was reached: something is left out.\n",
				bounds_name((enum bound)i), state_bound(p->s, (enum bound)i));
	}
}

void state_text(struct state *s, const struct state_text_options *o, struct arena *a, FILE *out)
{
	struct printer p = {
		.out = out,
		.s = s,
		.dump = s->dump,
		.o = o,
		.digits = s->dump->system.pointer_bits == 32 ? 8 : 16,
		.a = a,
		.scratch = { .oom = a->oom },
		.names = { .oom = a->oom },
		.text = { .oom = a->oom },
	};

	put_system(&p);
	put_crash(&p);
	put_mac(&p);
	put_process(&p);
	put_requesting_thread(&p);
	if (!o->brief) {
		put_other_threads(&p);
		put_modules(&p);
		put_unloaded_modules(&p);
		put_unread_streams(&p);
		put_soft_errors(&p);
		text_crashpad(s->dump, out, a->oom);
	}
	put_limits(&p);
	arena_free(&p.scratch);
	arena_free(&p.names);
	buf_free(&p.text);
}
