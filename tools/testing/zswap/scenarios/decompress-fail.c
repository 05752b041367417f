// SPDX-License-Identifier: GPL-2.0-only
/* A decompression fails, in writeback or in a load. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_zswap(1);
	model_fault_kinds = FAULT_DECOMPRESS;
	model_fault_budget = 1;
	sc_writeback();
	sc_thread("load", sc_load);
}

X_SCENARIO = {
	.name = "decompress-fail",
	.what = "writeback against a load, a decompression may fail",
	.setup = setup,
};
