// SPDX-License-Identifier: GPL-2.0-only
/* A folio in the swap cache is written to and stored once more. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_both();
	sc_writeback();
	sc_thread("redirty", sc_redirty);
}

X_SCENARIO = {
	.name = "redirty",
	.what = "writeback against a second store of the slot",
	.setup = setup,
};
