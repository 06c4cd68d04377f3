#include <stdio.h>

#include "base/file.h"
#include "base/jobs.h"
#include "bin/dw_refs.h"
#include "bin/source_impl.h"

/*
 * Functions by DWARF. Large debug information is shared out among processes: each takes the next
 * run of units when it is done with one, and sends what it found (model.h). Units stay in their
 * order, so that the result is that of one process.
 */
enum {
	LEAST_SHARED = 1024 * 1024, /* bytes: less is read faster than processes are made */
	RUNS_EACH = 12,             /* for each process: the last one to end has little to do */
};

struct share {
	struct dw *dw;
	struct model *model;
	struct split_units *split;
	struct file *received;
	uint64_t each; /* bytes of a run */
	size_t n_runs;
};

static bool is_code(const void *context, uint64_t address)
{
	return elf_is_code(context, address);
}

static int read_run(size_t index, FILE *out, struct diag *d, void *context)
{
	struct share *s = context;

	(void)d;
	s->split->worker = s->model;
	dw_feed(s->dw, index * s->each, (index + 1) * s->each, s->model);
	model_send(s->model, out);
	return EXIT_DONE;
}

static const char *run_name(size_t index, void *context)
{
	(void)index;
	(void)context;
	return "a part of the debug information";
}

static void receive(struct model *m, struct slice left)
{
	size_t used;

	while ((used = model_receive(m, left)) != 0) {
		left.p += used;
		left.n -= used;
	}
}

/* The results lie in a file without a name: they are mapped, not read. */
static bool share_out(struct source *src, struct share *s, struct error *err)
{
	FILE *results = file_temp();
	bool ok;
	int code;

	if (results == NULL)
		return error_errno(err, "temporary file");
	code = jobs_run(s->n_runs, src->o->jobs, read_run, run_name, s, results, src->diag);
	exit_worsen(&src->code, code);
	ok = fflush(results) == 0 && !ferror(results);
	if (!ok)
		error_errno(err, "temporary file");
	ok = ok && file_open_fd(s->received, fileno(results), "temporary file", err);
	if (ok)
		receive(s->model, s->received->data);
	fclose(results);
	return ok;
}

static void feed(struct source *src, struct object *o, struct split_units *split, struct dw *dw,
		 struct model *m)
{
	struct share s = { .dw = dw, .model = m, .split = split, .received = &o->received };
	uint64_t total = dw_size(dw);

	if (src->o->jobs > 1 && total >= (src->o->share_all ? 1 : LEAST_SHARED)) {
		struct error err = { 0 };

		s.n_runs = (size_t)src->o->jobs * RUNS_EACH;
		s.each = total / s.n_runs + 1;
		if (share_out(src, &s, &err))
			return;
		/* What was forgotten cannot be read again. */
		if (dw_forgets(dw)) {
			diag_trouble(src->diag, &err);
			return;
		}
		diag_error(src->diag, &err);
	}
	dw_feed(dw, 0, total, m);
}

/* Inflates beforehand what may be large, on all processors; .debug_info, the largest, is left to
 * those who read it, if it can be. */
static struct inflow *unpack_sections(struct elf *e, const struct source_options *o)
{
	static const char *const names[] = { "info",   "str",      "line",  "abbrev",
					     "ranges", "rnglists", "types", "str_offsets" };
	struct inflow *inflow = NULL;

	if (o->inflow != NULL)
		inflow = elf_inflow(e, "info", dw_refs_stay(elf_debug_section(e, "abbrev")),
				    o->jobs <= 1, o->inflow);
	elf_unpack(e, names, COUNT(names), o->jobs);
	return inflow;
}

static void read_object(struct source *s, struct object *o, struct model *m)
{
	struct split_units split = { 0 };
	struct dw_input in = {
		.symbols = s->o->compat ? &o->symbols : &s->all_symbols,
		.bias = o->elf->bias,
		.relocatable = o->elf->type == ET_REL,
		.compat = s->o->compat,
		.inlines = !s->o->no_inlines,
		.is_code = is_code,
		.code_context = o->elf,
	};

	struct inflow *inflow = unpack_sections(o->elf, s->o);
	companion_sections(o->elf, "", &in.main);
	in.main.inflow = inflow;
	if (!s->o->compat) {
		struct elf *alt = companion_alt(&s->companions, o->elf);

		if (alt != NULL)
			companion_sections(alt, "", &in.supplement);
		split_open(&split, &s->companions, o->elf);
		in.split = (struct dw_split){ split_find, &split };
	}

	struct dw *dw = dw_open(&in, s->arena, s->diag);
	feed(s, o, &split, dw, m);
	if (!s->o->compat)
		dw_feed_symbols(dw, m);
	dw_close(dw);
	if (!elf_inflow_check(o->elf))
		exit_worsen(&s->code, EXIT_INPUT);
}

void source_functions(struct source *s, struct model *m)
{
	for (size_t i = 0; i < s->n_objects; i++) {
		if (s->objects[i].has_dwarf)
			read_object(s, &s->objects[i], m);
	}
}
