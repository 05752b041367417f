// SPDX-License-Identifier: GPL-2.0-only

/* a copy is used, and the address as a value */
static enum lru_status given_cb(struct list_head *item, struct list_lru_one *l,
				spinlock_t *lock, void *arg)
{
	struct thing *thing = container_of(item, struct thing, lru);
	struct walk *walk = arg;
	unsigned long slot;

	if (thing->referenced)
		return LRU_ROTATE;

	list_move_tail(item, &l->list);
	slot = thing->slot;
	spin_unlock(lock);

	if (!write_back(thing, slot))
		walk->written++;

	spin_lock(lock);
	return LRU_RETRY;
}

static enum lru_status member_cb(struct list_head *item, struct list_lru_one *l,
				 void *arg)
{
	struct thing *thing = container_of(item, struct thing, lru);
	unsigned long slot = thing->slot;

	/* not the lock of the LRU */
	spin_lock(&thing->lock);
	spin_unlock(&thing->lock);
	thing->referenced = false;

	list_move_tail(item, &l->list);
	spin_unlock(&l->lock);

	thing = find_and_get(slot);
	if (thing) {
		write_back(thing->slot);
		put(thing);
	}
	return LRU_RETRY;
}

static unsigned long scan(struct list_lru *lru, struct shrink_control *sc)
{
	unsigned long nr = sc->nr_to_scan;

	list_lru_walk_one(lru, sc->nid, sc->memcg, &given_cb, NULL, &nr);
	return list_lru_shrink_walk(lru, sc, member_cb, NULL);
}

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
	list_move(&thing->lru, &pool->lru);
	slot = thing->slot;
	spin_unlock(&pool->lru_lock);

	return write_back(thing, slot);
}

/* no callback: whoever calls has it to itself */
static void no_cb(struct list_head *item, struct list_lru_one *l, spinlock_t *lock)
{
	struct thing *thing = container_of(item, struct thing, lru);

	spin_unlock(lock);
	thing->written = true;
}
