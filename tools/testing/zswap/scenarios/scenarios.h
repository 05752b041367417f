/* SPDX-License-Identifier: GPL-2.0-only */
/* What scenarios have in common: threads that each do one thing. */
#ifndef _ZSWAP_SCENARIOS_H
#define _ZSWAP_SCENARIOS_H

#include "include/model.h"

extern const struct x_scenario *const x_scenarios[];
extern const struct x_scenario writeback_swapoff;

void sc_swapped_out(int nr);
void sc_writeback(void *arg);
void sc_swapoff(void *arg);

#endif /* _ZSWAP_SCENARIOS_H */
