# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The parts of a series: patches/<base>/base has a line for each, in the order of
# the patches,
#
#   part <name> <number of patches> <destination> <stands on> [<test> ...]
#
# Parts of one series have the names of $PART_NAMES, in that order. Parts with other
# names are series of their own, each numbered by itself, with the cover letter
# patches/<base>/cover.<name> if it has more than one patch. "Stands on" is - for
# the base alone, or the parts that must be applied before, with commas between;
# the tests are those that fail without them. A base without such a line has one
# series without parts. To be sourced after lib.sh.

PART_NAMES='fixes prerequisites mail clean-up rfc'
PART_DESTINATIONS='stable maintainers mm-hotfixes mm-unstable rfc'

# parts: "<name> <number> <destination> <stands on> [<test> ...]", a line each
parts()
{
	base_get part
}

part_names()
{
	parts | cut -d' ' -f1
}

# is NAME one of the parts of a single series?
common_part()
{
	[[ " $PART_NAMES " = *" $1 "* ]]
}

# are the parts of $BASE series of their own?
own_series()
{
	local first

	read -r first _ < <(parts)
	[ -n "$first" ] && ! common_part "$first"
}

# part_line NAME: all but the name
part_line()
{
	parts | sed -n "s/^$1 //p"
}

# part_files NAME: its patches
part_files()
{
	parts | { n=0
		while read -r name count _; do
			[ "$name" != "$1" ] || PICK='' series_files | tail -n +$((n + 1)) | head -n "$count"
			n=$((n + count))
		done
	}
}

# part_closure NAME: the part and what it stands on, in their order
part_closure()
{
	parts | tac | { need=",$1,"
		while read -r name _ _ on _; do
			[[ $need = *",$name,"* ]] || continue
			echo "$name"
			need=$need$on,
		done
	} | tac
}

# the patches that ask for the stable trees
stable_files()
{
	local p

	for p in $(PICK='' series_files); do
		! for_stable "$TOP/patches/$BASE/$p" || echo "$p"
	done
}

# for_stable FILE
for_stable()
{
	grep -q '^Cc: stable@vger.kernel.org' "$1"
}

# picked_files: those of $PICK, which is "stable" or "part <name>"
picked_files()
{
	local p

	case $PICK in
	stable) stable_files ;;
	part\ *)
		for p in $(part_closure "${PICK#part }"); do
			part_files "$p"
		done ;;
	esac
}

# upstream_of FILE: the commit that a patch stands for
upstream_of()
{
	sed -n 's/^\[ Upstream commit \([0-9a-f]\{40\}\) \]$/\1/p;/^---$/q' "$1" | head -n 1
}

# patch_prefix NUMBER TOTAL: what stands before the title of a patch of $BASE
patch_prefix()
{
	local nr=$1 total=$2 rfc='' name count dest _

	if own_series; then
		while read -r name count dest _; do
			if [ "$nr" -le "$count" ]; then
				[ "$dest" != rfc ] || rfc='RFC '
				if [ "$count" = 1 ] && ! [ -e "$TOP/patches/$BASE/cover.$name" ]; then
					echo "[PATCH $rfc$BASE]"
					return
				fi
				total=$count
				break
			fi
			nr=$((nr - count))
		done < <(parts)
	fi
	printf '[PATCH %s%s %0*d/%d]\n' "$rfc" "$BASE" "${#total}" "$nr" "$total"
}

# cover_files: "<cover> <cover letter> <part> <number of patches> <subject prefix>",
# a line for each cover letter of $BASE, the part is - for all of them
cover_files()
{
	local name count dest _ total

	if ! own_series; then
		total=$(PICK='' series_files | wc -l)
		printf 'cover 0000-cover-letter.patch - %d [PATCH %s %0*d/%d]\n' "$total" \
			"$BASE" "${#total}" 0 "$total"
		return
	fi
	while read -r name count dest _; do
		[ -e "$TOP/patches/$BASE/cover.$name" ] || continue
		[ "$dest" = rfc ] && dest='RFC ' || dest=''
		printf 'cover.%s 0000-cover-letter-%s.patch %s %d [PATCH %s%s %0*d/%d]\n' \
			"$name" "$name" "$name" "$count" "$dest" "$BASE" "${#count}" 0 "$count"
	done < <(parts)
}

# is NAME a test of the guests, a scenario, or a case of KUnit or test_zswap?
known_test()
{
	grep -rqE --include='*.[ch]' --include='*.patch' \
		"\"$1\"|\\<(KUNIT_CASE|T)\\($1\\)" "$TOP/tools/testing" "$TOP/mm" \
		"$TOP/patches/$BASE" 2>/dev/null
}

# part_faults TOTAL: what is wrong with the lines of $BASE, a line each
part_faults()
{
	local total=$1 sum=0 rank=0 r seen=' ' first='' name count dest on tests word what

	while read -r name count dest on tests; do
		what="patches/$BASE/base: part ${name:-without a name}"
		if [ -z "$on" ] || ! [[ $name =~ ^[a-z][a-z0-9-]*$ ]] ||
		   ! [[ $count =~ ^[1-9][0-9]*$ ]]; then
			echo "$what: not 'part <name> <number of patches> <destination> <stands on, or -> [<test> ...]'"
			continue
		fi
		[ -n "$first" ] || first=$name
		[[ $seen != *" $name "* ]] || echo "$what: there are two of them"
		if common_part "$first" && ! common_part "$name"; then
			echo "$what: no such name, there are, in this order: $PART_NAMES"
		elif ! common_part "$first" && common_part "$name"; then
			echo "$what: $first is none of '$PART_NAMES', so each part is a series of its own, and has a name of its own"
		elif common_part "$name"; then
			r=${PART_NAMES%%"$name"*}
			r=${#r}
			[ "$r" -ge "$rank" ] || echo "$what: out of order, which is: $PART_NAMES"
			rank=$r
		elif [ "$count" -gt 1 ] && ! [ -s "$TOP/patches/$BASE/cover.$name" ]; then
			echo "$what: a series of $count patches of its own, but there is no patches/$BASE/cover.$name"
		fi
		[[ " $PART_DESTINATIONS " = *" $dest "* ]] ||
			echo "$what: destination '$dest', there are: $PART_DESTINATIONS"
		if [ "$on" != - ]; then
			for word in ${on//,/ }; do
				[[ $seen = *" $word "* ]] ||
					echo "$what: stands on '$word', which is no part before it"
			done
		elif [ -n "$tests" ]; then
			echo "$what: stands on nothing, so there is nothing that $tests could fail without"
		fi
		for word in $tests; do
			known_test "$word" || echo "$what: there is no test or scenario '$word'"
		done
		sum=$((sum + count))
		seen="$seen$name "
	done < <(parts)
	[ -n "$first" ] || return 0
	[ "$sum" = "$total" ] ||
		echo "patches/$BASE/base: the parts have $sum patches, there are $total"
	if ! common_part "$first" && [ -e "$TOP/patches/$BASE/cover" ]; then
		echo "patches/$BASE/cover: each part is a series of its own here, whose cover is patches/$BASE/cover.<part>"
	fi
	for word in "$TOP/patches/$BASE"/cover.*; do
		if [ -e "$word" ] && { common_part "$first" || [[ $seen != *" ${word##*/cover.} "* ]]; }; then
			echo "patches/$BASE/${word##*/}: there is no series of that name"
		fi
	done
}

# stable_ones DIR FILE...: how many of them have Cc: stable
stable_ones()
{
	local f dir=$1 nr=0

	shift
	for f in "$@"; do
		! for_stable "$dir/$f" || nr=$((nr + 1))
	done
	echo "$nr"
}

# series_text DIR: the file for quilt of the patches in DIR, the parts of $BASE as
# its sections
series_text()
{
	local f n=0 end=0 name count dest on up nr all

	echo '# SPDX-License-Identifier: GPL-2.0-only'
	echo "# for quilt: what patches/$BASE holds, in order; made by scripts/export"
	exec 3< <(parts)
	mapfile -t all < <(cd "$1" && printf '%s\n' [0-9]*.patch | sed '/^0000-/d')
	for f in "${all[@]}"; do
		n=$((n + 1))
		if [ "$n" -gt "$end" ] && read -r name count dest on _ <&3; then
			end=$((end + count))
			[ "$on" = - ] && on='the base alone' || on="part ${on//,/, }"
			nr=$(stable_ones "$1" "${all[@]:n - 1:count}")
			[ "$dest" != stable ] || [ "$nr" = "$count" ] ||
				dest="stable ($nr of them)"
			printf '#\n# part %s, %d patch%s, to %s; stands on %s\n' "$name" "$count" \
				"$([ "$count" = 1 ] || echo es)" "$dest" "$on"
		fi
		if [ "$end" != 0 ]; then
			up=$(upstream_of "$1/$f")
			up=${up:+stands for commit ${up:0:12}}
			! for_stable "$1/$f" || up="${up:-own}, for stable"
			echo "# ${up:-own}"
		fi
		echo "$f"
	done
	exec 3<&-
}
