# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What scripts/explore and scripts/mutants share: how the explorer is built for
# a tree. To be sourced after lib.sh.

# shellcheck disable=SC2034
EXPLORER=$TOP/tools/testing/zswap

# the files of a tree that the explorer may want
EXPLORER_FILES=(Makefile mm lib/rbtree.c lib/xarray.c include/linux include/trace/events)

# export_ref TREE REF DIR: the files of a branch of a work tree, if it changed
export_ref()
{
	local commit

	commit=$(git -C "$1" rev-parse "$2") || die "no branch $2 in $1"
	[ "$(cat "$3.commit" 2>/dev/null)" = "$commit" ] && return
	rm -rf "$3"
	mkdir -p "$3"
	git -C "$1" archive "$commit" -- "${EXPLORER_FILES[@]}" | tar -x -C "$3" ||
		die "cannot export $2 of $1"
	echo "$commit" >"$3.commit"
}

# What the log of a failed build says, in one line.
build_error()
{
	sed -nE -e "s/.*undefined reference to .([A-Za-z0-9_]*).*/unknown symbol \1/p" \
		-e "s/.*cp: cannot stat '([^']*)'.*/no file \1/p" \
		-e "s/.*No rule to make target '([^']*)'.*/no file \1/p" \
		-e 's/^([^ ]*): (fatal )?error: (.*)/\3, \1/p' "$1" | head -n 1
}

# build_explorer TREE DIR: DIR/explorer, of the files in TREE
build_explorer()
{
	local log=$2/log cc=gcc

	# most of its files are the same for many trees
	! command -v ccache >/dev/null || cc='ccache gcc'
	mkdir -p "$2"
	if ! make -C "$EXPLORER" -j "$JOBS" TREE="$1" O="$2" CC="$cc" >"$log" 2>&1; then
		die "the explorer cannot be built for $1: $(build_error "$log"); see $log"
	fi
}

# explorer_args: what SCENARIO and BOUND ask for, in the array args
explorer_args()
{
	args=()
	[ -z "${SCENARIO:-}" ] || args+=(--scenario "$SCENARIO")
	[ -z "${BOUND:-}" ] || args+=(--bound "$BOUND")
}
