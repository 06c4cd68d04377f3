/* libcrypto's own functions for this sum, not its EVP interface: that would link, and start, all of
 * it for one sum. 1.1.0 is the last release that recommends them; they are in all later ones. */
#define OPENSSL_API_COMPAT 0x10100000L

#include "base/hash.h"

#include <openssl/sha.h>

_Static_assert(HASH_SHA512_BYTES == SHA512_DIGEST_LENGTH, "as libcrypto has it");

void hash_sha512(struct slice data, uint8_t digest[HASH_SHA512_BYTES])
{
	SHA512_CTX c;

	SHA512_Init(&c);
	SHA512_Update(&c, data.p, data.n);
	SHA512_Final(digest, &c);
}
