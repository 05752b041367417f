// SPDX-License-Identifier: GPL-2.0-only
/* Three threads. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_zswap(1);
	sc_writeback();
	sc_swapoff();
	sc_thread("load", sc_load);
}

X_SCENARIO = {
	.name = "3-swapoff-load",
	.what = "writeback, swapoff and a load",
	.setup = setup,
	.triple = true,
};
