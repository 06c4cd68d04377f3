#include <inttypes.h>
#include <time.h>

#include "base/utf.h"
#include "dump/md_crashpad.h"
#include "dump/print_impl.h"

enum { LINE = 16 };

bool print_take(struct printer *p, uint64_t n)
{
	if (n > p->budget) {
		fputs("(left out)", p->out);
		return false;
	}
	p->budget -= n;
	return true;
}

void print_text(struct printer *p, struct str text)
{
	if (!print_take(p, text.n))
		return;
	buf_clear(&p->text);
	if (p->compat)
		buf_put_str(&p->text, text);
	else
		text_printable(&p->text, text);
	if (p->text.n != 0)
		fwrite(p->text.p, 1, p->text.n, p->out);
}

void print_line(struct printer *p, struct str text)
{
	print_text(p, text);
	putc('\n', p->out);
}

void print_units(struct printer *p, struct cursor c, size_t most)
{
	struct cursor scan = c;
	size_t n = 0;
	struct str text;

	while (n < most && cursor_u16(&scan) != 0)
		n++;
	print_line(p, utf16_to_utf8(p->a, &c, n, &text) ? text : STR("(invalid)"));
}

void print_hex(struct printer *p, struct slice bytes)
{
	if (!print_take(p, bytes.n))
		return;
	for (size_t i = 0; i < bytes.n; i++)
		fprintf(p->out, "%02x", bytes.p[i]);
}

void print_guid(struct printer *p, struct cursor at)
{
	char text[MD_GUID_TEXT];

	md_guid_text(at, text);
	fputs(text, p->out);
}

void print_time(struct printer *p, uint32_t seconds)
{
	time_t t = seconds;
	struct tm tm;
	char text[32];

	if (gmtime_r(&t, &tm) != NULL &&
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) != 0)
		fputs(text, p->out);
}

/* An integer of 16 bytes: the half that stands first is the low one, or of big-endian dumps the
 * high one. */
static void print_wide(struct printer *p, struct cursor at)
{
	uint64_t first = cursor_u64(&at), second = cursor_u64(&at);
	uint64_t low = at.big ? second : first, high = at.big ? first : second;

	if (high != 0)
		fprintf(p->out, "0x%" PRIx64 "%016" PRIx64, high, low);
	else
		fprintf(p->out, "0x%" PRIx64, low);
}

static void print_pair(struct printer *p, struct cursor at, unsigned size)
{
	uint64_t first = cursor_uint(&at, size);

	fprintf(p->out, "0x%" PRIx64 ":0x%" PRIx64, first, cursor_uint(&at, size));
}

void print_value(struct printer *p, struct cursor at, unsigned size, enum print_kind kind)
{
	struct cursor number = at;
	uint64_t v = size <= 8 ? cursor_uint(&number, size) : 0;

	if (size > 8)
		print_wide(p, at);
	else if (kind == PRINT_PAIR)
		print_pair(p, at, size);
	else if (kind == PRINT_DEC)
		fprintf(p->out, "%" PRIu64, v);
	else if (kind == PRINT_SIGNED)
		fprintf(p->out, "%" PRId32, (int32_t)v);
	else
		fprintf(p->out, "%s%" PRIx64, kind == PRINT_BARE ? "" : "0x", v);
	if (kind == PRINT_TIME) {
		putc(' ', p->out);
		print_time(p, (uint32_t)v);
	}
}

static void print_label(struct printer *p, const char *label, unsigned index)
{
	size_t hole = strcspn(label, "#@");

	if (label[hole] == '\0')
		fprintf(p->out, "  %s= ", label);
	else
		fprintf(p->out, label[hole] == '#' ? "  %.*s%2u%s= " : "  %.*s%-2u%s= ", (int)hole,
			label, index, label + hole + 2);
}

static void print_field(struct printer *p, const struct cursor *record, const struct print_field *f)
{
	unsigned n = f->count == 0 || f->kind == PRINT_BYTES ? 1 : f->count;

	for (unsigned i = 0; i < n; i++) {
		struct cursor at = *record;

		print_label(p, f->label, i);
		cursor_seek(&at, f->at + (uint64_t)i * f->size);
		if (f->kind == PRINT_BYTES) {
			fputs("0x", p->out);
			print_hex(p, cursor_bytes(&at, f->count));
		} else {
			print_value(p, at, f->size, f->kind);
		}
		putc('\n', p->out);
	}
}

void print_fields(struct printer *p, const struct cursor *record, const struct print_field *fields,
		  size_t n)
{
	for (size_t i = 0; i < n; i++)
		print_field(p, record, &fields[i]);
}

void print_contents(struct printer *p, struct slice bytes)
{
	if (!print_take(p, bytes.n)) {
		putc('\n', p->out);
		return;
	}
	for (size_t line = 0; line < bytes.n; line += LINE) {
		size_t n = bytes.n - line < LINE ? bytes.n - line : LINE;

		fprintf(p->out, "    %08zx: ", line);
		for (size_t i = 0; i < LINE; i++) {
			if (i < n)
				fprintf(p->out, "%02x ", bytes.p[line + i]);
			else
				fputs("   ", p->out);
		}
		for (size_t i = 0; i < n; i++) {
			uint8_t c = bytes.p[line + i];

			putc(c >= ' ' && c <= '~' ? c : '.', p->out);
		}
		putc('\n', p->out);
	}
}
