// SPDX-License-Identifier: GPL-2.0-only
/* Three threads. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_zswap(1);
	sc_writeback();
	sc_writeback();
	sc_swapoff();
}

X_SCENARIO = {
	.name = "3-swapoff-writeback",
	.what = "two writebacks and swapoff",
	.setup = setup,
	.triple = true,
};
