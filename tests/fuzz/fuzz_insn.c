#include <string.h>

#include "dump/insn.h"

/* The bytes as code of each CPU: what comes out must be usable without a further check. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void expect_reg(const struct cpu *cpu, int16_t reg)
{
	expect(reg >= INSN_OTHER_REG && reg < cpu->n_regs);
}

static void decode(enum cpu_kind kind, struct slice code)
{
	const struct cpu *cpu = cpu_find(kind);
	struct insn i;

	if (!insn_decode(&i, cpu, code))
		return;
	expect(i.length != 0 && i.length <= code.n && i.n_accesses <= INSN_ACCESSES);
	expect(memchr(i.text, '\0', sizeof(i.text)) != NULL);
	expect((i.text[0] == '\0') == (kind == CPU_ARM64));
	for (const char *p = i.text; *p != '\0'; p++)
		expect(*p >= ' ' && *p <= '~');
	expect_reg(cpu, i.flow_reg);
	expect(i.flow != INSN_JUMP_MEMORY || i.n_accesses != 0);
	for (unsigned k = 0; k < i.n_accesses; k++) {
		const struct insn_access *a = &i.accesses[k];

		expect_reg(cpu, a->base);
		expect_reg(cpu, a->index);
		expect(a->address_bits == 16 || a->address_bits == 32 || a->address_bits == 64);
		expect(a->unreal || a->read || a->write);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	decode(CPU_AMD64, (struct slice){ data, size });
	decode(CPU_ARM64, (struct slice){ data, size });
	decode(CPU_X86, (struct slice){ data, size });
	return 0;
}
