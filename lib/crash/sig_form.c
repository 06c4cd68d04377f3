#include "crash/sig_form.h"

#include "base/js.h"
#include "base/utf.h"
#include "crash/sig_repr.h"
#include "crash/sig_rules.h"
#include "crash/sig_value.h"

/* A text that no terminal obeys, on one line. */
static struct str safe(struct str text, struct arena *a)
{
	struct buf b = { .oom = a->oom };

	text_printable(&b, text);

	struct str copy = arena_strdup(a, buf_str(&b));
	buf_free(&b);
	return copy;
}

static struct str proto_signature(const struct sig_result *s, struct buf *b)
{
	for (size_t i = 0; i < s->n_frames; i++) {
		if (i != 0)
			buf_put_str(b, STR(" | "));
		buf_put_str(b, s->frames[i]);
	}
	return buf_str(b);
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
	struct buf b = { .oom = a->oom };

	js_object(&j);
	js_key_str(&j, "signature", s->signature);
	js_key(&j, "proto_signature");
	if (s->n_frames != 0)
		js_str(&j, proto_signature(s, &b));
	else
		js_null(&j);
	print_lines(&j, "notes", &s->notes);
	js_key_text(&j, "algorithm", SIG_ALGORITHM);
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
	buf_free(&b);
}

static void print_sig(FILE *out, const struct sig_record *r, struct arena *a)
{
	(void)a;
	fwrite(r->result->signature.p, 1, r->result->signature.n, out);
	putc('\n', out);
}

static void print_label(FILE *out, const char *label, struct str text, struct arena *a)
{
	fprintf(out, "%-12s%.*s\n", label, STR_ARGS(safe(text, a)));
}

static void print_text(FILE *out, const struct sig_record *r, struct arena *a)
{
	const struct sig_result *s = r->result;
	const char *label = "Frames:";

	print_label(out, "Signature:", s->signature, a);
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

static struct str crash_id(const struct sig_record *r, struct arena *a)
{
	struct js_value v = r->crash->uuid;

	return sig_value_true(v) ? sig_value_text(v, a) : STR("");
}

static struct str old_signature(const struct sig_record *r, struct arena *a)
{
	struct js_value v = r->crash->original_signature;

	return sig_value_true(v) ? sig_value_text(v, a) : STR("");
}

static const char *same(const struct sig_record *r, struct arena *a)
{
	return str_eq(old_signature(r, a), r->result->signature) ? "True" : "False";
}

/* The notes, or the error in their place, with a text between them. */
static struct str joined_notes(const struct sig_record *r, const char *between, bool quoted,
			       struct arena *a)
{
	const struct sig_line error = { str_of(r->error), NULL };
	struct buf b = { .oom = a->oom };

	for (const struct sig_line *l = r->error != NULL ? &error : r->result->notes.first;
	     l != NULL; l = l->next) {
		if (b.n != 0)
			buf_put_str(&b, str_of(between));
		if (quoted)
			sig_repr_text(&b, l->text);
		else
			buf_put_str(&b, l->text);
	}

	struct str copy = arena_strdup(a, buf_str(&b));
	buf_free(&b);
	return copy;
}

static void print_tsv(FILE *out, const struct sig_record *r, struct arena *a)
{
	fprintf(out, "%.*s\t%.*s\t%.*s\t%s\t%.*s\n", STR_ARGS(safe(crash_id(r, a), a)),
		STR_ARGS(safe(old_signature(r, a), a)), STR_ARGS(safe(r->result->signature, a)),
		same(r, a), STR_ARGS(safe(joined_notes(r, "; ", false, a), a)));
}

/* RFC 4180: in double quotes, of which those inside are doubled. */
static void print_cell(FILE *out, struct str s, const char *end)
{
	putc('"', out);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			putc('"', out);
		putc(s.p[i], out);
	}
	fprintf(out, "\"%s", end);
}

static void begin_csv(FILE *out)
{
	fputs("\"crashid\",\"old\",\"new\",\"same?\",\"notes\"\r\n", out);
}

static void print_csv(FILE *out, const struct sig_record *r, struct arena *a)
{
	struct str notes = joined_notes(r, ", ", true, a);

	print_cell(out, crash_id(r, a), ",");
	print_cell(out, old_signature(r, a), ",");
	print_cell(out, r->result->signature, ",");
	print_cell(out, str_of(same(r, a)), ",");
	print_cell(out, arena_concat(a, PARTS(STR("["), notes, STR("]"))), "\r\n");
}

static void print_code(FILE *out, const char *label, struct str s, struct arena *a)
{
	struct str text = safe(s, a);

	fprintf(out, "**%s** `", label);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '`')
			putc('\\', out);
		putc(text.p[i], out);
	}
	fputs("`\n", out);
}

static void print_items(FILE *out, const char *label, const struct sig_line *lines, struct arena *a)
{
	unsigned n = 0;

	for (const struct sig_line *l = lines; l != NULL; l = l->next)
		n++;
	fprintf(out, "**%s** (%u)\n\n", label, n);
	for (const struct sig_line *l = lines; l != NULL; l = l->next)
		fprintf(out, "* %.*s\n", STR_ARGS(safe(l->text, a)));
}

static void print_markdown(FILE *out, const struct sig_record *r, struct arena *a)
{
	const struct sig_line error = { str_of(r->error), NULL };
	const struct sig_line *notes = r->error != NULL ? &error : r->result->notes.first;

	if (!r->first)
		putc('\n', out);
	fprintf(out, "**Crash id:** %.*s\n", STR_ARGS(safe(crash_id(r, a), a)));
	print_code(out, "Original:", old_signature(r, a), a);
	print_code(out, "New:", r->result->signature, a);
	fprintf(out, "**Same?:** %s\n", same(r, a));
	print_items(out, "Notes:", notes, a);
	if (notes != NULL)
		putc('\n', out);
	if (r->details)
		print_items(out, "Debug:", r->result->debug_log.first, a);
}

static const struct sig_form forms[] = {
	{ "json", NULL, print_json },    { "sig", NULL, print_sig },
	{ "text", NULL, print_text },    { "tsv", NULL, print_tsv },
	{ "csv", begin_csv, print_csv }, { "markdown", NULL, print_markdown },
};

const struct sig_form *sig_form_find(const char *name)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i].name, name) == 0)
			return &forms[i];
	}
	return NULL;
}
