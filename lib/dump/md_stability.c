#include "dump/md_stability.h"

#include "base/limits.h"

/* The messages of the .proto, the outermost first. */
enum message {
	REPORT,
	PROCESS,
	MEMORY,
	WINDOWS_MEMORY,
	FILES,
	POSIX_FILES,
	WINDOWS_FILES,
	SYSTEM,
	SYSTEM_MEMORY,
	DEPTH = 5
};

/* Types of fields on the wire: protobuf.dev, "Encoding". Groups are no more. */
enum wire { WIRE_VARINT, WIRE_64, WIRE_BYTES, WIRE_32 = 5 };

static const struct member {
	uint8_t in; /* enum message */
	uint8_t number;
	uint8_t message; /* what it is, or REPORT for a value */
	uint8_t value;   /* enum md_process_value */
} members[] = {
	{ REPORT, 2, PROCESS, 0 },
	{ REPORT, 7, SYSTEM, 0 },
	{ PROCESS, 3, REPORT, MD_PROCESS_ID },
	{ PROCESS, 4, MEMORY, 0 },
	{ PROCESS, 7, FILES, 0 },
	{ MEMORY, 1, WINDOWS_MEMORY, 0 },
	{ WINDOWS_MEMORY, 1, REPORT, MD_PROCESS_PRIVATE_USAGE },
	{ WINDOWS_MEMORY, 2, REPORT, MD_PROCESS_PEAK_WORKINGSET },
	{ WINDOWS_MEMORY, 3, REPORT, MD_PROCESS_PEAK_PAGEFILE },
	{ WINDOWS_MEMORY, 4, REPORT, MD_PROCESS_ALLOCATION_ATTEMPT },
	{ FILES, 1, POSIX_FILES, 0 },
	{ FILES, 2, WINDOWS_FILES, 0 },
	{ POSIX_FILES, 1, REPORT, MD_PROCESS_OPEN_FILES },
	{ WINDOWS_FILES, 1, REPORT, MD_PROCESS_HANDLES },
	{ SYSTEM, 1, SYSTEM_MEMORY, 0 },
	{ SYSTEM_MEMORY, 1, REPORT, MD_SYSTEM_COMMIT_LIMIT },
	{ SYSTEM_MEMORY, 2, REPORT, MD_SYSTEM_COMMIT_REMAINING },
	{ SYSTEM_MEMORY, 3, REPORT, MD_SYSTEM_HANDLES },
};

/* A message that is being read. Real nesting is that of the table: no more than DEPTH. */
struct level {
	struct cursor c;
	enum message message;
};

struct field {
	uint64_t number;
	enum wire wire;
	uint64_t value;
	struct cursor bytes;
};

/* The next field of a message; c fails at one of a type that there is not. */
static struct field next_field(struct cursor *c)
{
	uint64_t key = cursor_uleb(c);
	struct field f = { .number = key >> 3, .wire = (enum wire)(key & 7) };

	if (f.number == 0 || key > UINT32_MAX) {
		cursor_fail(c);
	} else if (f.wire == WIRE_VARINT) {
		f.value = cursor_uleb(c);
	} else if (f.wire == WIRE_BYTES) {
		uint64_t n = cursor_uleb(c);

		f.bytes = cursor_sub(c, c->pos, n);
		cursor_skip(c, n);
	} else if (f.wire == WIRE_64 || f.wire == WIRE_32) {
		cursor_skip(c, f.wire == WIRE_64 ? 8 : 4);
	} else {
		cursor_fail(c);
	}
	return f;
}

static const struct member *find_member(enum message in, uint64_t number)
{
	for (size_t i = 0; i < COUNT(members); i++) {
		if (members[i].in == in && members[i].number == number)
			return &members[i];
	}
	return NULL;
}

/* All but the process id are of 32 bits: of longer ones the rest is ignored. */
static void set_value(struct md_stability_state *s, const struct member *m, uint64_t value)
{
	s->value[m->value] = m->value == MD_PROCESS_ID ? value : (uint32_t)value;
	s->present |= 1u << m->value;
}

/* Where the values of a message of the report belong; NULL for a process too many. */
static struct md_stability_state *begin_state(struct md_stability *x, enum message message)
{
	if (message == SYSTEM)
		return &x->system;
	return x->n_processes < LIMIT_DUMP_PROCESS_STATES ? &x->processes[x->n_processes++] : NULL;
}

/* Reads all fields, the inner messages where they stand. */
static bool read_report(struct md_stability *x, struct cursor c)
{
	struct level levels[DEPTH] = { { c, REPORT } };
	struct md_stability_state *state = NULL;
	unsigned depth = 1;

	while (depth > 0) {
		struct level *top = &levels[depth - 1];

		if (cursor_left(&top->c) == 0) {
			depth--;
			continue;
		}
		struct field f = next_field(&top->c);
		const struct member *m = find_member(top->message, f.number);
		if (top->c.failed || f.bytes.failed)
			return false;
		if (m == NULL)
			continue;
		if (f.wire != (m->message == REPORT ? WIRE_VARINT : WIRE_BYTES) ||
		    (m->message != REPORT && depth == DEPTH))
			return false;
		if (top->message == REPORT)
			state = begin_state(x, m->message);
		if (m->message != REPORT)
			levels[depth++] = (struct level){ f.bytes, m->message };
		else if (state != NULL)
			set_value(state, m, f.value);
	}
	return true;
}

bool md_stability_read(struct md_stability *x, const struct md *md, struct arena *a)
{
	struct cursor c = md_stream(md, MD_STABILITY_REPORT);
	size_t most = cursor_left(&c) / 2; /* bytes of an empty field */

	*x = (struct md_stability){ 0 };
	if (c.failed)
		return false;
	if (most > LIMIT_DUMP_PROCESS_STATES)
		most = LIMIT_DUMP_PROCESS_STATES;
	x->processes = arena_new(a, struct md_stability_state, most);
	return read_report(x, c);
}
