// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model of memory cgroups: a child of the root that all pages are charged to,
 * but if the scenario has the program in the root; the child can go offline, with its
 * objects reparented.
 */
#include "include/model.h"
#ifdef HAVE_LIST_LRU
#include <linux/list_lru.h>
#include <linux/zswap.h>
#endif

struct mem_cgroup *model_memcg;
struct mem_cgroup *model_task_memcg;
static struct mem_cgroup *root;

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
	objcg = READ_ONCE(page->memcg->objcg);
	/* get_obj_cgroup_from_memcg() goes up when the cgroup is offline */
	if (objcg)
		obj_cgroup_get(objcg);
	return objcg;
}

/**
 * model_objcg_put() - obj_cgroup_put(), include/linux/memcontrol.h
 * @objcg:	cgroup or NULL; coarser: that of the root has a reference of its own
 * @site:	caller
 */
void model_objcg_put(struct obj_cgroup *objcg, const struct x_site *site)
{
	if (!objcg || !model_ref_put(&objcg->refs, site))
		return;
	if (objcg->zswap.counter)
		x_bug("charge", site, "%ld bytes of zswap are left",
		      objcg->zswap.counter);
	x_free(objcg, site);
}

/**
 * model_charge_zswap() - the statistics of obj_cgroup_charge_zswap(), mm/memcontrol.c
 * @objcg:	cgroup
 * @bytes:	of an entry, negative if it goes
 *
 * Coarser: an entry stays in those of a cgroup that goes offline.
 */
void model_charge_zswap(struct obj_cgroup *objcg, long bytes)
{
	if (!objcg->home)
		return;
	x_add_long(&objcg->home->stat[MEMCG_ZSWAP_B], bytes);
	x_add_long(&objcg->home->stat[MEMCG_ZSWAPPED], bytes < 0 ? -1 : 1);
}

/**
 * model_memcg_stat() - memcg_page_state(), mm/memcontrol.c
 * @memcg:	cgroup
 * @item:	what of it
 *
 * Coarser: no need to flush anything.
 *
 * Return: of the cgroup and those below it
 */
unsigned long model_memcg_stat(struct mem_cgroup *memcg, enum memcg_stat_item item)
{
	return READ_ONCE(memcg->stat[item]) +
	       (memcg == root ? READ_ONCE(model_memcg->stat[item]) : 0);
}

/**
 * model_memcg_put() - mem_cgroup_put(), include/linux/memcontrol.h
 * @memcg: cgroup or NULL
 *
 * Coarser: cgroups are not freed, so a late use of one is not seen.
 */
void model_memcg_put(struct mem_cgroup *memcg)
{
	if (memcg)
		x_add(&memcg->refs, -1);
}

/**
 * model_memcg_tryget_online() - mem_cgroup_tryget_online()
 * @memcg: cgroup
 *
 * Return: true if it is online; the caller has a reference then
 */
bool model_memcg_tryget_online(struct mem_cgroup *memcg)
{
	if (memcg && !READ_ONCE(memcg->online))
		return false;
	if (memcg)
		x_add(&memcg->refs, 1);
	return true;
}

/**
 * model_memcg_of_objcg() - get_mem_cgroup_from_objcg()
 * @objcg: objcg
 *
 * Return: its cgroup, with a reference
 */
struct mem_cgroup *model_memcg_of_objcg(struct obj_cgroup *objcg)
{
	struct mem_cgroup *memcg = obj_cgroup_memcg(objcg);

	x_add(&memcg->refs, 1);
	return memcg;
}

/**
 * model_memcg_iter() - mem_cgroup_iter(), mm/memcontrol.c
 * @prev: cgroup or NULL
 *
 * Return: the next one in the order root, child, NULL
 */
struct mem_cgroup *model_memcg_iter(struct mem_cgroup *prev)
{
	return !prev ? root : prev == root ? model_memcg : NULL;
}

/**
 * model_lruvec() - mem_cgroup_lruvec(), include/linux/memcontrol.h
 * @memcg: cgroup or NULL
 *
 * Return: its lruvec of the only node
 */
struct lruvec *model_lruvec(struct mem_cgroup *memcg)
{
	return memcg ? &memcg->lruvec : &root->lruvec;
}

/**
 * memcg_offline() - mem_cgroup_css_offline(), mm/memcontrol.c, of the child
 */
void memcg_offline(void)
{
	struct obj_cgroup *objcg = model_memcg->objcg;

	x_point(X_RUN, model_memcg, X_SITE("css_offline"));
	WRITE_ONCE(model_memcg->online, false);
#ifdef HAVE_LIST_LRU
	zswap_memcg_offline_cleanup(model_memcg);
	/* memcg_reparent_objcgs(), then memcg_offline_kmem() */
	x_point(X_RUN, objcg, X_SITE("memcg_reparent_objcgs()"));
	WRITE_ONCE(objcg->memcg, root);
	WRITE_ONCE(model_memcg->objcg, NULL);
	memcg_reparent_list_lrus(model_memcg, root);
#else
	WRITE_ONCE(model_memcg->objcg, NULL);
#endif
	obj_cgroup_put(objcg);
}

/**
 * memcg_final() - the cgroup goes, if it is still there
 *
 * With it go its objcg and its lists, or there is a leak.
 */
void memcg_final(void)
{
	if (model_memcg->online)
		memcg_offline();
}

/**
 * memcg_use_root() - the program and all that it stores is in the root cgroup
 */
void memcg_use_root(void)
{
	model_task_memcg = root;
}

static struct mem_cgroup *new_memcg(struct mem_cgroup *parent, int id)
{
	struct mem_cgroup *memcg = kzalloc(sizeof(*memcg), GFP_KERNEL);

	memcg->css.cgroup = &memcg->cgroup;
	memcg->cgroup.level = parent ? 1 : 0;
	memcg->parent = parent;
	memcg->kmemcg_id = id;
	memcg->refs = 1;
	memcg->online = true;
	return memcg;
}

/**
 * memcg_boot() - create the cgroups
 */
void memcg_boot(void)
{
	root = new_memcg(NULL, -1);
	if (__is_defined(HAVE_ROOT_OBJCG)) {
		root->objcg = kzalloc_obj(*root->objcg);
		root->objcg->refs = 1;
		root->objcg->memcg = root;
	}
	model_memcg = new_memcg(root, 1);
	model_memcg->objcg = x_alloc(sizeof(struct obj_cgroup), X_TAG_OBJCG,
				     X_SITE("obj_cgroup_alloc()"));
	x_fill(model_memcg->objcg, 0, sizeof(struct obj_cgroup));
	model_memcg->objcg->refs = 1;
	model_memcg->objcg->memcg = model_memcg;
	model_memcg->objcg->home = model_memcg;
	model_task_memcg = model_memcg;
}
