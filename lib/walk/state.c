#include "walk/state.h"

#include <inttypes.h>
#include <time.h>

#include "dump/reason.h"

bool state_is_dump_thread(const struct state *s, size_t thread)
{
	const struct md_process *p = &s->dump->process;

	return p->has_dump_thread && s->dump->threads.v[thread].id == p->dump_thread;
}

bool state_is_walked(const struct state *s, size_t thread)
{
	bool wanted = !s->only_requesting || s->requesting < 0 ||
		      (ptrdiff_t)thread == s->requesting;

	return wanted && !state_is_dump_thread(s, thread);
}

bool state_microcode(const struct state *s, uint64_t *version)
{
	const struct md_linux *l = &s->dump->linux_info;

	*version = l->has_microcode ? l->microcode : s->evil == NULL ? 0 : s->evil->microcode;
	return l->has_microcode || (s->evil != NULL && s->evil->has_microcode);
}

/* The last thread of the id that the exception names, or else the one who asked for the dump; an id
 * that no thread has means that there is none. */
static ptrdiff_t find_requesting(const struct state *s)
{
	const struct dump *d = s->dump;
	uint32_t id;

	if (d->exception.present)
		id = d->exception.thread_id;
	else if (d->process.has_requesting_thread)
		id = d->process.requesting_thread;
	else
		return -1;

	for (size_t i = d->threads.n; i-- > 0;)
		if (d->threads.v[i].id == id && !state_is_dump_thread(s, i))
			return (ptrdiff_t)i;
	return -1;
}

/* MDAssertionInfoType; an expression says more. */
static struct str assertion_type(uint32_t type)
{
	static const struct str names[] = { STR_INIT("assertion"), STR_INIT("invalid parameter"),
					    STR_INIT("pure virtual call") };

	return names[type < COUNT(names) ? type : 0];
}

bool state_assertion(const struct state *s, struct arena *a, struct str *text)
{
	const struct md_extra *x = &s->dump->extra;
	struct str what = x->assertion_expression;
	const char *in = x->assertion_function.n == 0 ? "" : ", ";

	if (!x->has_assertion || s->compat)
		return false;
	if (what.n == 0)
		what = assertion_type(x->assertion_type);
	*text = arena_printf(a, "%.*s%s%.*s", STR_ARGS(what), in, STR_ARGS(x->assertion_function));
	if (x->assertion_file.n != 0)
		*text = arena_printf(a, "%.*s, %.*s:%" PRIu32, STR_ARGS(*text),
				     STR_ARGS(x->assertion_file), x->assertion_line);
	return true;
}

static void find_hints(struct state *s, struct arena *a)
{
	const struct md_threads *threads = &s->dump->threads;
	struct hint_crash crash = {
		.dump = s->dump,
		.thread = s->requesting < 0 ? NULL : &threads->v[s->requesting],
		.reason = s->reason,
		.has_address = s->has_address,
		.address = s->address,
		.compat = s->compat,
	};

	hints_find(&s->hints, &crash, a);
}

void state_build(struct state *s, const struct dump *d, struct names *names, struct arena *a)
{
	*s = (struct state){ .dump = d, .names = names, .compat = names->compat };
	s->budget = walk_budget_make(d);
	s->half_frames = bounds_value(NULL, BOUND_WALK_FRAMES) / 2;
	s->requesting = find_requesting(s);
	if (d->exception.present) {
		s->reason = reason_text(&d->exception, &d->system, a);
		s->has_address = reason_address(&d->exception, &d->system, s->compat, &s->address);
		/* Old microdumps do not say what happened. */
		if (d->is_microdump && d->exception.code == 0) {
			s->reason = s->compat ? STR("") : STR("unknown");
			s->has_address = s->compat;
		}
	}
	find_hints(s, a);
}

void state_set_bounds(struct state *s, struct bounds *b)
{
	s->bounds = b;
	s->half_frames = bounds_value(b, BOUND_WALK_FRAMES) / 2;
	s->budget.steps = state_bound(s, BOUND_WALK_STEPS);
}

uint64_t state_bound(const struct state *s, enum bound which)
{
	uint64_t value = bounds_value(s->bounds, which);

	if (which == BOUND_WALK_STEPS && value == BOUND_UNSET)
		return walk_budget_make(s->dump).steps;
	return value;
}

bool state_has_reached(const struct state *s, enum bound which)
{
	if (which == BOUND_WALK_STEPS)
		return s->budget.hit;
	if (which == BOUND_CPU_SECONDS)
		return s->late;
	return s->bounds != NULL && s->bounds->hit[which];
}

static uint64_t cpu_time_ms(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool is_late(struct state *s)
{
	uint64_t now = cpu_time_ms() + 1; /* 0 is for not yet */

	if (s->cpu_start == 0)
		s->cpu_start = now;
	s->late = (now - s->cpu_start) / 1000 >= state_bound(s, BOUND_CPU_SECONDS);
	return s->late;
}

bool state_next(struct state *s, struct walk *w, struct walk_frame *frame)
{
	enum { FRAMES_BETWEEN = 64 }; /* looks at the clock, which small dumps need not pay for */

	if (w->n_frames != 0 && (s->late || (w->n_frames % FRAMES_BETWEEN == 0 && is_late(s))))
		return false;
	return walk_next(w, frame);
}

void state_walk(struct state *s, size_t thread, struct arena *scratch, struct walk *w)
{
	const struct dump *d = s->dump;
	const struct md_thread *t = &d->threads.v[thread];
	const struct cpu *cpu = cpu_find(d->system.cpu);
	struct cursor context = t->context;
	struct regs unused;

	/* The thread's own context is what it was doing while the exception was handled. */
	if ((ptrdiff_t)thread == s->requesting && d->exception.present && cpu != NULL &&
	    regs_read(&unused, cpu, d->exception.context, s->compat))
		context = d->exception.context;
	walk_begin(w, s->names, &s->budget, scratch, t, context);
}
