// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model of memory cgroups, as far as frontswap's zswap sees them: one that all
 * pages are charged to.
 */
#include "include/model.h"

struct mem_cgroup {
	struct obj_cgroup *objcg;
};

struct mem_cgroup *model_memcg;

/**
 * get_obj_cgroup_from_page() - mm/memcontrol.c
 * @page: page
 *
 * Return: its cgroup, with a reference; NULL if it is not charged
 */
struct obj_cgroup *get_obj_cgroup_from_page(struct page *page)
{
	struct obj_cgroup *objcg;

	if (!page->memcg)
		return NULL;
	objcg = page->memcg->objcg;
	obj_cgroup_get(objcg);
	return objcg;
}

/**
 * model_objcg_put() - obj_cgroup_put(), include/linux/memcontrol.h
 * @objcg:	cgroup
 * @site:	caller
 */
void model_objcg_put(struct obj_cgroup *objcg, const struct x_site *site)
{
	if (!model_ref_put(&objcg->refs, site))
		return;
	if (objcg->zswap.counter)
		x_bug("charge", site, "%ld bytes of zswap are left",
		      objcg->zswap.counter);
	x_free(objcg, site);
}

/**
 * memcg_boot() - create the cgroup
 */
void memcg_boot(void)
{
	model_memcg = kzalloc(sizeof(*model_memcg), GFP_KERNEL);
	model_memcg->objcg = x_alloc(sizeof(struct obj_cgroup), X_TAG_OBJCG,
				     X_SITE("obj_cgroup_alloc()"));
	x_fill(model_memcg->objcg, 0, sizeof(struct obj_cgroup));
	model_memcg->objcg->refs = 1;
}
