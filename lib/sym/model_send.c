#include <unistd.h>

#include "sym/model_impl.h"

/*
 * What a worker found, on its way to the process that writes it. A sending is a header, then the
 * new names, files and functions as arrays, then the bytes of texts that had to be copied and of
 * the functions; all at multiples of 8. Texts in mapped files are sent as pointers: whoever
 * receives them has forked the sender, and the files were mapped before that.
 */
struct header {
	uint64_t worker; /* numbers of names and files go on from those of its sending before */
	uint64_t n_names, n_files, n_funcs;
	uint64_t text_bytes, func_bytes;
};

/* A text in the sending: p, or where it stands among its texts. */
struct sent_text {
	struct text text;
	uint64_t where;
	bool copied;
};

enum { ALIGN = 8 };

static uint64_t aligned(uint64_t n)
{
	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

static void write_aligned(FILE *out, const void *bytes, size_t n)
{
	static const char zeros[ALIGN];

	if (n != 0)
		fwrite(bytes, 1, n, out);
	fwrite(zeros, 1, (size_t)aligned(n) - n, out);
}

/* Texts of the model's own arena end with the process. */
static struct sent_text sent(struct text t, bool copied, struct buf *texts)
{
	struct sent_text s = { .text = t, .where = texts->n, .copied = copied };

	if (copied)
		buf_put_str(texts, t.text);
	return s;
}

static void list_texts(struct model *m, struct buf *list, struct buf *texts)
{
	const struct text *names = ITEMS(struct text, &m->names);
	const struct str *files = ITEMS(struct str, &m->files);

	for (size_t i = m->sent_names; i < model_n_names(m); i++) {
		struct sent_text s = sent(names[i], names[i].copied, texts);

		buf_put(list, &s, sizeof(s));
	}
	/* Few, and nearly all put together from a folder and a name. */
	for (size_t i = m->sent_files; i < model_n_files(m); i++) {
		struct sent_text s = sent((struct text){ .text = files[i] }, true, texts);

		buf_put(list, &s, sizeof(s));
	}
}

void model_send(struct model *m, FILE *out)
{
	struct buf list = { .oom = m->o.oom }, texts = { .oom = m->o.oom };
	size_t n_funcs = N_ITEMS(struct packed, &m->funcs);

	list_texts(m, &list, &texts);

	struct header h = {
		.worker = (uint64_t)getpid(),
		.n_names = model_n_names(m) - m->sent_names,
		.n_files = model_n_files(m) - m->sent_files,
		.n_funcs = n_funcs - m->sent_funcs,
		.text_bytes = texts.n,
		.func_bytes = m->bytes.n,
	};
	write_aligned(out, &h, sizeof(h));
	write_aligned(out, list.p, list.n);
	if (h.n_funcs != 0)
		write_aligned(out, ITEMS(struct packed, &m->funcs) + m->sent_funcs,
			      (size_t)h.n_funcs * sizeof(struct packed));
	write_aligned(out, texts.p, texts.n);
	write_aligned(out, m->bytes.p, m->bytes.n);

	m->sent_names = model_n_names(m);
	m->sent_files = model_n_files(m);
	m->sent_funcs = n_funcs;
	buf_clear(&m->bytes);
	buf_free(&list);
	buf_free(&texts);
}

static uint32_t worker_of(struct model *m, uint64_t id)
{
	const struct worker *workers = ITEMS(struct worker, &m->workers);
	size_t n = N_ITEMS(struct worker, &m->workers), i = 0;

	while (i < n && workers[i].id != id)
		i++;
	if (i == n) {
		struct worker w = { id, { .oom = m->o.oom }, { .oom = m->o.oom } };

		buf_put(&m->workers, &w, sizeof(w));
	}
	return (uint32_t)i;
}

static void receive_texts(struct model *m, struct worker *w, const struct header *h,
			  const struct sent_text *list, const char *texts)
{
	for (uint64_t i = 0; i < h->n_names + h->n_files; i++) {
		struct text t = list[i].text;
		uint32_t number;

		if (list[i].copied)
			t.text.p = texts + list[i].where;
		if (i < h->n_names) {
			number = model_name(m,
					    (struct sym_name){ t.text,
							       (enum sym_language)t.language,
							       t.readable },
					    true);
			buf_put(&w->names, &number, sizeof(number));
		} else {
			number = model_file(m, t.text, true);
			buf_put(&w->files, &number, sizeof(number));
		}
	}
}

size_t model_receive(struct model *m, struct slice bytes)
{
	const char *at = (const char *)bytes.p;
	struct header h;

	if (bytes.n < sizeof(h))
		return 0;
	memcpy(&h, at, sizeof(h));
	at += aligned(sizeof(h));

	uint32_t index = worker_of(m, h.worker);
	struct worker *w = &ITEMS(struct worker, &m->workers)[index];
	const struct sent_text *list = (const void *)at;
	at += aligned((h.n_names + h.n_files) * sizeof(*list));
	const struct packed *funcs = (const void *)at;
	at += aligned(h.n_funcs * sizeof(*funcs));
	receive_texts(m, w, &h, list, at);

	struct part part = { at + aligned(h.text_bytes), index };
	uint16_t number = (uint16_t)N_ITEMS(struct part, &m->parts);
	buf_put(&m->parts, &part, sizeof(part));
	for (uint64_t i = 0; i < h.n_funcs; i++) {
		struct packed p = funcs[i];

		p.part = number;
		p.name = ITEMS(uint32_t, &w->names)[p.name];
		model_add_new(m, &p);
	}
	return (size_t)(part.bytes + aligned(h.func_bytes) - (const char *)bytes.p);
}
