# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Tests of mm/z3fold.c, unpatched and patched, with tools/testing/z3fold. To be
# sourced by scripts/check, which sets these:
# shellcheck disable=SC2154

# z3fold_run NAME FILE: what the tests say of that z3fold.c, in $work/NAME.log
z3fold_run()
{
	make -s -C "$TOP/tools/testing/z3fold" TREE=/ Z3FOLD="$2" O="$work/$1" check \
		>"$work/$1.log" 2>&1
}

# z3fold_of BASE: the unpatched file fails all tests, but on 6.1 the two whose fixes that
# has, last-reference and given-up; the patched one passes all
z3fold_of()
{
	local tree name all log=$work/z3fold-$1 good=0

	[ "$1" != 6.1 ] || good=2
	tree=$(find "$BUILD/$1" "$BUILD/$1-tree" -maxdepth 1 -name tree 2>/dev/null | head -n 1)
	[ -e "$tree/.git/zswap-series" ] || skip "no work tree of $1"
	for name in base series; do
		git -C "$tree" show "$name:mm/z3fold.c" >"$log-$name.c" || return
		z3fold_run "z3fold-$1-$name" "$log-$name.c"
		cat "$log-$name.log"
	done
	all=$(sed -n 's/^1\.\.//p' "$log-series.log")
	[ "${all:-0}" -gt 0 ] && [ "$(grep -c '^ok ' "$log-series.log")" = "$all" ] &&
		[ "$(grep -c '^not ok ' "$log-base.log")" = $((all - good)) ]
}

z3fold_bases()
{
	local b rc=0 ran=0

	for b in "$TOP"/patches/*; do
		grep -qs '^blob mm/z3fold.c ' "$b/base" || continue
		(z3fold_of "${b##*/}")
		rc=$?
		[ "$rc" != "$EXIT_SKIP" ] || continue
		ran=1
		[ "$rc" = 0 ] || return 1
	done
	[ "$ran" = 1 ] || skip 'no work tree of a kernel with z3fold'
}

t 'z3fold: objects that are freed under eviction' z3fold_bases
