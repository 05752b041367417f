// SPDX-License-Identifier: GPL-2.0-only

/* up to 6.12: the lock is a parameter */
static enum lru_status given_cb(struct list_head *item, struct list_lru_one *l,
				spinlock_t *lock, void *arg)
{
	struct thing *thing = container_of(item, struct thing, lru);

	list_lru_isolate(l, item);
	spin_unlock(lock);

	write_back(thing->slot);
	thing->written = true;

	spin_lock(lock);
	return LRU_REMOVED_RETRY;
}

/* since 6.13 it is a member; the object is reached through its list head */
static enum lru_status member_cb(struct list_head *item, struct list_lru_one *l,
				 void *arg)
{
	struct thing *thing;
	unsigned long slot;

	thing = container_of(item, struct thing, lru);
	slot = thing->slot;
	spin_unlock_irq(&l->lock);

	write_back(slot);
	/* to have the lock again is no help */
	spin_lock_irq(&l->lock);
	list_move_tail(item, &l->list);
	return LRU_RETRY;
}

static unsigned long scan(struct list_lru *lru, struct shrink_control *sc)
{
	unsigned long nr = sc->nr_to_scan;

	list_lru_walk_one(lru, sc->nid, sc->memcg, &given_cb, NULL, &nr);
	return list_lru_shrink_walk_irq(lru, sc, member_cb, NULL);
}

/* no list_lru, as zswap has it from 6.5 to 6.7 */
static int reclaim(struct pool *pool)
{
	struct thing *thing;
	unsigned long slot;

	spin_lock(&pool->lru_lock);
	if (list_empty(&pool->lru)) {
		spin_unlock(&pool->lru_lock);
		return -EINVAL;
	}
	thing = list_last_entry(&pool->lru, struct thing, lru);
	list_del_init(&thing->lru);
	slot = thing->slot;
	spin_unlock(&pool->lru_lock);

	if (write_back(slot)) {
		spin_lock(&pool->lru_lock);
		list_move(&thing->lru, &pool->lru);
		spin_unlock(&pool->lru_lock);
		return -EAGAIN;
	}
	return 0;
}
