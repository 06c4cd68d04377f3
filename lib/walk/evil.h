#ifndef CRASH_WALK_EVIL_H
#define CRASH_WALK_EVIL_H

#include "base/arena.h"
#include "base/error.h"

/*
 * What a crash reporter knew of a process and the dump does not hold: who signed which modules, and
 * the microcode of the CPU. It comes as a JSON object of crash annotations, minidump-stackwalk's
 * --evil-json. rust-minidump: minidump-processor/src/evil.rs.
 *
 * ModuleSignatureInfo is an object, or a string that holds one, of arrays of module names by the
 * name of the certificate; CPUMicrocodeVersion is a string, "0x" and hex digits.
 */
struct evil {
	struct evil_cert *certs; /* by module */
	size_t n_certs;
	bool has_certs; /* there is a certificate at all */
	bool has_microcode;
	uint64_t microcode;
};

/*
 * Everything is copied into a. False, with what was readable in e, when the file cannot be opened,
 * is no JSON object, or ModuleSignatureInfo is of another kind; members of other kinds in it are
 * left out. compat says it in rust-minidump's words, and takes all of ModuleSignatureInfo or
 * nothing.
 */
bool evil_read(struct evil *e, const char *path, bool compat, struct arena *a, struct error *err);

/* The certificate of a module by its name, the last one named for it; NULL: none. */
const struct str *evil_cert_of(const struct evil *e, struct str module);

#endif
