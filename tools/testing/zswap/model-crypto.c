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

/**
 * crypto_acomp_compress() - include/crypto/acompress.h
 * @req: a page, and a buffer that is large enough
 *
 * Coarser: is synchronous; the data always gets smaller.
 *
 * Return: 0
 */
int crypto_acomp_compress(struct acomp_req *req)
{
	unsigned long *src = req->src->buf, *dst = req->dst->buf;

	model_might_sleep(X_HERE);
	req->dlen = length_of(src[0]);
	dst[0] = MAGIC | req->dlen;
	dst[1] = src[0];
	dst[2] = src[1];
	return 0;
}

/**
 * crypto_acomp_decompress() - include/crypto/acompress.h
 * @req: compressed data, and a page
 *
 * Return: 0, -EINVAL if the data is not what was compressed, or if the explorer
 * tries that
 */
int crypto_acomp_decompress(struct acomp_req *req)
{
	unsigned long *src = req->src->buf, *dst = req->dst->buf;

	model_might_sleep(X_HERE);
	if (model_fault(FAULT_DECOMPRESS, X_HERE))
		return -EINVAL;
	if (req->slen != req->src->len || src[0] != (MAGIC | req->slen))
		return -EINVAL;
	req->dlen = PAGE_SIZE;
	if (src[1] == src[2]) {
		model_memset_l(dst, src[1], PAGE_SIZE / sizeof(*dst));
	} else {
		dst[0] = src[1];
		dst[1] = src[2];
	}
	return 0;
}
