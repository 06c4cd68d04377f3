/* The forms of the commands around Socorro's signatures: socorro/signature/cmd_signature.py, and
 * siggen's cmd_signify.py. siggen.md 12. */

#include <string.h>

#include "base/js.h"
#include "crash/sig_form_impl.h"
#include "crash/sig_repr.h"

/* Of crashes that a browser can show, for the peer's Markdown. */
#define REPORT_ADDRESS "https://crash-stats.mozilla.org/report/index/"

static struct str shown(const struct sig_record *r, struct str text, struct arena *a)
{
	return r->compat ? text : sig_form_safe(text, a);
}

static void put(FILE *out, struct str s)
{
	fwrite(s.p, 1, s.n, out);
}

static unsigned count(const struct sig_line *lines)
{
	unsigned n = 0;

	for (const struct sig_line *l = lines; l != NULL; l = l->next)
		n++;
	return n;
}

static const char *same(const struct sig_record *r, struct arena *a)
{
	return sig_form_same(r, a) ? "True" : "False";
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

void sig_form_begin_csv(FILE *out)
{
	fputs("\"crashid\",\"old\",\"new\",\"same?\",\"notes\"\r\n", out);
}

/* The notes as a list of Python's. */
void sig_form_print_csv(FILE *out, const struct sig_record *r, struct arena *a)
{
	struct buf notes = { .oom = a->oom };
	struct sig_line error;

	buf_put_char(&notes, '[');
	for (const struct sig_line *l = sig_form_notes(r, &error); l != NULL; l = l->next) {
		if (notes.n != 1)
			buf_put_str(&notes, STR(", "));
		sig_repr_text(&notes, l->text);
	}
	buf_put_char(&notes, ']');
	print_cell(out, sig_form_id(r, a), ",");
	print_cell(out, sig_form_old(r, a), ",");
	print_cell(out, r->result->signature, ",");
	print_cell(out, str_of(same(r, a)), ",");
	print_cell(out, buf_str(&notes), "\r\n");
	buf_free(&notes);
}

static void print_code(FILE *out, const char *label, struct str text)
{
	fprintf(out, "**%s** `", label);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '`')
			putc('\\', out);
		putc(text.p[i], out);
	}
	fputs("`\n", out);
}

static void print_items(FILE *out, const struct sig_record *r, const char *label,
			const struct sig_line *lines, struct arena *a)
{
	fprintf(out, "**%s** (%u)\n\n", label, count(lines));
	for (const struct sig_line *l = lines; l != NULL; l = l->next) {
		fputs("* ", out);
		put(out, shown(r, l->text, a));
		putc('\n', out);
	}
}

void sig_form_print_markdown(FILE *out, const struct sig_record *r, struct arena *a)
{
	struct str id = shown(r, sig_form_id(r, a), a);
	struct sig_line error;
	const struct sig_line *notes = sig_form_notes(r, &error);

	fputs(r->compat ? "**Crash id:** [" : "**Crash id:** ", out);
	put(out, id);
	if (r->compat) {
		fputs("](" REPORT_ADDRESS, out);
		put(out, id);
		putc(')', out);
	}
	putc('\n', out);
	print_code(out, "Original:", shown(r, sig_form_old(r, a), a));
	print_code(out, "New:", shown(r, r->result->signature, a));
	fprintf(out, "**Same?:** %s\n", same(r, a));
	print_items(out, r, "Notes:", notes, a);
	if (notes != NULL)
		putc('\n', out);
	if (r->details)
		print_items(out, r, "Debug:", r->result->debug_log.first, a);
}

static void print_label(FILE *out, const char *label, struct str text)
{
	fputs(label, out);
	put(out, text);
	putc('\n', out);
}

static const char indent[] = "          ";

static void print_lines(FILE *out, const char *label, const struct sig_line *lines)
{
	if (lines == NULL)
		return;
	fprintf(out, "%-10s(%u)\n", label, count(lines));
	for (const struct sig_line *l = lines; l != NULL; l = l->next)
		print_label(out, indent, l->text);
}

static void print_text(FILE *out, const struct sig_record *r, struct arena *a)
{
	const struct sig_result *s = r->result;
	struct sig_line error;

	print_label(out, "Crash id: ", sig_form_id(r, a));
	print_label(out, "Original: ", sig_form_old(r, a));
	print_label(out, "New:      ", s->signature);
	print_label(out, "Same?:    ", str_of(same(r, a)));
	print_lines(out, "Notes:", sig_form_notes(r, &error));
	if (!r->details)
		return;
	print_lines(out, "Debug:", s->debug_log.first);
	if (s->n_frames == 0)
		return;
	fprintf(out, "Extra:\n%snormalized_frames:\n", indent);
	for (size_t i = 0; i < s->n_frames; i++) {
		fputs(indent, out);
		print_label(out, "- ", s->frames[i]);
	}
	fputs(indent, out);
	print_label(out, "proto_signature: ", sig_form_proto(s, a));
}

/* What -v adds comes before the JSON, which is none then any more: only where the peer is asked
 * for. */
static void print_steps(FILE *out, const struct sig_record *r)
{
	if (r->crash->processed)
		fputs("Crash data is a processed crash. Converting ...\n", out);
	for (const struct sig_line *l = r->result->debug_log.first; l != NULL; l = l->next)
		print_label(out, "", l->text);
}

void sig_form_print_signify(FILE *out, const struct sig_record *r, struct arena *a)
{
	struct js j = js_make(out, true);
	struct sig_line error;

	if (r->compat && r->error != NULL)
		return; /* nor does the peer print anything */
	if (r->compat && r->details)
		print_steps(out, r);
	j.ascii = true;
	js_object(&j);
	js_key_str(&j, "signature", r->result->signature);
	js_key_str(&j, "proto_signature", sig_form_proto(r->result, a));
	js_key(&j, "notes");
	js_array(&j);
	for (const struct sig_line *l = sig_form_notes(r, &error); l != NULL; l = l->next)
		js_str(&j, l->text);
	js_end(&j, ']');
	js_end(&j, '}');
	putc('\n', out);
}

static const struct sig_form forms[] = {
	{ "text", NULL, print_text, "\n", false },
	{ "csv", sig_form_begin_csv, sig_form_print_csv, NULL, false },
	{ "markdown", NULL, sig_form_print_markdown, "\n", false },
	{ "signify", NULL, sig_form_print_signify, NULL, false },
};

const struct sig_form *sig_form_find_peer(const char *name)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i].name, name) == 0)
			return &forms[i];
	}
	if (sig_form_find(name) != NULL && sig_form_find(name)->of_pings)
		return sig_form_find(name);
	return &forms[0];
}
