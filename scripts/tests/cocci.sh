# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Tests of scripts/cocci and of the rules in scripts/coccinelle. To be sourced by
# scripts/check, which sets these:
# shellcheck disable=SC2154

cocci_dir=$TOP/scripts/coccinelle

need_spatch()
{
	command -v spatch >/dev/null || skip 'no spatch'
}

# spatch_on MODE RULE FILE ARG...
spatch_on()
{
	local mode=$1 rule=$2

	shift 2
	spatch -D "$mode" --very-quiet --no-includes --include-headers \
		--cocci-file "$cocci_dir/$rule.cocci" "$@"
}

# what a rule says of its samples
cocci_samples()
{
	need_spatch
	cd "$cocci_dir/tests/$1" || return
	spatch_on report "$1" --no-show-diff bad.c 2>"$work/cocci.err" |
		sort -t: -k2,2n -k4 >"$work/cocci.out"
	sed 1d expected | diff -u - "$work/cocci.out" || return
	spatch_on report "$1" --no-show-diff good.c >"$work/cocci.out" 2>>"$work/cocci.err"
	cat "$work/cocci.out" "$work/cocci.err"
	[ ! -s "$work/cocci.out" ] && [ ! -s "$work/cocci.err" ]
}

# each line that is reported is marked by MODE=context, and named by MODE=org
cocci_modes()
{
	local r

	need_spatch
	for r in "$cocci_dir"/*.cocci; do
		r=$(basename "$r" .cocci)
		cd "$cocci_dir/tests/$r" || return
		sed 1d expected | cut -d: -f2 | sort -nu >"$work/cocci.lines"
		spatch_on context "$r" bad.c 2>/dev/null | awk '
			/^@@/ { n = -$2; next }
			n && /^-/ { print n }
			{ n++ }' | diff "$work/cocci.lines" - || return
		spatch_on org "$r" --no-show-diff bad.c 2>/dev/null |
			sed -nE 's/^\* TODO .*::linb=([0-9]+)::.*/\1/p' | sort -nu |
			diff "$work/cocci.lines" - || return
		[ -z "$(spatch_on context "$r" good.c 2>/dev/null)" ] || return
	done
}

cocci_patch()
{
	need_spatch
	cp "$cocci_dir"/tests/swap_cache_unlock/*.c "$work/" &&
	spatch_on patch swap_cache_unlock --in-place "$work/bad.c" >/dev/null &&
	diff -u "$work/patched.c" "$work/bad.c" || return
	# what was patched has nothing more to patch, and what is right neither
	spatch_on patch swap_cache_unlock "$work/bad.c" "$work/good.c" >"$work/cocci.out" &&
	[ ! -s "$work/cocci.out" ]
}

# the patch that unlocks the folio is what the rule makes of the unpatched file
cocci_patch_upstream()
{
	local p

	need_spatch
	BASE=6.8-rc1
	work_tree
	p=$(series_files | grep unlock-and-put)
	mkdir "$work/rc1" && cd "$work/rc1" &&
	git -C "$tree" show base:mm/zswap.c >zswap.c &&
	spatch_on patch swap_cache_unlock --in-place zswap.c >/dev/null &&
	[ "$(git hash-object zswap.c)" = \
	  "$(sed -n 's/^index [0-9a-f]*\.\.\([0-9a-f]*\) .*/\1/p' "$TOP/patches/$BASE/$p")" ]
}

# the way the kernel calls it
cocci_coccicheck()
{
	local r

	need_spatch
	BASE=6.1
	work_tree
	mkdir "$work/coccicheck"
	for r in "$cocci_dir"/*.cocci; do
		r=$(basename "$r" .cocci)
		cp "$cocci_dir/tests/$r/bad.c" "$work/coccicheck/$r.c" || return
		(cd "$tree" && env srctree="$tree" objtree="$tree" \
			KBUILD_EXTMOD="$work/coccicheck" LINUXINCLUDE= COCCI="$cocci_dir/$r.cocci" \
			MODE=report J=1 V=0 C=0 bash scripts/coccicheck) >"$work/cocci.out" 2>&1 ||
			{ cat "$work/cocci.out"; return 1; }
		[ "$(grep -c "/$r.c:.* ERROR: " "$work/cocci.out")" = \
		  "$(sed 1d "$cocci_dir/tests/$r/expected" | grep -c .)" ] ||
			{ cat "$work/cocci.out"; return 1; }
	done
}

cocci_alone()
{
	local d=$work/cocci-tree

	need_spatch
	mkdir -p "$d/mm/sub" &&
	printf 'VERSION = 6\nPATCHLEVEL = 5\nSUBLEVEL = 0\nEXTRAVERSION =\n' >"$d/Makefile" &&
	cp "$cocci_dir/tests/swap_table_pin/good.c" "$d/mm/sub/zswap.c" &&
	untouched "$d" says 0 'swap_table_pin +tree +ok, nothing' \
		env TREE="$d" BUILD="$work/build" scripts/cocci &&
	cp "$cocci_dir/tests/swap_table_pin/bad.c" "$d/mm/sub/zswap.c" &&
	untouched "$d" says 1 'mm/sub/zswap.c:11,22 write_back\(\): found' \
		env TREE="$d" BUILD="$work/build" scripts/cocci &&
	says 2 'has no fs' env TREE="$d" BUILD="$work/build" scripts/cocci fs &&
	says 2 'usage: BASE=' env -u TREE scripts/cocci
}

# cocci_base BASE_SAMPLE SERIES_SAMPLE LINE: a project with one base, whose
# mm/zswap.c is that sample in the unpatched and in the patched tree
cocci_base()
{
	local d=$work/cocci-base t=$work/cocci-base/build/6.1/tree

	need_spatch
	rm -rf "$d"
	mkdir -p "$t/mm" &&
	cp -r scripts patches "$d/" &&
	sed -i '/^cocci/d' "$d/patches/6.1/base" && echo "$3" >>"$d/patches/6.1/base" &&
	git -C "$t" init -q -b base && git -C "$t" config user.name t &&
	git -C "$t" config user.email t@t.invalid &&
	cp Makefile "$t/" && cp "$cocci_dir/tests/list_lru_deref/$1.c" "$t/mm/zswap.c" &&
	git -C "$t" add -A && git -C "$t" commit -q -m base &&
	git -C "$t" checkout -q -b series &&
	cp "$cocci_dir/tests/list_lru_deref/$2.c" "$t/mm/zswap.c" &&
	git -C "$t" commit -q --allow-empty -a -m series &&
	echo "$(BASE=6.1 && series_hash) test" >"$t/.git/zswap-series"
}

cocci_of_base()
{
	env -u TREE BASE=6.1 BUILD="$work/cocci-base/build" "$work/cocci-base/scripts/cocci"
}

cocci_compared()
{
	local all re='list_lru_deref +series +FAIL'

	all='cocci list_lru_deref mm/zswap.c given_cb B2
cocci list_lru_deref mm/zswap.c member_cb B2
cocci list_lru_deref mm/zswap.c reclaim B2'
	cocci_base bad good "$all" &&
	says 0 'list_lru_deref +series +ok, nothing' cocci_of_base &&
	# kept, and the same
	says 0 'zswap.c:12,13 given_cb\(\): B2' cocci_of_base || return
	# the series does not end it
	cocci_base bad bad "$all" &&
	says 1 "$re" cocci_of_base || return
	# it is a false positive, which stays
	cocci_base bad bad "${all//B2/false-positive: a sample}" &&
	says 0 'list_lru_deref +series +ok$' cocci_of_base || return
	# nobody has listed it
	cocci_base bad good "${all#*B2?}" &&
	says 1 'given_cb\(\): FAIL, not listed' cocci_of_base || return
	# the rule has gone blind
	cocci_base good good "$all" &&
	says 1 'given_cb\(\): FAIL, not found, but patches/6.1/base has it' cocci_of_base
}

# a function that spatch cannot parse has no findings, which is not the same as ok
cocci_not_parsed()
{
	cocci_base good good '' &&
	printf '\nstatic int f(void)\n{\n\tif (\n}\n' >>"$work/cocci-base/build/6.1/tree/mm/zswap.c" &&
	git -C "$work/cocci-base/build/6.1/tree" commit -q -a -m broken &&
	says 1 'spatch skips 1 functions of the patched mm/zswap.c' cocci_of_base
}

# Documentation/coccinelle.rst has a line for each finding that a base lists
cocci_doc()
{
	local BASE

	for BASE in $(bases | sort -V); do
		base_get cocci | sed 's/false-positive:/false positive:/' | awk -v b="$BASE" '{
			k = $1; f = $2 " " $3; $1 = $2 = $3 = ""; sub(/^ */, "")
			sub(/:.*/, ""); print k "\t" f "\t" $0 "\t" b }'
	done | sort -s -t $'\t' -k1,3 | awk -F '\t' '
		{ k = sprintf("    %-18s %-36s %-15s", $1, $2, $3) }
		k != last { if (last != "") print last b; last = k; b = "" }
		{ b = b " " $4 }
		END { print last b }' >"$work/cocci.table"
	sed -n '/^    [a-z_]* *mm\//p' Documentation/coccinelle.rst |
		diff -u "$work/cocci.table" -
}

for r in "$cocci_dir"/*.cocci; do
	r=$(basename "$r" .cocci)
	t "coccinelle: $r finds what is wrong in its samples, and no more" cocci_samples "$r"
done
t 'coccinelle: MODE=context and MODE=org have the same lines' cocci_modes
t 'coccinelle: MODE=patch of swap_cache_unlock' cocci_patch
t 'coccinelle: MODE=patch makes the patch of 6.8-rc1' cocci_patch_upstream
t 'coccinelle: coccicheck of a kernel takes the rules' cocci_coccicheck
t 'coccinelle: a tree alone, which is left alone' cocci_alone
t 'coccinelle: base and series are compared with what is listed' cocci_compared
t 'coccinelle: what cannot be parsed is told' cocci_not_parsed
t 'coccinelle: the table of the documentation' cocci_doc
