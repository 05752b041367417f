// SPDX-License-Identifier: GPL-2.0-only
/* The object can be mapped only with preemption off. */
#include "scenarios.h"

/* older trees cannot write back from zsmalloc, newer ones have nothing else */
#if !defined(HAVE_ZPOOL_OPS) && !defined(HAVE_ZSMALLOC)
static void setup(void)
{
	zswap_set_pool();
	sc_in_zswap(1);
	sc_writeback();
	sc_thread("load", sc_load);
}

X_SCENARIO = {
	.name = "load-zsmalloc",
	.what = "writeback against a load, out of an allocator that does not let its user sleep",
	.setup = setup,
};
#endif
