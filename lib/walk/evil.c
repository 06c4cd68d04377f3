#include "walk/evil.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/js_in.h"
#include "base/sort.h"

struct evil_cert {
	struct str module, cert;
};

/* A file being read. */
struct reader {
	struct evil *e;
	const char *path;
	bool compat;
	struct arena *a;
	struct buf certs;
	struct error *err;
};

static int by_module(const void *a, const void *b, const void *context)
{
	const struct evil_cert *x = a, *y = b;

	(void)context;
	return str_cmp(x->module, y->module);
}

static void sort_certs(struct reader *r)
{
	struct evil *e = r->e;

	e->n_certs = r->certs.n / sizeof(*e->certs);
	e->certs = arena_new(r->a, struct evil_cert, e->n_certs);
	if (e->n_certs != 0)
		memcpy(e->certs, r->certs.p, r->certs.n);
	sort_stable(e->certs, e->n_certs, sizeof(*e->certs), by_module, NULL, r->a->oom);
	e->has_certs = e->n_certs != 0;
}

/* One certificate and its modules. False for a value of another kind. */
static bool read_cert(struct reader *r, const struct js_in_each *member)
{
	struct str cert = arena_strdup(r->a, js_in_text(member->key, r->a));
	struct js_in_each each = js_in_over(member->value);
	bool right = member->value.kind == JS_ARRAY;

	while (right && js_in_next(&each)) {
		struct evil_cert one = { .cert = cert };

		if (each.value.kind != JS_STRING) {
			right = false;
			break;
		}
		one.module = arena_strdup(r->a, js_in_text(each.value, r->a));
		buf_put(&r->certs, &one, sizeof(one));
	}
	return right;
}

static bool read_certs(struct reader *r, struct js_value info)
{
	struct js_in_each each = js_in_over(info);
	bool right = info.kind == JS_OBJECT;

	while (js_in_next(&each))
		right &= read_cert(r, &each);
	return right;
}

/* The same of the text that holds it. */
static bool read_certs_text(struct reader *r, struct js_value text)
{
	struct js_in in = js_in_make(js_in_text(text, r->a), r->path, r->a->oom);
	struct js_value info;
	bool right = js_in_read(&in, &info, r->err) && read_certs(r, info);

	js_in_free(&in);
	return right;
}

static bool read_members(struct reader *r, struct js_value root)
{
	struct js_value info = js_in_get(root, STR("ModuleSignatureInfo"));
	struct str version = js_in_text(js_in_get(root, STR("CPUMicrocodeVersion")), r->a);
	struct evil *e = r->e;
	bool right;

	e->has_microcode = str_starts(version, STR("0x")) &&
			   str_hex_to_u64(str_from(version, 2), &e->microcode);
	if (info.kind == JS_NONE)
		return true;
	right = info.kind == JS_STRING ? read_certs_text(r, info) : read_certs(r, info);
	if (!right && r->compat)
		buf_clear(&r->certs);
	sort_certs(r);
	if (!right && r->compat)
		return error_set(r->err, ERROR_INPUT,
				 "Could not parse Evil JSON's ModuleSignatureInfo (not an object)");
	if (!right)
		return error_set(r->err, ERROR_INPUT,
				 "%s: ModuleSignatureInfo is not an object of arrays of names",
				 r->path);
	return true;
}

static bool read_document(struct reader *r, struct str text)
{
	struct js_in in = js_in_make(text, r->path, r->a->oom);
	struct js_value root;
	bool ok = js_in_read(&in, &root, r->err);

	if (ok && root.kind != JS_OBJECT)
		ok = error_set(r->err, ERROR_INPUT, "%s: not a JSON object", r->path);
	if (!ok && r->compat)
		error_set(r->err, ERROR_INPUT, "Could not parse Extra JSON (was not valid JSON)");
	ok = ok && read_members(r, root);
	js_in_free(&in);
	return ok;
}

bool evil_read(struct evil *e, const char *path, bool compat, struct arena *a, struct error *err)
{
	struct reader r = {
		.e = e,
		.path = path,
		.compat = compat,
		.a = a,
		.certs = { .oom = a->oom },
		.err = err,
	};
	struct file file;
	bool ok;

	*e = (struct evil){ 0 };
	if (!file_open(&file, path, err)) {
		if (compat)
			error_set(err, ERROR_SYSTEM, "Could not load Extra JSON at \"%s\"", path);
		return false;
	}
	ok = read_document(&r, (struct str){ (const char *)file.data.p, file.data.n });
	file_close(&file);
	buf_free(&r.certs);
	return ok;
}

const struct str *evil_cert_of(const struct evil *e, struct str module)
{
	size_t low = 0, high = e == NULL ? 0 : e->n_certs;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(e->certs[middle].module, module) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || !str_eq(e->certs[low - 1].module, module))
		return NULL;
	return &e->certs[low - 1].cert;
}
