#include "walk/frames.h"

/* Place of frame number i among a thread's notes: the second half is a ring. */
static size_t slot(const struct frames *f, uint64_t i)
{
	return (size_t)(i < f->half ? i : f->half + (i - f->half) % f->half);
}

static void note(struct frames *f, struct frames_thread *t, const struct walk_frame *frame)
{
	struct frame_note n = {
		.instruction = frame->instruction,
		.module = (int32_t)frame->module,
		.trust = (uint8_t)frame->trust,
		.behind = (uint8_t)(frame->pc - frame->instruction),
	};

	if (t->total < 2 * f->half)
		buf_put(&f->notes, &n, sizeof(n));
	else
		memcpy(f->notes.p + (t->first + slot(f, t->total)) * sizeof(n), &n, sizeof(n));
	t->total++;
}

static void collect_thread(struct frames *f, struct state *s, size_t thread, struct arena *scratch)
{
	struct frames_thread *t = &f->threads[thread];
	struct walk_frame frame;
	struct walk w;

	t->first = f->notes.n / sizeof(struct frame_note);
	if (!state_is_walked(s, thread))
		return;
	state_walk(s, thread, scratch, &w);
	while (state_next(s, &w, &frame)) {
		/* The last frame of a walk may not have been looked up yet, and whether a module's
		 * symbols were looked for is reported. */
		names_symx(s->names, frame.module);
		if (t->total == 0 && (ptrdiff_t)thread == s->requesting)
			f->registers = frame.regs;
		note(f, t, &frame);
	}
}

void frames_collect(struct frames *f, struct state *s, struct arena *a)
{
	struct arena scratch = { .oom = a->oom };

	*f = (struct frames){ .notes.oom = a->oom, .half = s->half_frames };
	f->threads = arena_new(a, struct frames_thread, s->dump->threads.n);
	for (size_t i = 0; i < s->dump->threads.n; i++)
		collect_thread(f, s, i, &scratch);
	arena_free(&scratch);
}

void frames_free(struct frames *f)
{
	buf_free(&f->notes);
}

size_t frames_kept(const struct frames *f, size_t thread)
{
	uint64_t total = f->threads[thread].total, most = 2 * f->half;

	return (size_t)(total < most ? total : most);
}

uint64_t frames_omitted(const struct frames *f, size_t thread)
{
	return f->threads[thread].total - frames_kept(f, thread);
}

struct frame_note frames_at(const struct frames *f, size_t thread, size_t i, uint64_t *number)
{
	struct frame_note n;

	*number = i < f->half ? i : i + frames_omitted(f, thread);
	memcpy(&n, f->notes.p + (f->threads[thread].first + slot(f, *number)) * sizeof(n),
	       sizeof(n));
	return n;
}
