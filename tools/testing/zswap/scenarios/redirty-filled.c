// SPDX-License-Identifier: GPL-2.0-only
/* Same, and the new data is a same-value filled page. */
#include "scenarios.h"

static void fill(void *arg)
{
	mm_store(PTE(0), VALUE_FILLED | 3);
	mm_swapout(PTE(0));
}

static void setup(void)
{
	sc_in_both();
	sc_writeback();
	sc_thread("redirty", fill);
}

X_SCENARIO = {
	.name = "redirty-filled",
	.what = "writeback against a second store of the slot, same-value filled",
	.setup = setup,
};
