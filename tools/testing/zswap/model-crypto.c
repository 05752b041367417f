// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model of the crypto API: a compressor whose result has a length that depends
 * on the data, and who notices when it is given back with another one.
 */
#include "include/model.h"

#define MAGIC	0x5a5a0000UL
#define LENGTH	24U	/* of the shortest result */

/**
 * model_has_acomp() - crypto_has_acomp(), crypto/acompress.c
 * @name: of the algorithm
 *
 * Return: true
 */
bool model_has_acomp(const char *name)
{
	return true;
}

/**
 * crypto_alloc_acomp_node() - crypto/acompress.c
 * @name:	ignored
 * @type:	ignored
 * @mask:	ignored
 * @node:	ignored
 *
 * Return: a transformation
 */
struct crypto_acomp *crypto_alloc_acomp_node(const char *name, u32 type,
					     u32 mask, int node)
{
	return x_alloc(sizeof(struct crypto_acomp), X_TAG_COMP,
		       X_HERE);
}

/**
 * crypto_free_acomp() - include/crypto/acompress.h
 * @acomp: transformation
 */
void crypto_free_acomp(struct crypto_acomp *acomp)
{
	x_free(acomp, X_HERE);
}

/**
 * acomp_request_alloc() - crypto/acompress.c
 * @acomp: transformation
 *
 * Return: a request
 */
struct acomp_req *acomp_request_alloc(struct crypto_acomp *acomp)
{
	return x_alloc(sizeof(struct acomp_req), X_TAG_COMP,
		       X_HERE);
}

/**
 * acomp_request_free() - crypto/acompress.c
 * @req: request
 */
void acomp_request_free(struct acomp_req *req)
{
	x_free(req, X_HERE);
}

static unsigned int length_of(unsigned long value)
{
	return LENGTH + (value & 3) * 8;
}

/* Returns the length of the result. Coarser: the data always gets smaller. */
static unsigned int compress(const unsigned long *src, unsigned long *dst)
{
	unsigned int len = length_of(src[0]);

	dst[0] = MAGIC | len;
	dst[1] = src[0];
	dst[2] = src[1];
	return len;
}

/*
 * Returns -EINVAL if the data is not what was compressed, or if the explorer
 * tries that.
 */
static int decompress(const unsigned long *src, unsigned int len,
		      unsigned long *dst, const struct x_site *site)
{
	if (model_fault(FAULT_DECOMPRESS, site))
		return -EINVAL;
	if (src[0] != (MAGIC | len))
		return -EINVAL;
	if (src[1] == src[2]) {
		model_memset_l(dst, src[1], PAGE_SIZE / sizeof(*dst));
	} else {
		dst[0] = src[1];
		dst[1] = src[2];
	}
	return 0;
}

/* Where zswap asks acomp_is_async() it knows that this one does not sleep. */
static void may_sleep(const struct x_site *site)
{
	if (!__is_defined(HAVE_ACOMP_IS_ASYNC))
		model_might_sleep(site);
}

/**
 * crypto_acomp_compress() - include/crypto/acompress.h
 * @req: a page, and a buffer that is large enough
 *
 * Coarser: is synchronous.
 *
 * Return: 0
 */
int crypto_acomp_compress(struct acomp_req *req)
{
	may_sleep(X_HERE);
	req->dlen = compress(req->src->buf, req->dst->buf);
	return 0;
}

/**
 * crypto_acomp_decompress() - include/crypto/acompress.h
 * @req: compressed data, and a page
 *
 * Return: 0, -EINVAL if it fails
 */
int crypto_acomp_decompress(struct acomp_req *req)
{
	int ret;

	may_sleep(X_HERE);
	ret = decompress(req->src->buf, req->slen, req->dst->buf, X_HERE);
	if (!ret && req->slen != req->src->length)
		return -EINVAL;
	if (!ret)
		req->dlen = PAGE_SIZE;
	return ret;
}

/**
 * crypto_alloc_comp() - include/linux/crypto.h
 * @name:	ignored
 * @type:	ignored
 * @mask:	ignored
 *
 * Return: a transformation
 */
struct crypto_comp *crypto_alloc_comp(const char *name, u32 type, u32 mask)
{
	return x_alloc(sizeof(struct crypto_comp), X_TAG_COMP, X_HERE);
}

/**
 * crypto_free_comp() - include/linux/crypto.h
 * @tfm: transformation
 */
void crypto_free_comp(struct crypto_comp *tfm)
{
	x_free(tfm, X_HERE);
}

/**
 * crypto_comp_compress() - crypto/compress.c
 * @tfm:	ignored
 * @src:	a page
 * @slen:	its length
 * @dst:	a buffer that is large enough
 * @dlen:	set to the length of the result
 *
 * Context: any; does not sleep.
 *
 * Return: 0
 */
int crypto_comp_compress(struct crypto_comp *tfm, const u8 *src, unsigned int slen,
			 u8 *dst, unsigned int *dlen)
{
	*dlen = compress((const unsigned long *)src, (unsigned long *)dst);
	return 0;
}

/**
 * crypto_comp_decompress() - crypto/compress.c
 * @tfm:	ignored
 * @src:	compressed data
 * @slen:	its length
 * @dst:	a page
 * @dlen:	set to the length of a page
 *
 * Context: any; does not sleep.
 *
 * Return: 0, -EINVAL if it fails
 */
int crypto_comp_decompress(struct crypto_comp *tfm, const u8 *src, unsigned int slen,
			   u8 *dst, unsigned int *dlen)
{
	*dlen = PAGE_SIZE;
	return decompress((const unsigned long *)src, slen, (unsigned long *)dst, X_HERE);
}
