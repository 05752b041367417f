// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model of the block layer: a disk for each swap device, and a thread that does
 * the I/O some time after it was submitted.
 */
#include "include/model.h"

/* The first two words of a page tell all of it, see model-folio.c. */
struct sector {
	unsigned long word[2];
};

struct task_struct model_task;

static struct sector disk[MAX_SWAPFILES][SLOTS];
static LIST_HEAD(bios);
static unsigned long reads;

/**
 * model_bio_alloc() - bio_alloc(), block/bio.c
 * @bdev:	device
 * @opf:	read or write
 *
 * Return: the bio; never NULL, it comes from a mempool
 */
struct bio *model_bio_alloc(struct block_device *bdev, blk_opf_t opf)
{
	struct bio *bio = x_alloc(sizeof(*bio), X_TAG_BIO, X_SITE("bio_alloc()"));

	x_fill(bio, 0, sizeof(*bio));
	bio->bi_bdev = bdev;
	bio->bi_opf = opf;
	bio->refs = 1;
	return bio;
}

/**
 * model_bio_put() - bio_put(), block/bio.c
 * @bio: bio
 */
void model_bio_put(struct bio *bio)
{
	if (model_ref_put(&bio->refs, X_SITE("bio_put()")))
		x_free(bio, X_SITE("bio_put()"));
}

/* the slot of a bio; a sector of the model is a page where there are no extents */
static unsigned long slot_of(const struct bio *bio)
{
	return bio->bi_iter.bi_sector >>
	       (__is_defined(HAVE_MAP_SWAP_PAGE) ? PAGE_SHIFT - 9 : 0);
}

static void transfer_page(struct sector *s, unsigned long *data, bool write)
{
	if (write) {
		s->word[0] = data[0];
		s->word[1] = data[1];
		return;
	}
	reads++;
	if (s->word[0] == s->word[1]) {
		model_memset_l(data, s->word[0], PAGE_SIZE / sizeof(*data));
	} else {
		data[0] = s->word[0];
		data[1] = s->word[1];
	}
}

static void transfer(struct bio *bio)
{
	struct sector *s = &disk[bio->bi_bdev->type][slot_of(bio)];
	long nr = folio_nr_pages(page_folio(bio->page)), i;

	for (i = 0; i < nr; i++)
		transfer_page(s + i, model_page_address(bio->page + i),
			      bio->bi_opf & REQ_OP_WRITE);
}

static bool bio_queued(const void *arg)
{
	return !list_empty(&bios);
}

static void io(void *arg)
{
	for (;;) {
		struct bio *bio;

		x_wait(bio_queued, NULL, X_SITE("interrupt"));
		bio = list_first_entry(&bios, struct bio, entry);
		list_del_init(&bio->entry);
		transfer(bio);
		bio->bi_end_io(bio);
	}
}

/**
 * model_submit_bio() - submit_bio(), block/blk-core.c
 * @bio:	bio
 * @site:	caller
 *
 * Coarser: I/O is done in the order of submission.
 */
void model_submit_bio(struct bio *bio, const struct x_site *site)
{
	x_point(X_RUN, bio, site);
	list_add_tail(&bio->entry, &bios);
	x_point(X_AFTER, bio, site);
}

/**
 * model_submit_bio_wait() - submit_bio_wait(), block/bio.c, to a synchronous device
 * @bio:	bio
 * @site:	caller
 *
 * Return: 0
 */
int model_submit_bio_wait(struct bio *bio, const struct x_site *site)
{
	model_might_sleep(site);
	x_point(X_RUN, bio, site);
	transfer(bio);
	return 0;
}

/**
 * model_check_write() - oracle: may this be written?
 * @folio:	folio, locked, that is about to be under writeback
 * @site:	caller
 *
 * What a device is told to write must be what the slot is to hold, or nobody
 * may be left who will read it (R3, R9).
 */
void model_check_write(struct folio *folio, const struct x_site *site)
{
	swp_entry_t entry = folio->swap;
	unsigned long value;
	bool torn, zero;

	if (!swap_count(entry))
		return;
	value = page_value(&folio->page, &torn);
	zero = __is_defined(HAVE_ZEROMAP) && swap_zero_mark(entry);
	if (torn || value != *swap_truth(entry))
		x_bug(zero ? "zero-mark" : "stale-write", site,
		      "writes %#lx to slot %lu, which holds %#lx", value,
		      swp_offset(entry), *swap_truth(entry));
}

/**
 * model_bio_done() - has the bio of a synchronous read been done?
 * @bio: bio
 *
 * Return: true if its end_io function has run
 */
bool model_bio_done(const void *bio)
{
	return !((const struct bio *)bio)->bi_private;
}

/**
 * block_reads() - how many pages have been read from a device
 *
 * Return: pages
 */
unsigned long block_reads(void)
{
	return reads;
}

/**
 * block_boot() - start the daemon
 */
void block_boot(void)
{
	x_spawn("interrupt", X_ROLE_DAEMON, io, NULL);
}
