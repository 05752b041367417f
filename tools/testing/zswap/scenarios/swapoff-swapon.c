// SPDX-License-Identifier: GPL-2.0-only
/* swapoff, swapon and reuse of type and slot in the window. */
#include "scenarios.h"

static void off_on_reuse(void *arg)
{
	swap_off(0);
	swap_on(0);
	mm_swapout(PTE(4));
}

static void setup(void)
{
	sc_in_zswap(1);
	mm_store(PTE(4), VALUE(5, 3));
	sc_writeback();
	x_spawn("swapoff", X_ROLE_SWAPOFF, off_on_reuse, NULL);
}

X_SCENARIO = {
	.name = "swapoff-swapon",
	.what = "writeback against swapoff and swapon with reuse of the type",
	.setup = setup,
};
