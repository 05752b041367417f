// SPDX-License-Identifier: GPL-2.0-only

/* up to 6.4: read before the pin, used after submission */
static int write_back(struct zpool *pool, unsigned long handle)
{
	swp_entry_t swp = handle_to_swp(pool, handle);
	struct zswap_tree *tree;
	struct zswap_entry *entry;
	struct page *page;

	tree = zswap_trees[swp_type(swp)];
	entry = zswap_search(tree, swp_offset(swp));
	if (!entry)
		return 0;

	if (zswap_get_swap_cache_page(swp, &page) != ZSWAP_SWAPCACHE_NEW)
		return -ENOMEM;
	zswap_decompress(entry, page);
	__swap_writepage(page, &wbc);
	put_page(page);

	spin_lock(&tree->lock);
	zswap_entry_put(entry);
	return 0;
}

/* read once more after submission */
static int write_back_locked(struct zswap_entry *entry, swp_entry_t swp)
{
	struct folio *folio;
	bool new;

	folio = __read_swap_cache_async(swp, GFP_KERNEL, NULL, 0, &new, true);
	if (!folio || !new)
		return -ENOMEM;
	if (entry != xa_load(swap_zswap_tree(swp), swp_offset(swp))) {
		delete_from_swap_cache(folio);
		folio_unlock(folio);
		folio_put(folio);
		return -ENOMEM;
	}
	zswap_decompress(entry, folio);
	__swap_writepage(folio, &wbc);
	folio_put(folio);
	xa_erase(swap_zswap_tree(swp), swp_offset(swp));
	return 0;
}

/* from 6.5 to 6.8 whoever calls does it */
static enum lru_status shrink(struct list_head *item, struct list_lru_one *l,
			      spinlock_t *lock, void *arg)
{
	struct zswap_entry *entry = container_of(item, struct zswap_entry, lru);
	swp_entry_t swp = entry->swpentry;
	struct xarray *tree = swap_zswap_tree(swp);

	spin_unlock(lock);
	if (entry == xa_load(tree, swp_offset(swp)) && !write_back_locked(entry, swp))
		xa_erase(tree, swp_offset(swp));
	spin_lock(lock);
	return LRU_RETRY;
}

static int shrink_and_look(struct zswap_entry *entry, swp_entry_t swp)
{
	int ret = write_back_locked(entry, swp);

	if (ret && entry == zswap_search(zswap_trees[swp_type(swp)], swp_offset(swp)))
		zswap_lru_putback(entry);
	return ret;
}
