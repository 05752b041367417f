// SPDX-License-Identifier: GPL-2.0-only
/* Same, and zswap is disabled: the new data goes to the device. */
#include "scenarios.h"

static void disable_redirty(void *arg)
{
	zswap_set_enabled(false);
	sc_redirty(NULL);
}

static void setup(void)
{
	sc_in_both();
	sc_writeback();
	sc_thread("redirty", disable_redirty);
}

X_SCENARIO = {
	.name = "redirty-disabled",
	.what = "writeback against a second store while zswap is disabled",
	.setup = setup,
};
