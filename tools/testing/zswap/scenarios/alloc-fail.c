// SPDX-License-Identifier: GPL-2.0-only
/* An allocation fails in writeback or in a load. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_zswap(1);
	model_fault_kinds = FAULT_ALLOC;
	model_fault_budget = 1;
	sc_writeback();
	sc_thread("load", sc_load);
}

X_SCENARIO = {
	.name = "alloc-fail",
	.what = "writeback against a load, an allocation may fail",
	.setup = setup,
};
