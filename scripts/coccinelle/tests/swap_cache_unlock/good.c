// SPDX-License-Identifier: GPL-2.0-only

static int unlocked(struct zswap_entry *entry, swp_entry_t swp)
{
	struct folio *folio;
	bool new;

	folio = __read_swap_cache_async(swp, GFP_KERNEL, NULL, 0, &new, true);
	if (!folio)
		return -ENOMEM;
	if (!new) {
		folio_put(folio);
		return -EEXIST;
	}
	if (entry != xa_load(swap_zswap_tree(swp), swp_offset(swp))) {
		delete_from_swap_cache(folio);
		folio_unlock(folio);
		folio_put(folio);
		return -ENOMEM;
	}
	__swap_writepage(folio, &wbc);
	folio_put(folio);
	return 0;
}

static int unlocked_if_it_failed(swp_entry_t swp)
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

static int unlocked_page(swp_entry_t swp)
{
	struct page *page;

	if (zswap_get_swap_cache_page(swp, &page) != ZSWAP_SWAPCACHE_NEW)
		return -ENOMEM;
	delete_from_swap_cache(page_folio(page));
	unlock_page(page);
	put_page(page);
	return 0;
}

/* it stays locked for whoever calls */
static int handed_over(struct inode *inode, struct folio **foliop)
{
	struct folio *folio = filemap_get_folio(inode->i_mapping, 0);

	folio_lock(folio);
	if (!folio_test_uptodate(folio)) {
		folio_unlock(folio);
		folio_put(folio);
		return -EIO;
	}
	delete_from_swap_cache(folio);
	*foliop = folio;
	return 0;
}

static struct folio *handed_back(struct folio *folio)
{
	folio_lock(folio);
	delete_from_swap_cache(folio);
	return folio;
}

/* locked by whoever calls, and unlocked there */
static bool free_swap(struct folio *folio)
{
	if (folio_swapped(folio))
		return false;
	delete_from_swap_cache(folio);
	folio_set_dirty(folio);
	return true;
}
