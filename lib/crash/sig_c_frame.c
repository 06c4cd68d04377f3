#include "base/limits.h"
#include "base/unicode.h"
#include "base/utf.h"
#include "crash/sig_c_impl.h"
#include "crash/sig_explain.h"
#include "crash/sig_frame.h"
#include "crash/sig_own.h"
#include "crash/sig_value.h"

/* Symbols of Rust 1.34 lack the module of these functions. rules.py: FILE_FUNCTION_TO_FUNCTION. */
static const struct {
	const char *file, *function, *full;
} rust_names[] = {
	{ "src/liballoc/raw_vec.rs", "capacity_overflow", "alloc::raw_vec::capacity_overflow" },
	{ "src/libcore/option.rs", "expect_failed", "core::option::expect_failed" },
	{ "src/libcore/panicking.rs", "panic_bounds_check", "core::panicking::panic_bounds_check" },
	{ "src/libcore/panicking.rs", "panic_fmt", "core::panicking::panic_fmt" },
	{ "src/libcore/panicking.rs", "panic", "core::panicking::panic" },
	{ "src/libcore/slice/mod.rs", "slice_index_order_fail",
	  "core::slice::slice_index_order_fail" },
	{ "src/libstd/panicking.rs", "begin_panic_fmt", "std::panicking::begin_panic_fmt" },
	{ "src/libstd/panicking.rs", "continue_panic_fmt", "std::panicking::continue_panic_fmt" },
	{ "src/libstd/panicking.rs", "rust_panic_with_hook",
	  "std::panicking::rust_panic_with_hook" },
};

static struct str full_name(struct str file, struct str function)
{
	for (size_t i = 0; i < sizeof(rust_names) / sizeof(rust_names[0]); i++) {
		if (str_eq(file, str_of(rust_names[i].file)) &&
		    str_eq(function, str_of(rust_names[i].function)))
			return str_of(rust_names[i].full);
	}
	return function;
}

static struct str lower(struct str s, struct sig_job *job)
{
	struct buf b = { .oom = job->arena->oom };

	while (s.n != 0) {
		uint32_t code;
		size_t n = utf8_next(s, &code);

		if (code == 0x130) /* the only letter that becomes two: SpecialCasing.txt */
			buf_put_str(&b, STR("i\xcc\x87"));
		else
			utf8_put(&b, unicode_lower(code));
		s = str_from(s, n);
	}

	struct str copy = arena_strdup(job->arena, buf_str(&b));
	buf_free(&b);
	return copy;
}

static struct str strip(struct str s, const char *left, const char *right)
{
	while (s.n != 0 && s.p[0] != '\0' && strchr(left, s.p[0]) != NULL)
		s = str_from(s, 1);
	while (s.n != 0 && s.p[s.n - 1] != '\0' && strchr(right, s.p[s.n - 1]) != NULL)
		s.n--;
	return s;
}

/* The last part of a path: of a Windows one if there is a '\' left in it. */
static struct str last_part(struct str file)
{
	struct str s = strip(file, "", "/\\");
	char separator = str_find_char(s, '\\') != s.n ? '\\' : '/';
	size_t i = s.n;

	while (i > 0 && s.p[i - 1] != separator)
		i--;
	return str_from(s, i);
}

/* Of "hg:host/repo:a/B.cpp:revision" Socorro shows the revision: another text in each build. */
static struct str source_name(const struct sig_job *job, struct str file)
{
	struct str path = sig_frame_file(file);

	return last_part(job->own && path.n != 0 ? path : file);
}

/* What the text of the next frame is made of, for who wants to know. */
static struct sig_frame_trace *explain(struct sig_job *job, const char *from, struct str raw)
{
	struct sig_explained *e;

	if (job->explain == NULL)
		return NULL;
	e = &job->explain->frame[job->result.n_frames];
	*e = (struct sig_explained){ .from = from, .raw = raw };
	return &e->trace;
}

static bool function_text(struct sig_job *job, struct str name, bool rust, struct str line,
			  struct str *out)
{
	struct sig_frame_trace *trace = explain(job, rust ? "Rust function" : "C++ function", name);
	struct arena *scratch = trace == NULL ? job->scratch : job->arena;

	if (name.n > LIMIT_SIG_NAME_BYTES)
		sig_note(job, PARTS(STR("function name is too long, its end is ignored")));

	bool ok = true;
	if (job->own)
		*out = sig_own_name(name, rust, line, job->lists, scratch, trace);
	else
		ok = sig_frame_trace(name, rust, line, job->lists, scratch, trace, out);
	if (ok)
		*out = arena_strdup(job->arena, *out);
	arena_reset(job->scratch);
	return ok || sig_fail(job, "function has no name");
}

static bool module_text(struct sig_job *job, struct js_value module, struct str *out)
{
	bool windows = js_in_is(job->crash.os, STR("Windows NT"));
	struct str s = js_in_text(module, job->arena);

	*out = strip(windows ? lower(s, job) : s, "[]", "[]");
	if (job->own)
		*out = sig_own_module(*out, job->arena);
	return true;
}

static bool unloaded_text(struct sig_job *job, struct js_value list, struct str *out)
{
	struct js_value first = js_in_at(list, 0);

	if (first.kind != JS_OBJECT)
		return sig_fail(job, "unloaded_modules is no list of objects");

	struct str name = sig_value_text(js_in_get(first, STR("module")), job->arena);
	*out = arena_concat(job->arena, PARTS(STR("(unloaded "), name, STR(")")));
	return true;
}

/* Python looks at the types of a frame in this order, and not at what it needn't. */
static bool check_types(struct sig_job *job, const struct sig_c_frame *f)
{
	bool windows = js_in_is(job->crash.os, STR("Windows NT"));

	if (sig_value_true(f->file) && f->file.kind != JS_STRING)
		return sig_fail(job, "file is no text");
	if (f->function.kind == JS_ARRAY || f->function.kind == JS_OBJECT ||
	    (sig_value_true(f->function) && f->function.kind != JS_STRING))
		return sig_fail(job, "function is no text");
	if (sig_value_true(f->module) && f->module.kind != JS_STRING) {
		bool used = !sig_value_true(f->function) &&
			    !(sig_value_true(f->file) && sig_value_true(f->line));

		if (used || windows)
			return sig_fail(job, "module is no text");
	}
	return true;
}

bool sig_c_frame_text(struct sig_job *job, const struct sig_c_frame *f, struct str *out)
{
	struct arena *a = job->arena;

	if (!check_types(job, f))
		return false;
	if (sig_value_true(f->function)) {
		struct str file = js_in_text(f->file, a), path = sig_frame_file(file);
		struct str name = full_name(path, js_in_text(f->function, a));
		bool rust = str_ends(job->own ? file : path, STR(".rs")) ||
			    (job->own && sig_own_rust(name));

		job->named |= UINT64_C(1) << job->result.n_frames;
		return function_text(job, name, rust, sig_value_text(f->line, a), out);
	}
	if (sig_value_true(f->file) && sig_value_true(f->line)) {
		explain(job, "file, line", js_in_text(f->file, a));
		*out = arena_concat(job->arena, PARTS(source_name(job, js_in_text(f->file, a)),
						      STR("#"), sig_value_text(f->line, a)));
		return true;
	}
	if (sig_value_true(f->module)) {
		explain(job, "module", js_in_text(f->module, a));
		return module_text(job, f->module, out);
	}
	if (sig_value_true(f->unloaded)) {
		explain(job, NULL, STR(""));
		return unloaded_text(job, f->unloaded, out);
	}
	explain(job, NULL, STR(""));
	if (sig_value_true(f->offset))
		*out = arena_concat(job->arena, PARTS(STR("@"), sig_value_offset(f->offset, a)));
	else
		*out = STR("");
	return true;
}
