#include "walk/state.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/js_copy.h"
#include "base/limits.h"
#include "base/sort.h"
#include "base/utf.h"

/*
 * The human report, line for line rust-minidump's (minidump-processor/src/process_state.rs, print;
 * minidump-unwind/src/lib.rs, CallStack::print). Threads are walked as they are printed.
 */
struct report {
	FILE *out;
	struct state *s;
	const struct dump *dump;
	unsigned digits;      /* of an address */
	struct arena *a;      /* for the whole report */
	struct arena scratch; /* for a step of the walk */
	struct arena names;   /* for one frame */
	struct buf text;      /* for one piece of text */
};

/* Text from the dump or a symbol file, between our own words. */
static void put(struct report *r, struct str s)
{
	if (!r->s->compat) {
		buf_clear(&r->text);
		text_printable(&r->text, s);
		s = buf_str(&r->text);
	}
	if (s.n != 0)
		fwrite(s.p, 1, s.n, r->out);
}

/* BEFORE TEXT, within a line. */
static void put_after(struct report *r, const char *before, struct str s)
{
	fputs(before, r->out);
	put(r, s);
}

static void put_line(struct report *r, const char *before, struct str s)
{
	put_after(r, before, s);
	putc('\n', r->out);
}

static void put_address(struct report *r, uint64_t v)
{
	fprintf(r->out, "0x%0*" PRIx64, (int)r->digits, v);
}

static void put_system(struct report *r)
{
	const struct md_system *s = &r->dump->system;
	const struct md_linux *l = &r->dump->linux_info;

	put_line(r, "Operating system: ", s->os_name);
	if (s->os_version.n != 0)
		put_line(r, "                  ", s->os_version);
	put_line(r, "CPU: ", str_of(s->cpu_name));
	if (s->has_cpu_info)
		put_line(r, "     ", s->cpu_info);
	fprintf(r->out, "     %u CPU%s\n", s->n_cpus, s->n_cpus > 1 ? "s" : "");
	if (l->has_lsb) {
		put_after(r, "Linux ", l->lsb_id);
		put_after(r, " ", l->lsb_release);
		put_after(r, " - ", l->lsb_codename);
		put_after(r, " (", l->lsb_description);
		fputs(")\n", r->out);
	}
	putc('\n', r->out);
}

static void put_crash(struct report *r)
{
	if (!r->dump->exception.present) {
		fputs("No crash\n", r->out);
		return;
	}
	put_line(r, "Crash reason:  ", r->s->reason);
	if (r->s->has_address) {
		fputs("Crash address: ", r->out);
		put_address(r, r->s->address);
		putc('\n', r->out);
	}
}

/* The peer prints these numbers in decimal with "0x" before them. */
static void put_mac_number(struct report *r, const char *label, uint64_t v)
{
	if (v != 0)
		fprintf(r->out,
			r->s->compat ? "    %s: 0x%" PRIu64 "\n" : "    %s: 0x%" PRIx64 "\n", label,
			v);
}

static void put_mac_text(struct report *r, const char *label, struct str s)
{
	if (s.n == 0)
		return;
	fprintf(r->out, "    %s: ", label);
	put_line(r, "", s);
}

static void put_mac(struct report *r)
{
	const struct md_extra *x = &r->dump->extra;

	if (x->has_mac_records)
		fputs("Mac Crash Info:\n", r->out);
	for (size_t i = 0; i < x->n_mac_records; i++) {
		const struct md_mac_record *m = &x->mac_records[i];

		fprintf(r->out, "  Record %zu\n", i);
		put_mac_number(r, "thread", m->thread);
		put_mac_number(r, "dialog mode", m->dialog_mode);
		put_mac_number(r, "abort_cause", m->abort_cause);
		put_mac_text(r, "module", m->module);
		put_mac_text(r, "message", m->message);
		put_mac_text(r, "signature string", m->signature);
		put_mac_text(r, "backtrace", m->backtrace);
		put_mac_text(r, "message2", m->message2);
	}
	if (x->has_mac_records)
		putc('\n', r->out);
	if (x->has_boot_args) {
		put_line(r, "Mac Boot Args: ", x->boot_args);
		putc('\n', r->out);
	}
}

static void put_process(struct report *r)
{
	uint64_t from = r->dump->process.create_time, to = r->dump->md.time;

	if (r->dump->process.has_create_time)
		fprintf(r->out, "Process uptime: %" PRIu64 " seconds\n\n",
			to > from ? to - from : 0);
	else
		fputs("Process uptime: not available\n\n", r->out);
	if (r->dump->mappings.has_maps)
		fprintf(r->out, "Linux memory map count: %zu\n\n", r->dump->mappings.n_maps);
}

/* Frames. */

/* Those that are known, for rust-minidump by the name that it prints (stackwalk.md 4), in lines of
 * at most 80 characters and a blank. */
static void put_registers(struct report *r, const struct regs *regs)
{
	enum { LINE_MAX_CHARS = 80 };
	int filled = 0;

	for (unsigned i = 0; i < regs->cpu->n_regs; i++) {
		char one[64];
		int n;

		if (!(r->s->compat ? (regs->valid >> i & 1) != 0 : regs_has(regs, i)))
			continue;
		n = snprintf(one, sizeof(one), " %6s = 0x%0*" PRIx64, regs->cpu->regs[i].name,
			     (int)regs->cpu->hex_digits, regs->value[i]);
		if (filled + n > LINE_MAX_CHARS) {
			putc('\n', r->out);
			filled = 0;
		}
		fprintf(r->out, filled == 0 ? " %s" : "%s", one);
		filled += n;
	}
	if (filled != 0)
		putc('\n', r->out);
}

static void put_inlines(struct report *r, struct str module, const struct sym_frame *f,
			uint64_t *number)
{
	for (size_t i = 0; i < f->n_inlines; i++) {
		const struct sym_inline *in = &f->inlines[i];

		fprintf(r->out, "%2" PRIu64 "  ", (*number)++);
		put_after(r, "", module);
		put_after(r, "!", in->function);
		if (in->place.has_file && in->place.has_line) {
			put_after(r, " [", str_leaf(in->place.file));
			fprintf(r->out, " : %" PRIu32 "]", in->place.line);
		}
		fputs("\n    Found by: inlining\n", r->out);
	}
}

static void put_unloaded_of_frame(struct report *r, uint64_t address)
{
	struct names_unloaded *v = NULL;
	size_t n = names_unloaded(r->s->names, address, &r->names, &v);

	for (size_t i = 0; i < n; i++) {
		put_after(r, " (unloaded ", v[i].name);
		for (size_t k = 0; k < v[i].n_offsets; k++)
			fprintf(r->out, "%c0x%" PRIx64, k == 0 ? '@' : '|', v[i].offsets[k]);
		putc(')', r->out);
	}
}

/* What follows the module in a frame that has one. */
static void put_function(struct report *r, const struct sym_frame *f, uint64_t offset)
{
	put_after(r, "!", f->function);
	if (f->place.has_file && f->place.has_line) {
		put_after(r, " [", str_leaf(f->place.file));
		fprintf(r->out, " : %" PRIu32 " + 0x%" PRIx64 "]", f->place.line,
			offset - f->line_base);
	} else {
		fprintf(r->out, " + 0x%" PRIx64, offset - f->base);
	}
}

/* A frame and what is inlined in it; *number is the next line's, and counts inlines too. */
static void put_frame(struct report *r, const struct walk_frame *frame, uint64_t *number)
{
	struct sym_frame f = { 0 };

	arena_reset(&r->names);
	if (frame->module == MD_NO_MODULE) {
		fprintf(r->out, "%2" PRIu64 "  0x%" PRIx64, (*number)++, frame->instruction);
		put_unloaded_of_frame(r, frame->instruction);
	} else {
		const struct md_module *m = &r->dump->modules.v[frame->module];
		uint64_t offset = frame->instruction - m->base;
		bool named = names_find(r->s->names, frame->module, frame->instruction, &r->names,
					&f);

		put_inlines(r, str_leaf(m->code_file), &f, number);
		fprintf(r->out, "%2" PRIu64 "  ", (*number)++);
		put_after(r, "", str_leaf(m->code_file));
		if (named)
			put_function(r, &f, offset);
		else
			fprintf(r->out, " + 0x%" PRIx64, offset);
	}
	putc('\n', r->out);
	put_registers(r, &frame->regs);
	fprintf(r->out, "    Found by: %s\n", trust_text(frame->trust));
}

enum { HALF = LIMIT_WALK_FRAMES_THREAD / 2 };

/* The second half of a very deep stack, which waits in a ring until the walk has ended; n frames
 * went through it. */
static void put_second_half(struct report *r, const struct buf *ring, uint64_t n, uint64_t *number)
{
	struct walk_frame frame;
	uint64_t kept = n < HALF ? n : HALF;

	if (n > kept) {
		fprintf(r->out, "... %" PRIu64 " frames left out ...\n", n - kept);
		*number += n - kept;
	}
	for (uint64_t i = n - kept; i < n; i++) {
		memcpy(&frame, ring->p + i % HALF * sizeof(frame), sizeof(frame));
		put_frame(r, &frame, number);
	}
}

static void put_stack(struct report *r, size_t thread)
{
	struct buf ring = { .oom = r->a->oom };
	struct walk_frame frame;
	struct walk w;
	uint64_t n = 0, number = 0;

	if (!state_is_dump_thread(r->s, thread)) {
		state_walk(r->s, thread, &r->scratch, &w);
		for (; walk_next(&w, &frame); n++) {
			if (n < HALF)
				put_frame(r, &frame, &number);
			else if (n < 2 * HALF)
				buf_put(&ring, &frame, sizeof(frame));
			else
				memcpy(ring.p + n % HALF * sizeof(frame), &frame, sizeof(frame));
		}
	}
	if (n == 0)
		fputs("<no frames>\n", r->out);
	if (n > HALF)
		put_second_half(r, &ring, n - HALF, &number);
	buf_free(&ring);
}

static void put_thread(struct report *r, size_t thread, const char *note)
{
	const struct md_thread *t = &r->dump->threads.v[thread];

	fprintf(r->out, "Thread %zu ", thread);
	put(r, t->has_name ? t->name : STR(""));
	fprintf(r->out, "%s - tid: %" PRIu32 "\n", note, t->id);
	put_stack(r, thread);
}

static void put_requesting_thread(struct report *r)
{
	if (r->s->requesting < 0)
		return;
	put_thread(r, (size_t)r->s->requesting,
		   r->dump->exception.present ? " (crashed)" : " (requested dump, did not crash)");
	putc('\n', r->out);
}

static void put_other_threads(struct report *r)
{
	for (size_t i = 0; i < r->dump->threads.n; i++) {
		if ((ptrdiff_t)i != r->s->requesting && !state_is_dump_thread(r->s, i))
			put_thread(r, i, "");
	}
}

/* Modules and streams. */

static void put_range(struct report *r, uint64_t base, uint64_t size, struct str code_file)
{
	fprintf(r->out, "0x%08" PRIx64 " - 0x%08" PRIx64 "  ", base, base + size - 1);
	put(r, str_leaf(code_file));
}

static void put_modules(struct report *r)
{
	const struct md_modules *m = &r->dump->modules;

	fputs("\nLoaded modules:\n", r->out);
	for (size_t i = 0; i < m->by_address.n; i++) {
		const struct md_module *one = &m->v[m->by_address.v[i].item];

		put_range(r, one->base, one->size, one->code_file);
		put_after(r, "  ", one->has_version ? one->version : STR("???"));
		fputs(one->base == m->v[0].base ? "  (main)\n" : "\n", r->out);
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

static void put_unloaded_modules(struct report *r)
{
	const struct md_unloaded_modules *u = &r->dump->unloaded;
	const struct md_unloaded **order = arena_new(r->a, const struct md_unloaded *, u->n);

	for (size_t i = 0; i < u->n; i++)
		order[i] = &u->v[i];
	sort_stable(order, u->n, sizeof(*order), compare_unloaded, NULL, r->a->oom);
	fputs("\nUnloaded modules:\n", r->out);
	for (size_t i = 0; i < u->n; i++) {
		put_range(r, order[i]->base, order[i]->size, order[i]->code_file);
		putc('\n', r->out);
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
static void put_streams(struct report *r, const struct md_stream **v, size_t n, const char *title,
			bool (*wanted)(uint32_t type))
{
	bool titled = false;

	for (size_t i = 0; i < n; i++) {
		const char *name = md_stream_name(v[i]->type);

		if (!wanted(v[i]->type) || (i + 1 < n && v[i + 1]->type == v[i]->type))
			continue;
		if (!titled)
			fprintf(r->out, "\n%s streams encountered:\n", title);
		titled = true;
		fprintf(r->out, "Stream 0x%08" PRIx32 " %s%s(%s) @ 0x%08" PRIx32 "\n", v[i]->type,
			name == NULL ? "" : name, name == NULL ? "" : " ",
			md_stream_vendor(v[i]->type), v[i]->offset);
	}
}

static void put_unread_streams(struct report *r)
{
	const struct md *md = &r->dump->md;
	const struct md_stream **v = arena_new(r->a, const struct md_stream *, md->n_streams);

	for (size_t i = 0; i < md->n_streams; i++)
		v[i] = &md->streams[i];
	sort_stable(v, md->n_streams, sizeof(*v), compare_streams, NULL, r->a->oom);
	put_streams(r, v, md->n_streams, "Unimplemented", is_unread);
	put_streams(r, v, md->n_streams, "Unknown", is_unknown);
}

/* A filled array only. JSON lets some of what a terminal obeys through, hence line by line. */
static void put_soft_errors(struct report *r)
{
	const struct md_extra *x = &r->dump->extra;
	struct str json = str_trim(x->soft_errors), line;
	char *text = NULL;
	size_t n;
	FILE *memory;
	struct js j;

	if (!x->has_soft_errors || !str_starts(json, STR("[")) ||
	    str_starts(str_trim(str_from(json, 1)), STR("]")))
		return;
	memory = open_memstream(&text, &n);
	j = js_make(memory, true);
	js_copy(&j, json, true);
	fclose(memory);
	fputs("\nSoft errors were encountered when minidump was written:\n", r->out);
	for (struct str rest = { text, n }; str_next_line(&rest, &line);)
		put_line(r, "", line);
	free(text);
}

/* What was left out, if anything was: the report would look complete. */
static void put_limits(struct report *r)
{
	if (r->s->budget.hit)
		fputs("\nThe limit of steps was reached: some stacks are shorter than they are.\n",
		      r->out);
}

void state_text(struct state *s, const struct state_text_options *o, struct arena *a, FILE *out)
{
	struct report r = {
		.out = out,
		.s = s,
		.dump = s->dump,
		.digits = s->dump->system.pointer_bits == 32 ? 8 : 16,
		.a = a,
		.scratch = { .oom = a->oom },
		.names = { .oom = a->oom },
		.text = { .oom = a->oom },
	};

	put_system(&r);
	put_crash(&r);
	put_mac(&r);
	put_process(&r);
	put_requesting_thread(&r);
	if (!o->brief) {
		put_other_threads(&r);
		put_modules(&r);
		put_unloaded_modules(&r);
		put_unread_streams(&r);
		put_soft_errors(&r);
	}
	put_limits(&r);
	arena_free(&r.scratch);
	arena_free(&r.names);
	buf_free(&r.text);
}
