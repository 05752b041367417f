// SPDX-License-Identifier: GPL-2.0-only
/* Same, and the new data is zeros: B6 where the swap core has a zero mark. */
#include "scenarios.h"

static void zero(void *arg)
{
	mm_store(PTE(0), VALUE_ZERO);
	mm_swapout(PTE(0));
}

static void setup(void)
{
	sc_in_both();
	sc_writeback();
	sc_thread("redirty", zero);
}

X_SCENARIO = {
	.name = "redirty-zero",
	.what = "writeback against a second store of the slot, zero-filled",
	.setup = setup,
};
