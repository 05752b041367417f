// SPDX-License-Identifier: GPL-2.0-only
/* The slot of what is written back is used again: B5, B3. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_zswap(1);
	mm_store(PTE(4), VALUE(5, 3));
	sc_writeback();
	sc_thread("reuse", sc_reuse);
}

X_SCENARIO = {
	.name = "slot-reuse",
	.what = "writeback against reuse of the slot, data of another length",
	.setup = setup,
};
