#ifndef CRASH_SYM_MODEL_IMPL_H
#define CRASH_SYM_MODEL_IMPL_H

#include "base/arena.h"
#include "base/map.h"
#include "sym/model.h"

/* Inside of a model: for the files model*.c only. */

/* A function as it is kept; its lines and inlined calls are bytes elsewhere. */
struct packed {
	uint64_t start, size;
	uint64_t where; /* in its part's bytes */
	uint32_t name;
	uint32_t parameter_size;
	uint16_t part;
	bool multiple;
};

/* A number of a name or file that a worker gave, as this model's. */
struct worker {
	uint64_t id;
	struct buf names, files; /* of uint32_t */
};

/* Bytes of one sending. Part 0 is what was added here. */
struct part {
	const char *bytes; /* NULL: the model's own */
	uint32_t worker;
};

enum { OWN_PART = 0 };

struct text {
	struct str text;
	uint8_t language;
	bool readable;
	bool copied; /* into the model's arena */
};

/* A record after model_finish(): which function or public symbol it is. */
struct order {
	uint64_t address;
	uint32_t index;
	bool is_public, multiple;
};

struct model {
	struct model_options o;
	struct arena arena; /* texts that had to be copied */
	struct buf funcs;   /* of struct packed */
	struct buf bytes;   /* of own functions */
	struct buf publics; /* of struct model_public */
	struct buf names;   /* of struct text */
	struct buf files;   /* of struct str */
	struct map by_name, by_path;
	struct map by_range; /* functions, see add_range() */
	struct buf parts;    /* of struct part */
	struct buf workers;  /* of struct worker */
	bool copy_all;
	size_t sent_names, sent_files, sent_funcs;
	struct buf records; /* of struct order */
};

/* The elements of a buf that is an array. */
#define ITEMS(type, b)   ((type *)(void *)(b)->p)
#define N_ITEMS(type, b) ((b)->n / sizeof(type))

void model_pack(struct buf *out, const struct model_func *f);
/* The lists of f, from bytes; their numbers are those of whoever packed them. */
void model_unpack(const char *bytes, struct model_reader *r, struct model_func *f);
/* Adds what stands elsewhere, unless there is a function of that start and size. */
void model_add_new(struct model *m, const struct packed *p);

#endif
