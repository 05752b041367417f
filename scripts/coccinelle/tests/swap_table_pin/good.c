// SPDX-License-Identifier: GPL-2.0-only

static int write_back(struct zswap_entry *entry, swp_entry_t swp)
{
	struct folio *folio;
	struct xarray *tree;
	bool new;

	folio = __read_swap_cache_async(swp, GFP_KERNEL, NULL, 0, &new, true);
	if (!folio)
		return -ENOMEM;
	if (!new) {
		folio_put(folio);
		return -EEXIST;
	}
	tree = swap_zswap_tree(swp);
	if (entry != xa_cmpxchg(tree, swp_offset(swp), entry, NULL, GFP_KERNEL)) {
		delete_from_swap_cache(folio);
		folio_unlock(folio);
		folio_put(folio);
		return -ENOMEM;
	}
	zswap_decompress(entry, folio);
	__swap_writepage(folio, &wbc);
	folio_put(folio);
	return 0;
}

static int write_back_page(struct zpool *pool, unsigned long handle)
{
	swp_entry_t swp = handle_to_swp(pool, handle);
	struct zswap_tree *tree;
	struct page *page;
	int ret;

	switch (zswap_get_swap_cache_page(swp, &page)) {
	case ZSWAP_SWAPCACHE_FAIL:
		return -ENOMEM;
	case ZSWAP_SWAPCACHE_EXIST:
		put_page(page);
		return -EEXIST;
	case ZSWAP_SWAPCACHE_NEW:
		tree = zswap_trees[swp_type(swp)];
		spin_lock(&tree->lock);
		ret = zswap_take(tree, swp_offset(swp), page);
		spin_unlock(&tree->lock);
		if (ret)
			return ret;
	}
	__swap_writepage(page, &wbc);
	put_page(page);
	return 0;
}

static enum lru_status shrink(struct list_head *item, struct list_lru_one *l,
			      void *arg)
{
	struct zswap_entry *entry = container_of(item, struct zswap_entry, lru);
	swp_entry_t swp = entry->swpentry;

	list_move_tail(item, &l->list);
	spin_unlock(&l->lock);
	write_back(entry, swp);
	return LRU_RETRY;
}

/* whoever calls has the folio of the slot locked */
static bool load(struct folio *folio)
{
	swp_entry_t swp = folio->swap;
	struct xarray *tree = swap_zswap_tree(swp);

	return xa_erase(tree, swp_offset(swp));
}

static void swapoff(int type)
{
	kvfree(zswap_trees[type]);
	zswap_trees[type] = NULL;
}
