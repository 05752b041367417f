/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What insn_profile.c uses of QEMU's plugin API, version 1: Debian has no package
 * with qemu-plugin.h.
 */
#ifndef _INSN_PROFILE_H
#define _INSN_PROFILE_H

#include <stddef.h>

struct qemu_plugin_tb;

extern int qemu_plugin_version;
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
unsigned long qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
void qemu_plugin_register_vcpu_tb_trans_cb(unsigned long id,
					   void (*cb)(unsigned long id,
						      struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  void (*cb)(unsigned int cpu, void *arg),
					  int flags, void *arg);
void qemu_plugin_register_atexit_cb(unsigned long id,
				    void (*cb)(unsigned long id, void *arg),
				    void *arg);
int qemu_plugin_install(unsigned long id, const void *info, int argc, char **argv);

#endif /* _INSN_PROFILE_H */
