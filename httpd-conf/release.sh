#!/bin/sh
# release: a tarball for a web space. release.sh VERSION BUILD
# It holds the programs (all libraries but libc linked in), the .htaccess, the two stubs to be filled in, the
# configurations and the texts; what to do with them is in the README, "Hosting".
set -eu
version=$1
build=$2
name="wattledger-$version-linux-$(uname -m)"
out=build/release
dir=$out/$name
rm -rf "$dir"
mkdir -p "$dir/httpd-conf" "$dir/public_html"
for p in wattledger wattledger-worker wattledger.fcgi wattledger.cgi; do
	install -m 755 "$build/$p" "$dir/$p"
	strip "$dir/$p"
done
cp cgi-bin/.htaccess "$dir/public_html/.htaccess"
for p in fcgi cgi; do
	printf '#!/home/USER/wattledger/wattledger.%s\nstorage: /home/USER/wattledger/storage\n' "$p" \
		>"$dir/public_html/wattledger.$p"
	chmod 755 "$dir/public_html/wattledger.$p"
done
find httpd-conf -type f ! -name '*.sh' -exec cp {} "$dir/httpd-conf/" \;
cp README.md CHANGELOG.md SECURITY.md LICENSE "$dir/"
tar -C "$out" --owner=0 --group=0 --sort=name -czf "$out/$name.tar.gz" "$name"
(cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
echo "$out/$name.tar.gz"
