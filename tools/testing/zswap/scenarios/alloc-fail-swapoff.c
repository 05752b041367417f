// SPDX-License-Identifier: GPL-2.0-only
/* An allocation fails in writeback or in swapoff. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_zswap(1);
	model_fault_kinds = FAULT_ALLOC;
	model_fault_budget = 1;
	sc_writeback();
	sc_swapoff();
}

X_SCENARIO = {
	.name = "alloc-fail-swapoff",
	.what = "writeback against swapoff, an allocation may fail",
	.setup = setup,
};
