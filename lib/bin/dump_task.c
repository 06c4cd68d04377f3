#include "bin/dump_task.h"

#include "base/file.h"
#include "base/operands.h"
#include "base/sandbox.h"
#include "base/tool.h"

static bool dumps(const struct dump_task *t)
{
	return t->sym.work == SYM_NOTHING;
}

/* The folder must be there to be allowed. */
static void allow_store(struct sandbox *s, const char *store)
{
	struct arena a = { .oom = tool_oom };

	if (store == NULL)
		return;
	file_make_folders(arena_concat(&a, PARTS(str_of(store), STR("/x"))).p);
	sandbox_allow(s, store, SANDBOX_WRITE);
	arena_free(&a);
}

/* Files that belong to a binary may be anywhere: all are read. A .sym, or a store, stands alone,
 * but for the index beside it. */
static void allow_inputs(struct sandbox *s, const struct dump_task *t, const char *const *paths,
			 size_t n)
{
	bool alone = !dumps(t) && !t->stream;

	if (!alone)
		sandbox_allow(s, "/", SANDBOX_READ);
	for (size_t i = 0; i < n; i++) {
		if (alone)
			sandbox_allow(s, paths[i], SANDBOX_READ);
		if (t->sym.work == SYM_LOOKUP)
			sandbox_allow_folder(s, paths[i], SANDBOX_READ);
		if (t->sym.in_place || t->sym.work == SYM_INDEX)
			sandbox_allow_folder(s, paths[i], SANDBOX_WRITE);
	}
}

/* None is written but the results. */
static bool enter_sandbox(const struct dump_task *t, const char *const *paths, size_t n,
			  struct diag *d)
{
	struct error err = { 0 };
	struct sandbox s;

	sandbox_begin(&s, !t->no_sandbox);
	allow_inputs(&s, t, paths, n);
	sandbox_allow(&s, file_temp_folder(), SANDBOX_WRITE);
	allow_store(&s, t->batch.store);
	allow_store(&s, t->sym.cache);
	allow_store(&s, t->index.cache);
	if (t->output != NULL) {
		sandbox_allow(&s, t->output, SANDBOX_WRITE);
		sandbox_allow_folder(&s, t->output, SANDBOX_WRITE);
	}
	if (sandbox_enter(&s, d, &err))
		return true;
	diag_error(d, &err);
	return false;
}

static int failed(const struct error *err, struct diag *d)
{
	diag_error(d, err);
	return error_exit_code(err);
}

static int work(const struct dump_task *t, struct mapping *mapping, const char *const *paths,
		size_t n, FILE *out, struct diag *d)
{
	struct sym_task sym = t->sym;
	struct batch_options batch = t->batch;

	if (!dumps(t)) {
		sym.paths = paths;
		return sym_task_run(&sym, n, out, d);
	}
	batch.source.map_path = mapping_apply;
	batch.source.map_context = mapping;
	batch.index = t->index.work != SYM_NOTHING ? &t->index : NULL;
	return batch_run(&batch, paths, n, out, d);
}

/* Half a symbol file would pass for a whole one. */
static bool is_half(const struct dump_task *t, int code)
{
	return code == EXIT_TROUBLE && dumps(t) && !t->batch.coverage;
}

/* The file that was asked for appears, and its index. */
static int commit(struct file_writer *w, const struct dump_task *t, FILE *out, struct diag *d)
{
	struct sym_task index = t->index;
	struct error err = { 0 };

	if (!file_commit(w, &err))
		return failed(&err, d);
	if (index.work == SYM_NOTHING || t->batch.store != NULL)
		return EXIT_DONE;
	index.paths = &t->output;
	return sym_task_run(&index, 1, out, d);
}

/* The results to out, or to the file asked for, which appears only if there are any. */
static int work_and_write(const struct dump_task *t, struct mapping *mapping,
			  const char *const *paths, size_t n, FILE *out, struct diag *d)
{
	struct file_writer w = { 0 };
	struct error err = { 0 };
	int code, committed = EXIT_DONE;

	if (t->output == NULL)
		return work(t, mapping, paths, n, out, d);
	if (!file_create(&w, t->output, 0644, &err))
		return failed(&err, d);
	code = work(t, mapping, paths, n, w.out, d);
	if (!is_half(t, code) && !file_is_empty(&w))
		committed = commit(&w, t, out, d);
	file_abort(&w);
	return committed > code ? committed : code;
}

/* Rules of paths that are wrong are a matter of configuration. */
static int map_and_work(const struct dump_task *t, const char *const *paths, size_t n,
			struct arena *a, FILE *out, struct diag *d)
{
	struct mapping_options rules = t->mapping;
	struct error err = { 0 };
	struct mapping *mapping;
	int code;

	rules.diag = d;
	mapping = mapping_open(&rules, a, &err);
	if (mapping == NULL) {
		diag_error(d, &err);
		return error_is_lasting(&err) ? EXIT_USAGE : EXIT_TROUBLE;
	}
	code = work_and_write(t, mapping, paths, n, out, d);
	mapping_close(mapping);
	return code;
}

int dump_task_run(const struct dump_task *t, const char *const *paths, size_t n, FILE *out,
		  struct diag *d)
{
	struct arena arena = { .oom = tool_oom };
	struct error err = { 0 };
	int code;

	if (!enter_sandbox(t, paths, n, d))
		return EXIT_USAGE;
	if (t->stream && !operands_read(&paths, &n, &arena, &err))
		code = failed(&err, d);
	else
		code = map_and_work(t, paths, n, &arena, out, d);
	arena_free(&arena);
	return code;
}
