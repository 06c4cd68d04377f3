#include "walk/state.h"

#include <inttypes.h>

#include "base/js_copy.h"
#include "base/sort.h"
#include "base/utf.h"
#include "walk/state_text_impl.h"
#include "walk/text_crashpad.h"

void state_put(struct state_printer *p, struct str s)
{
	if (!p->s->compat) {
		buf_clear(&p->text);
		text_printable(&p->text, s);
		s = buf_str(&p->text);
	}
	if (s.n != 0)
		fwrite(s.p, 1, s.n, p->out);
}

void state_put_after(struct state_printer *p, const char *before, struct str s)
{
	fputs(before, p->out);
	state_put(p, s);
}

void state_put_line(struct state_printer *p, const char *before, struct str s)
{
	state_put_after(p, before, s);
	putc('\n', p->out);
}

static void put_address(struct state_printer *p, uint64_t v)
{
	fprintf(p->out, "0x%0*" PRIx64, (int)p->digits, v);
}

static void put_system(struct state_printer *p)
{
	const struct md_system *s = &p->dump->system;
	const struct md_linux *l = &p->dump->linux_info;

	state_put_line(p, "Operating system: ", s->os_name);
	if (s->os_version.n != 0)
		state_put_line(p, "                  ", s->os_version);
	state_put_line(p, "CPU: ", str_of(s->cpu_name));
	if (s->has_cpu_info)
		state_put_line(p, "     ", s->cpu_info);
	fprintf(p->out, "     %u CPU%s\n", s->n_cpus, s->n_cpus > 1 ? "s" : "");
	if (p->dump->gpu.version.n != 0) {
		state_put_line(p, "GPU: ", p->dump->gpu.version);
		state_put_line(p, "     ", p->dump->gpu.vendor);
		state_put_line(p, "     ", p->dump->gpu.renderer);
	}
	if (l->has_lsb) {
		state_put_after(p, "Linux ", l->lsb_id);
		state_put_after(p, " ", l->lsb_release);
		state_put_after(p, " - ", l->lsb_codename);
		state_put_after(p, " (", l->lsb_description);
		fputs(")\n", p->out);
	}
	putc('\n', p->out);
}

static void put_rating(struct state_printer *p)
{
	if (p->s->rating != NULL)
		fprintf(p->out, "Exploitability: %s\n", p->s->rating);
}

static void put_assertion(struct state_printer *p)
{
	struct str text;

	if (state_assertion(p->s, p->a, &text))
		state_put_line(p, "Assertion: ", text);
}

static void put_crash(struct state_printer *p)
{
	if (!p->dump->exception.present) {
		fputs("No crash\n", p->out);
		put_assertion(p);
		put_rating(p);
		return;
	}
	state_put_line(p, "Crash reason:  ", p->s->reason);
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
static void put_mac_number(struct state_printer *p, const char *label, uint64_t v)
{
	if (v != 0)
		fprintf(p->out,
			p->s->compat ? "    %s: 0x%" PRIu64 "\n" : "    %s: 0x%" PRIx64 "\n", label,
			v);
}

static void put_mac_text(struct state_printer *p, const char *label, struct str s)
{
	if (s.n == 0)
		return;
	fprintf(p->out, "    %s: ", label);
	state_put_line(p, "", s);
}

static void put_mac(struct state_printer *p)
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
		state_put_line(p, "Mac Boot Args: ", x->boot_args);
		putc('\n', p->out);
	}
}

static void put_process(struct state_printer *p)
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

static void put_thread(struct state_printer *p, size_t thread, const char *note)
{
	const struct md_thread *t = &p->dump->threads.v[thread];

	fprintf(p->out, "Thread %zu ", thread);
	state_put(p, t->has_name ? t->name : STR(""));
	fprintf(p->out, "%s - tid: %" PRIu32 "\n", note, t->id);
	state_put_stack(p, thread);
}

static void put_requesting_thread(struct state_printer *p)
{
	if (p->s->requesting < 0)
		return;
	put_thread(p, (size_t)p->s->requesting,
		   p->dump->exception.present ? " (crashed)" : " (requested dump, did not crash)");
	putc('\n', p->out);
}

static void put_other_threads(struct state_printer *p)
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
static void put_streams(struct state_printer *p, const struct md_stream **v, size_t n,
			const char *title, bool (*wanted)(uint32_t type))
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

static void put_unread_streams(struct state_printer *p)
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
static void put_soft_errors(struct state_printer *p)
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
static void put_limits(struct state_printer *p)
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
	struct state_printer p = {
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
		state_put_modules(&p);
		state_put_unloaded_modules(&p);
		put_unread_streams(&p);
		put_soft_errors(&p);
		text_crashpad(s->dump, out, a->oom);
	}
	put_limits(&p);
	arena_free(&p.scratch);
	arena_free(&p.names);
	buf_free(&p.text);
}
