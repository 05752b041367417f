# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What scripts/zswap-audit and scripts/apply share: does a series fit a tree, or
# is it in it? Trees are only read. To be sourced after lib.sh.

NO_BLOB=$(printf '%040d' 0)	# of a file that is not there

# need_tree DIR: set TREE to the whole path of a kernel source with zswap
need_tree()
{
	[ -d "$1" ] || die "TREE=$1 is not a directory"
	TREE=$(cd -P "$1" 2>/dev/null && pwd) || die "TREE=$1 cannot be entered"
	if ! kernel_version "$TREE" >/dev/null || [ ! -d "$TREE/mm" ]; then
		die "TREE=$1 is not a kernel source directory (no Makefile with VERSION, or no mm/)"
	fi
	[ -f "$TREE/mm/zswap.c" ] || die "TREE=$1 has no mm/zswap.c"
	[ -r "$TREE/mm/zswap.c" ] || die "TREE=$1: mm/zswap.c cannot be read"
}

# a line for each file that a patch changes: number of the patch, file, blob
# before and after it
series_blobs()
{
	# shellcheck disable=SC2016 # awk's own
	series_files | sed "s|^|$TOP/patches/$BASE/|" | xargs -r -d '\n' awk '
		FNR == 1 { n++ }
		/^diff --git / { f = substr($3, 3) }
		/^index [0-9a-f]*\.\.[0-9a-f]*/ {
			split($2, b, /\.\./)
			print n, f, b[1], b[2]
		}'
}

# learn_tree: file and blob of what $TREE has of the files that any series changes
learn_tree()
{
	local files

	[ -z "$tree_blobs" ] || return 0
	files=$(for BASE in $(bases); do PICK='' series_blobs; done | cut -d' ' -f2 | sort -u |
		while read -r file; do
			[ ! -f "$TREE/$file" ] || echo "$file"
		done)
	tree_blobs=$(cd "$TREE" && git hash-object --no-filters --stdin-paths <<<"$files" |
		     paste -d' ' <(echo "$files") -)
}
tree_blobs=

# patches_in: set fit_in to how many patches of the series have made the files
# what they are; -1 if they are in no such state
patches_in()
{
	learn_tree
	fit_in=$({ echo "$tree_blobs"; series_blobs; } | awk -v none="$NO_BLOB" '
		NF == 2 { have[$1] = $2; next }
		{
			if (!($2 in now))
				now[$2] = $3
			patch[++n] = $1; file[n] = $2; blob[n] = $4
		}
		function same(   f) {
			for (f in now)
				if (now[f] != (f in have ? have[f] : none))
					return 0
			return 1
		}
		END {
			if (same()) {
				print 0
				exit
			}
			for (i = 1; i <= n; i++) {
				now[file[i]] = blob[i]
				if ((i == n || patch[i + 1] != patch[i]) && same()) {
					print patch[i]
					exit
				}
			}
			print -1
		}')
}

# copy_files DIR: the files of $TREE that the series of $BASE changes or makes
copy_files()
{
	local file

	rm -rf "$1"
	mkdir -p "$1"
	while read -r file; do
		[ -f "$TREE/$file" ] || continue
		mkdir -p "$1/$(dirname "$file")"
		cp -p -- "$TREE/$file" "$1/$file" || die "cannot read $TREE/$file"
	done < <(series_blobs | cut -d' ' -f2 | sort -u)
}

# apply_one DIR PATCH [-R]: no fuzz, all hunks or none; what git says on stderr.
# Nothing that is set up for the user may change what is applied.
apply_one()
{
	(cd "$1" && GIT_CEILING_DIRECTORIES=$(dirname "$1") \
		git -c core.autocrlf=false apply --whitespace=nowarn "${@:3}" "$2")
}

# where PATCH ERRORS: the first place at which git apply gave up, in words
where()
{
	local patch=$1 file line text more

	IFS=: read -r file line < <(sed -n 's/^error: patch failed: //p' "$2" | head -n 1)
	if [ -z "$line" ]; then
		sed -n 's/^error: //p' "$2" | head -n 1
		return
	fi
	text=$(awk -v f="$file" -v l="$line" '
		/^diff --git / { on = substr($4, 3) == f }
		on && index($0, "@@ -" l ",") == 1 { print; exit }' "$patch")
	text=${text#@@ * @@}
	more=$(grep -c '^error: patch failed: ' "$2")
	printf '%s, the hunk at line %s%s%s\n' "$file" "$line" "${text:+ (${text# })}" \
		"$([ "$more" -gt 1 ] && echo ", and $((more - 1)) more files")"
}

# series_is: same as series_fit, but only what the blobs tell; quick
series_is()
{
	local total

	fit=no fit_why=''
	total=$(series_files | wc -l)
	patches_in
	case $fit_in in
	-1) fit_in=0; return 1 ;;
	0) fit=blobs fit_why='each file is the one that it is made for' ;;
	"$total") fit=applied fit_why="all $total patches are in the tree" ;;
	*) fit=partly fit_why="patches 1 to $fit_in of $total are in the tree" ;;
	esac
}

# series_fit fuzz|no-fuzz: how does the series of $BASE fit $TREE? Sets fit to
#
#   blobs    each file is the one that the series is made for
#   shifted  it applies, without fuzz
#   applied  it is in the tree already, each file is one of the series
#   partly   its first patches are, $fit_in of them
#   changed  it is in the tree already, with other lines around
#   fuzz     patch(1) takes it, with fuzz
#   no       it does not apply
#
# and fit_why to a word on it. With no-fuzz, fuzz is not looked for.
series_fit()
{
	local tmp p file text total

	total=$(series_files | wc -l)
	series_is && return
	tmp=$(mktemp -d) || die 'cannot make a temporary directory'
	CLEANUP+=("$tmp")
	while read -r file _; do
		if [ ! -f "$TREE/$file" ]; then
			fit_why="there is no $file"
			rm -rf "$tmp"
			keep "$tmp"
			return
		fi
	done < <(base_get blob)

	copy_files "$tmp/tree"
	fit=shifted fit_why='it applies, without fuzz'
	for p in $(series_files); do
		apply_one "$tmp/tree" "$TOP/patches/$BASE/$p" 2>"$tmp/err" && continue
		fit=no
		fit_why="${p%%-*} does not apply: $(where "$TOP/patches/$BASE/$p" "$tmp/err")"
		break
	done
	if [ "$fit" = no ] && taken_back "$tmp"; then
		fit=changed fit_why="all $total patches are in the tree, which has other lines as well"
	elif [ "$fit" = no ] && [ "$1" = fuzz ] && text=$(with_fuzz "$tmp"); then
		fit=fuzz fit_why="it applies only with fuzz, in $text; without, $fit_why"
	fi
	rm -rf "$tmp"
	keep "$tmp"
}

# is the whole series in the tree?
taken_back()
{
	local p

	copy_files "$1/tree"
	for p in $(series_files | sort -r); do
		apply_one "$1/tree" "$TOP/patches/$BASE/$p" -R 2>/dev/null || return
	done
}

# how many hunks of it does patch(1) take with fuzz?
with_fuzz()
{
	local p

	copy_files "$1/tree"
	: >"$1/patch"
	for p in $(series_files); do
		patch -d "$1/tree" -p1 -f --no-backup-if-mismatch -i "$TOP/patches/$BASE/$p" \
			>>"$1/patch" 2>&1 || return
	done
	echo "$(grep -c 'succeeded at .* with fuzz' "$1/patch") of its hunks"
}
