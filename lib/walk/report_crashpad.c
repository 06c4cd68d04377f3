#include "walk/report.h"

/* What Crashpad and Chromium know besides the crash; rust-minidump prints it in its dump form. */

static void put_guid(struct report *r, const char *key, struct cursor at)
{
	char text[MD_GUID_TEXT];

	md_guid_text(at, text);
	js_key_text(&r->js, key, text);
}

/* What is no text is null: it is damaged, or nobody but the program knows what it means. */
static void put_value(struct report *r, const struct md_annotation *v)
{
	if (v->kind == MD_ANNOTATION_TEXT)
		js_str(&r->js, v->text);
	else
		js_null(&r->js);
}

static void put_annotations(struct report *r, const char *key, const struct md_annotations *x)
{
	js_key(&r->js, key);
	js_object(&r->js);
	for (size_t i = 0; i < x->n; i++) {
		js_key_any(&r->js, x->v[i].name);
		put_value(r, &x->v[i]);
	}
	js_end(&r->js, '}');
}

static void put_list(struct report *r, const char *key, const struct md_annotations *x)
{
	js_key(&r->js, key);
	js_array(&r->js);
	for (size_t i = 0; i < x->n; i++)
		put_value(r, &x->v[i]);
	js_end(&r->js, ']');
}

static void put_module(struct report *r, const struct md_crashpad_module *m)
{
	ptrdiff_t place = md_modules_of_entry(&r->dump->modules, m->index);

	js_object(&r->js);
	put_annotations(r, "annotation_objects", &m->objects);
	put_list(r, "list_annotations", &m->list);
	report_u64(r, "modules_index", place != MD_NO_MODULE, (uint64_t)place);
	put_annotations(r, "simple_annotations", &m->simple);
	js_end(&r->js, '}');
}

void report_crashpad(struct report *r)
{
	const struct md_crashpad *x = &r->dump->crashpad;

	js_object(&r->js);
	report_hex(r, "address_mask", x->address_mask != 0, x->address_mask);
	put_guid(r, "client_id", x->client_id);
	js_key(&r->js, "module_list");
	js_array(&r->js);
	for (size_t i = 0; i < x->n_modules; i++)
		put_module(r, &x->modules[i]);
	js_end(&r->js, ']');
	put_guid(r, "report_id", x->report_id);
	put_annotations(r, "simple_annotations", &x->simple);
	js_end(&r->js, '}');
}

/* Of a process and of the system; in the order of the keys. */
static const struct value_key {
	enum md_process_value value;
	const char *key;
} values[] = {
	{ MD_PROCESS_ALLOCATION_ATTEMPT, "allocation_attempt" },
	{ MD_SYSTEM_COMMIT_LIMIT, "commit_limit" },
	{ MD_SYSTEM_COMMIT_REMAINING, "commit_remaining" },
	{ MD_PROCESS_HANDLES, "handle_count" },
	{ MD_PROCESS_OPEN_FILES, "open_file_descriptors" },
	{ MD_PROCESS_PEAK_PAGEFILE, "peak_pagefile_usage" },
	{ MD_PROCESS_PEAK_WORKINGSET, "peak_workingset_size" },
	{ MD_PROCESS_PRIVATE_USAGE, "private_usage" },
	{ MD_PROCESS_ID, "process_id" },
	{ MD_SYSTEM_HANDLES, "system_handle_count" },
};

static void put_values(struct report *r, const struct md_stability_state *s)
{
	js_object(&r->js);
	for (size_t i = 0; i < COUNT(values); i++) {
		if ((s->present >> values[i].value & 1) == 0)
			continue;
		js_key(&r->js, values[i].key);
		js_i64(&r->js, (int64_t)s->value[values[i].value]);
	}
	js_end(&r->js, '}');
}

void report_stability(struct report *r)
{
	const struct md_stability *x = &r->dump->stability;

	js_object(&r->js);
	js_key(&r->js, "process_states");
	js_array(&r->js);
	for (size_t i = 0; i < x->n_processes; i++)
		put_values(r, &x->processes[i]);
	js_end(&r->js, ']');
	js_key(&r->js, "system_memory_state");
	put_values(r, &x->system);
	js_end(&r->js, '}');
}
