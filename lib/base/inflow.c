#include "base/inflow.h"

#include <errno.h>
#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/unpack.h"

enum {
	STEP = 1 << 20,       /* bytes that come out at a time */
	START = 16 << 20,     /* those at the start: what processes begin with */
	PAGES_STEP = 8 << 20, /* bytes of out whose pages are made at a time */
	INPUT_STEP = 1 << 30, /* the library counts in 32 bits */
};

/* What the processes share. The state has no pointers but to in and out, which are where they were
 * in all of them. */
struct flow {
	struct inflow called;
	FILE *lock; /* one process at a time inflates; the system frees it when that one dies */
	uint64_t in_left; /* bytes that the state was not given yet */
	struct slice out;
	_Atomic uint64_t ready;
	uint64_t paged, ahead;
	bool busy; /* found by who takes the lock: the one before died */
	atomic_bool bad;
	struct inflate_state state;
};

/* fcntl(2): a lock is the process's, and a fork does not have it. False, with errno, when another
 * one has it. */
static bool set_lock(struct flow *f, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_len = 1 };
	int code;

	do
		code = fcntl(fileno(f->lock), F_SETLK, &lock);
	while (code != 0 && errno == EINTR);
	return code == 0;
}

/* Makes the pages that the next bytes go to. */
static void make_pages(struct flow *f, uint64_t end)
{
	uint64_t left = f->out.n - f->paged;

	if (end <= f->paged)
		return;
	left = left < PAGES_STEP ? left : PAGES_STEP;
	unpack_populate((struct slice){ f->out.p + f->paged, (size_t)left });
	f->paged += left;
}

/* Up to n bytes more. */
static void inflate_some(struct flow *f, uint8_t *to, uint32_t n)
{
	struct inflate_state *s = &f->state;

	s->next_out = to;
	s->avail_out = n;
	while (s->avail_out != 0 && s->block_state != ISAL_BLOCK_FINISH) {
		if (s->avail_in == 0) {
			s->avail_in = (uint32_t)(f->in_left < INPUT_STEP ? f->in_left : INPUT_STEP);
			f->in_left -= s->avail_in;
		}

		uint32_t in_before = s->avail_in, out_before = s->avail_out;
		if (isal_inflate(s) != ISAL_DECOMP_OK ||
		    (s->avail_in == in_before && s->avail_out == out_before &&
		     s->block_state != ISAL_BLOCK_FINISH)) {
			f->bad = true;
			return;
		}
	}
}

/* All has come out: nothing may follow but the sum. */
static void check_end(struct flow *f)
{
	uint8_t more;

	inflate_some(f, &more, sizeof(more));
	if (f->state.block_state != ISAL_BLOCK_FINISH || f->state.avail_out == 0)
		f->bad = true;
}

static void step(struct flow *f)
{
	uint64_t ready = f->ready, left = f->out.n - ready;
	uint32_t n = (uint32_t)(left < STEP ? left : STEP);

	make_pages(f, ready + n);
	inflate_some(f, (uint8_t *)(uintptr_t)f->out.p + ready, n);
	if (f->state.avail_out != 0)
		f->bad = true;
	ready += n - f->state.avail_out;
	if (ready == f->out.n)
		check_end(f);
	f->ready = ready;
}

static uint64_t ahead_of(const struct flow *f, uint64_t end, uint64_t ahead)
{
	uint64_t left = f->out.n - end;

	return end + (left < ahead ? left : ahead);
}

/* With the lock. */
static void inflate_to(struct flow *f, uint64_t goal)
{
	if (f->busy)
		f->bad = true;
	f->busy = true;
	while (f->ready < goal && !f->bad)
		step(f);
	f->busy = false;
}

/* Whoever is at it goes on for the others: what comes out is a chain, and while all of them work on
 * what is there, nobody makes it longer. */
static bool need(struct inflow *called, uint64_t end)
{
	struct flow *f = (struct flow *)called;

	while (f->ready < end && !f->bad) {
		if (set_lock(f, F_WRLCK)) {
			inflate_to(f, ahead_of(f, end, f->ahead));
			set_lock(f, F_UNLCK);
		} else if (errno == EAGAIN || errno == EACCES) {
			poll(NULL, 0, 1);
		} else {
			return false;
		}
	}
	return f->ready >= end;
}

static void start(struct inflow *called)
{
	struct flow *f = (struct flow *)called;

	if (!set_lock(f, F_WRLCK))
		return;
	inflate_to(f, ahead_of(f, 0, START));
	set_lock(f, F_UNLCK);
}

static bool is_bad(struct inflow *called)
{
	return ((struct flow *)called)->bad;
}

static void forget(struct inflow *called, uint64_t from, uint64_t to)
{
	struct flow *f = (struct flow *)called;
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	from = (from + page - 1) / page * page;
	to = to / page * page;
	if (!called->forgets || from >= to)
		return;
#ifdef MADV_REMOVE
	madvise((void *)(uintptr_t)(f->out.p + from), (size_t)(to - from), MADV_REMOVE);
#else
	(void)f; /* elsewhere they stay */
#endif
}

static void flow_close(struct inflow *called)
{
	struct flow *f = (struct flow *)called;

	fclose(f->lock);
	munmap(f, sizeof(*f));
}

struct inflow *inflow_open(struct slice in, struct slice out, bool forgets, uint64_t ahead)
{
	FILE *lock = file_temp();
	struct flow *f;

	if (lock == NULL)
		return NULL;
	f = mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (f == MAP_FAILED) {
		fclose(lock);
		return NULL;
	}
	f->called = (struct inflow){ need, start, is_bad, forget, flow_close, forgets };
	f->lock = lock;
	f->in_left = in.n;
	f->out = out;
	f->ahead = ahead;
	isal_inflate_init(&f->state);
	f->state.crc_flag = ISAL_ZLIB;
	f->state.next_in = (uint8_t *)(uintptr_t)in.p;
	return &f->called;
}
