#include "bin/batch.h"

#include <unistd.h>

#include "base/dir.h"
#include "base/file.h"
#include "base/jobs.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/progress.h"
#include "sym/symbols.h"

/* A module: files with the same id. */
struct module {
	const char **paths;
	size_t n_paths;
};

struct input {
	const char *path;
	struct str id; /* empty when it stands for itself */
	size_t module;
};

struct batch {
	const struct batch_options *o;
	struct source_options source; /* for one module */
	struct arena arena;
	struct diag *diag;
	struct buf inputs; /* of struct input */
	struct module *modules;
	size_t n_modules;
	bool in_tree; /* of the files visited: those that are no binaries are passed over */
};

enum { MAX_PATH = 4096 };

static int fail(struct diag *d, const struct error *err)
{
	diag_error(d, err);
	return error_exit_code(err);
}

/* What cannot be read counts as one: whoever opens it says why. */
static bool may_be_binary(const char *path)
{
	char first[64];
	FILE *f = fopen(path, "rb");
	size_t n;
	bool failed;

	if (f == NULL)
		return true;
	n = fread(first, 1, sizeof(first), f);
	failed = ferror(f) != 0;
	fclose(f);
	return failed || source_kind((struct slice){ (const uint8_t *)first, n }) == SOURCE_ELF;
}

static void add_input(void *context, const char *path)
{
	struct batch *b = context;
	struct input in = { .path = path };

	if (!b->in_tree || may_be_binary(path))
		buf_put(&b->inputs, &in, sizeof(in));
}

static int find_inputs(struct batch *b, const char *const *paths, size_t n)
{
	int code = EXIT_DONE;

	for (size_t i = 0; i < n; i++) {
		b->in_tree = access(arena_concat(&b->arena, PARTS(str_of(paths[i]), STR("/"))).p,
				    F_OK) == 0;
		exit_worsen(&code, dir_walk(paths[i], &b->arena, b->diag, add_input, b));
	}
	return code;
}

/* The id of a file, by which others belong to the same module. */
static bool identify(struct batch *b, struct input *in, struct error *err)
{
	struct arena arena = { .oom = b->o->source.oom };
	struct diag quiet = { .tool = b->diag->tool, .verbosity = DIAG_OFF };
	struct source *s = source_open(&in->path, 1, &b->o->source, &arena, &quiet, err);

	if (s != NULL) {
		struct str id = source_head(s)->id;
		size_t zeros = 0;

		while (zeros < id.n && id.p[zeros] == '0')
			zeros++;
		if (zeros < id.n)
			in->id = arena_strdup(&b->arena, id);
		source_close(s);
	}
	arena_free(&arena);
	return s != NULL;
}

static size_t find_module(struct batch *b, struct map *by_id, const struct input *inputs,
			  const struct input *in)
{
	uint64_t hash = map_hash(by_id, in->id, 0);
	struct map_walk w = map_walk(by_id, hash);

	while (in->id.n != 0 && map_next(by_id, &w)) {
		if (str_eq(inputs[w.value].id, in->id))
			return inputs[w.value].module;
	}
	map_put(by_id, hash, (uint32_t)(in - inputs));
	return b->n_modules++;
}

/* Numbers the modules in the order of their first files. Returns an exit code: inputs that cannot
 * be read are taken out. */
static int group(struct batch *b)
{
	struct input *inputs = (void *)b->inputs.p;
	size_t n = b->inputs.n / sizeof(*inputs), kept = 0;
	struct map by_id = { .oom = b->o->source.oom };
	int code = EXIT_DONE;

	map_begin(&by_id);
	for (size_t i = 0; i < n; i++) {
		struct error err = { 0 };

		progress_step(b->diag->progress, i, n, inputs[i].path);
		inputs[kept] = inputs[i];
		if (n > 1 && !identify(b, &inputs[kept], &err)) {
			exit_worsen(&code, fail(b->diag, &err));
			b->diag->trouble |= !error_is_lasting(&err);
			continue;
		}
		inputs[kept].module = find_module(b, &by_id, inputs, &inputs[kept]);
		kept++;
	}
	map_free(&by_id);

	b->modules = arena_new(&b->arena, struct module, b->n_modules);
	for (size_t i = 0; i < kept; i++)
		b->modules[inputs[i].module].n_paths++;
	for (size_t i = 0; i < b->n_modules; i++) {
		b->modules[i].paths = arena_new(&b->arena, const char *, b->modules[i].n_paths);
		b->modules[i].n_paths = 0;
	}
	for (size_t i = 0; i < kept; i++) {
		struct module *m = &b->modules[inputs[i].module];

		m->paths[m->n_paths++] = inputs[i].path;
	}
	return code;
}

/* The index of a .sym that is in its place. */
static int write_index(const struct batch *b, const char *path, FILE *out)
{
	struct sym_task task;

	if (b->o->index == NULL)
		return EXIT_DONE;
	task = *b->o->index;
	task.paths = &path;
	return sym_task_run(&task, 1, out, b->diag);
}

static int write_to_store(const struct batch *b, struct source *s, FILE *out)
{
	const struct sym_head *h = source_head(s);
	char key[MAX_PATH];
	struct file_writer w = { 0 };
	struct error err = { 0 };
	struct buf path = { .oom = b->o->source.oom };
	int code;

	if (!symbols_path(h->name, h->id, (struct str){ 0 }, key, sizeof(key))) {
		error_set(&err, ERROR_INPUT, "%.*s: no name for a symbol store", STR_ARGS(h->name));
		return fail(b->diag, &err);
	}
	buf_printf(&path, "%s/%s", b->o->store, key);
	buf_put_char(&path, '\0');
	if (!file_make_folders(path.p))
		error_errno(&err, "%s", path.p);
	else
		file_create(&w, path.p, 0644, &err);
	if (w.out == NULL) {
		buf_free(&path);
		return fail(b->diag, &err);
	}
	code = source_write(s, w.out, b->o->coverage ? out : NULL);
	if (code < EXIT_TROUBLE && !(code != EXIT_DONE && file_is_empty(&w)))
		exit_worsen(&code, file_commit(&w, &err) ? write_index(b, path.p, out)
							 : fail(b->diag, &err));
	file_abort(&w);
	buf_free(&path);
	return code;
}

static int write_module(const struct batch *b, struct source *s, FILE *out)
{
	bool report = b->o->coverage;

	if (b->o->store != NULL && !b->o->source.list_arch)
		return write_to_store(b, s, out);
	return source_write(s, report ? NULL : out, report ? out : NULL);
}

static int dump_module(size_t index, FILE *out, struct diag *d, void *context)
{
	struct batch *b = context;
	const struct module *m = &b->modules[index];
	struct arena arena = { .oom = b->o->source.oom };
	struct error err = { 0 };
	struct source *s = source_open(m->paths, m->n_paths, &b->source, &arena, d, &err);
	int code;

	if (s == NULL) {
		code = fail(d, &err);
	} else {
		code = write_module(b, s, out);
		source_close(s);
	}
	if (b->o->strict && d->warnings != 0)
		exit_worsen(&code, EXIT_INPUT);
	diag_end_file(d, m->paths[0]);
	arena_free(&arena);
	return code;
}

static const char *module_path(size_t index, void *context)
{
	return ((struct batch *)context)->modules[index].paths[0];
}

static unsigned cpus(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > LIMIT_WORKERS ? LIMIT_WORKERS : (unsigned)n;
}

/* Processes for modules, and for each of these what is left for its parts. */
static int dump_all(struct batch *b, FILE *out)
{
	unsigned jobs = b->o->source.jobs == 0 ? cpus() : b->o->source.jobs;
	unsigned outer = b->n_modules < jobs ? (unsigned)b->n_modules : jobs;

	if (b->n_modules == 0)
		return EXIT_DONE;
	b->source.jobs = jobs / outer;
	return jobs_run(b->n_modules, outer, dump_module, module_path, b, out, b->diag);
}

int batch_run(const struct batch_options *o, const char *const *paths, size_t n, FILE *out,
	      struct diag *d)
{
	struct batch b = {
		.o = o,
		.source = o->source,
		.arena.oom = o->source.oom,
		.inputs.oom = o->source.oom,
		.diag = d,
	};
	int code = find_inputs(&b, paths, n);

	exit_worsen(&code, group(&b));
	/* Without files that a retry may read, modules would be made by halves. */
	if (d->trouble)
		b.n_modules = 0;
	if (b.n_modules > 1 && o->store == NULL && !o->coverage && !o->source.compat &&
	    !o->source.list_arch) {
		struct error err = { 0 };

		error_set(&err, ERROR_INPUT, "%zu modules do not make one symbol file: use --store",
			  b.n_modules);
		exit_worsen(&code, fail(d, &err));
	} else {
		exit_worsen(&code, dump_all(&b, out));
	}
	buf_free(&b.inputs);
	arena_free(&b.arena);
	return code;
}
