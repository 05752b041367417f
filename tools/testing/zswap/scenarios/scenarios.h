/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What scenarios have in common: how a page gets into zswap, and threads that
 * each do one thing. A new scenario is a new file here, and nothing else.
 */
#ifndef _ZSWAP_SCENARIOS_H
#define _ZSWAP_SCENARIOS_H

#include "include/model.h"

/* X_SCENARIO = { .name = ... }; */
#define X_SCENARIO							\
	static const struct x_scenario scenario;			\
	[[gnu::section("x_scenario_list"), gnu::used]]			\
	static const struct x_scenario *const scenario_ptr = &scenario;	\
	static const struct x_scenario scenario

#define PTE(nr)		(&model_pte[nr])

/* the set-up */
void sc_in_zswap(int nr);
void sc_in_both(void);
void sc_on_ramdisk(void);
void sc_writeback(void);
void sc_swapoff(void);
void sc_thread(const char *name, void (*fn)(void *arg));

/* threads; @arg is ignored */
void sc_load(void *arg);
void sc_free(void *arg);
void sc_reuse(void *arg);
void sc_redirty(void *arg);

#endif /* _ZSWAP_SCENARIOS_H */
