// SPDX-License-Identifier: GPL-2.0-only
/*
 * Boots model and kernel code before a scenario is set up, and looks at what is
 * left after it was checked.
 */
#include "include/model.h"

int initcall_init_zbud(void);

static const char * const tag_name[X_TAGS] = {
	[X_TAG_KMALLOC] = "objects of kmalloc()",
	[X_TAG_PAGE] = "pages",
	[X_TAG_ENTRY] = "zswap entries",
	[X_TAG_TREE] = "zswap trees",
	[X_TAG_OBJCG] = "objcgs",
	[X_TAG_BIO] = "bios",
	[X_TAG_COMP] = "compressor objects",
};

#define UNKNOWN	(-1)	/* zswap allocates some when it is enabled */

static int live_at_boot[X_TAGS];

/**
 * model_boot() - what a machine does before it runs programs
 * @zswap: enable it; if not, and it is enabled later, leaks of what it allocates then
 *	   are not seen
 */
void model_boot(bool zswap)
{
	int i;

	core_boot();
	block_boot();
	memcg_boot();
	swap_boot();
#ifndef HAVE_ZSMALLOC
	initcall_init_zbud();
	model_zpool_boot();
#endif
	zswap_boot(zswap);
	for (i = 0; i < X_TAGS; i++)
		live_at_boot[i] = x->live[i];
	live_at_boot[X_TAG_OBJCG] = 0;	/* memcg_final() */
	if (!zswap) {
		live_at_boot[X_TAG_KMALLOC] = UNKNOWN;
		live_at_boot[X_TAG_COMP] = UNKNOWN;
	}
}

static bool daemons_idle(const void *arg)
{
	int i;

	for (i = 0; i < x->nr; i++)
		if (x_info[i].role == X_ROLE_DAEMON &&
		    (x->t[i].op != X_WAIT || x->t[i].cond(x->t[i].obj)))
			return false;
	return true;
}

/**
 * model_final() - oracle: all pages are right, and nothing is left of them
 */
void model_final(void)
{
	int i;

	zswap_check_lru();
	swap_check_copies();
	mm_final();
	swap_final();
	memcg_final();
	x_wait(daemons_idle, NULL, X_SITE("idle"));
	zswap_check_lru();
	zswap_final();
	if (x->live[X_TAG_LOCKED])
		x_bug("folio-locked", X_SITE("end"), "%d folios are left locked",
		      x->live[X_TAG_LOCKED]);
	for (i = 0; i < X_TAGS; i++)
		if (live_at_boot[i] != UNKNOWN && x->live[i] != live_at_boot[i])
			x_bug("leak", X_SITE("end"), "%d %s are left",
			      x->live[i] - live_at_boot[i], tag_name[i]);
}
