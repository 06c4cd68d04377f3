#include "sym/verdict.h"

#include <inttypes.h>
#include <stdio.h>

#include "sym/peer_lines.h"
#include "sym/pieces.h"
#include "sym/symx_build.h"

static const struct {
	const char *name;
	void (*of)(struct str text, bool mapped, void (*oom)(size_t wanted), struct verdict *v);
} readers[READERS] = {
	[READER_RUST_MINIDUMP] = { "rust-minidump", verdict_rust_minidump },
	[READER_BREAKPAD] = { "breakpad", verdict_breakpad },
	[READER_SYMBOLIC] = { "symbolic", verdict_symbolic },
};

enum verdict_reader verdict_reader(const char *name)
{
	unsigned i = 0;

	while (i < READERS && strcmp(readers[i].name, name) != 0)
		i++;
	return (enum verdict_reader)i;
}

const char *verdict_reader_name(enum verdict_reader reader)
{
	return readers[reader].name;
}

void verdict_of(enum verdict_reader reader, struct str text, bool mapped,
		void (*oom)(size_t wanted), struct verdict *v)
{
	*v = (struct verdict){ 0 };
	readers[reader].of(text, mapped, oom, v);
}

static uint64_t count_lines(struct str text, bool mapped)
{
	struct pieces pieces = pieces_make(text, mapped);
	struct str piece, line;
	uint64_t n = 0;

	while (pieces_next(&pieces, &piece)) {
		while (str_next_line(&piece, &line))
			n++;
	}
	return n;
}

/* SymbolFile::parse and SymbolParser::parse_more of sym_file/mod.rs and parser.rs. Lines are parsed
 * when they are complete, so a bad one is met before the end is. */
static void refuse(struct verdict *v, const struct symx_seen *seen, struct str text, size_t whole,
		   bool mapped)
{
	static const char eof[] =
		"unexpected EOF during parsing of SymbolFile (or a line was too long?)";
	static const char empty[] =
		"empty SymbolFile (probably something wrong with your debuginfo tooling?)";
	/* With a byte order mark, the first line is refused: it begins behind that here. */
	uint64_t at = seen->refused_at <= 3 ? 0 : seen->refused_at;
	bool bad = at != SYMX_NONE;
	uint64_t lines = count_lines(str_first(text, bad ? (size_t)at : whole), mapped);
	const char *why = whole == 0 ? empty : eof;

	if (bad)
		why = seen->refused == RECORD_MODULE && at != 0
			      ? "MODULE line found after the start of the file"
			      : "failed to parse file";
	snprintf(v->text, sizeof(v->text), "reject %s (line counter %" PRIu64 ")", why, lines);
}

/* Entries of an array; those of numbers that no record has are not counted. */
static uint64_t count_of(struct symx_index *x, enum symx_array array)
{
	uint64_t n = 0;

	for (size_t i = 0; i < x->arrays[array].n; i++)
		n += symx_index_at(x, array, i) != SYMX_NONE;
	return n;
}

static void accept(struct verdict *v, struct symx_index *x, uint64_t publics)
{
	static const struct {
		const char *name;
		enum symx_array array;
	} counts[] = {
		{ "files", SYMX_FILE_AT }, { "origins", SYMX_ORIGIN_AT },
		{ "funcs", SYMX_FUNC },    { "publics", SYMX_PUBLIC_AT },
		{ "cfi", SYMX_CFI_AT },    { "win4", SYMX_WIN4_AT },
		{ "win0", SYMX_WIN0_AT },
	};
	size_t n = (size_t)snprintf(v->text, sizeof(v->text), "accept");

	v->good = true;
	for (unsigned i = 0; i < COUNT(counts); i++) {
		bool other = counts[i].array == SYMX_PUBLIC_AT;
		uint64_t count = other ? publics : count_of(x, counts[i].array);

		n += (size_t)snprintf(v->text + n, sizeof(v->text) - n, " %s=%" PRIu64,
				      counts[i].name, count);
	}
}

void verdict_rust_minidump(struct str text, bool mapped, void (*oom)(size_t wanted),
			   struct verdict *v)
{
	struct symx_seen seen = { .refused_at = SYMX_NONE };
	struct peer_lines peer = { .offsets.oom = oom };
	struct symx_build_options o = {
		.mapped = mapped, .peer = &peer, .seen = &seen, .oom = oom
	};
	struct buf index = { .oom = oom };
	struct symx_index x = { 0 };
	struct error err = { 0 };
	size_t whole = text.n;

	peer_lines_find(&peer, text);
	while (whole > 0 && text.p[whole - 1] != '\n' && !peer.complete)
		whole--;
	if (!symx_build(str_first(text, whole), &o, &index, &err) ||
	    !symx_index_open(&x, (struct slice){ (const uint8_t *)index.p, index.n }))
		snprintf(v->text, sizeof(v->text), "reject too many records");
	else if (seen.refused_at != SYMX_NONE || !peer.complete)
		refuse(v, &seen, text, whole, mapped);
	else
		accept(v, &x, seen.publics);
	buf_free(&index);
	buf_free(&peer.offsets);
}
