// SPDX-License-Identifier: GPL-2.0-only
/* Three threads. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_zswap(1);
	sc_writeback();
	sc_swapoff();
	sc_thread("free", sc_free);
}

X_SCENARIO = {
	.name = "3-swapoff-free",
	.what = "writeback, swapoff and a page that goes",
	.setup = setup,
	.triple = true,
};
