#ifndef CRASH_TESTS_DUMPS_H
#define CRASH_TESTS_DUMPS_H

#include <check.h>

#include "bytes.h"
#include "dump/dump.h"

/*
 * Minidumps made by hand: dump_make(), then for each stream dump_begin(), fields, dump_end(). What
 * a stream points to may stand before or behind it. Integers are put() in the byte order of the
 * dump.
 */
enum {
	DUMP_STREAMS = 12,
	DUMP_HEADER = 32,
	DUMP_ENTRY = 12,
	DUMP_BODY = DUMP_HEADER + DUMP_STREAMS * DUMP_ENTRY
};

struct dump_maker {
	struct bytes b;
	bool big;
	unsigned n_streams;
	size_t stream; /* where the open one begins */
};

/* Stores v at a place that is there already. */
static inline void dump_set(struct dump_maker *m, size_t at, unsigned width, uint64_t v)
{
	for (unsigned i = 0; i < width; i++, v >>= 8)
		m->b.p[m->big ? at + width - 1 - i : at + i] = (uint8_t)v;
}

/* Appends v. */
static inline void dump_put(struct dump_maker *m, unsigned width, uint64_t v)
{
	m->b.n += width;
	dump_set(m, m->b.n - width, width, v);
}

static inline void dump_zeros(struct dump_maker *m, size_t n)
{
	while (n-- > 0)
		m->b.p[m->b.n++] = 0;
}

static inline struct dump_maker dump_make(bool big)
{
	struct dump_maker m = { .big = big };

	dump_put(&m, 4, 0x504d444d);
	dump_put(&m, 4, 0x1234a793);
	dump_put(&m, 4, DUMP_STREAMS);
	dump_put(&m, 4, DUMP_HEADER);
	dump_put(&m, 4, 0);
	dump_put(&m, 4, 1700000000);
	dump_put(&m, 8, 0);
	dump_zeros(&m, DUMP_STREAMS * DUMP_ENTRY);
	return m;
}

static inline void dump_begin(struct dump_maker *m, uint32_t type)
{
	dump_set(m, DUMP_HEADER + m->n_streams * DUMP_ENTRY, 4, type);
	m->stream = m->b.n;
}

static inline void dump_end(struct dump_maker *m)
{
	size_t entry = DUMP_HEADER + m->n_streams++ * DUMP_ENTRY;

	dump_set(m, entry + 4, 4, m->b.n - m->stream);
	dump_set(m, entry + 8, 4, m->stream);
}

/* A STRING16 of ASCII text; returns its offset. */
static inline uint32_t dump_string(struct dump_maker *m, const char *text)
{
	uint32_t at = (uint32_t)m->b.n;

	dump_put(m, 4, 2 * strlen(text));
	while (*text != '\0')
		dump_put(m, 2, (uint8_t)*text++);
	dump_put(m, 2, 0);
	return at;
}

/* A stream of text. */
static inline void dump_text(struct dump_maker *m, uint32_t type, const char *text)
{
	dump_begin(m, type);
	put_text(&m->b, text);
	dump_end(m);
}

/* A SystemInfo stream of 2 CPUs, family 6 model 5 stepping 4. */
static inline void dump_system(struct dump_maker *m, uint16_t architecture, uint32_t platform,
			       uint32_t csd_rva)
{
	dump_begin(m, MD_SYSTEM_INFO);
	dump_put(m, 2, architecture);
	dump_put(m, 2, 6);
	dump_put(m, 2, 0x0504);
	dump_put(m, 1, 2);
	dump_put(m, 1, 1);
	dump_put(m, 4, 10);
	dump_put(m, 4, 0);
	dump_put(m, 4, 19041);
	dump_put(m, 4, platform);
	dump_put(m, 4, csd_rva);
	dump_put(m, 4, 0);
	dump_zeros(m, 24);
	dump_end(m);
}

/* Opens what was made, or the first n bytes of it. */
static inline bool dump_open_cut(struct md *md, const struct dump_maker *m, size_t n,
				 struct arena *a)
{
	struct diag quiet = { .tool = "test" };
	enum md_verdict verdict;
	struct error err = { 0 };

	return md_open(md, (struct slice){ m->b.p, n }, "test.dmp", a, &quiet, &verdict, &err);
}

static inline void dump_open(struct md *md, const struct dump_maker *m, struct arena *a)
{
	ck_assert(dump_open_cut(md, m, m->b.n, a));
}

static inline void is_text(struct str s, const char *text)
{
	ck_assert_msg(str_eq(s, str_of(text)), "\"%.*s\", not \"%s\"", STR_ARGS(s), text);
}

#endif
