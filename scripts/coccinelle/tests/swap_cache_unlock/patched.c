// SPDX-License-Identifier: GPL-2.0-only

/* neither unlocked nor put, as in 6.8-rc1 */
static int lost(struct zswap_entry *entry, struct zswap_tree *tree)
{
	struct folio *folio;
	bool new;

	folio = __read_swap_cache_async(entry->swpentry, GFP_KERNEL, NULL, 0,
					&new, true);
	if (!folio)
		return -ENOMEM;
	if (!new) {
		folio_put(folio);
		return -EEXIST;
	}
	if (zswap_search(tree, entry) != entry) {
		delete_from_swap_cache(folio);
		folio_unlock(folio);
		folio_put(folio);
		return -ENOMEM;
	}
	__swap_writepage(folio, &wbc);
	folio_put(folio);
	return 0;
}

/* put, but not unlocked, on an error path that others share */
static int lost_lock(swp_entry_t swp)
{
	struct folio *folio;
	int ret = 0;

	folio = swap_cache_alloc_folio(swp, GFP_KERNEL, BIT(0), NULL, NULL, 0);
	if (IS_ERR(folio))
		return PTR_ERR(folio);
	if (!zswap_decompress(folio)) {
		ret = -EIO;
		goto out;
	}
	__swap_writepage(folio, NULL);
out:
	if (ret) {
		swap_cache_del_folio(folio);
		folio_unlock(folio);
	}
	folio_put(folio);
	return ret;
}

/* pages, as in 6.5 */
static int lost_page(struct zswap_entry *entry, struct zswap_tree *tree)
{
	struct page *page;
	int ret;

	switch (zswap_get_swap_cache_page(entry->swpentry, &page)) {
	case ZSWAP_SWAPCACHE_FAIL:
		ret = -ENOMEM;
		goto fail;
	case ZSWAP_SWAPCACHE_EXIST:
		put_page(page);
		ret = -EEXIST;
		goto fail;
	case ZSWAP_SWAPCACHE_NEW:
		if (zswap_search(tree, entry) != entry) {
			delete_from_swap_cache(page_folio(page));
			unlock_page(page);
			put_page(page);
			ret = -ENOMEM;
			goto fail;
		}
	}
	__swap_writepage(page, &wbc);
	put_page(page);
	return 0;
fail:
	return ret;
}

/* pages, before the swap cache had folios */
static int lost_old_page(swp_entry_t swp)
{
	struct page *page;
	bool new;

	page = __read_swap_cache_async(swp, GFP_KERNEL, NULL, 0, &new);
	if (!page || !new)
		return -ENOMEM;
	delete_from_swap_cache(page);
	unlock_page(page);
	put_page(page);
	return 0;
}

/* one way out is right: reported, but no patch can be sure */
static int one_way(swp_entry_t swp)
{
	struct folio *folio;
	bool new;

	folio = __read_swap_cache_async(swp, GFP_KERNEL, NULL, 0, &new, true);
	if (!folio || !new)
		return -ENOMEM;
	delete_from_swap_cache(folio);
	if (signal_pending(current))
		return -EINTR;
	folio_unlock(folio);
	folio_put(folio);
	return 0;
}

/* locked here, but who has made it is not known: no patch */
static int one_way_locked(struct folio *folio)
{
	if (!folio_trylock(folio))
		return -EBUSY;
	delete_from_swap_cache(folio);
	return 0;
}

/* locked by whoever calls */
static void put_first(struct folio *folio)
{
	delete_from_swap_cache(folio);
	folio_put(folio);
	folio_unlock(folio);
}
