# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# scripts/zswap-audit: what it tells of trees of which that is known. Read by
# scripts/check.

# audit_tree REF DIR: of the work tree of $BASE, what the explorer and the series
# want
audit_tree()
{
	local files

	work_tree
	. "$TOP/scripts/explore-lib.sh"
	# git archive fails on a name that is not there
	# shellcheck disable=SC2046
	files=$(git -C "$tree" ls-tree --name-only "$1" -- "${EXPLORER_FILES[@]}" \
		$(base_get blob | cut -d' ' -f1))
	mkdir -p "$2"
	# shellcheck disable=SC2086
	git -C "$tree" archive "$1" -- $files | tar -x -C "$2"
}

# audit ARG...: the explorers that it builds go with the tests
audit()
{
	env BUILD="$work/au-build" scripts/zswap-audit "$@"
}

# json_says FILE EXPRESSION...: each is true of d, what FILE holds
json_says()
{
	local file=$1 e bad=0

	shift
	if ! command -v python3 >/dev/null; then
		[ "$(wc -l <"$file")" = 1 ] && grep -q '^{.*}$' "$file"
		return
	fi
	for e; do
		python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
sys.exit(not eval(sys.argv[2]))' "$file" "$e" || { echo "not so: $e"; bad=1; }
	done
	return "$bad"
}

# audit_json RC FILE ARG...: its report in FILE
audit_json()
{
	local want=$1 file=$2 rc

	shift 2
	audit --json "$@" >"$file"
	rc=$?
	[ "$rc" = "$want" ] || { cat "$file"; echo "returned $rc, not $want"; return 1; }
}

# the classes that patches/$BASE/base names, each in quotes, for a Python set
audit_expected()
{
	base_get explore | cut -d' ' -f2- | tr ' ' '\n' | sort -u | sed "s/.*/'&'/" | paste -sd,
}

# What is found is the bugs that the base is known for: all of them, if the time
# was enough. --quick is always the same searches.
audit_classes()
{
	local d=$work/au-$1 out=$work/au-$1.json

	BASE=$1
	audit_tree base "$d" || return
	untouched "$d" audit_json 1 "$out" --quick --seconds 300 "$d" || return
	json_says "$out" "d['fits'] == '$BASE'" "d['exit'] == 1" \
		"d['explorer']['state'] == 'ran'" \
		"{r['bug'] for r in d['explorer']['reached']} <= {$(audit_expected)}" \
		"all(r['what'] and '***' in r['timeline'][-1] for r in d['explorer']['reached'])" || return
	json_says "$out" "{r['bug'] for r in d['explorer']['reached']} == {$(audit_expected)}" && return
	grep -o '"reached":.*"not_reached"' "$out"
	json_says "$out" "not d['explorer']['not_explored']" >/dev/null || skip 'no time: a loaded machine'
	return 1
}

audit_series()
{
	local d=$work/au-series

	BASE=6.1
	audit_tree series "$d" || return
	untouched "$d" audit_json 0 "$work/au-series.json" --quick --seconds 300 "$d" || return
	json_says "$work/au-series.json" "d['applied'] == ['6.1']" "d['explorer']['reached'] == []" \
		"d['explorer']['schedules'] > 1000" "'B1' in d['explorer']['not_reached']" \
		"d['next'].startswith('make explore TREE=')"
}

# the design and what can be read there: base or series, words of the text, in order
AUDIT_FACTS='
5.10 base zpool rbtree no yes no null true
5.10 series zpool rbtree yes no yes true false
6.1 base zpool rbtree no yes yes true true
6.1 series zpool rbtree yes no yes true false
6.6 base pool-lru rbtree no yes yes true true
6.6 series pool-lru rbtree yes no yes true false
6.8-rc1 base memcg-lru rbtree no yes yes false true
6.8-rc1 series memcg-lru rbtree yes no yes true false
6.8 base memcg-lru rbtree no yes yes true true
6.12 base memcg-lru xarray yes no yes true false
6.18 base memcg-lru xarray yes no yes true false
7.3 base memcg-lru xarray yes no yes true false'

audit_facts()
{
	local b ref name index pinned redundant recheck unlocks loop none=1 want

	. "$TOP/scripts/facts-lib.sh"
	mkdir -p "$work/au-facts"
	while read -r b ref name index pinned redundant recheck unlocks loop; do
		[ -n "$b" ] || continue
		BASE=$b
		(work_tree) >/dev/null || continue
		work_tree
		none=
		git -C "$tree" show "$ref:mm/zswap.c" >"$work/au-facts/zswap.c" || return
		want="$name $index $pinned $redundant $recheck $unlocks $loop"
		got=$(facts "$work/au-facts/zswap.c" "$work/au-facts"
		      unlocks=$unlocked
		      for v in unlocks loop; do
			      case ${!v} in
			      yes) printf -v "$v" true ;;
			      no) printf -v "$v" false ;;
			      *) printf -v "$v" null ;;
			      esac
		      done
		      echo "$design $index $pinned $redundant $recheck $unlocks $loop")
		[ "$got" = "$want" ] || { echo "$b $ref: '$got', not '$want'"; return 1; }
	done <<<"$AUDIT_FACTS"
	[ -z "$none" ] || skip 'no work tree'
}

# A vendor's file gets an honest answer; and a name that make does not like is no
# reason to stop.
audit_vendor()
{
	local d="$work/a vendor's \$tree"

	BASE=6.1
	audit_tree base "$d" || return
	sed -i 's/^\tspin_lock_init(&tree->lock);/&\n\tvendor_hook(tree);/' "$d/mm/zswap.c"
	untouched "$d" says 3 '^explorer +cannot build this file: unknown symbol vendor_hook' \
		audit "$d" || return
	grep -q '^design  *a zpool driver picks the entry' "$work/said" &&
	grep -q 'swapoff has a loop that cleans up entries (line ' "$work/said" &&
	grep -q '^series  *patches/6\.1 fits: it applies, without fuzz' "$work/said" &&
	! grep -q 'reached' "$work/said" || return
	untouched "$d" audit_json 3 "$work/au-vendor.json" "$d" &&
	json_says "$work/au-vendor.json" "d['explorer']['state'] == 'failed'" \
		"d['explorer']['error'] == 'unknown symbol vendor_hook'" \
		"d['explorer']['reached'] == [] and d['explorer']['not_reached'] == []" \
		"d['fits'] == '6.1'"
}

# what cannot be told is not guessed
audit_unknown()
{
	local d=$work/au-unknown

	BASE=6.1
	audit_tree base "$d" || return
	sed -i -e 's/zswap_writeback_entry/vendor_writeback/' -e 's/zswap_frontswap_invalidate_area/vendor_area/' \
		"$d/mm/zswap.c"
	untouched "$d" says 3 '^design +none that is known here: cannot tell' \
		audit --no-explorer "$d" || return
	[ "$(grep -c 'cannot tell' "$work/said")" = 6 ] &&
	grep -q '^series  *none applies' "$work/said" || return
	# one line, and not a word beside it but that it goes on, on a slow machine
	audit --no-explorer --json "$d" >"$work/au-unknown.json" 2>"$work/au-unknown.err"
	! grep -v '^    compare with the series: [0-9]*s ' "$work/au-unknown.err" || return
	json_says "$work/au-unknown.json" "d['design']['name'] == 'unknown'" \
		"d['facts']['cleanup_loop'] is None" "d['fits'] == ''" "d['exit'] == 3"
}

audit_near()
{
	local d=$work/au-near

	BASE=6.1
	audit_tree base "$d" || return
	sed -i '1a // a comment that a vendor added' "$d/mm/zswap.c"
	untouched "$d" says 3 '^series +patches/6\.1 fits: it applies, without fuzz' \
		audit --no-explorer "$d" || return
	grep -q '^next  *make apply CHECK=1 TREE=.* SERIES=6\.1$' "$work/said" || return
	sed -i 's/BUG_ON(dlen != PAGE_SIZE);/WARN_ON(dlen != PAGE_SIZE);/' "$d/mm/zswap.c"
	untouched "$d" says 3 '^series +none applies; the nearest is patches/6\.1: 00[0-9]{2} does not apply: mm/zswap\.c, the hunk at line [0-9]+ ' \
		audit --no-explorer "$d"
}

audit_bad_call()
{
	says 2 'which tree\? TREE=<dir>' scripts/zswap-audit &&
	says 2 'which tree\? TREE=<dir>' make -s audit &&
	says 2 'one tree at a time' scripts/zswap-audit a b &&
	says 2 'TREE=/nonexistent is not a directory' make -s audit TREE=/nonexistent &&
	says 2 'is not a kernel source directory' scripts/zswap-audit scripts &&
	says 2 'is too short' scripts/zswap-audit --seconds 1 scripts &&
	says 2 'is not a number' scripts/zswap-audit --seconds soon scripts || return
	mkdir -p "$work/au-none/mm"
	printf 'VERSION = 3\nPATCHLEVEL = 2\nSUBLEVEL = 0\nEXTRAVERSION =\n' >"$work/au-none/Makefile"
	says 2 'has no mm/zswap\.c$' scripts/zswap-audit "$work/au-none" || return
	: >"$work/au-none/mm/zswap.c"
	says 2 'is in TREE=.*, which is not to be written' \
		env BUILD="$work/au-none/build" scripts/zswap-audit "$work/au-none"
}

t 'audit: bad calls are one line and 2' audit_bad_call
t 'audit: what is read in the source, of each base' audit_facts
t 'audit: a file of a vendor that does not build' audit_vendor
t 'audit: what cannot be told is not guessed' audit_unknown
t 'audit: a near tree, and one that no series fits' audit_near
t 'audit: the series in the tree: nothing is reached' audit_series
for b in $(bases | sort -V); do
	[ -z "$(BASE=$b base_get package)" ] ||
		t "audit: $b shows what patches/$b/base lists" audit_classes "$b"
done
