#include "crash/sig_form.h"

#include "base/js.h"
#include "base/utf.h"
#include "crash/ping.h"
#include "crash/sig_form_impl.h"
#include "crash/sig_value.h"

struct str sig_form_safe(struct str text, struct arena *a)
{
	struct buf b = { .oom = a->oom };

	text_printable(&b, text);

	struct str copy = arena_strdup(a, buf_str(&b));
	buf_free(&b);
	return copy;
}

struct str sig_form_proto(const struct sig_result *s, struct arena *a)
{
	struct str parts[2 * SIG_FRAMES];
	size_t n = 0;

	for (size_t i = 0; i < s->n_frames; i++) {
		if (i != 0)
			parts[n++] = STR(" | ");
		parts[n++] = s->frames[i];
	}
	return arena_concat(a, parts, n);
}

static void print_lines(struct js *j, const char *key, const struct sig_lines *lines)
{
	js_key(j, key);
	js_array(j);
	for (const struct sig_line *l = lines->first; l != NULL; l = l->next)
		js_str(j, l->text);
	js_end(j, ']');
}

static void print_json(FILE *out, const struct sig_record *r, struct arena *a)
{
	const struct sig_result *s = r->result;
	struct js j = js_make(out, r->pretty);

	js_object(&j);
	js_key_str(&j, "signature", s->signature);
	js_key(&j, "proto_signature");
	if (s->n_frames != 0)
		js_str(&j, sig_form_proto(s, a));
	else
		js_null(&j);
	print_lines(&j, "notes", &s->notes);
	js_key_text(&j, "algorithm", r->algorithm);
	if (r->details) {
		js_key(&j, "normalized_frames");
		js_array(&j);
		for (size_t i = 0; i < s->n_frames; i++)
			js_str(&j, s->frames[i]);
		js_end(&j, ']');
		print_lines(&j, "debug_log", &s->debug_log);
	}
	if (r->error != NULL)
		js_key_text(&j, "error", r->error);
	js_end(&j, '}');
	putc('\n', out);
}

static void print_sig(FILE *out, const struct sig_record *r, struct arena *a)
{
	(void)a;
	fwrite(r->result->signature.p, 1, r->result->signature.n, out);
	putc('\n', out);
}

static void print_label(FILE *out, const char *label, struct str text, struct arena *a)
{
	fprintf(out, "%-12s%.*s\n", label, STR_ARGS(sig_form_safe(text, a)));
}

static void print_text(FILE *out, const struct sig_record *r, struct arena *a)
{
	const struct sig_result *s = r->result;
	const char *label = "Frames:";

	print_label(out, "Signature:", s->signature, a);
	if (r->details)
		print_label(out, "Algorithm:", str_of(r->algorithm), a);
	if (r->error != NULL)
		print_label(out, "Error:", str_of(r->error), a);
	for (const struct sig_line *l = s->notes.first; l != NULL; l = l->next)
		print_label(out, "Note:", l->text, a);
	for (const struct sig_line *l = s->debug_log.first; l != NULL; l = l->next)
		print_label(out, "Step:", l->text, a);
	for (size_t i = 0; r->details && i < s->n_frames; i++, label = "")
		print_label(out, label, s->frames[i], a);
	putc('\n', out);
}

struct str sig_form_id(const struct sig_record *r, struct arena *a)
{
	struct js_value v = r->crash->uuid;

	return sig_value_true(v) ? sig_value_text(v, a) : STR("");
}

struct str sig_form_old(const struct sig_record *r, struct arena *a)
{
	struct js_value v = r->crash->original_signature;

	return sig_value_true(v) ? sig_value_text(v, a) : STR("");
}

bool sig_form_same(const struct sig_record *r, struct arena *a)
{
	return str_eq(sig_form_old(r, a), r->result->signature);
}

const struct sig_line *sig_form_notes(const struct sig_record *r, struct sig_line *store)
{
	if (r->error == NULL)
		return r->result->notes.first;
	*store = (struct sig_line){ str_of(r->error), NULL };
	return store;
}

static void print_cell(FILE *out, struct str s, const char *end, struct arena *a)
{
	fprintf(out, "%.*s%s", STR_ARGS(sig_form_safe(s, a)), end);
}

static void print_tsv(FILE *out, const struct sig_record *r, struct arena *a)
{
	struct sig_line error;

	print_cell(out, sig_form_id(r, a), "\t", a);
	print_cell(out, sig_form_old(r, a), "\t", a);
	print_cell(out, r->result->signature, "\t", a);
	fputs(sig_form_same(r, a) ? "True\t" : "False\t", out);
	for (const struct sig_line *l = sig_form_notes(r, &error); l != NULL; l = l->next)
		print_cell(out, l->text, l->next == NULL ? "" : "; ", a);
	putc('\n', out);
}

/* A line for each, so that requests, answers and pings stay beside each other. */
static void print_request(FILE *out, const struct sig_record *r, struct arena *a)
{
	struct buf b = { .oom = a->oom };

	if (r->ping != NULL)
		ping_request(&b, r->ping, r->compat);
	else
		buf_put_str(&b, STR("null"));
	buf_put_char(&b, '\n');
	fwrite(b.p, 1, b.n, out);
	buf_free(&b);
}

static void print_data(FILE *out, const struct sig_record *r, struct arena *a)
{
	(void)a;
	if (r->ping != NULL)
		fwrite(r->data.p, 1, r->data.n, out);
	else
		fputs("null", out);
	putc('\n', out);
}

static const struct sig_form forms[] = {
	{ "json", NULL, print_json, NULL, false },
	{ "sig", NULL, print_sig, NULL, false },
	{ "text", NULL, print_text, NULL, false },
	{ "tsv", NULL, print_tsv, NULL, false },
	{ "csv", sig_form_begin_csv, sig_form_print_csv, NULL, false },
	{ "markdown", NULL, sig_form_print_markdown, "\n", false },
	{ "signify", NULL, sig_form_print_signify, NULL, false },
	{ "request", NULL, print_request, NULL, true },
	{ "data", NULL, print_data, NULL, true },
};

const struct sig_form *sig_form_find(const char *name)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i].name, name) == 0)
			return &forms[i];
	}
	return NULL;
}
