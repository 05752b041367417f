// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model of memory cgroups: a child of the root that all pages are charged to,
 * but if the scenario has the program in the root or in a second child; the first one
 * can go offline, with its objects reparented.
 */
#include "include/model.h"
#ifdef HAVE_LIST_LRU
#include <linux/list_lru.h>
#include <linux/zswap.h>
#endif

struct mem_cgroup *model_memcg;
struct mem_cgroup *model_task_memcg;
static struct mem_cgroup *root;
static struct mem_cgroup *second;
static struct mem_cgroup *other;	/* the second child, if the scenario has one */
static struct mem_cgroup *reclaimer;	/* of who writes back, NULL: that of the program */

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
 * Coarser: an entry stays in those of a cgroup that goes offline. Each of them takes a
 * page, as in the pool, so that a ratio is not 0.
 */
void model_charge_zswap(struct obj_cgroup *objcg, long bytes)
{
	if (!objcg->home)
		return;
	x_add_long(&objcg->home->stat[MEMCG_ZSWAP_B], bytes < 0 ? -(long)PAGE_SIZE : PAGE_SIZE);
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
	unsigned long sum = READ_ONCE(memcg->stat[item]);

	if (memcg == root)
		sum += READ_ONCE(model_memcg->stat[item]);
	if (memcg == root && other)
		sum += READ_ONCE(other->stat[item]);
	return sum;
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
	if (memcg && !READ_ONCE(memcg->online)) {
		x_met(MET_WALK_OFFLINE);
		return false;
	}
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
 * Return: the next one in the order root, first child, second child, NULL; one that is
 * offline has pages in swap, and is among them
 */
struct mem_cgroup *model_memcg_iter(struct mem_cgroup *prev)
{
	return !prev ? root : prev == root ? model_memcg :
	       prev == model_memcg ? other : NULL;
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
 * set_active_memcg() - include/linux/sched/mm.h
 * @memcg: cgroup that is charged from now on for what has no mm, or NULL
 *
 * Return: what it was
 */
struct mem_cgroup *set_active_memcg(struct mem_cgroup *memcg)
{
	struct mem_cgroup *old = x_self()->active_memcg;

	x_self()->active_memcg = memcg;
	return old;
}

/**
 * model_swapin_charge() - mem_cgroup_swapin_charge_folio(), mm/memcontrol.c
 * @site: caller
 *
 * An oracle only: a page of a cgroup that is offline is not charged to one that has
 * nothing to do with it.
 */
void model_swapin_charge(const struct x_site *site)
{
	struct mem_cgroup *memcg;

	if (x_info[x->cur].role != X_ROLE_WRITEBACK || !reclaimer ||
	    READ_ONCE(model_task_memcg->online))
		return;
	x_met(MET_CHARGE_OFFLINE);
	memcg = x_self()->active_memcg ? x_self()->active_memcg : reclaimer;
	if (memcg == reclaimer)
		x_remark("wrong-charge", site,
			 "a page of a removed cgroup is charged to that of current");
}

static void offline(struct mem_cgroup *memcg)
{
	struct obj_cgroup *objcg = memcg->objcg;

	x_point(X_RUN, memcg, X_SITE("css_offline"));
	WRITE_ONCE(memcg->online, false);
#ifdef HAVE_LIST_LRU
	zswap_memcg_offline_cleanup(memcg);
	/* memcg_reparent_objcgs(), then memcg_offline_kmem() */
	x_point(X_RUN, objcg, X_SITE("memcg_reparent_objcgs()"));
	WRITE_ONCE(objcg->memcg, root);
	WRITE_ONCE(memcg->objcg, NULL);
	memcg_reparent_list_lrus(memcg, root);
#else
	WRITE_ONCE(memcg->objcg, NULL);
#endif
	obj_cgroup_put(objcg);
}

/**
 * memcg_offline() - mem_cgroup_css_offline(), mm/memcontrol.c, of the first child
 */
void memcg_offline(void)
{
	offline(model_memcg);
}

/**
 * memcg_final() - the cgroups go, if they are still there
 *
 * With them go their objcgs and lists, or there is a leak.
 */
void memcg_final(void)
{
	if (model_memcg->online)
		offline(model_memcg);
	if (other)
		offline(other);
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

static void get_online(struct mem_cgroup *memcg)
{
	memcg->objcg = x_alloc(sizeof(struct obj_cgroup), X_TAG_OBJCG,
			       X_SITE("obj_cgroup_alloc()"));
	x_fill(memcg->objcg, 0, sizeof(struct obj_cgroup));
	memcg->objcg->refs = 1;
	memcg->objcg->memcg = memcg;
	memcg->objcg->home = memcg;
}

static struct mem_cgroup *need_other(void)
{
	if (!other) {
		get_online(second);
		other = second;
	}
	return other;
}

/**
 * memcg_use_other() - from now on the program is in the second child
 */
void memcg_use_other(void)
{
	model_task_memcg = need_other();
}

/**
 * memcg_reclaim_in_other() - who writes back is in the second child
 */
void memcg_reclaim_in_other(void)
{
	reclaimer = need_other();
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
	get_online(model_memcg);
	second = new_memcg(root, 2);
	model_task_memcg = model_memcg;
}
