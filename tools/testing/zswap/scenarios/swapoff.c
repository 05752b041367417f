// SPDX-License-Identifier: GPL-2.0-only
/* Writeback against swapoff: B1 and B2. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_zswap(1);
	sc_writeback();
	sc_swapoff();
}

X_SCENARIO = {
	.name = "swapoff",
	.what = "writeback against swapoff",
	.setup = setup,
};
