# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Kernels that were not built here: which version an image is, where its modules
# are, and how those that the guest needs get into its initramfs. To be sourced,
# after lib.sh.

# what a test may need, and a distribution does not build in; in the order in
# which they are loaded
GUEST_MODULES='virtio_pci virtio_blk zsmalloc zbud lzo brd zram'

# image_version FILE: 6.12.117+deb12-amd64, as it is in the header of a bzImage;
# or one line that says what is wrong, and 1
image_version()
{
	local at version

	if [ ! -f "$1" ] || [ ! -r "$1" ]; then
		echo "there is no kernel $1, or it may not be read"
		return 1
	fi
	if [ "$(dd if="$1" bs=1 skip=514 count=4 2>/dev/null | tr -d '\0')" != HdrS ]; then
		echo "$1 is not a kernel image for x86 (bzImage)"
		return 1
	fi
	at=$(od -An -tu2 -j526 -N2 "$1")
	version=$(dd if="$1" bs=1 skip=$((at + 512)) count=120 2>/dev/null |
		  tr '\0' '\n' | head -n 1)
	echo "${version%% *}"
}

# find_modules DIR VERSION: the directory with the modules of this version; or one
# line that says what is wrong, and 1
find_modules()
{
	local d

	for d in "$1/lib/modules/$2" "$1/usr/lib/modules/$2" "$1/$2" "$1"; do
		if [ -d "$d/kernel" ] && [ "${d##*/}" = "$2" ]; then
			echo "$d"
			return
		fi
	done
	echo "$1 has no modules of this kernel, there is no lib/modules/$2"
	return 1
}

# unpack_module FILE: write a module to stdout, not compressed
unpack_module()
{
	case $1 in
	*.xz) xz -dc -- "$1" ;;
	*.gz) gzip -dc -- "$1" ;;
	*.zst)
		command -v zstd >/dev/null 2>&1 ||
			die "no zstd for $1 - install it with: apt-get install zstd"
		zstd -dcq -- "$1" ;;
	*) cat -- "$1" ;;
	esac
}

# take_module DIR NAME TO: copy a module and first what it depends on. A package
# has no modules.dep, that is made where it is installed: the module knows it.
take_module()
{
	local file dep n name=${2//-/_}

	[ -z "$(find "$3" -name "*-$name.ko")" ] || return 0
	file=$(find "$1" -name "${name//_/[-_]}.ko*" | head -n 1)
	# built in, or not there at all: then a test will tell
	[ -n "$file" ] || return 0
	unpack_module "$file" >"$3/$name.tmp" || die "cannot unpack $file"
	for dep in $(tr '\0' '\n' <"$3/$name.tmp" | grep -a -m1 '^depends=' |
		     sed 's/^depends=//; s/,/ /g'); do
		take_module "$1" "$dep" "$3"
	done
	n=$(find "$3" -name '*.ko' | wc -l)
	mv "$3/$name.tmp" "$3/$(printf '%02d' "$n")-$name.ko"
}

# add_modules DIR INITRD OUT: an initramfs with the modules; it may be two
# archives, one after the other
add_modules()
{
	local root name

	root=$(mktemp -d)
	CLEANUP+=("$root")
	mkdir "$root/modules"
	for name in $GUEST_MODULES; do
		take_module "$1" "$name" "$root/modules"
	done
	{
		cat "$2"
		cpio_of "$root"
	} >"$3" || die "cannot write the initramfs"
}
