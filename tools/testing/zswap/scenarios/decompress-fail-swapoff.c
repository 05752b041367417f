// SPDX-License-Identifier: GPL-2.0-only
/* A decompression fails in writeback, while swapoff may wait for the folio. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_zswap(1);
	model_fault_kinds = FAULT_DECOMPRESS;
	model_fault_budget = 1;
	sc_writeback();
	sc_swapoff();
}

X_SCENARIO = {
	.name = "decompress-fail-swapoff",
	.what = "writeback against swapoff, a decompression may fail",
	.setup = setup,
};
