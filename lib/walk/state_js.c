#include "walk/state.h"

#include <inttypes.h>

#include "base/js_copy.h"
#include "base/limits.h"
#include "walk/report.h"

/* "EXPRESSION, FUNCTION, FILE:LINE", as much of it as is there. rust-minidump never reports it. */
static void put_assertion(struct report *r)
{
	const struct md_extra *x = &r->dump->extra;
	struct buf b = { .oom = r->scratch.oom };

	buf_put_str(&b, x->assertion_expression);
	if (x->assertion_function.n != 0) {
		buf_printf(&b, "%s", b.n == 0 ? "" : ", ");
		buf_put_str(&b, x->assertion_function);
	}
	if (x->assertion_file.n != 0) {
		buf_printf(&b, "%s", b.n == 0 ? "" : ", ");
		buf_put_str(&b, x->assertion_file);
		buf_printf(&b, ":%" PRIu32, x->assertion_line);
	}
	report_str(r, "assertion", x->has_assertion && !r->s->compat, buf_str(&b));
	buf_free(&b);
}

static void put_crash_info(struct report *r)
{
	const struct hints *h = &r->s->hints;
	bool crashed = r->dump->exception.present;

	js_object(&r->js);
	report_hex(r, "address", r->s->has_address, r->s->address);
	hints_js_adjusted(h, r->digits, &r->js);
	put_assertion(r);
	js_key(&r->js, "crash_inconsistencies");
	if (crashed)
		hints_js_inconsistencies(h, &r->js);
	else
		js_null(&r->js);
	report_u64(r, "crashing_thread", r->s->requesting >= 0, (uint64_t)r->s->requesting);
	if (r->s->rating != NULL)
		js_key_text(&r->js, "exploitability", r->s->rating);
	hints_js_instruction(h, r->digits, &r->js);
	report_str(r, "type", crashed, r->s->reason);
	js_end(&r->js, '}');
}

/* What is only passed on. */

static void put_handles(struct report *r)
{
	const struct md_extra *x = &r->dump->extra;

	js_array(&r->js);
	for (size_t i = 0; i < x->n_handles; i++) {
		const struct md_handle *h = &x->handles[i];

		js_object(&r->js);
		js_key_u64(&r->js, "handle", h->handle);
		report_str(r, "object_name", h->has_object, h->object);
		report_str(r, "type_name", h->has_type, h->type);
		js_end(&r->js, '}');
	}
	js_end(&r->js, ']');
}

static void put_lsb_release(struct report *r)
{
	const struct md_linux *l = &r->dump->linux_info;

	js_object(&r->js);
	js_key_str(&r->js, "codename", l->lsb_codename);
	js_key_str(&r->js, "description", l->lsb_description);
	js_key_str(&r->js, "id", l->lsb_id);
	js_key_str(&r->js, "release", l->lsb_release);
	js_end(&r->js, '}');
}

static void put_mac_record(struct report *r, const struct md_mac_record *m)
{
	js_object(&r->js);
	report_hex(r, "abort_cause", m->abort_cause != 0, m->abort_cause);
	report_str(r, "backtrace", m->backtrace.n != 0, m->backtrace);
	report_hex(r, "dialog_mode", m->dialog_mode != 0, m->dialog_mode);
	report_str(r, "message", m->message.n != 0, m->message);
	report_str(r, "message2", m->message2.n != 0, m->message2);
	report_str(r, "module", m->module.n != 0, m->module);
	report_str(r, "signature_string", m->signature.n != 0, m->signature);
	report_hex(r, "thread", m->thread != 0, m->thread);
	js_end(&r->js, '}');
}

static void put_mac_crash_info(struct report *r)
{
	const struct md_extra *x = &r->dump->extra;

	js_object(&r->js);
	js_key_u64(&r->js, "num_records", x->n_mac_records);
	js_key(&r->js, "records");
	js_array(&r->js);
	for (size_t i = 0; i < x->n_mac_records; i++)
		put_mac_record(r, &x->mac_records[i]);
	js_end(&r->js, ']');
	js_end(&r->js, '}');
}

static void put_limit(struct report *r, const char *key, bool unlimited, uint64_t v)
{
	if (unlimited)
		js_key_text(&r->js, key, "unlimited");
	else
		js_key_u64(&r->js, key, v);
}

static void put_proc_limits(struct report *r)
{
	const struct md_extra *x = &r->dump->extra;

	js_object(&r->js);
	js_key(&r->js, "limits");
	js_array(&r->js);
	for (size_t i = 0; i < x->n_limits; i++) {
		const struct md_limit *l = &x->limits[i];

		js_object(&r->js);
		put_limit(r, "hard", l->hard_unlimited, l->hard);
		js_key_str(&r->js, "name", l->name);
		put_limit(r, "soft", l->soft_unlimited, l->soft);
		js_key_str(&r->js, "unit", l->unit);
		js_end(&r->js, '}');
	}
	js_end(&r->js, ']');
	js_end(&r->js, '}');
}

static void put_soft_errors(struct report *r)
{
	js_copy(&r->js, r->dump->extra.soft_errors, true);
}

static void put_system_info(struct report *r)
{
	const struct md_system *s = &r->dump->system;
	char microcode[32];
	uint64_t version;
	bool has_microcode = state_microcode(r->s, &version);

	snprintf(microcode, sizeof(microcode), "0x%" PRIx64, version);
	js_object(&r->js);
	js_key_text(&r->js, "cpu_arch", s->cpu_name);
	js_key_u64(&r->js, "cpu_count", s->n_cpus);
	report_str(r, "cpu_info", s->has_cpu_info, s->cpu_info);
	js_key_text(&r->js, "cpu_microcode_version", has_microcode ? microcode : NULL);
	js_key_str(&r->js, "os", s->os_name);
	report_str(r, "os_ver", s->os_version.n != 0, s->os_version);
	js_end(&r->js, '}');
}

static void put_one_limit(struct report *r, const char *name, uint64_t limit, uint64_t seen,
			  const char *where)
{
	js_object(&r->js);
	js_key_u64(&r->js, "limit", limit);
	js_key_text(&r->js, "name", name);
	report_u64(r, "seen", seen != 0, seen);
	js_key_text(&r->js, "where", where);
	js_end(&r->js, '}');
}

static void put_limits_hit(struct report *r)
{
	char where[48];

	js_array(&r->js);
	for (size_t i = 0; i < r->dump->threads.n; i++) {
		if (frames_omitted(&r->frames, i) == 0)
			continue;
		snprintf(where, sizeof(where), "threads[%zu]", i);
		put_one_limit(r, "walk_frames_thread", LIMIT_WALK_FRAMES_THREAD,
			      r->frames.threads[i].total, where);
	}
	if (r->s->budget.hit)
		put_one_limit(r, "walk_steps_dump", walk_budget_make(r->dump).steps, 0, "threads");
	js_end(&r->js, ']');
}

static bool any_limit_hit(const struct report *r)
{
	for (size_t i = 0; i < r->dump->threads.n; i++) {
		if (frames_omitted(&r->frames, i) != 0)
			return true;
	}
	return r->s->budget.hit;
}

/* The top level: keys in the order of their bytes. A section whose has is false is null, or absent
 * if it is one of those that rust-minidump leaves out or does not know. */
struct section {
	const char *key;
	bool has;
	bool optional;
	void (*put)(struct report *r);
};

static void put_sections(struct report *r, const struct section *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!v[i].has && v[i].optional)
			continue;
		js_key(&r->js, v[i].key);
		if (v[i].has)
			v[i].put(r);
		else
			js_null(&r->js);
	}
}

static void put_file(struct report *r)
{
	js_text(&r->js, r->o->file);
}

static void put_map_count(struct report *r)
{
	js_u64(&r->js, r->dump->mappings.n_maps);
}

static void put_boot_args(struct report *r)
{
	js_str(&r->js, r->dump->extra.boot_args);
}

/* rust-minidump takes the first module for the main one. */
static void put_main_module(struct report *r)
{
	if (r->dump->is_microdump)
		js_null(&r->js);
	else
		js_u64(&r->js, 0);
}

static void put_has_certs(struct report *r)
{
	js_bool(&r->js, r->s->evil != NULL && r->s->evil->has_certs);
}

static void put_pid(struct report *r)
{
	js_u64(&r->js, r->dump->process.pid);
}

static void put_uptime(struct report *r)
{
	uint32_t from = r->dump->process.create_time, to = r->dump->md.time;

	js_u64(&r->js, to > from ? to - from : 0);
}

static void put_status(struct report *r)
{
	js_text(&r->js, "OK");
}

static void put_thread_count(struct report *r)
{
	js_u64(&r->js, r->dump->threads.n);
}

static void put_report(struct report *r)
{
	const struct dump *d = r->dump;
	const struct md_extra *x = &d->extra;
	ptrdiff_t top = r->s->requesting;
	const struct section sections[] = {
		{ "crash_info", true, false, put_crash_info },
		{ "crashing_thread", top >= 0 && r->frames.threads[top].total != 0, true,
		  report_crashing_thread },
		{ "file", r->o->file != NULL, true, put_file },
		{ "handles", x->has_handles, false, put_handles },
		{ "limits_hit", any_limit_hit(r), true, put_limits_hit },
		{ "linux_memory_map_count", d->mappings.has_maps, false, put_map_count },
		{ "lsb_release", d->linux_info.has_lsb, false, put_lsb_release },
		{ "mac_boot_args", x->has_boot_args, false, put_boot_args },
		{ "mac_crash_info", x->has_mac_records, false, put_mac_crash_info },
		{ "main_module", true, false, put_main_module },
		{ "modules", true, false, report_modules },
		{ "modules_contains_cert_info", true, false, put_has_certs },
		{ "pid", d->process.has_pid, false, put_pid },
		{ "proc_limits", x->has_limits, false, put_proc_limits },
		{ "process_uptime", d->process.has_create_time, false, put_uptime },
		{ "soft_errors", x->has_soft_errors, false, put_soft_errors },
		{ "status", true, false, put_status },
		{ "system_info", true, false, put_system_info },
		{ "thread_count", true, false, put_thread_count },
		{ "threads", true, false, report_threads },
		{ "unloaded_modules", true, false, report_unloaded_modules },
	};

	js_object(&r->js);
	put_sections(r, sections, sizeof(sections) / sizeof(sections[0]));
	js_end(&r->js, '}');
}

void state_js(struct state *s, const struct state_js_options *o, struct arena *a, FILE *out)
{
	struct report r = {
		.js = js_make(out, o->pretty),
		.s = s,
		.dump = s->dump,
		.o = o,
		.digits = s->dump->system.pointer_bits == 32 ? 8 : 16,
		.scratch = { .oom = a->oom },
	};

	frames_collect(&r.frames, s, a);
	put_report(&r);
	frames_free(&r.frames);
	arena_free(&r.scratch);
}

void state_js_failure(const char *file, const char *status, const char *error, FILE *out)
{
	struct js j = js_make(out, false);

	js_object(&j);
	js_key_text(&j, "error", error);
	js_key_text(&j, "file", file);
	js_key_text(&j, "status", status);
	js_end(&j, '}');
	putc('\n', out);
}
