// SPDX-License-Identifier: GPL-2.0-only
/*
 * insn_profile: a plugin of QEMU that counts what a guest executes, by block.
 *
 * Counted is what a CPU does from the time it calls one function of the kernel
 * until it is back in its caller, another one: interrupts in between, and other
 * tasks if it sleeps, are in it.
 *
 *	qemu-system-x86_64 -plugin insn_profile.so,call=<address of the function>,\
 *		back=<address of the caller>,end=<where that ends>,out=<file> ...
 *
 * Writes a line for each block: address, instructions, times it was executed.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "insn_profile.h"

#define CPUS	8
#define BLOCKS	1048576

struct block {
	unsigned long addr, insns, times;
};

int qemu_plugin_version = 1;	/* of the API, QEMU looks at it */

static struct block blocks[BLOCKS];	/* open hash */
static bool counting[CPUS];
static unsigned long call, back, end;
static const char *out;

static struct block *block_of(unsigned long addr, unsigned long insns)
{
	unsigned int i = (addr * 61 + insns) % BLOCKS;

	while (blocks[i].insns &&
	       (blocks[i].addr != addr || blocks[i].insns != insns))
		i = (i + 1) % BLOCKS;
	blocks[i].addr = addr;
	blocks[i].insns = insns;
	return &blocks[i];
}

static void executed(unsigned int cpu, void *arg)
{
	struct block *b = arg;

	if (b->addr == call)
		counting[cpu % CPUS] = true;
	else if (b->addr >= back && b->addr < end)
		counting[cpu % CPUS] = false;
	if (counting[cpu % CPUS])
		b->times++;
}

static void translated(unsigned long id, struct qemu_plugin_tb *tb)
{
	struct block *b = block_of(qemu_plugin_tb_vaddr(tb),
				   qemu_plugin_tb_n_insns(tb));

	qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, 0, b);
}

static void write_out(unsigned long id, void *arg)
{
	FILE *f = fopen(out, "w");
	unsigned int i;

	for (i = 0; f && i < BLOCKS; i++)
		if (blocks[i].times)
			fprintf(f, "%016lx %lu %lu\n",
				blocks[i].addr, blocks[i].insns, blocks[i].times);
	if (!f || fclose(f))
		perror(out);
}

/**
 * qemu_plugin_install() - what QEMU calls when it has loaded the plugin
 * @id:		of the plugin
 * @info:	ignored
 * @argc:	number of arguments
 * @argv:	name=value: call, back and end, addresses in hexadecimal; out, a file
 *
 * Return: 0, -1 if an argument is missing.
 */
int qemu_plugin_install(unsigned long id, const void *info, int argc, char **argv)
{
	struct {
		const char *name;
		unsigned long *value;
	} arg[] = { { "call=", &call }, { "back=", &back }, { "end=", &end } };
	size_t j, len;
	int i;

	for (i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "out=", 4))
			out = strdup(argv[i] + 4);
		for (j = 0; j < 3; j++) {
			len = strlen(arg[j].name);
			if (!strncmp(argv[i], arg[j].name, len))
				*arg[j].value = strtoul(argv[i] + len, NULL, 16);
		}
	}
	if (!call || !back || !end || !out)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, write_out, NULL);
	return 0;
}
