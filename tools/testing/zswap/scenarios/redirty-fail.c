// SPDX-License-Identifier: GPL-2.0-only
/* Same, and an allocation fails: the old data must not come back. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_both();
	model_fault_kinds = FAULT_ALLOC;
	model_fault_budget = 1;
	sc_writeback();
	sc_thread("redirty", sc_redirty);
}

X_SCENARIO = {
	.name = "redirty-fail",
	.what = "writeback against a second store of the slot that may fail",
	.setup = setup,
};
