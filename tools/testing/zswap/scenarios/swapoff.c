// SPDX-License-Identifier: GPL-2.0-only
/* Writeback against swapoff: B1 and B2. */
#include "scenarios.h"

static void setup(void)
{
	sc_swapped_out(1);
	x_spawn("writeback", X_ROLE_WRITEBACK, sc_writeback, NULL);
	x_spawn("swapoff", X_ROLE_SWAPOFF, sc_swapoff, NULL);
}

const struct x_scenario writeback_swapoff = {
	.name = "swapoff",
	.what = "writeback against swapoff",
	.setup = setup,
};
