# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What can be read in a mm/zswap.c without running it. Each question is answered
# from the body of a function; if that is not there the answer is "cannot tell".
# To be sourced.

# code FILE: it without comments and without what is in strings, line by line
code()
{
	awk '
	{
		line = $0; out = ""
		while (line != "") {
			if (comment) {
				i = index(line, "*/")
				if (!i)
					break
				line = substr(line, i + 2)
				comment = 0
				continue
			}
			c = substr(line, 1, 1)
			two = substr(line, 1, 2)
			if (two == "/*") {
				comment = 1
				line = substr(line, 3)
			} else if (two == "//") {
				break
			} else if (c == "\"" || c == "\047") {
				out = out c
				line = substr(line, 2)
				while (line != "" && substr(line, 1, 1) != c)
					line = substr(line, substr(line, 1, 1) == "\\" ? 3 : 2)
				out = out c
				line = substr(line, 2)
			} else {
				out = out c
				line = substr(line, 2)
			}
		}
		print out
	}' "$1"
}

# body FUNCTION: its lines in the code on stdin, each after its number; nothing if
# it is not defined there. A declaration ends with a semicolon before any brace.
body()
{
	awk -v name="$1" '
	!on && /^[A-Za-z_]/ && $0 ~ "(^|[^A-Za-z0-9_])" name "\\(" {
		on = 1; n = 0; depth = 0; inside = 0
	}
	on {
		text[++n] = NR "\t" $0
		for (i = 1; i <= length($0); i++) {
			c = substr($0, i, 1)
			if (c == "{") {
				depth++
				inside = 1
			} else if (c == "}") {
				depth--
			} else if (c == ";" && !inside) {
				on = 0
				break
			}
		}
		if (on && inside && depth <= 0) {
			for (i = 1; i <= n; i++)
				print text[i]
			exit
		}
	}'
}

LOOKUP='(zswap_rb_search|zswap_entry_find_get|zswap_search|xa_load|xa_cmpxchg)[(]'
PIN='(zswap_get_swap_cache_page|__read_swap_cache_async|swap_cache_alloc_folio)[(]'
SUBMIT='__swap_writepage[(]'

# way: the lines that one writeback goes through, from whoever picks the entry;
# a line of the caller comes before or after the body of zswap_writeback_entry()
way()
{
	local caller line

	for caller in shrink_memcg_cb zswap_reclaim_entry; do
		body "$caller" <"$1" >"$1.caller"
		[ -s "$1.caller" ] || continue
		while IFS= read -r line; do
			if [[ $line = *zswap_writeback_entry\(* ]]; then
				body zswap_writeback_entry <"$1"
			else
				printf '%s\n' "$line"
			fi
		done <"$1.caller"
		return
	done
	body zswap_writeback_entry <"$1"
}

# lookups: where the way on stdin looks for the entry: before, pinned or after,
# and the line, if it goes "before the slot is pinned", "pinned" or "after
# submission"; nothing if the way does not pin or submit
lookups()
{
	awk -v look="$LOOKUP" -v pin="$PIN" -v submit="$SUBMIT" '
	$0 ~ pin && !pinned { pinned = NR }
	$0 ~ submit { submitted = NR }
	$0 ~ look { at[NR] = $1 }
	END {
		if (!pinned || submitted < pinned)
			exit
		print "known"
		for (i = 1; i <= NR; i++)
			if (i in at)
				print i < pinned ? "before" : i < submitted ? "pinned" : "after", at[i]
	}'
}

# race_path: the body on stdin is that of zswap_writeback_entry(): is a page that
# it takes out of the swap cache unlocked? yes, no with the line, or nothing if it
# takes none out. Follows gotos.
race_path()
{
	awk '
	{
		number[NR] = $1
		text[NR] = substr($0, index($0, "\t") + 1)
	}
	text[NR] ~ /^[[:space:]]*[A-Za-z_][A-Za-z0-9_]*:[[:space:]]*$/ {
		label = text[NR]
		gsub(/[[:space:]:]/, "", label)
		at[label] = NR
	}
	function unlocks(i,   steps, to) {
		for (steps = 0; i <= NR && steps < 1000; steps++) {
			if (text[i] ~ /(unlock_page|folio_unlock)\(/)
				return 1
			if (text[i] ~ /(^|[[:space:]])return([^A-Za-z0-9_]|$)/)
				return 0
			if (text[i] ~ /(^|[[:space:]])goto /) {
				to = text[i]
				sub(/.*goto[[:space:]]+/, "", to)
				sub(/;.*/, "", to)
				if (!(to in at))
					return -1
				i = at[to]
				continue
			}
			i++
		}
		return 0
	}
	END {
		for (i = 1; i <= NR; i++) {
			if (text[i] !~ /(delete_from_swap_cache|swap_cache_del_folio)\(/)
				continue
			found = 1
			u = unlocks(i)
			if (u < 0)
				exit
			if (!u) {
				print "no", number[i]
				exit
			}
		}
		if (found)
			print "yes"
	}'
}

# facts FILE DIR: sets the variables below. DIR is for notes.
#
#   design      zpool, pool-lru, memcg-lru, or unknown
#   index       rbtree, xarray, or unknown: what the entries are found in
#   pinned      yes, no: is the slot pinned before the tree is looked at?
#   redundant   yes, no: is the entry looked for other than once it is pinned?
#   recheck     yes, no: is it looked for once it is pinned?
#   unlocked    yes, no: is the page of a lost race unlocked?
#   loop        yes, no: does swapoff free entries that are left?
#
# and NAME_at to lines in the file. Empty: cannot tell.
# shellcheck disable=SC2034
facts()
{
	local file=$1 c=$2/code off

	design=unknown index=unknown pinned='' redundant='' recheck='' unlocked='' loop=''
	redundant_at='' recheck_at='' unlocked_at='' loop_at=''
	code "$file" >"$c"
	body zswap_writeback_entry <"$c" >"$c.entry"

	if [ -s "$c.entry" ]; then
		if sed -n '1,/{/p' "$c.entry" | grep -q 'struct zpool \*'; then
			design=zpool
		elif [ -n "$(body shrink_memcg_cb <"$c")" ]; then
			design=memcg-lru
		elif [ -n "$(body zswap_reclaim_entry <"$c")" ] && grep -q 'lru_lock' "$c"; then
			design=pool-lru
		fi
	fi
	if grep -qE '^struct zswap_tree \{|struct rb_root' "$c"; then
		index=rbtree
	elif grep -q 'struct xarray' "$c"; then
		index=xarray
	fi

	[ "$design" = unknown ] || way "$c" | lookups >"$c.lookups"
	if grep -q known "$c.lookups" 2>/dev/null; then
		redundant_at=$(sed -nE 's/^(before|after) //p' "$c.lookups" | tr '\n' ' ')
		recheck_at=$(sed -n 's/^pinned //p' "$c.lookups" | tr '\n' ' ')
		redundant=no recheck=no pinned=yes
		[ -z "$redundant_at" ] || redundant=yes
		[ -z "$recheck_at" ] || recheck=yes
		! grep -q '^before' "$c.lookups" || pinned=no
		# a way that never looks is one that this does not know
		[ -n "$redundant_at$recheck_at" ] || redundant='' recheck='' pinned=''
	fi

	read -r unlocked unlocked_at < <(race_path <"$c.entry")

	for off in zswap_swapoff zswap_frontswap_invalidate_area; do
		body "$off" <"$c" >"$c.off"
		[ -s "$c.off" ] || continue
		loop=no
		loop_at=$(grep -E '(for_each_entry|xa_for_each|rb_first|rb_next)' "$c.off" |
			  cut -f1 | head -n 1)
		[ -z "$loop_at" ] || loop=yes
		break
	done
}
